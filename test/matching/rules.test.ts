import fc from 'fast-check'
import t from 'tap'
import { decide, isOpen, isTouched, MATCH_ACTIONS, MATCH_STATES, type MatchFacts } from '../../src/matching/rules.ts'

const fresh: MatchFacts = {
  state: 'proposed',
  factoryInterested: false,
  vendorInterested: false,
  factoryAccepted: false,
  vendorAccepted: false,
}
const side = fc.constantFrom('factory' as const, 'vendor' as const, 'park' as const)
const steps = fc.array(fc.tuple(fc.constantFrom(...MATCH_ACTIONS), side), { maxLength: 25 })

/** Every match that a sequence of requests can lead to. */
const reachable = steps.map(path =>
  path.reduce((facts, [action, by]) => {
    const move = decide(facts, action, by)
    return move.kind === 'moved' ? move.facts : facts
  }, fresh),
)

t.test('both sides must say yes twice before they are introduced', async t => {
  const path = [
    ['express_interest', 'vendor', 'interest'],
    ['express_interest', 'factory', 'mutual'],
    ['accept_introduction', 'factory', 'mutual'],
    ['accept_introduction', 'vendor', 'introduced'],
    ['start_pilot', 'factory', 'pilot'],
    ['contract', 'vendor', 'contracted'],
    ['land', 'park', 'landed'],
    ['scale', 'factory', 'scaled'],
  ] as const
  let facts = fresh
  for (const [action, by, state] of path) {
    const move = decide(facts, action, by)
    t.equal(move.kind, 'moved', `${action} by ${by}`)
    if (move.kind === 'moved') facts = move.facts
    t.equal(facts.state, state)
  }
})

t.test('doing the same again changes nothing', async t => {
  fc.assert(
    fc.property(reachable, fc.constantFrom(...MATCH_ACTIONS), side, (facts, action, by) => {
      const once = decide(facts, action, by)
      if (once.kind !== 'moved') return
      const twice = decide(once.facts, action, by)
      t.not(twice.kind, 'moved', `${action} by ${by} from ${facts.state}`)
    }),
    { seed: 7, numRuns: 300 },
  )
})

t.test('nobody is introduced without the yes of both, whatever is asked in whatever order', async t => {
  const afterIntroduction = ['introduced', 'pilot', 'contracted', 'landed', 'scaled']
  fc.assert(
    fc.property(reachable, facts => {
      t.ok(MATCH_STATES.includes(facts.state))
      if (afterIntroduction.includes(facts.state))
        t.ok(facts.factoryAccepted && facts.vendorAccepted && facts.factoryInterested && facts.vendorInterested)
    }),
    { seed: 7, numRuns: 500 },
  )
})

t.test('what is ended stays ended, and the park ends nothing for the parties', async t => {
  for (const state of MATCH_STATES.filter(name => !isOpen(name) && name !== 'landed'))
    for (const action of MATCH_ACTIONS)
      for (const by of ['factory', 'vendor'] as const)
        t.not(decide({ ...fresh, state }, action, by).kind, 'moved', `${action} by ${by} in ${state}`)
  t.equal(decide(fresh, 'decline', 'park').kind, 'refused')
  t.equal(isTouched('proposed'), false)
  t.equal(isTouched('interest'), true)
})

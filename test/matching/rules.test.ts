import fc from 'fast-check'
import t from 'tap'
import { deadlinesOf, latestHold } from '../../src/matching/deadlines.ts'
import {
  decide,
  isOpen,
  isTouched,
  MATCH_ACTIONS,
  MATCH_STATES,
  type MatchFacts,
  type MatchState,
  PLATFORM_ACTIONS,
  type Side,
  waitingFor,
} from '../../src/matching/rules.ts'
import { DEFAULT_STAGE_DAYS, STAGES } from '../../src/parks/stages.ts'

const SIDES: readonly Side[] = ['factory', 'vendor', 'park', 'platform']

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
  const ended = MATCH_STATES.filter(name => !isOpen(name) && name !== 'landed' && name !== 'expired')
  for (const state of ended)
    for (const action of MATCH_ACTIONS)
      for (const by of SIDES)
        t.not(decide({ ...fresh, state }, action, by).kind, 'moved', `${action} by ${by} in ${state}`)
  t.equal(decide(fresh, 'decline', 'park').kind, 'refused')
  t.equal(isTouched('proposed'), false)
  t.equal(isTouched('interest'), true)
})

/** Written beside the rules and not from them: who may move a match from where to where. */
const LEGAL: Record<string, { from: readonly MatchState[]; to: readonly MatchState[]; by: readonly Side[] }> = {
  express_interest: {
    from: ['proposed', 'interest', 'expired'],
    to: ['interest', 'mutual'],
    by: ['factory', 'vendor'],
  },
  accept_introduction: { from: ['mutual'], to: ['mutual', 'introduced'], by: ['factory', 'vendor'] },
  start_pilot: { from: ['introduced'], to: ['pilot'], by: ['factory', 'vendor', 'park'] },
  contract: { from: ['pilot'], to: ['contracted'], by: ['factory', 'vendor', 'park'] },
  land: { from: ['contracted'], to: ['landed'], by: ['factory', 'vendor', 'park'] },
  scale: { from: ['landed'], to: ['scaled'], by: ['factory', 'vendor', 'park'] },
  hold: { from: [], to: [], by: [] },
  decline: { from: STAGES, to: ['declined'], by: ['factory', 'vendor'] },
  withdraw: { from: STAGES, to: ['withdrawn'], by: ['factory', 'vendor'] },
  expire: { from: STAGES, to: ['expired'], by: ['platform'] },
  retract: { from: ['proposed'], to: ['retracted'], by: ['platform'] },
  return: { from: ['retracted'], to: ['proposed'], by: ['platform'] },
}

t.test('no actor makes an illegal move, from whatever state a match is in and whatever was said before', async t => {
  const facts = fc.record({
    state: fc.constantFrom(...MATCH_STATES),
    factoryInterested: fc.boolean(),
    vendorInterested: fc.boolean(),
    factoryAccepted: fc.boolean(),
    vendorAccepted: fc.boolean(),
  })
  const actions = fc.constantFrom(...MATCH_ACTIONS, ...PLATFORM_ACTIONS)
  fc.assert(
    fc.property(facts, actions, fc.constantFrom(...SIDES), (before, action, by) => {
      const move = decide(before, action, by)
      if (move.kind === 'refused') t.ok(move.because.zh.length > 0 && move.because.en.length > 0)
      if (move.kind !== 'moved') return
      const legal = LEGAL[action]
      t.ok(legal?.from.includes(before.state), `${action} from ${before.state}`)
      t.ok(legal?.to.includes(move.facts.state), `${action} to ${move.facts.state}`)
      t.ok(legal?.by.includes(by), `${action} by ${by}`)
      for (const said of ['factoryInterested', 'vendorInterested', 'factoryAccepted', 'vendorAccepted'] as const)
        t.notOk(before[said] && !move.facts[said], 'what was said stays said')
      if (before.state === 'expired') t.notOk(before.factoryInterested && before.vendorInterested)
    }),
    { seed: 7, numRuns: 2_000 },
  )
})

t.test('somebody is waited for in every open state that can be reached, and nobody in any other', async t => {
  fc.assert(
    fc.property(reachable, facts => {
      t.equal(waitingFor(facts).length > 0, isOpen(facts.state), facts.state)
    }),
    { seed: 7, numRuns: 300 },
  )
})

t.test('a deadline lies the days of its stage ahead, its reminder before it, and a hold has an end', async t => {
  const now = new Date('2026-11-02T08:00:00Z')
  const settings = { stageDays: DEFAULT_STAGE_DAYS, reminderDays: 3 }
  t.same(deadlinesOf('interest', now, settings), {
    deadlineAt: new Date('2026-11-16T08:00:00Z'),
    remindAt: new Date('2026-11-13T08:00:00Z'),
  })
  for (const state of MATCH_STATES) t.equal(deadlinesOf(state, now, settings).deadlineAt !== null, isOpen(state), state)
  t.equal(deadlinesOf('interest', now, { ...settings, reminderDays: 0 }).remindAt, null)
  t.equal(deadlinesOf(new Date('2026-11-04T08:00:00Z'), now, settings).remindAt, null, 'too late to remind')
  t.same(latestHold({ state: 'mutual', stateSince: now }, settings), new Date('2027-02-14T08:00:00Z'))
})

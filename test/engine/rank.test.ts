import fc from 'fast-check'
import t from 'tap'
import { createProvince } from '../../bench/province/province.ts'
import { createEngine, type Engine, type IndexedCapability } from '../../src/engine/index.ts'
import type { Ranking } from '../../src/engine/types.ts'
import { loadLexicon } from '../../src/platform/lexicon.ts'

const SEED = { seed: 20_251, numRuns: 12 }
const ALL = { audiences: ['park-1', 'park-2', 'park-3', 'park-4', 'network'] }
const lexicon = loadLexicon()
const province = createProvince(lexicon, 7)

function fill(capabilities: readonly IndexedCapability[]): Engine {
  const engine = createEngine({ lexicon })
  for (const capability of capabilities) engine.index.put(capability)
  return engine
}

function listCapabilities(from: number, count: number): IndexedCapability[] {
  return Array.from({ length: count }, (_, i) => province.capability(from + i))
}

const listIds = ({ matches }: Ranking) => matches.map(({ capabilityId, total }) => `${capabilityId} ${total}`)

t.test('the list is the one that scoring every pair would give', async t => {
  const engine = fill(listCapabilities(0, 400))
  fc.assert(
    fc.property(fc.nat(10_000), fc.integer({ min: 1, max: 60 }), (number, limit) => {
      const scenario = province.scenario(number)
      const best = [...engine.scoreAll(scenario, ALL)]
        .filter(([, total]) => total > 0)
        .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
        .slice(0, limit)
        .map(([id, total]) => `${id} ${total}`)
      t.same(listIds(engine.rank(scenario, { ...ALL, limit })), best)
    }),
    { ...SEED, numRuns: 40 },
  )
})

t.test('a near miss would have entered the list but for its gate, and the best come first', async t => {
  const engine = fill(listCapabilities(0, 400))
  let seen = 0
  for (let number = 0; number < 30; number++) {
    const { matches, nearMisses } = engine.rank(province.scenario(number), { ...ALL, limit: 20, nearMissLimit: 5 })
    const floor = matches.at(-1)?.total ?? 0
    for (const miss of nearMisses) {
      t.ok(miss.gates.length > 0 && miss.total === 0 && miss.totalWithoutGates >= floor)
      seen++
    }
    t.same(
      nearMisses.map(miss => miss.totalWithoutGates).sort((a, b) => b - a),
      nearMisses.map(miss => miss.totalWithoutGates),
    )
  }
  t.ok(seen > 0, 'the province has gated pairs')
})

t.test('the order in which capabilities came does not matter', async t => {
  const capabilities = listCapabilities(0, 150)
  const forward = fill(capabilities)
  fc.assert(
    fc.property(fc.shuffledSubarray(capabilities, { minLength: 150 }), fc.nat(1_000), (shuffled, number) => {
      const scenario = province.scenario(number)
      t.same(fill(shuffled).rank(scenario, ALL), forward.rank(scenario, ALL))
    }),
    { ...SEED, numRuns: 4 },
  )
})

t.test('an index that was changed step by step ranks like one built afresh', async t => {
  const engine = fill(listCapabilities(0, 2_600))
  for (let number = 0; number < 1_300; number++) engine.index.remove(`capability-${number * 2}`)
  for (let number = 0; number < 50; number++) {
    const replaced = province.capability(number * 2 + 1)
    engine.index.put({ ...replaced, input: { ...province.capability(9_000 + number).input, id: replaced.id } })
  }
  const rest = listCapabilities(0, 2_600).filter((_, number) => number % 2 === 1)
  const fresh = fill(
    rest.map((capability, i) =>
      i < 50 ? { ...capability, input: { ...province.capability(9_000 + i).input, id: capability.id } } : capability,
    ),
  )
  t.equal(engine.index.size, fresh.index.size)
  for (let number = 0; number < 3; number++) {
    t.same(engine.rank(province.scenario(number), ALL), fresh.rank(province.scenario(number), ALL))
  }
})

t.test('only what is offered to the asker is seen, and no organisation that is to be left out', async t => {
  const engine = fill(listCapabilities(0, 200))
  const scenario = province.scenario(3)
  const seen = engine.rank(scenario, { audiences: ['park-2'], limit: 200 })
  const expected = listCapabilities(0, 200).filter(({ audiences }) => audiences.includes('park-2'))
  t.ok(seen.matches.every(({ capabilityId }) => expected.some(({ id }) => id === capabilityId)))
  const best = seen.matches[0]?.capabilityId ?? ''
  const owner = expected.find(({ id }) => id === best)?.organisationId ?? ''
  const without = engine.rank(scenario, { audiences: ['park-2'], excludeOrganisations: [owner], limit: 200 })
  t.notOk(without.matches.some(({ capabilityId }) => capabilityId === best))
})

t.test('an empty index and an empty demand are ranked without failing', async t => {
  t.same(createEngine({ lexicon }).rank(province.scenario(0), ALL).matches, [])
  const engine = fill(listCapabilities(0, 20))
  t.equal(engine.rank({ id: 'empty', title: '' }, ALL).matches.length, 20)
})

t.test('ranking in steps pauses on the way and ends with the same result', async t => {
  const engine = fill(listCapabilities(0, 200))
  const steps = engine.rankInSteps(province.scenario(5), ALL)
  let pauses = 0
  let step = steps.next()
  for (; !step.done; step = steps.next()) pauses++
  t.ok(pauses > 10)
  t.same(step.value, engine.rank(province.scenario(5), ALL))
})

t.test('rankings that pause beside each other, or are never finished, do not disturb one another', async t => {
  const engine = fill(listCapabilities(0, 300))
  const numbers = [1, 2, 3]
  const alone = numbers.map(number => engine.rank(province.scenario(number), ALL))
  const running = numbers.map(number => engine.rankInSteps(province.scenario(number), ALL))
  const abandoned = engine.rankInSteps(province.scenario(4), ALL)
  const found: Ranking[] = []
  for (let round = 0; found.length < numbers.length; round++) {
    if (round < 3) abandoned.next()
    for (const steps of running) {
      const step = steps.next()
      if (step.done && step.value !== undefined) found.push(step.value)
    }
  }
  const byScenario = (ranking: Ranking) => alone.findIndex(other => JSON.stringify(other) === JSON.stringify(ranking))
  t.same(new Set(found.map(byScenario)), new Set([0, 1, 2]))
  t.same(engine.rank(province.scenario(1), ALL), alone[0])
})

t.test('the reverse look-up names every scenario whose list a capability can enter', async t => {
  const engine = fill(listCapabilities(0, 300))
  const scenarios = Array.from({ length: 16 }, (_, number) => province.scenario(number))
  for (const input of scenarios) {
    const { matches } = engine.rank(input, { ...ALL, limit: 10 })
    const entry = matches.at(-1)?.total ?? 0
    engine.scenarios.put({ id: input.id, organisationId: 'factory', audiences: ALL.audiences, input, entry })
  }
  let named = 0
  for (let number = 300; number < 325; number++) {
    const capability = province.capability(number)
    engine.index.put(capability)
    const affected = new Set(engine.affectedScenarios(capability.id))
    named += affected.size
    for (const input of scenarios) {
      const { matches } = engine.rank(input, { ...ALL, limit: 10 })
      if (matches.some(match => match.capabilityId === capability.id)) t.ok(affected.has(input.id))
    }
    engine.index.remove(capability.id)
  }
  t.ok(named < 16 * 25 * 0.8, 'it leaves out most of those it cannot enter')
  engine.scenarios.remove('scenario-0')
  t.equal(engine.scenarios.size, 15)
  t.same(engine.affectedScenarios('unknown'), [])
})

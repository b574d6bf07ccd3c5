import fc from 'fast-check'
import t from 'tap'
import { createProvince } from '../../bench/province/province.ts'
import { judgeComparison, measureGolden, measureOutcomes } from '../../src/engine/bridge/compare.ts'
import { correctShare } from '../../src/engine/bridge/apply.ts'
import { listDemandConcepts, listSupplyConcepts } from '../../src/engine/bridge/concepts.ts'
import { learnBridge, type Outcome, OUTCOMES_MIN } from '../../src/engine/bridge/learn.ts'
import { BRIDGE_WEIGHT_MAX, type BridgeModel, makeBridge } from '../../src/engine/bridge/model.ts'
import { createEngine } from '../../src/engine/index.ts'
import type { Score } from '../../src/engine/types.ts'
import { runs } from './arbitrary.ts'
import { lexicon } from './lexicon.ts'

const ALL = { audiences: ['park-1', 'park-2', 'park-3', 'park-4', 'network'] }
const placeOf = (id: string) => lexicon.concepts.findIndex(concept => concept.id === id)
const isJoined = (a: string, b: string) => lexicon.areLinked(placeOf(a), placeOf(b))

const PROBLEM = 'pb.defect-inspection'
const techniques = lexicon.byScheme('technique').map(({ id }) => id)
/** A technique of which the lexicon does not know that it helps, one of which it does, and some to fill up with. */
const [STRANGE = '', ...OTHERS] = techniques.filter(id => !isJoined(PROBLEM, id))
const JOINED = techniques.find(id => isJoined(PROBLEM, id)) ?? ''
const OTHER_PROBLEM = lexicon.byScheme('problem').find(({ id }) => id !== PROBLEM && !isJoined(id, STRANGE))?.id ?? ''

type Plan = { factories?: number; vendors?: number; outcomes?: number; technique?: string; positive?: boolean }

/**
 * Outcomes of which one in five has the planted pair and ends as told; the others have one of its concepts or none, and
 * end well every second time.
 */
function plant({ factories = 8, vendors = 3, outcomes = 240, technique = STRANGE, positive = true }: Plan): Outcome[] {
  return Array.from({ length: outcomes }, (_, i) => {
    const round = Math.floor(i / 5)
    const base = { matchId: `mat_${String(i).padStart(4, '0')}`, at: new Date(Date.UTC(2026, 0, 1, i)).toISOString() }
    const isPlanted = i % 5 === 0
    return {
      ...base,
      positive: isPlanted ? positive : (i + round) % 2 === 0,
      factoryId: `org_f${isPlanted ? round % factories : i % 20}`,
      vendorId: `org_v${isPlanted ? round % vendors : i % 9}`,
      demand: [isPlanted || i % 5 === 1 ? PROBLEM : OTHER_PROBLEM],
      supply: [isPlanted || i % 5 === 2 ? technique : (OTHERS[i % 3] ?? '')],
    }
  })
}

const weightOf = (outcomes: Outcome[], technique = STRANGE) =>
  learnBridge(lexicon, outcomes)?.model.pairs.find(pair => pair.demand === PROBLEM && pair.supply === technique)?.weight

t.test('a pair that goes well again and again is found, and within its bound', async t => {
  const weight = weightOf(plant({}))
  t.ok(weight !== undefined && weight > 0 && weight <= BRIDGE_WEIGHT_MAX, `weight ${weight}`)
})

t.test('nothing is learned from fewer than two hundred outcomes', async t => {
  t.equal(learnBridge(lexicon, plant({ outcomes: OUTCOMES_MIN - 1 })), undefined)
  t.ok(learnBridge(lexicon, plant({ outcomes: OUTCOMES_MIN })))
})

t.test('a pair needs five factories and two vendors behind it, however often it went well', async t => {
  t.equal(weightOf(plant({ factories: 4 })), undefined)
  t.ok(weightOf(plant({ factories: 5 })))
  t.equal(weightOf(plant({ vendors: 1 })), undefined)
})

t.test('a factory with many matches has no more than one vote', async t => {
  const outcomes = plant({})
  const loud = Array.from({ length: 60 }, (_, i) => ({
    ...(outcomes[0] as Outcome),
    matchId: `mat_x${i}`,
    positive: false,
  }))
  t.ok((weightOf([...outcomes, ...loud]) ?? 0) > 0, 'sixty refusals of one factory do not outvote seven others')
})

t.test('outcomes may take from what the lexicon joins, and have nothing to take elsewhere', async t => {
  const joined = weightOf(plant({ technique: JOINED, positive: false }), JOINED)
  t.ok(joined !== undefined && joined < 0 && joined >= -BRIDGE_WEIGHT_MAX, `weight ${joined}`)
  t.equal(weightOf(plant({ positive: false })), undefined)
  for (const { pairs } of [learnBridge(lexicon, plant({}))?.model ?? makeBridge([])])
    for (const { demand, supply, weight } of pairs) t.ok(demand !== supply && (weight > 0 || isJoined(demand, supply)))
})

t.test(
  'a corrected share stays between half of what the lexicon says and 1, and a concept meets itself in full',
  async () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: -0.3, max: 0.3, noNaN: true }),
        (share, correction) => {
          const corrected = correctShare(share, correction)
          return corrected >= share / 2 && corrected <= 1 && (share < 1 || corrected === 1)
        },
      ),
      runs(300),
    )
  },
)

t.test('the order of outcomes and of pairs changes no byte', async () => {
  const outcomes = plant({})
  const expected = JSON.stringify(learnBridge(lexicon, outcomes)?.model)
  const { pairs } = learnBridge(lexicon, outcomes)?.model ?? makeBridge([])
  fc.assert(
    fc.property(
      fc.shuffledSubarray(outcomes, { minLength: outcomes.length }),
      fc.shuffledSubarray(pairs, { minLength: pairs.length }),
      (shuffled, shuffledPairs) =>
        JSON.stringify(learnBridge(lexicon, shuffled)?.model) === expected &&
        JSON.stringify(makeBridge(shuffledPairs)) === expected,
    ),
    runs(10),
  )
})

t.test('neither a word nor a concept of a closed field comes into what is learned from', async t => {
  const isPublic = (pointer: string) => pointer !== '/details' && pointer !== '/equipment'
  const closed = {
    details: '密封词儿：注塑机异响，靠人听',
    equipment: ['eq.injection-machine', { text: '密封词儿机' }],
  }
  const open = { id: 's', title: '表面划痕漏检' }
  const demand = listDemandConcepts(lexicon, { ...open, ...closed }, isPublic)
  t.same(demand, listDemandConcepts(lexicon, open, isPublic))
  t.ok(demand.length > 0)
  const all = listDemandConcepts(lexicon, { ...open, ...closed }, () => true)
  t.ok(all.length > demand.length, 'the closed fields would have said more')
  t.same(
    listSupplyConcepts(lexicon, { ...open, details: closed.details }, isPublic),
    listSupplyConcepts(lexicon, open, isPublic),
  )
  t.same(
    listDemandConcepts(lexicon, open, () => false),
    [],
    'a title may be closed too',
  )

  const canary = plant({}).map(outcome => ({
    ...outcome,
    demand: [...outcome.demand, '密封词儿', 'pb.密封词儿'],
    supply: [...outcome.supply, '密封词儿'],
  }))
  t.same(learnBridge(lexicon, canary)?.model, learnBridge(lexicon, plant({}))?.model, 'only ids of the lexicon get in')
})

t.test('an engine with a bridge names it, stays exact, and adds up', async t => {
  const province = createProvince(lexicon, 7)
  const model: BridgeModel = makeBridge(
    lexicon.byScheme('problem').flatMap(({ id }, i) =>
      techniques.flatMap((supply, k) => {
        const weight = ((i * 31 + k * 17) % 7) * 1_000 - 3_000
        return (i + k) % 3 === 0 && (weight > 0 || isJoined(id, supply)) ? [{ demand: id, supply, weight }] : []
      }),
    ),
  )
  const plain = createEngine({ lexicon })
  const bridged = createEngine({ lexicon, bridge: model })
  for (let number = 0; number < 200; number++)
    for (const engine of [plain, bridged]) engine.index.put(province.capability(number))
  t.equal(bridged.versions.weights, `${plain.versions.weights}+${model.version}`)
  let moved = 0
  for (let number = 0; number < 12; number++) {
    const scenario = province.scenario(number)
    const { versions, matches } = bridged.rank(scenario, { ...ALL, limit: 20 })
    t.same(versions, bridged.versions)
    const totals = bridged.scoreAll(scenario, ALL)
    const best = [...totals].filter(([, total]) => total > 0).sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
    t.same(
      matches.map(match => [match.capabilityId, match.total]),
      best.slice(0, 20),
    )
    for (const match of matches) t.ok(addsUp(match))
    const before = plain.scoreAll(scenario, ALL)
    for (const [id, total] of totals) if (total !== before.get(id)) moved++
  }
  t.ok(moved > 0, 'the corrections reach the totals')

  await t.test('and the reverse look-up still names every list that a capability can enter', async t => {
    const input = province.scenario(3)
    const entry = bridged.rank(input, { ...ALL, limit: 10 }).matches.at(-1)?.total ?? 0
    bridged.scenarios.put({ id: input.id, organisationId: 'f', audiences: ALL.audiences, input, entry })
    for (const { capabilityId } of bridged.rank(input, { ...ALL, limit: 10 }).matches)
      t.same(bridged.affectedScenarios(capabilityId), [input.id])
  })

  await t.test('and an empty bridge changes nothing but the name', async t => {
    const empty = createEngine({ lexicon, bridge: makeBridge([]) })
    for (let number = 0; number < 200; number++) empty.index.put(province.capability(number))
    const scenario = province.scenario(5)
    t.equal(JSON.stringify(empty.rank(scenario, ALL).matches), JSON.stringify(plain.rank(scenario, ALL).matches))
  })
})

function addsUp({ factory, vendor, total, gates }: Score): boolean {
  const isExact = [factory, vendor].every(
    ({ score, parts }) =>
      parts.reduce((sum, part) => sum + part.contribution, 0) === score &&
      parts.every(part => part.value >= 0 && part.value <= 1),
  )
  return isExact && (gates.length > 0 || total === Math.round(Math.sqrt(factory.score * vendor.score)))
}

t.test('a model is promoted only where something was compared and nothing fell', async t => {
  const parks = [{ parkId: 'prk_1', comparisons: 100, current: 6_000, candidate: 6_200 }]
  const golden = { current: 8_000, candidate: 8_000 }
  t.same(judgeComparison({ parks, golden }), { promote: true })
  t.match(judgeComparison({ parks: [], golden }), { promote: false, because: /no park/ })
  t.match(judgeComparison({ parks, golden: { current: 8_000, candidate: 7_999 } }), {
    promote: false,
    because: /golden/,
  })
  const fallen = { parkId: 'prk_2', comparisons: 30, current: 7_000, candidate: 6_999 }
  t.match(judgeComparison({ parks: [...parks, fallen], golden }), { promote: false, because: /prk_2/ })
})

t.test('outcomes are compared within a park, and only where there are enough', async t => {
  const outcomes = Array.from({ length: 10 }, (_, i) => ({ parkId: 'prk_1', positive: i < 5, total: 10 - i }))
  t.same(measureOutcomes(outcomes), [{ parkId: 'prk_1', comparisons: 25, measure: 10_000 }])
  t.same(measureOutcomes(outcomes.slice(1)), [])
  t.equal(measureOutcomes(outcomes.map(outcome => ({ ...outcome, total: 5 })))[0]?.measure, 5_000)
})

t.test('a golden list is worth all of it when what belongs on top stands there', async t => {
  const relevant = new Set(['a', 'b'])
  t.equal(measureGolden([{ ranked: ['a', 'b', 'c'], relevant }]), 10_000)
  t.ok(measureGolden([{ ranked: ['c', 'a', 'b'], relevant }]) < 10_000)
  t.equal(measureGolden([{ ranked: ['c'], relevant }]), 0)
})

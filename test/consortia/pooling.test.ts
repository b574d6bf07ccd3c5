import fc from 'fast-check'
import t from 'tap'
import { findPools, type Pool, type PoolScenario } from '../../src/consortia/pools/find.ts'
import { listUnlocked, shareCosts } from '../../src/consortia/pools/share.ts'

const SEED = 20260731

/** The planted groups: each a problem, a process and a modality; some share two of the three. */
const GROUPS = [
  { problem: 'pb.defect-inspection', process: 'proc.spraying', modality: 'mod.image' },
  { problem: 'pb.defect-inspection', process: 'proc.stamping', modality: 'mod.image' },
  { problem: 'pb.predictive-maintenance', process: 'proc.cnc', modality: 'mod.vibration' },
  { problem: 'pb.energy', process: 'proc.spraying', modality: 'mod.timeseries' },
  { problem: 'pb.scheduling', process: 'proc.assembly', modality: 'mod.orders' },
] as const

/** Members that leave out their process or data, or name a second problem, as real ones do. */
const arbitraryPlanted = fc.array(
  fc.record({
    group: fc.nat(GROUPS.length - 1),
    organisation: fc.nat(40),
    saysProcess: fc.integer({ min: 0, max: 9 }).map(dice => dice > 0),
    saysModality: fc.integer({ min: 0, max: 9 }).map(dice => dice > 0),
    other: fc.option(fc.constantFrom('pb.traceability', 'pb.labour-safety'), { nil: undefined, freq: 4 }),
  }),
  { minLength: 20, maxLength: 40 },
)
type Planted = { scenario: PoolScenario; group: number }
const plant = (rows: typeof arbitraryPlanted extends fc.Arbitrary<infer T> ? T : never): Planted[] =>
  rows.map(({ group, organisation, saysProcess, saysModality, other }, i) => {
    const { problem, process, modality } = GROUPS[group] ?? GROUPS[0]
    return {
      group,
      scenario: {
        id: `scn${String(i).padStart(3, '0')}`,
        organisationId: `org${organisation}`,
        problems: other ? [problem, other] : [problem],
        processes: saysProcess ? [process] : [],
        modalities: saysModality ? [modality] : [],
      },
    }
  })

/** Adjusted Rand index (Hubert and Arabie 1985) of two labellings. */
const adjustedRand = (a: readonly unknown[], b: readonly unknown[]): number => {
  const pairs = (count: number) => (count * (count - 1)) / 2
  const countBy = (keys: readonly string[]) => {
    const counts = new Map<string, number>()
    for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1)
    return [...counts.values()].reduce((sum, count) => sum + pairs(count), 0)
  }
  const both = countBy(a.map((value, i) => `${String(value)} ${String(b[i])}`))
  const [first, second] = [countBy(a.map(String)), countBy(b.map(String))]
  const expected = (first * second) / pairs(a.length)
  const most = (first + second) / 2
  return most === expected ? 1 : (both - expected) / (most - expected)
}

const saysAll = ({ scenario }: Planted): boolean => scenario.processes.length > 0 && scenario.modalities.length > 0

const indexOf = (planted: readonly Planted[], pools: readonly Pool[]): number => {
  const poolOf = ({ scenario }: Planted) => pools.findIndex(pool => pool.scenarioIds.includes(scenario.id))
  return adjustedRand(
    planted.map(({ group }) => group),
    planted.map(entry => (poolOf(entry) < 0 ? entry.scenario.id : poolOf(entry))),
  )
}

t.test('planted pools are found again, and none joins unlike problems', async t => {
  const indices: number[] = []
  const stated: number[] = []
  fc.assert(
    fc.property(arbitraryPlanted, rows => {
      const planted = plant(rows)
      const pools = findPools(planted.map(({ scenario }) => scenario))
      indices.push(indexOf(planted, pools))
      stated.push(indexOf(planted.filter(saysAll), pools))
      return pools.every(pool => {
        const members = planted.filter(({ scenario }) => pool.scenarioIds.includes(scenario.id))
        const shared = GROUPS.map(({ problem }) => problem).filter(problem =>
          members.every(({ scenario }) => scenario.problems.includes(problem)),
        )
        return shared.length > 0 && new Set(members.map(({ scenario }) => scenario.organisationId)).size > 1
      })
    }),
    { seed: SEED, numRuns: 100 },
  )
  const mean = indices.reduce((sum, index) => sum + index, 0) / indices.length
  t.comment(`adjusted Rand index: mean ${mean.toFixed(3)}, least ${Math.min(...indices).toFixed(3)}`)
  t.comment(`of those that say their process and data: least ${Math.min(...stated).toFixed(3)}`)
  t.ok(Math.min(...indices) >= 0.8, 'on every planted run')
  t.ok(Math.min(...stated) >= 0.9, 'and more so of those that leave nothing unsaid')
})

t.test('a problem alone is no pool, and whoever fits two pools alike is in neither', async t => {
  const say = (id: string, process?: string, modality?: string): PoolScenario => ({
    id,
    organisationId: id,
    problems: ['pb.grasp'],
    processes: process ? [process] : [],
    modalities: modality ? [modality] : [],
  })
  t.same(findPools([say('a'), say('b')]), [])
  const two = [say('a', 'proc.cnc', 'mod.image'), say('b', 'proc.cnc', 'mod.image')]
  const others = [say('c', 'proc.welding', 'mod.image'), say('d', 'proc.welding', 'mod.image')]
  const pools = findPools([...two, ...others, say('e', undefined, 'mod.image')])
  t.same(
    pools.map(({ scenarioIds }) => scenarioIds),
    [
      ['a', 'b'],
      ['c', 'd'],
    ],
  )
  t.same(
    findPools([...two, say('e', undefined, 'mod.image')]).map(({ scenarioIds }) => scenarioIds),
    [['a', 'b', 'e']],
    'where nothing else is near, it is in',
  )
})

t.test('the order of the scenarios changes nothing', async () => {
  fc.assert(
    fc.property(arbitraryPlanted, fc.infiniteStream(fc.nat()), (rows, noise) => {
      const scenarios = plant(rows).map(({ scenario }) => scenario)
      const keys = scenarios.map(scenario => ({ scenario, key: noise.next().value }))
      const shuffled = keys.toSorted((a, b) => a.key - b.key).map(({ scenario }) => scenario)
      return JSON.stringify(findPools(scenarios)) === JSON.stringify(findPools(shuffled))
    }),
    { seed: SEED, numRuns: 50 },
  )
})

t.test('shares add up to the cost, nobody pays more than alone, and a dear pool is refused', async () => {
  const amounts = fc.array(fc.integer({ min: 0, max: 2 ** 46 }), { minLength: 1, maxLength: 20 })
  fc.assert(
    fc.property(amounts, fc.double({ min: 0, max: 1, noNaN: true }), (alone, part) => {
      const members = alone.map((aloneYuan, i) => ({ scenarioId: `s${i}`, aloneYuan }))
      const total = alone.reduce((sum, amount) => sum + amount, 0)
      const poolYuan = Math.floor(total * part)
      const shares = shareCosts(poolYuan, members)
      return (
        shares !== undefined &&
        shares.reduce((sum, { shareYuan }) => sum + shareYuan, 0) === poolYuan &&
        shares.every(({ shareYuan, aloneYuan }) => shareYuan >= 0 && shareYuan <= aloneYuan) &&
        shareCosts(total + 1, members) === undefined
      )
    }),
    { seed: SEED, numRuns: 2_000 },
  )
})

t.test('unlocked is what nobody reaches alone and all reach together', async t => {
  const minimum = { requirement: 'labelled images', unit: 'samples', minimum: 500 }
  const holding = (scenarioId: string, amount: number) => ({ scenarioId, requirement: 'labelled images', amount })
  t.match(listUnlocked([minimum], [holding('a', 300), holding('b', 250)]), [{ together: 550, best: 300 }])
  t.same(listUnlocked([minimum], [holding('a', 500), holding('b', 250)]), [], 'one has enough alone')
  t.same(listUnlocked([minimum], [holding('a', 100), holding('b', 250)]), [], 'together still too few')
})

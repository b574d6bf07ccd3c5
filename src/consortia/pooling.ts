/** What pooling needs to know of a scenario: whose it is, and its concepts. Nothing of its texts or data. */
export type PoolScenario = {
  id: string
  organisationId: string
  /** `pb.*` and `df.*` */
  problems: readonly string[]
  /** `proc.*`; empty: unknown */
  processes: readonly string[]
  /** `mod.*` of its data; empty: unknown */
  modalities: readonly string[]
}
export type Pool = {
  scenarioIds: string[]
  problems: string[]
  processes: string[]
  modalities: string[]
  similarity: number
}

/** How much each kind of concept counts, in ten-thousandths. */
const WEIGHTS = { problems: 5_000, processes: 2_500, modalities: 2_500 } as const
/** What is unknown neither joins nor parts: half of what full agreement would count. */
const UNKNOWN = 0.5
const SIMILARITY_MIN = 5_500
const MEMBERS_MIN = 2

/**
 * Scenarios of different manufacturers that would be served by the same thing: a problem that all members share, one
 * process and one modality as far as they say, and on average alike by `SIMILARITY_MIN` of 10,000. Average linkage
 * (UPGMA, Sokal and Michener 1958) under those conditions, so that no chain of likenesses joins the unlike. Each scenario
 * is in one pool at most; a pool has at least two organisations, and none that must not meet (`apart`). The same input in
 * any order gives the same pools.
 */
export const findPools = (
  scenarios: readonly PoolScenario[],
  apart: (organisationId: string, other: string) => boolean = () => false,
): Pool[] => {
  let clusters = [...scenarios].sort((a, b) => (a.id < b.id ? -1 : 1)).map(toCluster)
  for (;;) {
    const best = findBestMerge(clusters, apart)
    if (!best) break
    const [a, b] = best
    clusters = [...clusters.filter(cluster => cluster !== a && cluster !== b), merge(a, b)]
  }
  return clusters
    .filter(({ members }) => new Set(members.map(({ organisationId }) => organisationId)).size >= MEMBERS_MIN)
    .map(({ members, common }) => ({
      scenarioIds: members.map(({ id }) => id).sort(),
      problems: [...common.problems].sort(),
      processes: [...(common.processes ?? [])].sort(),
      modalities: [...(common.modalities ?? [])].sort(),
      similarity: meanSimilarity(members),
    }))
    .sort((a, b) => ((a.scenarioIds[0] ?? '') < (b.scenarioIds[0] ?? '') ? -1 : 1))
}

type Concepts = {
  problems: ReadonlySet<string>
  processes: ReadonlySet<string> | undefined
  modalities: ReadonlySet<string> | undefined
}
type Cluster = { members: PoolScenario[]; common: Concepts }

const toCluster = (scenario: PoolScenario): Cluster => ({
  members: [scenario],
  common: {
    problems: new Set(scenario.problems),
    processes: scenario.processes.length > 0 ? new Set(scenario.processes) : undefined,
    modalities: scenario.modalities.length > 0 ? new Set(scenario.modalities) : undefined,
  },
})

const findBestMerge = (clusters: readonly Cluster[], apart: Apart): [Cluster, Cluster] | undefined => {
  let best: { pair: [Cluster, Cluster]; similarity: number } | undefined
  clusters.forEach((a, i) => {
    for (const b of clusters.slice(i + 1)) {
      if (!canMerge(a.common, b.common) || mustStayApart(a, b, apart)) continue
      const similarity = linkage(a, b)
      if (similarity >= SIMILARITY_MIN && similarity > (best?.similarity ?? 0)) best = { pair: [a, b], similarity }
    }
  })
  return best?.pair
}

type Apart = (organisationId: string, other: string) => boolean
const mustStayApart = (a: Cluster, b: Cluster, apart: Apart): boolean =>
  a.members.some(one => b.members.some(other => apart(one.organisationId, other.organisationId)))

const canMerge = (a: Concepts, b: Concepts): boolean =>
  [...a.problems].some(problem => b.problems.has(problem)) &&
  mayMeet(a.processes, b.processes) &&
  mayMeet(a.modalities, b.modalities)

const mayMeet = (a: ReadonlySet<string> | undefined, b: ReadonlySet<string> | undefined): boolean =>
  a === undefined || b === undefined || [...a].some(value => b.has(value))

const meet = (
  a: ReadonlySet<string> | undefined,
  b: ReadonlySet<string> | undefined,
): ReadonlySet<string> | undefined =>
  a === undefined || b === undefined ? (a ?? b) : new Set([...a].filter(value => b.has(value)))

const merge = (a: Cluster, b: Cluster): Cluster => ({
  members: [...a.members, ...b.members],
  common: {
    problems: new Set([...a.common.problems].filter(problem => b.common.problems.has(problem))),
    processes: meet(a.common.processes, b.common.processes),
    modalities: meet(a.common.modalities, b.common.modalities),
  },
})

const linkage = (a: Cluster, b: Cluster): number => {
  const total = a.members.reduce(
    (sum, one) => sum + b.members.reduce((inner, other) => inner + similarityOf(one, other), 0),
    0,
  )
  return total / (a.members.length * b.members.length)
}

const meanSimilarity = (members: readonly PoolScenario[]): number => {
  const pairs = members.flatMap((one, i) => members.slice(i + 1).map(other => similarityOf(one, other)))
  return pairs.length === 0 ? 0 : Math.round(pairs.reduce((sum, value) => sum + value, 0) / pairs.length)
}

/** Weighted Jaccard likeness of two scenarios, 0 to 10,000. */
export const similarityOf = (a: PoolScenario, b: PoolScenario): number =>
  WEIGHTS.problems * jaccard(a.problems, b.problems) +
  WEIGHTS.processes * (isUnknown(a.processes, b.processes) ? UNKNOWN : jaccard(a.processes, b.processes)) +
  WEIGHTS.modalities * (isUnknown(a.modalities, b.modalities) ? UNKNOWN : jaccard(a.modalities, b.modalities))

const isUnknown = (a: readonly string[], b: readonly string[]) => a.length === 0 || b.length === 0

const jaccard = (a: readonly string[], b: readonly string[]): number => {
  const union = new Set([...a, ...b])
  return union.size === 0 ? 0 : (new Set(a).size + new Set(b).size - union.size) / union.size
}

/** A least amount that a capability asks for, and what each member holds of it, in the same unit. */
export type DataMinimum = { requirement: string; unit: string; minimum: number }
export type Holding = { scenarioId: string; requirement: string; amount: number }
export type Unlocked = DataMinimum & { together: number; best: number }

/** The minimums that no member reaches alone and all members reach together. */
export const listUnlocked = (minimums: readonly DataMinimum[], holdings: readonly Holding[]): Unlocked[] =>
  minimums.flatMap(minimum => {
    const amounts = holdings
      .filter(({ requirement }) => requirement === minimum.requirement)
      .map(({ amount }) => amount)
    const together = amounts.reduce((sum, amount) => sum + amount, 0)
    const best = Math.max(0, ...amounts)
    return best < minimum.minimum && together >= minimum.minimum ? [{ ...minimum, together, best }] : []
  })

export type CostShare = { scenarioId: string; aloneYuan: number; shareYuan: number }

/**
 * Each member's share of what the pool costs, in proportion to what it would pay alone; whole yuan, by the largest
 * remainder. Since the pool costs no more than all alone together, nobody pays more than alone.
 * @returns undefined where pooling would cost more than going alone: then nothing is to be shared
 */
export const shareCosts = (
  poolYuan: number,
  alone: readonly { scenarioId: string; aloneYuan: number }[],
): CostShare[] | undefined => {
  const total = alone.reduce((sum, { aloneYuan }) => sum + BigInt(aloneYuan), 0n)
  const pool = BigInt(poolYuan)
  if (pool > total) return undefined
  const shares = alone.map((member, i) => {
    const product = pool * BigInt(member.aloneYuan)
    return total === 0n ? { i, down: 0n, rest: 0n } : { i, down: product / total, rest: product % total }
  })
  let left = pool - shares.reduce((sum, { down }) => sum + down, 0n)
  const extra = new Set<number>()
  for (const { i } of shares.toSorted((a, b) => (a.rest === b.rest ? a.i - b.i : a.rest > b.rest ? -1 : 1)))
    if (left > 0n) {
      extra.add(i)
      left -= 1n
    }
  return alone.map(({ scenarioId, aloneYuan }, i) => ({
    scenarioId,
    aloneYuan,
    shareYuan: Number(shares[i]?.down ?? 0n) + (extra.has(i) ? 1 : 0),
  }))
}

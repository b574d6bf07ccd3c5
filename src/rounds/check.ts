import { type Bundle, type Bundles, fillBundles, readRanks, wouldTake } from './bundles.ts'
import { SIDES, type Pair, type RoundProblem, type SideName } from './problem.ts'

/** A limit that the pairs break: an agent's capacity (`agent`) or a group's or class's upper limit (`name`). */
export type BrokenLimit = { side: SideName; agent?: number; name?: string; seats: number; seatsMax: number }
export type Proof = {
  pairs: number
  /** Acceptable pairs outside the result that were looked at, one by one. */
  examined: number
  /** Pairs that both sides would rather have than what they hold. */
  blocking: Pair[]
  broken: BrokenLimit[]
  /** Forced pairs that are missing, pairs that are forbidden, unacceptable, or stand twice. */
  misplaced: Pair[]
}

/** Whether nothing speaks against a result. */
export const isProven = (proof: Proof): boolean =>
  proof.blocking.length === 0 && proof.broken.length === 0 && proof.misplaced.length === 0

/**
 * Proves a result by the definition alone and shares nothing with the algorithm. A side would take a pair if no limit
 * on it is full, or if one pair that lies in all its full limits can be given up for it: one whose loss leaves more
 * reserved seats filled, or as many and stands lower. A pair blocks if both sides would take it.
 */
export const checkRound = (problem: RoundProblem, pairs: readonly Pair[]): Proof => {
  const keyOf = ([scenario, vendor]: Pair) => scenario * problem.vendors.capacities.length + vendor
  const present = new Set(pairs.map(keyOf))
  const forced = new Set(problem.forced.map(keyOf))
  const forbidden = new Set(problem.forbidden.map(keyOf))
  const rankFor = { scenarios: readRanks(problem, 'scenarios'), vendors: readRanks(problem, 'vendors') }
  const isAcceptable = ([s, v]: Pair) => rankFor.scenarios(s, v) >= 0 && rankFor.vendors(v, s) >= 0
  const bundles = {
    scenarios: fillBundles(
      problem,
      'scenarios',
      pair => (forced.has(keyOf(pair)) ? -1 : rankFor.scenarios(...pair)),
      pairs,
    ),
    vendors: fillBundles(
      problem,
      'vendors',
      pair => (forced.has(keyOf(pair)) ? -1 : rankFor.vendors(pair[1], pair[0])),
      pairs,
    ),
  }
  const seen = new Set<number>()
  const isTwice = (pair: Pair) => seen.size === seen.add(keyOf(pair)).size
  const misplaced = [
    ...problem.forced.filter(pair => !present.has(keyOf(pair))),
    ...pairs.filter(
      pair => isTwice(pair) || forbidden.has(keyOf(pair)) || !(forced.has(keyOf(pair)) || isAcceptable(pair)),
    ),
  ]
  const blocking: Pair[] = []
  let examined = 0
  problem.scenarios.lists.forEach((list, s) => {
    for (let rank = 0; rank < list.length; rank++) {
      const pair: Pair = [s, list[rank] ?? 0]
      const [, v] = pair
      const theirs = rankFor.vendors(v, s)
      const key = keyOf(pair)
      if (theirs < 0 || present.has(key) || forbidden.has(key) || rankFor.scenarios(s, v) !== rank) continue
      examined++
      if (!wouldTake(bundles.vendors, { own: v, other: s, rank: theirs })) continue
      if (wouldTake(bundles.scenarios, { own: s, other: v, rank })) blocking.push(pair)
    }
  })
  const broken = SIDES.flatMap(name => findBroken(problem, name, bundles[name]))
  return { pairs: pairs.length, examined, blocking, broken, misplaced }
}

const findBroken = (problem: RoundProblem, side: SideName, { agents, limits }: Bundles): BrokenLimit[] => {
  const tell = (bundle: Bundle, who: { agent: number } | { name: string }): BrokenLimit[] =>
    bundle.members.length > bundle.seatsMax
      ? [{ side, ...who, seats: bundle.members.length, seatsMax: bundle.seatsMax }]
      : []
  return [
    ...agents.flatMap((bundle, agent) => tell(bundle, { agent })),
    ...limits.flatMap((bundle, i) => tell(bundle, { name: problem[side].limits[i]?.name ?? '' })),
  ]
}

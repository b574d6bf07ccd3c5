import { allocate } from './allocate.ts'
import { type Bundle, type Bundles, bundlesOf, fillBundles, readRanks, wouldTake } from './bundles.ts'
import { SIDES, type Pair, type RoundProblem, type RoundSide, type SideName } from './problem.ts'

/** Whose seat it is: an agent's own capacity, or a group or class by its place in the limits of the side. */
export type SeatOwner = { side: SideName; agent: number } | { side: SideName; limit: number }
export type SlotAdvice = {
  where: SeatOwner
  /** Pairs outside the result that the other side wants and that only full limits here keep out. */
  waiting: number
  /** What the round would be with one seat more, computed and not estimated. */
  pairsAdded: number
  /** Agents of each side that had no pair and would have one, less those that would lose their only one. */
  scenariosServed: number
  vendorsServed: number
}

/**
 * Where one more seat helps most: the full limits that most wanted pairs wait at, each tried by running the round again
 * with one seat more. Those that change nothing are left out; the best come first.
 */
export const adviseSlots = (problem: RoundProblem, pairs: readonly Pair[], triesMax = 8): SlotAdvice[] => {
  const waiting = countWaiting(problem, pairs)
    .toSorted((a, b) => b.waiting - a.waiting)
    .slice(0, triesMax)
  const before = countServed(pairs)
  return waiting
    .map(({ where, waiting: count }): SlotAdvice => {
      const { pairs: after } = allocate(withSeat(problem, where))
      const served = countServed(after)
      return {
        where,
        waiting: count,
        pairsAdded: after.length - pairs.length,
        scenariosServed: served.scenarios - before.scenarios,
        vendorsServed: served.vendors - before.vendors,
      }
    })
    .filter(advice => advice.pairsAdded > 0 || advice.scenariosServed > 0)
    .sort((a, b) => b.scenariosServed - a.scenariosServed || b.pairsAdded - a.pairsAdded || b.waiting - a.waiting)
}

const countServed = (pairs: readonly Pair[]) => ({
  scenarios: new Set(pairs.map(([scenario]) => scenario)).size,
  vendors: new Set(pairs.map(([, vendor]) => vendor)).size,
})

const countWaiting = (problem: RoundProblem, pairs: readonly Pair[]): { where: SeatOwner; waiting: number }[] => {
  const excluded = new Set([...pairs, ...problem.forbidden].map(String))
  const forced = new Set(problem.forced.map(String))
  const rankFor = { scenarios: readRanks(problem, 'scenarios'), vendors: readRanks(problem, 'vendors') }
  const bundles = Object.fromEntries(
    SIDES.map(name => {
      const rankOf = (pair: Pair) => rankFor[name](...(name === 'scenarios' ? pair : ([pair[1], pair[0]] as const)))
      const isForced = (pair: Pair) => forced.has(String(pair))
      return [name, fillBundles(problem, name, pair => (isForced(pair) ? -1 : rankOf(pair)), pairs)]
    }),
  ) as Record<SideName, Bundles>
  const counts = new Map<Bundle, number>()
  problem.scenarios.lists.forEach((list, s) => {
    for (let rank = 0; rank < list.length; rank++) {
      const v = list[rank] ?? 0
      const theirs = rankFor.vendors(v, s)
      if (theirs < 0 || excluded.has(String([s, v]))) continue
      const seats = {
        scenarios: { own: s, other: v, rank },
        vendors: { own: v, other: s, rank: theirs },
      }
      for (const name of SIDES) {
        const across = name === 'scenarios' ? 'vendors' : 'scenarios'
        if (!wouldTake(bundles[across], seats[across])) continue
        for (const bundle of bundlesOf(bundles[name], seats[name]))
          if (bundle.members.length >= bundle.seatsMax) counts.set(bundle, (counts.get(bundle) ?? 0) + 1)
      }
    }
  })
  return SIDES.flatMap(side => [
    ...bundles[side].agents.map((bundle, agent) => ({ where: { side, agent }, waiting: counts.get(bundle) ?? 0 })),
    ...bundles[side].limits.map((bundle, limit) => ({ where: { side, limit }, waiting: counts.get(bundle) ?? 0 })),
  ]).filter(({ waiting }) => waiting > 0)
}

const withSeat = (problem: RoundProblem, where: SeatOwner): RoundProblem => {
  const side: RoundSide = problem[where.side]
  const changed: RoundSide =
    'agent' in where
      ? { ...side, capacities: Array.from(side.capacities, (seats, i) => (i === where.agent ? seats + 1 : seats)) }
      : {
          ...side,
          limits: side.limits.map((limit, i) =>
            i === where.limit && limit.seatsMax !== undefined ? { ...limit, seatsMax: limit.seatsMax + 1 } : limit,
          ),
        }
  return { ...problem, [where.side]: changed }
}

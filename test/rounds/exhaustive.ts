import type { Pair, RoundProblem, RoundSide, SideName } from '../../src/rounds/problem.ts'

/**
 * The definition of a stable result by enumeration, written without a look at the algorithm: a side values a set of
 * pairs by the reserved seats that it fills and then, pair by pair from the best, by how high they stand; what it
 * chooses of some pairs is the feasible subset of the highest value.
 */
type Edge = { scenario: number; vendor: number }

export const listEdges = (problem: RoundProblem): Edge[] => {
  const isExcluded = (edge: Edge) =>
    [...problem.forced, ...problem.forbidden].some(([s, v]) => s === edge.scenario && v === edge.vendor)
  return problem.scenarios.lists
    .flatMap((list, scenario) => Array.from(list, vendor => ({ scenario, vendor })))
    .filter(({ scenario, vendor }) => Array.from(problem.vendors.lists[vendor] ?? []).includes(scenario))
    .filter(edge => !isExcluded(edge))
}

const subsetsOf = <T>(items: T[]): T[][] =>
  items.reduce<T[][]>((subsets, item) => [...subsets, ...subsets.map(subset => [...subset, item])], [[]])

const ownOf = (name: SideName, edge: Edge) => (name === 'scenarios' ? edge.scenario : edge.vendor)
const otherOf = (name: SideName, edge: Edge) => (name === 'scenarios' ? edge.vendor : edge.scenario)
const toEdge = ([scenario, vendor]: Pair): Edge => ({ scenario, vendor })

const isIn = (name: SideName, limit: RoundSide['limits'][number], edge: Edge) =>
  limit.agents.includes(ownOf(name, edge)) && (limit.others?.includes(otherOf(name, edge)) ?? true)

const isFeasible = (problem: RoundProblem, name: SideName, edges: Edge[]): boolean => {
  const all = [...edges, ...problem.forced.map(toEdge)]
  const side = problem[name]
  return (
    Array.from(side.capacities).every(
      (seats, agent) => all.filter(edge => ownOf(name, edge) === agent).length <= seats,
    ) && side.limits.every(limit => all.filter(edge => isIn(name, limit, edge)).length <= (limit.seatsMax ?? Infinity))
  )
}

/** Bigger is better: reserved seats first, then each pair by its place, so that a higher one outweighs all lower ones. */
const valueOf = (problem: RoundProblem, name: SideName, edges: Edge[]): bigint => {
  const side = problem[name]
  const all = [...edges, ...problem.forced.map(toEdge)]
  const reserved = side.limits.reduce(
    (sum, limit) => sum + Math.min(limit.seatsReserved ?? 0, all.filter(edge => isIn(name, limit, edge)).length),
    0,
  )
  const others = problem[name === 'scenarios' ? 'vendors' : 'scenarios'].capacities.length
  const agents = side.capacities.length
  const places = BigInt(others * agents)
  const placeOf = (edge: Edge) => {
    const rank = Array.from(side.lists[ownOf(name, edge)] ?? []).indexOf(otherOf(name, edge))
    return BigInt(rank * agents + ownOf(name, edge))
  }
  return (BigInt(reserved) << (places + 1n)) + edges.reduce((sum, edge) => sum + (1n << (places - placeOf(edge))), 0n)
}

/** What a side chooses of some pairs. */
export const chooseByEnumeration = (problem: RoundProblem, name: SideName, edges: Edge[]): Edge[] => {
  const subsets = subsetsOf(edges).filter(subset => isFeasible(problem, name, subset))
  return subsets.reduce(
    (best, subset) => (valueOf(problem, name, subset) > valueOf(problem, name, best) ? subset : best),
    [],
  )
}

const holds = (edges: Edge[], { scenario, vendor }: Edge) =>
  edges.some(edge => edge.scenario === scenario && edge.vendor === vendor)
export const isSame = (a: Edge[], b: Edge[]) => a.length === b.length && a.every(edge => holds(b, edge))

/** Every stable result of a small round. */
export const listStable = (problem: RoundProblem): Edge[][] => {
  const edges = listEdges(problem)
  return subsetsOf(edges).filter(result => {
    if (!isFeasible(problem, 'scenarios', result) || !isFeasible(problem, 'vendors', result)) return false
    return edges.every(edge => {
      if (result.includes(edge)) return true
      const isWanted = (name: SideName) => chooseByEnumeration(problem, name, [...result, edge]).includes(edge)
      return !(isWanted('scenarios') && isWanted('vendors'))
    })
  })
}

/** Whether the scenarios, choosing from both results together, would keep the first: it is at least as good for them. */
export const isAsGoodForScenarios = (problem: RoundProblem, first: Edge[], second: Edge[]): boolean => {
  const union = [...first, ...second.filter(edge => !holds(first, edge))]
  return isSame(chooseByEnumeration(problem, 'scenarios', union), first)
}

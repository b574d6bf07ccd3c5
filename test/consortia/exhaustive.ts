import type { TeamProblem } from '../../src/consortia/team.ts'

/**
 * The definition of the best team by enumeration of all teams and all ways to share out the facets, written without a
 * look at the builder: quality that is missing, 100 points for each 10,000 yuan (at most 30,000), 1,500 for each member,
 * 100,000 for each facet that nobody takes, less what past collaboration saves.
 */
export const listTeams = (problem: TeamProblem): { members: string[]; burden: number }[] =>
  subsetsOf(problem.candidates.map(({ id }) => id))
    .filter(members => isAllowed(problem, members))
    .flatMap(members => {
      const burdens = waysToShare(problem, members)
      return burdens.length === 0 ? [] : [{ members: [...members].sort(), burden: Math.min(...burdens) }]
    })
    .sort((a, b) => a.burden - b.burden)

const subsetsOf = <T>(items: T[]): T[][] =>
  items.reduce<T[][]>((subsets, item) => [...subsets, ...subsets.map(subset => [...subset, item])], [[]])

const isAllowed = (problem: TeamProblem, members: string[]): boolean =>
  members.length <= problem.membersMax &&
  problem.required.every(id => members.includes(id)) &&
  !problem.exclusions.some(([a, b]) => members.includes(a) && members.includes(b))

/** The burden of every way in which each member that need not be there has something to do. */
const waysToShare = (problem: TeamProblem, members: string[]): number[] => {
  const candidates = problem.candidates.filter(({ id }) => members.includes(id))
  const fixed = candidates.reduce((sum, { costYuan }) => sum + Math.min(30_000, Math.ceil(costYuan / 100)) + 1_500, 0)
  const saved = problem.collaborations
    .filter(({ pair }) => pair.every(id => members.includes(id)))
    .reduce((sum, { savedPoints }) => sum + savedPoints, 0)
  const burdens: number[] = []
  const share = (at: number, duties: Map<string, number>, missing: number): void => {
    const facet = problem.facets[at]
    if (!facet) {
      if (members.every(id => problem.required.includes(id) || (duties.get(id) ?? 0) > 0))
        burdens.push(fixed - saved + missing)
      return
    }
    share(at + 1, duties, missing + 100_000)
    for (const { id, quality, capacity } of candidates) {
      const own = quality[facet.id]
      if (own === undefined || (duties.get(id) ?? 0) >= capacity) continue
      share(at + 1, new Map(duties).set(id, (duties.get(id) ?? 0) + 1), missing + facet.weight * (10_000 - own))
    }
  }
  share(0, new Map(), 0)
  return burdens
}

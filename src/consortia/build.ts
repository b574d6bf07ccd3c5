import { assignFacets } from './assign.ts'
import { buildGreedily } from './greedy.ts'
import { readTeam, writeModel } from './model.ts'
import { burdenOf, type Team, type TeamProblem } from './team.ts'

/** What a solver of linear and mixed-integer programs answers: columns by name; undefined where it found nothing in time. */
export type Solution = { isOptimal: boolean; objective: number; columns: Record<string, number> }
export type Solve = (model: string) => Promise<Solution | undefined>

/** What a member is worth to its team. */
export type Contribution = {
  member: string
  /** By how many points the burden of the others, best assigned, would be higher without it. May be negative for a required one. */
  points: number
  /** Facets that nobody else of the team could take. */
  onlyOne: string[]
}
export type Proposal = {
  team: Team
  method: 'exact' | 'greedy'
  /** No team has a burden below this: the least itself, or what the linear relaxation proves. */
  lowerBound: number
  /** (burden − lowerBound) ÷ burden in ten-thousandths, rounded up; 0 is proven best. */
  gap: number
  contributions: Contribution[]
  /** The next best teams, each different from all others. */
  alternatives: Team[]
}

/** The largest question that is solved exactly. */
export const EXACT_MAX = { candidates: 40, facets: 12 } as const
const ALTERNATIVES = 3

/**
 * The team with the least burden (`burdenOf`), why each member is in it, and the next best ones. Exact up to
 * `EXACT_MAX`; beyond it, or where the solver runs out of time, greedy, with a lower bound that the solver proves.
 */
export const buildTeam = async (problem: TeamProblem, solve: Solve): Promise<Proposal> => {
  const isSmall = problem.candidates.length <= EXACT_MAX.candidates && problem.facets.length <= EXACT_MAX.facets
  const exact = isSmall ? await solveExactly(problem, solve) : []
  const [best, ...others] = exact
  if (best)
    return { ...describe(problem, best), method: 'exact', lowerBound: best.burden, gap: 0, alternatives: others }
  const greedy = buildGreedily(problem)
  const relaxed = await solve(writeModel(problem, { isRelaxed: true }))
  // A bound is only proven by an optimal relaxation. Burdens are whole, so it may be rounded up, but for the solver's tolerance.
  const lowerBound = relaxed?.isOptimal ? Math.min(greedy.burden, Math.max(0, Math.ceil(relaxed.objective - 1e-3))) : 0
  return {
    ...describe(problem, greedy),
    method: 'greedy',
    lowerBound,
    gap: greedy.burden === 0 ? 0 : Math.ceil(((greedy.burden - lowerBound) * 10_000) / greedy.burden),
    alternatives: listGreedyAlternatives(problem, greedy),
  }
}

/** The best team and the next ones, best first; none where the best could not be proven. */
const solveExactly = async (problem: TeamProblem, solve: Solve): Promise<Team[]> => {
  const found: Team[] = []
  while (found.length <= ALTERNATIVES) {
    const solution = await solve(writeModel(problem, { excluded: found.map(team => team.members) }))
    const team = solution?.isOptimal ? readTeam(problem, solution.columns) : undefined
    // Nobody at all is an answer where nobody fits, but no alternative to somebody.
    if (!team || (found.length > 0 && team.members.length === 0)) break
    found.push(team)
  }
  return found
}

const describe = (problem: TeamProblem, team: Team): { team: Team; contributions: Contribution[] } => ({
  team,
  contributions: team.members.map(member => {
    const others = team.members.filter(id => id !== member)
    const without = burdenOf(problem, others, assignFacets(problem, others))
    const offered = (id: string) => problem.candidates.find(candidate => candidate.id === id)?.quality ?? {}
    const isOnly = (facet: string) => facet in offered(member) && !others.some(id => facet in offered(id))
    return {
      member,
      points: without - team.burden,
      onlyOne: problem.facets.map(({ id }) => id).filter(isOnly),
    }
  }),
})

/** What greedy makes when one member of the team is not to be had, each in turn. */
const listGreedyAlternatives = (problem: TeamProblem, team: Team): Team[] => {
  const seen = new Set([team.members.join()])
  return team.members
    .filter(id => !problem.required.includes(id))
    .map(id => buildGreedily(problem, new Set([id])))
    .sort((a, b) => a.burden - b.burden)
    .filter(other => other.members.length > 0 && !seen.has(other.members.join()) && seen.add(other.members.join()))
    .slice(0, ALTERNATIVES)
}

import { assignFacets } from './assign.ts'
import {
  type Candidate,
  describeTeam,
  memberPoints,
  PRICES,
  shortfallPoints,
  type Team,
  type TeamProblem,
} from './team.ts'

/**
 * A team by the greedy rule for facility location (Hochbaum 1982, Heuristics for the fixed cost median problem): again
 * and again the candidate and those of its open facets that cost least per facet, while that is cheaper than leaving
 * them open. Without exclusions, collaborations, a binding capacity or a binding size its burden is at most
 * H(n) = 1 + 1/2 + … + 1/n times the least, with n facets; with them no bound is known beforehand, so `buildTeam`
 * reports a proven one for each answer.
 */
export const buildGreedily = (problem: TeamProblem, banned: ReadonlySet<string> = new Set()): Team => {
  const byId = new Map(problem.candidates.map(candidate => [candidate.id, candidate]))
  const members = new Set(problem.required.filter(id => byId.has(id)))
  const places = new Map(problem.candidates.map(({ id, capacity }) => [id, capacity]))
  const open = new Set(problem.facets)
  for (;;) {
    const stars = problem.candidates
      .filter(({ id }) => !banned.has(id) && mayJoin(problem, members, id))
      .flatMap(candidate => bestStar(problem, candidate, members, open, places.get(candidate.id) ?? 0))
    const best = stars.reduce<Star | undefined>((a, b) => (a && a.perFacet <= b.perFacet ? a : b), undefined)
    if (!best || best.perFacet >= PRICES.uncovered) break
    members.add(best.candidate.id)
    places.set(best.candidate.id, (places.get(best.candidate.id) ?? 0) - best.facets.length)
    for (const facet of best.facets) open.delete(facet)
  }
  return tighten(problem, [...members])
}

/** The harmonic number of the facets: how many times the least burden greedy can cost where its bound holds. */
export const greedyBound = (problem: TeamProblem): number => problem.facets.reduce((sum, _, i) => sum + 1 / (i + 1), 0)

type Star = { candidate: Candidate; facets: TeamProblem['facets'][number][]; perFacet: number }

const mayJoin = (problem: TeamProblem, members: ReadonlySet<string>, id: string): boolean =>
  members.has(id) ||
  (members.size < problem.membersMax &&
    !problem.exclusions.some(([a, b]) => (a === id && members.has(b)) || (b === id && members.has(a))))

/** The prefix of a candidate's open facets, cheapest first, that costs least per facet with its joining. */
const bestStar = (
  problem: TeamProblem,
  candidate: Candidate,
  members: ReadonlySet<string>,
  open: ReadonlySet<TeamProblem['facets'][number]>,
  places: number,
): Star[] => {
  const priced = [...open]
    .flatMap(facet => {
      const points = shortfallPoints(facet, candidate)
      return points === undefined ? [] : [{ facet, points }]
    })
    .sort((a, b) => a.points - b.points)
    .slice(0, places)
  let total = members.has(candidate.id) ? 0 : memberPoints(candidate) - savedBy(problem, members, candidate.id)
  return priced
    .map(({ points }, i): Star => {
      total += points
      return { candidate, facets: priced.slice(0, i + 1).map(({ facet }) => facet), perFacet: total / (i + 1) }
    })
    .reduce<Star[]>((best, star) => (best[0] && best[0].perFacet <= star.perFacet ? best : [star]), [])
}

const savedBy = (problem: TeamProblem, members: ReadonlySet<string>, id: string): number =>
  problem.collaborations
    .filter(({ pair: [a, b] }) => (a === id && members.has(b)) || (b === id && members.has(a)))
    .reduce((sum, { savedPoints }) => sum + savedPoints, 0)

/** Assigns anew, and drops members without a duty, until nobody is idle: neither can raise the burden but by savings lost. */
const tighten = (problem: TeamProblem, members: string[]): Team => {
  const assignments = assignFacets(problem, members)
  const busy = new Set([...problem.required, ...assignments.map(({ candidate }) => candidate)])
  const kept = members.filter(id => busy.has(id))
  return kept.length === members.length ? describeTeam(problem, members, assignments) : tighten(problem, kept)
}

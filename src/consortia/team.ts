import type { Bilingual } from '../engine/types.ts'

/** What a scenario requires of a team: a problem, a technique, data, integration, hardware, one of the five elements, a role. */
export type Facet = {
  id: string
  /** How much its quality counts against the others, 1 to 10. */
  weight: number
}

/** Somebody who could join. */
export type Candidate = {
  id: string
  /** Quality by facet, 0 to 10,000. A facet that is not named here it cannot take. */
  quality: Readonly<Record<string, number>>
  costYuan: number
  /** How many facets it can take at once. */
  capacity: number
}

export type TeamProblem = {
  facets: readonly Facet[]
  candidates: readonly Candidate[]
  membersMax: number
  /** Candidates that are in whatever they bring: the manufacturer, or whom the parties asked for. */
  required: readonly string[]
  /** Pairs that will not work together. */
  exclusions: readonly (readonly [string, string])[]
  /** Points that a pair saves because it has worked together before. */
  collaborations: readonly { pair: readonly [string, string]; savedPoints: number }[]
}

export type Assignment = { facet: string; candidate: string; quality: number }
/** A team with who takes which facet. `burden` is what the builder minimises, in points. */
export type Team = { members: string[]; assignments: Assignment[]; uncovered: string[]; burden: number }

/** Prices of the objective, in points. A quality of 10,000 costs nothing, one of 0 costs 10,000 times the facet's weight. */
export const PRICES = {
  qualityMax: 10_000,
  /** For each 10,000 yuan of a member's cost. */
  cost: 100,
  costPointsMax: 30_000,
  /** For each member: every further party has to be coordinated. */
  coordination: 1_500,
  /** For each facet that nobody takes. */
  uncovered: 100_000,
} as const

/** What a member costs, whatever it does: its price and its coordination. Integer points. */
export const memberPoints = (candidate: Candidate): number =>
  Math.min(PRICES.costPointsMax, Math.ceil((candidate.costYuan * PRICES.cost) / 10_000)) + PRICES.coordination

/** What is missing of full quality where a candidate takes a facet; undefined where it cannot. Integer points. */
export const shortfallPoints = (facet: Facet, candidate: Candidate): number | undefined => {
  const quality = candidate.quality[facet.id]
  return quality === undefined ? undefined : facet.weight * (PRICES.qualityMax - quality)
}

/** Points that a team saves by past collaboration. */
export const savedPoints = (problem: TeamProblem, members: ReadonlySet<string>): number =>
  problem.collaborations
    .filter(({ pair: [a, b] }) => members.has(a) && members.has(b))
    .reduce((sum, { savedPoints: points }) => sum + points, 0)

/**
 * The burden of a team with its assignment, lower is better: the quality that is missing, what the members cost and
 * take to coordinate, and each facet that nobody takes, less what past collaboration saves.
 */
export const burdenOf = (
  problem: TeamProblem,
  members: readonly string[],
  assignments: readonly Assignment[],
): number => {
  const byId = new Map(problem.candidates.map(candidate => [candidate.id, candidate]))
  const taken = new Map(assignments.map(({ facet, candidate }) => [facet, byId.get(candidate)]))
  const facets = problem.facets.reduce((sum, facet) => {
    const candidate = taken.get(facet.id)
    return sum + ((candidate && shortfallPoints(facet, candidate)) ?? PRICES.uncovered)
  }, 0)
  const cost = members.reduce((sum, id) => {
    const candidate = byId.get(id)
    return sum + (candidate ? memberPoints(candidate) : 0)
  }, 0)
  return facets + cost - savedPoints(problem, new Set(members))
}

/** A team from its members and who takes what: sorted, with what nobody takes and its burden. */
export const describeTeam = (
  problem: TeamProblem,
  members: readonly string[],
  assignments: readonly Assignment[],
): Team => {
  const taken = new Set(assignments.map(({ facet }) => facet))
  return {
    members: [...members].sort(),
    assignments: [...assignments].sort((a, b) => (a.facet < b.facet ? -1 : 1)),
    uncovered: problem.facets.map(({ id }) => id).filter(id => !taken.has(id)),
    burden: burdenOf(problem, members, assignments),
  }
}

/** What makes a question impossible before anything is computed: required members that exclude each other, or too many of them. */
export const findTeamFaults = (problem: TeamProblem): Bilingual[] => {
  const required = new Set(problem.required)
  return [
    ...(required.size > problem.membersMax
      ? [{ zh: '必须加入的成员超过联合体人数上限', en: 'More members are required than the team may have' }]
      : []),
    ...problem.exclusions
      .filter(([a, b]) => required.has(a) && required.has(b))
      .map(([a, b]) => ({ zh: `必须加入的 ${a} 与 ${b} 互斥`, en: `The required ${a} and ${b} exclude each other` })),
  ]
}

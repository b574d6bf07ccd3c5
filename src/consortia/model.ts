import {
  type Assignment,
  describeTeam,
  memberPoints,
  PRICES,
  shortfallPoints,
  type Team,
  type TeamProblem,
} from './team.ts'

/**
 * The builder's question as a mixed-integer program in CPLEX LP text: x_c_f says that candidate c takes facet f, y_c
 * that it is a member, u_f that nobody takes f, z_i that collaboration i counts. Each facet is taken once or by nobody;
 * a member that is not required takes something; no-good cuts exclude `excluded` teams.
 */
export const writeModel = (
  problem: TeamProblem,
  options: { excluded?: readonly (readonly string[])[]; isRelaxed?: boolean } = {},
): string => {
  const { facets, candidates } = problem
  const index = new Map(candidates.map(({ id }, c) => [id, c]))
  const offers = candidates.flatMap((candidate, c) =>
    facets.flatMap((facet, f) => {
      const points = shortfallPoints(facet, candidate)
      return points === undefined ? [] : [{ c, f, points, x: `x_${c}_${f}` }]
    }),
  )
  const objective = [
    ...offers.map(({ points, x }) => `+ ${points} ${x}`),
    ...facets.map((_, f) => `+ ${PRICES.uncovered} u_${f}`),
    ...candidates.map((candidate, c) => `+ ${memberPoints(candidate)} y_${c}`),
    ...problem.collaborations.map(({ savedPoints }, i) => `- ${savedPoints} z_${i}`),
  ]
  const y = (id: string) => `y_${index.get(id)}`
  const rows = [
    ...facets.map((_, f) => `${sum([...offers.filter(offer => offer.f === f).map(({ x }) => x), `u_${f}`])} = 1`),
    ...offers.map(({ x, c }) => `${x} - y_${c} <= 0`),
    ...candidates.flatMap((candidate, c) => memberRows(problem, candidate.id, candidate.capacity, c, offers)),
    ...problem.required.filter(id => index.has(id)).map(id => `${y(id)} = 1`),
    ...known(problem.exclusions, index).map(([a, b]) => `${y(a)} + ${y(b)} <= 1`),
    ...problem.collaborations.flatMap(({ pair: [a, b] }, i) => [`z_${i} - ${y(a)} <= 0`, `z_${i} - ${y(b)} <= 0`]),
    `${sum(candidates.map((_, c) => `y_${c}`))} <= ${problem.membersMax}`,
    ...(options.excluded ?? []).map(team => writeCut(team, index)),
  ]
  const binaries = [
    ...offers.map(({ x }) => x),
    ...candidates.map((_, c) => `y_${c}`),
    ...facets.map((_, f) => `u_${f}`),
  ]
  const continuous = problem.collaborations.map((_, i) => `0 <= z_${i} <= 1`)
  const bounded = options.isRelaxed ? [...binaries.map(name => `0 <= ${name} <= 1`), ...continuous] : continuous
  return [
    'Minimize',
    ` burden: ${objective.join('\n ')}`,
    'Subject To',
    ...rows.map((row, i) => ` r${i}: ${row}`),
    'Bounds',
    ...bounded.map(line => ` ${line}`),
    ...(options.isRelaxed ? [] : ['Binary', ...binaries.map(name => ` ${name}`)]),
    'End',
  ].join('\n')
}

/** Reads a solution of the model: which columns are one. Whole numbers of the solver are only nearly whole. */
export const readTeam = (problem: TeamProblem, columns: Readonly<Record<string, number>>): Team => {
  const isOne = (name: string) => (columns[name] ?? 0) > 0.5
  const members = problem.candidates.filter((_, c) => isOne(`y_${c}`)).map(({ id }) => id)
  const assignments = problem.candidates.flatMap((candidate, c) =>
    problem.facets.flatMap((facet, f): Assignment[] => {
      const quality = candidate.quality[facet.id]
      return quality !== undefined && isOne(`x_${c}_${f}`)
        ? [{ facet: facet.id, candidate: candidate.id, quality }]
        : []
    }),
  )
  return describeTeam(problem, members, assignments)
}

type Offer = { c: number; f: number; x: string }

const memberRows = (
  problem: TeamProblem,
  id: string,
  capacity: number,
  c: number,
  offers: readonly Offer[],
): string[] => {
  const own = offers.filter(offer => offer.c === c).map(({ x }) => x)
  const isRequired = problem.required.includes(id)
  if (own.length === 0) return isRequired ? [] : [`y_${c} = 0`]
  return [
    ...(capacity < own.length ? [`${sum(own)} - ${capacity} y_${c} <= 0`] : []),
    ...(isRequired ? [] : [`y_${c} - ${own.join(' - ')} <= 0`]),
  ]
}

const writeCut = (team: readonly string[], index: ReadonlyMap<string, number>): string => {
  const inside = new Set(team.map(id => index.get(id)))
  const terms = [...index.values()].map(c => (inside.has(c) ? `- y_${c}` : `+ y_${c}`))
  return `${terms.join(' ')} >= ${1 - inside.size}`
}

const known = (pairs: TeamProblem['exclusions'], index: ReadonlyMap<string, number>) =>
  pairs.filter(([a, b]) => index.has(a) && index.has(b))

const sum = (names: readonly string[]): string => names.join(' + ')

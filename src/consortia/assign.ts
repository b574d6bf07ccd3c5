import { type Assignment, type Candidate, PRICES, shortfallPoints, type TeamProblem } from './team.ts'

/**
 * Who of a fixed team takes which facet, so that least is missing: the assignment problem with each member as often as
 * its capacity, and for each facet the choice to stay uncovered. Exact (Kuhn 1955, in the form with potentials of Jonker
 * and Volgenant 1987), in time facets² × places.
 */
export const assignFacets = (problem: TeamProblem, members: readonly string[]): Assignment[] => {
  const team = problem.candidates.filter(candidate => members.includes(candidate.id))
  const places = team.flatMap(candidate =>
    Array.from({ length: Math.min(candidate.capacity, problem.facets.length) }, () => candidate),
  )
  const costs = problem.facets.map(facet => [
    ...places.map(candidate => shortfallPoints(facet, candidate) ?? Infinity),
    ...problem.facets.map(() => PRICES.uncovered),
  ])
  return solveAssignment(costs).flatMap((column, row) => {
    const candidate: Candidate | undefined = places[column]
    const facet = problem.facets[row]
    const quality = facet && candidate?.quality[facet.id]
    return facet && candidate && quality !== undefined ? [{ facet: facet.id, candidate: candidate.id, quality }] : []
  })
}

/** The column of each row at least total cost. Every row must have at least as many finite columns of its own as there are rows. */
const solveAssignment = (costs: readonly (readonly number[])[]): number[] => {
  const rows = costs.length
  const columns = costs[0]?.length ?? 0
  const rowPrice = Array.from({ length: rows + 1 }, (): number => 0)
  const columnPrice = Array.from({ length: columns + 1 }, (): number => 0)
  /** The row that holds each column, from 1; 0: free. Column 0 stands for the row that is being placed. */
  const holder = Array.from({ length: columns + 1 }, (): number => 0)
  for (let row = 1; row <= rows; row++) {
    holder[0] = row
    const { end, before } = searchPath(costs, { rowPrice, columnPrice, holder })
    for (let column = end; column > 0; column = before[column] ?? 0) holder[column] = holder[before[column] ?? 0] ?? 0
  }
  const columnOf = Array.from({ length: rows }, () => -1)
  holder.forEach((row, column) => {
    if (column > 0 && row > 0) columnOf[row - 1] = column - 1
  })
  return columnOf
}

type Prices = { rowPrice: number[]; columnPrice: number[]; holder: number[] }

/** A shortest path from the row in column 0 to a free column, by reduced costs (Dijkstra), which it keeps not negative. */
const searchPath = (costs: readonly (readonly number[])[], { rowPrice, columnPrice, holder }: Prices) => {
  const columns = columnPrice.length - 1
  const least = Array.from({ length: columns + 1 }, () => Infinity)
  const before = Array.from({ length: columns + 1 }, (): number => 0)
  const isDone = Array.from({ length: columns + 1 }, (): boolean => false)
  let column = 0
  do {
    isDone[column] = true
    const row = holder[column] ?? 0
    let step = Infinity
    let next = 0
    for (let other = 1; other <= columns; other++) {
      if (isDone[other]) continue
      const reduced = (costs[row - 1]?.[other - 1] ?? Infinity) - (rowPrice[row] ?? 0) - (columnPrice[other] ?? 0)
      if (reduced < (least[other] ?? Infinity)) {
        least[other] = reduced
        before[other] = column
      }
      if ((least[other] ?? Infinity) < step) {
        step = least[other] ?? Infinity
        next = other
      }
    }
    for (let other = 0; other <= columns; other++)
      if (isDone[other]) {
        rowPrice[holder[other] ?? 0] = (rowPrice[holder[other] ?? 0] ?? 0) + step
        columnPrice[other] = (columnPrice[other] ?? 0) - step
      } else least[other] = (least[other] ?? Infinity) - step
    column = next
  } while ((holder[column] ?? 0) !== 0)
  return { end: column, before }
}

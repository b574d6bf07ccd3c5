import type { CompiledSide } from './compile.ts'

/** How many pairs lie in each set of a side, and how many sets have a reserved seat that nobody fills. */
export type Seats = { side: CompiledSide; counts: Int32Array; hungry: number }

export const emptySeats = (side: CompiledSide): Seats => ({
  side,
  counts: new Int32Array(side.parent.length),
  hungry: side.seatsReserved.filter(seats => seats > 0).length,
})

/** Counts a pair of this cell in all its sets, or takes it out of them. */
export const take = (seats: Seats, cell: number, by: 1 | -1 = 1): void => {
  const { side, counts } = seats
  for (let set = cell; set >= 0; set = side.parent[set] ?? -1) {
    const count = (counts[set] ?? 0) + by
    counts[set] = count
    const reserved = side.seatsReserved[set] ?? 0
    if (reserved > 0 && (by === 1 ? count === reserved : count === reserved - 1)) seats.hungry -= by
  }
}

export const isFull = ({ side, counts }: Seats, set: number): boolean => (counts[set] ?? 0) >= (side.seatsMax[set] ?? 0)
export const isHungry = ({ side, counts }: Seats, reserve: number): boolean =>
  (counts[reserve] ?? 0) < (side.seatsReserved[reserve] ?? 0)

/**
 * Which comes first where a group must choose between pairs of different agents: the one that stands higher in its
 * agent's list, then the agent that stands earlier in the round. One number, unique to each pair of a side.
 */
export const orderOf = (side: CompiledSide, edge: number): number =>
  (side.rank[edge] ?? 0) * side.agentCount + (side.agent[edge] ?? 0)

/** The one set with reserved seats that a set lies in, or -1: reserves are never nested. */
export const findReserves = (side: CompiledSide): Int32Array =>
  side.root.map((_, start) => {
    let set = start
    while (set >= 0 && (side.seatsReserved[set] ?? 0) === 0) set = side.parent[set] ?? -1
    return set
  })

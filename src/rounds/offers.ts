import type { CompiledRound, CompiledSide } from './compile.ts'
import { createHeap, type Heap } from './heap.ts'
import { emptySeats, findReserves, isFull, isHungry, orderOf, type Seats, take } from './seats.ts'

/**
 * The proposing side. It keeps what the side would choose among all pairs that were not refused yet, and changes it by
 * one pair for each refusal: a substitutable choice that obeys the law of aggregate demand keeps all else it had and
 * gains at most one. A cell whose next pair cannot be taken waits at one of the limits that are full above it, in order.
 */
export const createProposers = (round: CompiledRound) => {
  const side = round.scenarios
  const seats = emptySeats(side)
  const lists = listByCell(side, round.edgeCount)
  const waiting = createWaiting(seats)
  const reserveOf = findReserves(side)
  const next = lists.starts.slice(0, side.parent.length)

  const candidateOf = (cell: number): number => {
    const at = next[cell] ?? 0
    return at < (lists.starts[cell + 1] ?? 0) ? (lists.edges[at] ?? -1) : -1
  }
  const findFull = (cell: number): number => {
    let set = cell
    while (set >= 0 && !isFull(seats, set)) set = side.parent[set] ?? -1
    return set
  }
  const wait = (cell: number, set: number) => {
    const edge = candidateOf(cell)
    if (edge >= 0) waiting.add(set, { cell, edge, key: orderOf(side, edge), reserve: reserveOf[cell] ?? -1 })
  }

  /** Takes the best that waits at this set and those around it while they have room: reserved seats first, then in order. */
  const fill = (from: number): number[] => {
    const offers: number[] = []
    for (let edge = waiting.takeBest(from); edge >= 0; edge = waiting.takeBest(from)) {
      const cell = side.cell[edge] ?? 0
      if (findFull(cell) < 0) {
        take(seats, cell)
        next[cell] = (next[cell] ?? 0) + 1
        offers.push(edge)
      }
      // The rest of its list waits where it comes to a stop, or, while nothing stops it, where it is looked at next.
      const full = findFull(cell)
      wait(cell, full < 0 ? (side.root[cell] ?? cell) : full)
    }
    return offers
  }
  return {
    /** What the side chooses before anything is refused. */
    start: (): number[] => {
      const roots = new Set(side.root)
      for (let cell = 0; cell < side.parent.length; cell++) wait(cell, side.root[cell] ?? cell)
      return [...roots].flatMap(root => fill(root))
    },
    /** What it offers instead of a refused pair: nothing, or one pair. */
    refuse: (edge: number): number[] => {
      const cell = side.cell[edge] ?? 0
      take(seats, cell, -1)
      return fill(cell)
    },
  }
}

/** The edges of each cell, in the order of its agent's list. */
const listByCell = (side: CompiledSide, edgeCount: number) => {
  const starts = new Int32Array(side.parent.length + 1)
  for (let edge = 0; edge < edgeCount; edge++) {
    const after = (side.cell[edge] ?? 0) + 1
    starts[after] = (starts[after] ?? 0) + 1
  }
  for (let cell = 1; cell < starts.length; cell++) starts[cell] = (starts[cell] ?? 0) + (starts[cell - 1] ?? 0)
  const at = starts.slice()
  const edges = new Int32Array(edgeCount)
  for (let edge = 0; edge < edgeCount; edge++) {
    const cell = side.cell[edge] ?? 0
    edges[at[cell] ?? 0] = edge
    at[cell] = (at[cell] ?? 0) + 1
  }
  return { starts, edges }
}

type Waiter = { cell: number; edge: number; key: number; reserve: number }

/** Who waits at which full set: all of them in order, and those of each reserve once more for themselves. */
const createWaiting = (seats: Seats) => {
  const { side } = seats
  const everybody: (Heap | undefined)[] = []
  const byReserve = new Map<number, Map<number, Heap>>()
  /** Where the next pair of a cell waits, so that an entry of another time is known as such; -1: nowhere. */
  const placeOf = new Int32Array(side.parent.length).fill(-1)
  const candidate = new Int32Array(side.parent.length).fill(-1)
  /** By component: how many wait for each reserve, whether it is filled or not. */
  const reserves = new Map<number, Map<number, number>>()
  const reservesOf = (set: number): Map<number, number> => {
    const root = side.root[set] ?? set
    const known = reserves.get(root) ?? new Map<number, number>()
    reserves.set(root, known)
    return known
  }

  const top = (heap: Heap | undefined, set: number): number => {
    for (;;) {
      const edge = heap?.peek() ?? -1
      const cell = side.cell[edge] ?? 0
      if (heap === undefined || edge < 0 || (placeOf[cell] === set && candidate[cell] === edge)) return edge
      heap.pop()
    }
  }
  const best = (a: number, b: number) => (a < 0 || (b >= 0 && orderOf(side, b) < orderOf(side, a)) ? b : a)
  const leave = (edge: number, reserve: number) => {
    placeOf[side.cell[edge] ?? 0] = -1
    if (reserve < 0) return
    const counts = reservesOf(reserve)
    counts.set(reserve, (counts.get(reserve) ?? 1) - 1)
  }
  const reserveByEdge = findReserves(side)
  return {
    add: (set: number, { cell, edge, key, reserve }: Waiter): void => {
      placeOf[cell] = set
      candidate[cell] = edge
      ;(everybody[set] ??= createHeap()).push(key, edge)
      if (reserve < 0) return
      const counts = reservesOf(reserve)
      counts.set(reserve, (counts.get(reserve) ?? 0) + 1)
      const heaps = byReserve.get(reserve) ?? new Map<number, Heap>()
      byReserve.set(reserve, heaps)
      heapOf(heaps, set).push(key, edge)
    },
    takeBest: (from: number): number => {
      let found = -1
      // Somebody who fills a reserved seat comes first, wherever in the component that reserve is.
      if (seats.hungry > 0)
        for (const [reserve, count] of reservesOf(from)) {
          if (count === 0 || !isHungry(seats, reserve)) continue
          const heaps = byReserve.get(reserve)
          for (let set = from; set >= 0; set = side.parent[set] ?? -1)
            if (!isFull(seats, set)) found = best(found, top(heaps?.get(set), set))
        }
      if (found < 0)
        for (let set = from; set >= 0; set = side.parent[set] ?? -1)
          if (!isFull(seats, set)) found = best(found, top(everybody[set], set))
      if (found >= 0) leave(found, reserveByEdge[side.cell[found] ?? 0] ?? -1)
      return found
    },
  }
}

const heapOf = (heaps: Map<number, Heap>, set: number): Heap => {
  const known = heaps.get(set)
  if (known) return known
  const heap = createHeap()
  heaps.set(set, heap)
  return heap
}

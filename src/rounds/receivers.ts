import type { CompiledRound, CompiledSide } from './compile.ts'
import { createHeap, type Heap } from './heap.ts'
import { emptySeats, findReserves, isFull, orderOf, take } from './seats.ts'

/**
 * The receiving side. It holds what it would choose among all it was ever offered, and changes it by one pair for each
 * offer: where nothing is full the offer is held, otherwise one pair of the smallest full limit goes, which may be the
 * offer itself. Goes whichever leaves most reserved seats filled, and of those the one that stands lowest.
 */
export const createReceivers = (round: CompiledRound) => {
  const side = round.vendors
  const seats = emptySeats(side)
  const reserveOf = findReserves(side)
  const held = new Set<number>()
  const members = createMembers(side, held)

  const findFull = (cell: number): number => {
    let set = cell
    while (set >= 0 && !isFull(seats, set)) set = side.parent[set] ?? -1
    return set
  }
  const spare = (reserve: number): number =>
    reserve < 0 ? Infinity : (seats.counts[reserve] ?? 0) - (side.seatsReserved[reserve] ?? 0)

  /** Who goes from a full set for an offer: the offer itself unless somebody there is wanted less. */
  const choose = (full: number, offer: number): number => {
    const own = reserveOf[side.cell[offer] ?? 0] ?? -1
    const isFilling = own >= 0 && spare(own) < 0
    let freely = -1
    let evenly = offer
    members.eachWorst(full, (reserve, worst) => {
      // Of the same reserve: nothing changes. Of another that has no seat to spare: one is lost.
      const lost = reserve !== own && spare(reserve) <= 0 ? 1 : 0
      const gained = reserve !== own && isFilling ? 1 : 0
      if (gained > lost) freely = freely < 0 ? worst : worseOf(side, freely, worst)
      else if (gained === lost) evenly = worseOf(side, evenly, worst)
    })
    return freely < 0 ? evenly : freely
  }
  return {
    /** @returns the pair that is refused, or -1 */
    receive: (offer: number): number => {
      const cell = side.cell[offer] ?? 0
      const full = findFull(cell)
      const refused = full < 0 ? -1 : choose(full, offer)
      if (refused === offer) return offer
      if (refused >= 0) {
        held.delete(refused)
        take(seats, side.cell[refused] ?? 0, -1)
      }
      held.add(offer)
      take(seats, cell)
      members.add(offer, reserveOf[cell] ?? -1)
      return refused
    },
    held: (): number[] => [...held],
  }
}

const worseOf = (side: CompiledSide, a: number, b: number): number => (orderOf(side, b) > orderOf(side, a) ? b : a)

/** Who is held in each set, apart by reserve, the least wanted first. Whoever was refused never comes back. */
const createMembers = (side: CompiledSide, held: ReadonlySet<number>) => {
  const heaps: (Map<number, Heap> | undefined)[] = []
  const heapOf = (set: number, reserve: number): Heap => {
    const byReserve = (heaps[set] ??= new Map<number, Heap>())
    const heap = byReserve.get(reserve) ?? createHeap()
    byReserve.set(reserve, heap)
    return heap
  }
  return {
    add: (edge: number, reserve: number): void => {
      for (let set = side.cell[edge] ?? -1; set >= 0; set = side.parent[set] ?? -1)
        heapOf(set, reserve).push(-orderOf(side, edge), edge)
    },
    eachWorst: (set: number, look: (reserve: number, edge: number) => void): void => {
      heaps[set]?.forEach((heap, reserve) => {
        while (heap.peek() >= 0 && !held.has(heap.peek())) heap.pop()
        if (heap.peek() >= 0) look(reserve, heap.peek())
      })
    },
  }
}

import type { TermKey } from './terms.ts'

/**
 * The inverted index of one term class. A posting is one 32-bit number: the document's slot times 256 plus its impact
 * (1 to 255). All postings of a class lie in one array; a term's postings are contiguous, so reading them is one sweep.
 */
export type Postings = {
  add(key: TermKey, slot: number, impact: number): void
  /** Counts one document less for a term; its posting stays until the index is compacted. */
  discount(key: TermKey): void
  /** Number of live documents that hold a term. */
  df(key: TermKey): number
  /** Where a term's postings lie in `data()`: start and length. Length 0: unknown term. */
  startOf(key: TermKey): number
  lengthOf(key: TermKey): number
  data(): Uint32Array
  /** Keeps only the postings whose slot `renumber` maps to a new slot; -1 drops one. */
  compact(renumber: Int32Array): void
  readonly memoryBytes: number
}

export const IMPACT_MAX = 255
export const SLOTS_MAX = 2 ** 24
const CAPACITY_MIN = 2
const ARENA_MIN = 1024
// A map entry with its key, as measured by heap difference on a million terms.
const TERM_BYTES = 90

export function createPostings(): Postings {
  const terms = new Map<TermKey, number>()
  let arena = new Uint32Array(ARENA_MIN)
  // Places of the arena in use, and how many of them terms still hold: the rest are holes that moved terms left.
  let used = 0
  let held = 0
  let starts = new Uint32Array(256)
  let lengths = new Uint32Array(256)
  let capacities = new Uint32Array(256)
  let dfs = new Uint32Array(256)

  const addTerm = (key: TermKey): number => {
    const term = terms.size
    terms.set(key, term)
    if (term >= starts.length) {
      starts = grow(starts, term + 1)
      lengths = grow(lengths, term + 1)
      capacities = grow(capacities, term + 1)
      dfs = grow(dfs, term + 1)
    }
    lengths[term] = 0
    capacities[term] = 0
    dfs[term] = 0
    return term
  }
  const makeRoom = (term: number): void => {
    const length = lengths[term] ?? 0
    if (length < (capacities[term] ?? 0)) return
    const capacity = Math.max(CAPACITY_MIN, length + (length >> 2) + 1)
    if (used + capacity > arena.length) enlarge(capacity)
    arena.copyWithin(used, starts[term] ?? 0, (starts[term] ?? 0) + length)
    held += capacity - (capacities[term] ?? 0)
    starts[term] = used
    capacities[term] = capacity
    used += capacity
  }
  /** Makes room at the end. Where moved terms have left many holes, the copy closes them. */
  const enlarge = (needed: number): void => {
    const isHoly = used - held > used / 4
    const size = (isHoly ? held : used) + needed
    const next = new Uint32Array(size + (size >> 2))
    if (isHoly) used = closeHoles(next)
    else next.set(arena.subarray(0, used))
    arena = next
  }
  const closeHoles = (next: Uint32Array): number => {
    let end = 0
    for (let term = 0; term < terms.size; term++) {
      const start = starts[term] ?? 0
      next.set(arena.subarray(start, start + (lengths[term] ?? 0)), end)
      starts[term] = end
      end += capacities[term] ?? 0
    }
    return end
  }
  const valueOf = (array: Uint32Array, key: TermKey): number => {
    const term = terms.get(key)
    return term === undefined ? 0 : (array[term] ?? 0)
  }
  return {
    add: (key, slot, impact) => {
      const term = terms.get(key) ?? addTerm(key)
      makeRoom(term)
      const length = lengths[term] ?? 0
      arena[(starts[term] ?? 0) + length] = slot * 256 + impact
      lengths[term] = length + 1
      dfs[term] = (dfs[term] ?? 0) + 1
    },
    discount: key => {
      const term = terms.get(key)
      if (term !== undefined) dfs[term] = (dfs[term] ?? 1) - 1
    },
    df: key => valueOf(dfs, key),
    startOf: key => valueOf(starts, key),
    lengthOf: key => valueOf(lengths, key),
    data: () => arena,
    compact: renumber => {
      const packed = new Uint32Array(used)
      const old = [...terms]
      terms.clear()
      let end = 0
      for (const [key, term] of old) {
        const start = starts[term] ?? 0
        const from = end
        for (let at = start; at < start + (lengths[term] ?? 0); at++) {
          const posting = arena[at] ?? 0
          const slot = renumber[posting >>> 8] ?? -1
          if (slot >= 0) packed[end++] = slot * 256 + (posting & 255)
        }
        if (end === from) continue
        // Terms keep their order, so the new number is never above an old one that is still to be read.
        const next = terms.size
        terms.set(key, next)
        starts[next] = from
        lengths[next] = end - from
        capacities[next] = end - from
        dfs[next] = dfs[term] ?? 0
      }
      arena = packed.slice(0, Math.max(ARENA_MIN, end))
      used = end
      held = end
    },
    get memoryBytes() {
      return arena.byteLength + starts.byteLength * 4 + terms.size * TERM_BYTES
    },
  }
}

function grow(array: Uint32Array<ArrayBuffer>, needed: number): Uint32Array<ArrayBuffer> {
  const grown = new Uint32Array(Math.max(needed, array.length + (array.length >> 1)))
  grown.set(array)
  return grown
}

import type { TermKey } from './terms.ts'

export const IMPACT_MAX = 255
export const SLOTS_MAX = 2 ** 24
const CAPACITY_MIN = 2
const ARENA_MIN = 1024
const TERMS_MIN = 256
// A map entry with its key, as measured by heap difference on a million terms.
const TERM_BYTES = 90

/**
 * The inverted index of one term class. A posting is one 32-bit number: the document's slot times 256 plus its impact
 * (1 to 255). All postings of a class lie in one array; a term's postings are contiguous, so reading them is one sweep.
 */
export class Postings {
  readonly #terms = new Map<TermKey, number>()
  #arena = new Uint32Array(ARENA_MIN)
  /** Places of the arena in use, and how many of them terms still hold: the rest are holes that moved terms left. */
  #used = 0
  #held = 0
  // By term number.
  #starts = new Uint32Array(TERMS_MIN)
  #lengths = new Uint32Array(TERMS_MIN)
  #capacities = new Uint32Array(TERMS_MIN)
  #dfs = new Uint32Array(TERMS_MIN)

  add(key: TermKey, slot: number, impact: number): void {
    const term = this.#terms.get(key) ?? this.#addTerm(key)
    this.#makeRoom(term)
    const length = this.#lengths[term] ?? 0
    this.#arena[(this.#starts[term] ?? 0) + length] = slot * 256 + impact
    this.#lengths[term] = length + 1
    this.#dfs[term] = (this.#dfs[term] ?? 0) + 1
  }

  /** Counts one document less for a term; its posting stays until the index is compacted. */
  discount(key: TermKey): void {
    const term = this.#terms.get(key)
    if (term !== undefined) this.#dfs[term] = (this.#dfs[term] ?? 1) - 1
  }

  /** Number of live documents that hold a term. */
  df(key: TermKey): number {
    return this.#read(this.#dfs, key)
  }

  /** Where a term's postings lie in `data()`: start and length. Length 0: unknown term. */
  startOf(key: TermKey): number {
    return this.#read(this.#starts, key)
  }

  lengthOf(key: TermKey): number {
    return this.#read(this.#lengths, key)
  }

  /** The postings of all terms; replaced by another array when more are added. */
  data(): Uint32Array {
    return this.#arena
  }

  /** Keeps only the postings whose slot `renumber` maps to a new slot; -1 drops one. */
  compact(renumber: Int32Array): void {
    const packed = new Uint32Array(Math.max(ARENA_MIN, this.#used))
    const old = [...this.#terms]
    this.#terms.clear()
    let end = 0
    for (const [key, term] of old) {
      const from = end
      const start = this.#starts[term] ?? 0
      for (let at = start; at < start + (this.#lengths[term] ?? 0); at++) {
        const posting = this.#arena[at] ?? 0
        const slot = renumber[posting >>> 8] ?? -1
        if (slot >= 0) packed[end++] = slot * 256 + (posting & 255)
      }
      if (end > from) this.#renumberTerm(key, term, from, end - from)
    }
    this.#arena = packed.slice(0, Math.max(ARENA_MIN, end))
    this.#used = end
    this.#held = end
  }

  get memoryBytes(): number {
    return this.#arena.byteLength + this.#starts.byteLength * 4 + this.#terms.size * TERM_BYTES
  }

  /** Terms keep their order, so the new number is never above an old one that is still to be read. */
  #renumberTerm(key: TermKey, term: number, start: number, length: number): void {
    const next = this.#terms.size
    this.#terms.set(key, next)
    this.#starts[next] = start
    this.#lengths[next] = length
    this.#capacities[next] = length
    this.#dfs[next] = this.#dfs[term] ?? 0
  }

  #read(array: Uint32Array, key: TermKey): number {
    const term = this.#terms.get(key)
    return term === undefined ? 0 : (array[term] ?? 0)
  }

  #addTerm(key: TermKey): number {
    const term = this.#terms.size
    this.#terms.set(key, term)
    if (term >= this.#starts.length) {
      this.#starts = grow(this.#starts)
      this.#lengths = grow(this.#lengths)
      this.#capacities = grow(this.#capacities)
      this.#dfs = grow(this.#dfs)
    }
    // The number may have been another term's before the index was compacted.
    this.#lengths[term] = 0
    this.#capacities[term] = 0
    this.#dfs[term] = 0
    return term
  }

  #makeRoom(term: number): void {
    const length = this.#lengths[term] ?? 0
    const known = this.#capacities[term] ?? 0
    if (length < known) return
    const capacity = Math.max(CAPACITY_MIN, length + (length >> 2) + 1)
    if (this.#used + capacity > this.#arena.length) this.#enlarge(capacity)
    const start = this.#starts[term] ?? 0
    this.#arena.copyWithin(this.#used, start, start + length)
    this.#held += capacity - known
    this.#starts[term] = this.#used
    this.#capacities[term] = capacity
    this.#used += capacity
  }

  /** Makes room at the end. Where moved terms have left many holes, the copy closes them. */
  #enlarge(needed: number): void {
    const isHoly = this.#used - this.#held > this.#used / 4
    const size = (isHoly ? this.#held : this.#used) + needed
    const next = new Uint32Array(size + (size >> 2))
    if (isHoly) this.#used = this.#closeHoles(next)
    else next.set(this.#arena.subarray(0, this.#used))
    this.#arena = next
  }

  #closeHoles(next: Uint32Array): number {
    let end = 0
    for (let term = 0; term < this.#terms.size; term++) {
      const start = this.#starts[term] ?? 0
      next.set(this.#arena.subarray(start, start + (this.#lengths[term] ?? 0)), end)
      this.#starts[term] = end
      end += this.#capacities[term] ?? 0
    }
    return end
  }
}

function grow(array: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const grown = new Uint32Array(array.length + (array.length >> 1))
  grown.set(array)
  return grown
}

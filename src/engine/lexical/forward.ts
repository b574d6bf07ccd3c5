import { IMPACT_MAX } from './postings.ts'
import type { TermKey } from './terms.ts'

const ARENA_MIN = 1024
const SLOTS_MIN = 64
/** Covers that norms are kept in 32 bits. */
const ROUNDED_UP = 1.000001

/**
 * What each document says, document by document: the counterpart of postings for a class whose terms are few and stand
 * in most documents, so that reading them term by term would touch nearly all documents for nearly nothing. An entry is
 * one 32-bit number: the term's key (a small number) times 256 plus its impact.
 */
export class ForwardIndex {
  #arena = new Uint32Array(ARENA_MIN)
  #starts = new Uint32Array(SLOTS_MIN)
  #norms = new Float32Array(SLOTS_MIN)
  #slots = 0

  /** Slots come in rising order, each once. */
  add(slot: number, impacts: ReadonlyMap<TermKey, number>): void {
    if (slot + 1 >= this.#starts.length) this.#growSlots(slot + 2)
    let end = this.#starts[this.#slots] ?? 0
    for (; this.#slots < slot; this.#slots++) this.#starts[this.#slots + 1] = end
    if (end + impacts.size > this.#arena.length) this.#growArena(end + impacts.size)
    let squares = 0
    for (const [key, impact] of impacts) {
      this.#arena[end++] = Number(key) * (IMPACT_MAX + 1) + impact
      squares += impact * impact
    }
    this.#norms[slot] = Math.sqrt(squares) * ROUNDED_UP
    this.#starts[slot + 1] = end
    this.#slots = slot + 1
  }

  /** By slot the root of the sum of squared impacts: times the norm of some weights, never below what `sum` gives. */
  norms(): Float32Array {
    return this.#norms
  }

  /** Sum of weight × impact over the terms of a document, for weights by key. */
  sum(slot: number, weights: Float64Array): number {
    const end = this.#starts[slot + 1] as number
    let sum = 0
    for (let at = this.#starts[slot] as number; at < end; at++) {
      const entry = this.#arena[at] as number
      sum += (weights[entry >>> 8] as number) * (entry & IMPACT_MAX)
    }
    return sum
  }

  /** Keeps only the documents whose slot `renumber` maps to a new slot, never above the old one; -1 drops one. */
  compact(renumber: Int32Array): void {
    let end = 0
    let kept = 0
    for (let slot = 0; slot < this.#slots; slot++) {
      const [from, to] = [this.#starts[slot] ?? 0, this.#starts[slot + 1] ?? 0]
      const next = renumber[slot] ?? -1
      if (next < 0) continue
      this.#arena.copyWithin(end, from, to)
      this.#norms[next] = this.#norms[slot] ?? 0
      this.#starts[next] = end
      end += to - from
      kept = next + 1
      // The next document's start is read before it is written: slots only move down.
      if (kept <= slot) this.#starts[kept] = end
    }
    this.#starts[kept] = end
    this.#slots = kept
  }

  get memoryBytes(): number {
    return this.#arena.byteLength + this.#starts.byteLength + this.#norms.byteLength
  }

  #growArena(needed: number): void {
    const grown = new Uint32Array(needed + (needed >> 2))
    grown.set(this.#arena)
    this.#arena = grown
  }

  #growSlots(needed: number): void {
    const size = needed + (needed >> 1)
    const starts = new Uint32Array(size)
    starts.set(this.#starts)
    this.#starts = starts
    const norms = new Float32Array(size)
    norms.set(this.#norms)
    this.#norms = norms
  }
}

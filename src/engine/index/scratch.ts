import { KEYS_OF_ONE_CHARACTER } from '../lexical/terms.ts'

/**
 * Room for one ranking: a number for each slot of a shard, and a weight for each character. Kept from one ranking to the
 * next, since arrays of this size cost more to make, and to collect, than to fill.
 */
export type Scratch = {
  readonly size: number
  /** All zero when borrowed. */
  raw: Float32Array
  problem: Float32Array
  technique: Float32Array
  industry: Float32Array
  /** All zero when borrowed, and to be left so. */
  best: Float32Array
  lateWeights: Float64Array
  /** Whatever the last ranking left. */
  bounds: Float32Array
  kept: Uint32Array
}

export type ScratchPool = {
  /** Room for `size` slots that nobody else uses until it is given back. */
  borrow(size: number): Scratch
  giveBack(scratch: Scratch): void
  readonly memoryBytes: number
}

const ARRAYS = 7
const BYTES = Float32Array.BYTES_PER_ELEMENT

/** Rankings that pause at the same time each borrow their own; one that is never finished leaves its room to the collector. */
export function createScratchPool(): ScratchPool {
  let free: Scratch[] = []
  return {
    borrow: size => {
      const scratch = free.pop()
      if (scratch !== undefined && scratch.size >= size) return clear(scratch, size)
      // The others are as small: the shard has grown.
      free = []
      return createScratch(size + (size >> 3))
    },
    giveBack: scratch => {
      free.push(scratch)
    },
    get memoryBytes() {
      return free.reduce((sum, { size, lateWeights }) => sum + size * BYTES * ARRAYS + lateWeights.byteLength, 0)
    },
  }
}

function createScratch(size: number): Scratch {
  return {
    size,
    raw: new Float32Array(size),
    problem: new Float32Array(size),
    technique: new Float32Array(size),
    industry: new Float32Array(size),
    best: new Float32Array(size),
    lateWeights: new Float64Array(KEYS_OF_ONE_CHARACTER),
    bounds: new Float32Array(size),
    kept: new Uint32Array(size),
  }
}

function clear(scratch: Scratch, size: number): Scratch {
  scratch.raw.fill(0, 0, size)
  scratch.problem.fill(0, 0, size)
  scratch.technique.fill(0, 0, size)
  scratch.industry.fill(0, 0, size)
  return scratch
}

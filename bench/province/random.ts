/** A stream of numbers from 0 (included) to 1 (excluded), the same for the same seed. */
export type Random = () => number

/** Weyl sequence through a 32-bit integer mixer: plenty for made-up data, and alike on every machine. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0
  return () => {
    state = (state + 0x9e3779b9) >>> 0
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad)
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97)
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32
  }
}

/** One of the items; earlier ones more often, as words in texts are (rank to the power of about -0.7). */
export function pickSkewed<T>(random: Random, items: readonly T[]): T {
  return at(items, Math.floor(items.length * random() ** 3))
}

export function pickEven<T>(random: Random, items: readonly T[]): T {
  return at(items, Math.floor(items.length * random()))
}

/** From `min` to `max` distinct items. */
export function pickSome<T>(random: Random, items: readonly T[], min: number, max: number): T[] {
  const count = min + Math.floor(random() * (max - min + 1))
  return [...new Set(Array.from({ length: count }, () => pickSkewed(random, items)))]
}

function at<T>(items: readonly T[], index: number): T {
  const item = items[index]
  if (item === undefined) throw new RangeError('nothing to pick from')
  return item
}

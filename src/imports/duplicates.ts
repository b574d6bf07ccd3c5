import { normalise } from '../engine/text.ts'

/** Two texts are nearly the same from this share of common pairs of characters on (Jaccard), their numbers being equal. */
const SAME_SHARE = 0.85
/** MinHash: bands of rows. Texts of a share of 0.85 meet in a band with a probability of 0.98, of 0.95 with 0.9997. */
const BANDS = 4
const ROWS = 3
const NONE = -1

/**
 * What one organisation has said already, to be asked for what is nearly the same. Candidates share a band of MinHash
 * (A. Broder, On the resemblance and containment of documents, 1997); each is then compared exactly.
 */
export type SaidTexts = {
  /** Who said nearly the same before; nothing where nobody did. */
  find: (text: string) => string | undefined
  add: (id: string, text: string) => void
}

export const createSaidTexts = (): SaidTexts => {
  const entries: { id: string; text: string; numbers: string }[] = []
  const bands = new Map<number, number>()
  /** The entry before in the same band: lists without an array for each. */
  const earlier: number[] = []
  return {
    find: text => {
      const folded = foldText(text)
      const numbers = numbersOf(folded)
      const pairs = pairsOf(folded)
      const seen = new Set<number>()
      for (const key of bandsOf(pairs)) {
        for (let slot = bands.get(key) ?? NONE; slot !== NONE; slot = earlier[slot] ?? NONE) {
          const number = Math.floor(slot / BANDS)
          const entry = entries[number]
          if (!entry || seen.has(number)) continue
          seen.add(number)
          if (entry.numbers === numbers && shareOf(pairs, pairsOf(entry.text)) >= SAME_SHARE) return entry.id
        }
      }
      return undefined
    },
    add: (id, text) => {
      const folded = foldText(text)
      const number = entries.push({ id, text: folded, numbers: numbersOf(folded) }) - 1
      for (const [band, key] of bandsOf(pairsOf(folded)).entries()) {
        const slot = number * BANDS + band
        earlier[slot] = bands.get(key) ?? NONE
        bands.set(key, slot)
      }
    },
  }
}

const foldText = (text: string): string => normalise(text).text.replace(/[\s\p{P}]+/gu, '')

/** "1号线" and "2号线" are two scenarios, however alike they sound. */
const numbersOf = (folded: string): string => (folded.match(/\d+/g) ?? []).join(' ')

const pairsOf = (folded: string): Set<number> => {
  const pairs = new Set<number>()
  for (let i = 0; i < Math.max(1, folded.length - 1); i++)
    pairs.add((folded.charCodeAt(i) << 16) | (folded.charCodeAt(i + 1) || 0))
  return pairs
}

const shareOf = (a: Set<number>, b: Set<number>): number => {
  let common = 0
  for (const pair of a) if (b.has(pair)) common += 1
  return common / (a.size + b.size - common)
}

/** The smallest hash of all pairs under each of the hash functions, a band's together as one key. */
const bandsOf = (pairs: Set<number>): number[] =>
  Array.from({ length: BANDS }, (_, band) => {
    let key = band + 1
    for (let row = 0; row < ROWS; row++) {
      const seed = Math.imul(band * ROWS + row + 1, 0x9e3779b1)
      let least = 0xffffffff
      for (const pair of pairs) {
        const hash = mix(pair ^ seed)
        if (hash < least) least = hash
      }
      key = mix(key ^ least)
    }
    return key
  })

/** The finaliser of MurmurHash3 (A. Appleby, public domain): every bit of the input changes every bit of the output. */
const mix = (value: number): number => {
  let hash = value
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}

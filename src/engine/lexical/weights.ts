import type { Language } from '../types.ts'
import type { TermClass } from './terms.ts'

/**
 * The numbers of the text comparison. BM25F (Robertson, Zaragoza, Taylor 2004) in each term class, with a length norm
 * that is a power of length / pivot instead of a line through the collection's mean: an impact then depends on its own
 * document alone, so that adding one document never changes another's.
 */
export type TextWeights = {
  /** Weight of a class beside the others, by the language of the supply. */
  classes: Record<Language, Record<TermClass, number>>
  /** Length at which the norm is 1, in terms of the class. */
  pivots: Record<TermClass, number>
  /** Power of the length norm: 0 none, 1 full. */
  lengthPower: number
  /** Saturation of repeated terms. */
  k1: number
  /** Weight of the benefits beside the text itself. */
  benefits: number
  /** Weights where demand and supply are in different languages. */
  translated: { sense: number; word: number; phrase: number; latin: number }
  /** Translations of one word that are looked for. */
  translationsMax: number
  /** Share of a demand's words in the other language from which on they are translated. */
  foreignShareMin: number
}

export const TEXT_WEIGHTS: TextWeights = {
  classes: {
    zh: { character: 0.5, pair: 0.7, word: 1, stem: 0.5, latin: 0.5, stemPair: 0.5, sense: 1 },
    en: { character: 0.6, pair: 0.7, word: 1, stem: 1, latin: 1, stemPair: 1, sense: 0.4 },
  },
  pivots: { character: 80, pair: 70, word: 35, stem: 60, latin: 60, stemPair: 50, sense: 25 },
  lengthPower: 0.8,
  k1: 1.8,
  benefits: 0.4,
  translated: { sense: 0.7, word: 0.7, phrase: 0.5, latin: 0.3 },
  translationsMax: 100,
  foreignShareMin: 0.3,
}

/** Length norm of a text that has `length` terms of a class. */
export function normLength(weights: TextWeights, termClass: TermClass, length: number): number {
  return (Math.max(1, length) / weights.pivots[termClass]) ** weights.lengthPower
}

/** What a term that occurs `frequency` times (length-normed) says: 0 to 1, each further occurrence less. */
export function saturate(frequency: number, k1: number): number {
  return frequency / (frequency + k1)
}

export function sumCounts(counts: ReadonlyMap<unknown, number>): number {
  let sum = 0
  for (const count of counts.values()) sum += count
  return sum
}

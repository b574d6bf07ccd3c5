import type { Lexicon } from '../lexicon/lexicon.ts'
import type { SourcedMention } from './mentions.ts'
import { conceptNumber } from './refs.ts'

/**
 * The concepts of one side, packed: places in `lexicon.concepts` in rising order, each once with its greatest weight.
 * A weight above 1 marks a concept that a person picked in a field (`PICKED + weight`).
 */
export type ConceptBag = { numbers: readonly number[]; weights: readonly number[] }

export const PICKED = 2

/** Packs mentions; where a concept is both picked and read, the pick stands. */
export function packConcepts(lexicon: Lexicon, mentions: readonly SourcedMention[]): ConceptBag {
  const best = new Map<number, number>()
  for (const { concept, weight, picked } of mentions) {
    const number = conceptNumber(lexicon, concept)
    const packed = picked ? PICKED + weight : weight
    if (number >= 0 && packed > (best.get(number) ?? 0)) best.set(number, packed)
  }
  const numbers = [...best.keys()].sort((a, b) => a - b)
  return { numbers, weights: numbers.map(number => best.get(number) ?? 0) }
}

/** Whether any concept of the scheme was picked in a field. */
export function hasPick(lexicon: Lexicon, bag: ConceptBag, scheme: string): boolean {
  return bag.numbers.some((number, i) => (bag.weights[i] ?? 0) > PICKED && lexicon.concepts[number]?.scheme === scheme)
}

import { foldTerm } from '../lexicon/terms.ts'
import type { Lexicon } from '../lexicon/lexicon.ts'
import { tagText } from '../lexicon/tag.ts'
import type { ConceptRef } from '../types.ts'

/** Marks a key that is no lexicon id but words that the lexicon does not know. */
const WORDS = 'words:'

/**
 * One key for a concept field: the id itself, or the concept of `scheme` that free words name, or else the folded words
 * (so that equal words still meet). Keys compare by `===`.
 */
export function resolveRef(lexicon: Lexicon, ref: ConceptRef, scheme: string): string {
  const text = typeof ref === 'string' ? ref : ref.text
  if (typeof ref === 'string' && lexicon.get(ref) !== undefined) return ref
  const named = tagText(lexicon, text).filter(mention => lexicon.get(mention.concept)?.scheme === scheme)
  const best = named.reduce<(typeof named)[number] | undefined>(
    (a, b) => (a !== undefined && a.weight >= b.weight ? a : b),
    undefined,
  )
  return best?.concept ?? WORDS + foldTerm(text).join(' ')
}

/** Sorted and without repeats, so that the order of a list changes nothing. */
export function resolveRefs(lexicon: Lexicon, refs: readonly ConceptRef[] | undefined, scheme: string): string[] {
  return [...new Set((refs ?? []).map(ref => resolveRef(lexicon, ref, scheme)))].sort()
}

/** What to show a person for a key of `resolveRef`. */
export function keyLabel(lexicon: Lexicon, key: string, language: 'zh' | 'en'): string {
  return key.startsWith(WORDS) ? key.slice(WORDS.length) : lexicon.label(key, language)
}

/** Place of a concept in `lexicon.concepts`, which is sorted by id; -1 for an unknown id. */
export function conceptNumber(lexicon: Lexicon, id: string): number {
  const { concepts } = lexicon
  let low = 0
  let high = concepts.length - 1
  while (low <= high) {
    const middle = (low + high) >> 1
    const found = concepts[middle]?.id ?? ''
    if (found === id) return middle
    if (found < id) low = middle + 1
    else high = middle - 1
  }
  return -1
}

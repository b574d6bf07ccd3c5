import { tokenise } from '../lexical/tokens.ts'
import { normalise } from '../text.ts'
import type { Concept, SuggestOptions, Suggestion } from './lexicon.ts'
import type { ConceptTerm } from './terms.ts'

const SUGGESTIONS_LIMIT = 8
const SCORE_MIN = 0.2

/**
 * Concepts whose wording is nearest to a text that a person typed: Dice similarity of character pairs (Chinese) and
 * word stems (Latin) with each term, the best term counting, times the term's own weight. Ties by id.
 */
export function listSuggestions(
  concepts: readonly Concept[],
  terms: readonly ConceptTerm[],
  text: string,
  { scheme, limit = SUGGESTIONS_LIMIT, language }: SuggestOptions,
): Suggestion[] {
  const wanted = listFeatures(tokenise(normalise(text).text).map(token => token.stem))
  const best = new Map<number, number>()
  for (const term of terms) {
    if (language !== undefined && term.language !== language) continue
    if (scheme !== undefined && concepts[term.concept]?.scheme !== scheme) continue
    const score = compareDice(wanted, listFeatures(term.tokens)) * term.weight
    if (score >= SCORE_MIN && score > (best.get(term.concept) ?? 0)) best.set(term.concept, score)
  }
  return [...best]
    .sort((a, b) => b[1] - a[1] || a[0] - b[0])
    .slice(0, limit)
    .flatMap(([index, score]) => {
      const concept = concepts[index]
      return concept === undefined ? [] : [{ concept, score }]
    })
}

function listFeatures(tokens: string[]): Set<string> {
  const pairs = tokens.slice(1).map((token, at) => `${tokens[at]} ${token}`)
  return new Set([...tokens, ...pairs])
}

function compareDice(a: Set<string>, b: Set<string>): number {
  let shared = 0
  for (const feature of a) if (b.has(feature)) shared++
  return a.size + b.size === 0 ? 0 : (2 * shared) / (a.size + b.size)
}

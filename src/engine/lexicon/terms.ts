import { tokenise } from '../lexical/tokens.ts'
import { normalise } from '../text.ts'
import type { Language } from '../types.ts'
import type { Concept } from './lexicon.ts'

/** One wording of a concept. `concept` is its place in `lexicon.concepts`; `tokens` is what the tagger looks for. */
export type ConceptTerm = { concept: number; surface: string; tokens: string[]; language: Language; weight: number }

/** A name or synonym is the concept; a cue only hints at it; a weak term says little wherever it stands. */
export const TERM_WEIGHTS = { name: 1, cue: 0.6, weak: 0.3 }

/** All wordings of a concept, each once, the strongest reading kept. */
export function listTerms(concept: Concept, index: number): ConceptTerm[] {
  const weak = new Set(concept.weak.map(foldKey))
  const byKey = new Map<string, ConceptTerm>()
  const add = (surfaces: string[], language: Language, weight: number) => {
    for (const surface of surfaces) {
      const tokens = foldTerm(surface)
      const key = tokens.join(' ')
      if (tokens.length === 0 || (byKey.get(key)?.weight ?? 0) >= weight) continue
      byKey.set(key, { concept: index, surface, tokens, language, weight: weak.has(key) ? TERM_WEIGHTS.weak : weight })
    }
  }
  add([...splitName(concept.zh), ...concept.altZh], 'zh', TERM_WEIGHTS.name)
  add([...splitName(concept.en), ...concept.altEn], 'en', TERM_WEIGHTS.name)
  add(concept.cueZh, 'zh', TERM_WEIGHTS.cue)
  add(concept.cueEn, 'en', TERM_WEIGHTS.cue)
  return [...byKey.values()]
}

/** The token stems of a term, by which different spellings of it are equal. */
export function foldTerm(surface: string): string[] {
  return tokenise(normalise(surface).text).map(token => token.stem)
}

function foldKey(surface: string): string {
  return foldTerm(surface).join(' ')
}

/**
 * A name such as "Kiln / rotary kiln" is several terms, unless a part of it is a mere character ("多/高光谱"); what is
 * in brackets explains and is no term.
 */
function splitName(name: string): string[] {
  const bare = name.replace(/[（(][^）)]*[）)]/g, ' ').trim()
  const parts = bare.split('/').map(part => part.trim())
  return parts.every(part => part.length > 1) ? parts : [bare]
}

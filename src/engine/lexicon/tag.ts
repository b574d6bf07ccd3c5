import { type Token, tokenise } from '../lexical/tokens.ts'
import { locateOriginal, normalise } from '../text.ts'
import { findNegated } from './negation.ts'
import type { Lexicon } from './lexicon.ts'
import type { ConceptTerm } from './terms.ts'

/** A concept named in a text. Offsets are UTF-16 places in the text as given; `weight` 1 named, 0.6 hinted, 0.3 general. */
export type Mention = {
  concept: string
  start: number
  end: number
  surface: string
  weight: number
  negated: boolean
}

type Match = { from: number; to: number; terms: ConceptTerm[] }

/**
 * Finds the lexicon's concepts in a text. The longest wording wins over those inside it; where a wording belongs to
 * several concepts, the one is taken that its neighbours in the text speak for, then by scheme. In order of place.
 */
export function tagText(lexicon: Lexicon, text: string): Mention[] {
  const normalised = normalise(text)
  const tokens = tokenise(normalised.text)
  const matches = dropContained(findMatches(lexicon, tokens))
  const negated = findNegated(normalised.text, tokens)
  return matches.flatMap((match, place) => {
    const term = resolve(lexicon, matches, place)
    const concept = term === undefined ? undefined : lexicon.concepts[term.concept]
    const first = tokens[match.from]
    const last = tokens[match.to - 1]
    if (term === undefined || concept === undefined || first === undefined || last === undefined) return []
    const span = locateOriginal(normalised, first.start, last.end)
    const surface = text.slice(span.start, span.end)
    return [{ concept: concept.id, ...span, surface, weight: term.weight, negated: negated(match.from) }]
  })
}

/** The longest term from each token on. */
function findMatches(lexicon: Lexicon, tokens: Token[]): Match[] {
  const { trie, terms } = lexicon
  const ids = tokens.map(token => trie.tokenId(token.stem) ?? -1)
  const matches: Match[] = []
  for (let from = 0; from < tokens.length; from++) {
    let node = 0
    let longest: Match | undefined
    for (let at = from; at < tokens.length; at++) {
      const id = ids[at] ?? -1
      if (id === -1 || (at > from && tokens[at]?.joined === false)) break
      node = trie.step(node, id)
      if (node === -1) break
      const places = trie.termsAt(node)
      if (places.length > 0) longest = { from, to: at + 1, terms: places.flatMap(place => terms[place] ?? []) }
    }
    if (longest !== undefined) matches.push(longest)
  }
  return matches
}

/** Matches come by start, so one that ends no later than one before it lies inside that one. */
function dropContained(matches: Match[]): Match[] {
  let reach = 0
  return matches.filter(match => {
    const kept = match.to > reach
    reach = Math.max(reach, match.to)
    return kept
  })
}

const SCHEME_PRIORITY: Record<string, number> = { problem: 0.3, equipment: 0.2, defect: 0.2, technique: 0.1 }
const NEIGHBOUR_VOTE = 0.25
const VOTES_MAX = 2
const NEIGHBOURHOOD = 4

function resolve(lexicon: Lexicon, matches: Match[], place: number): ConceptTerm | undefined {
  const terms = matches[place]?.terms ?? []
  if (terms.length < 2) return terms[0]
  const around = matches.slice(Math.max(0, place - NEIGHBOURHOOD), place + NEIGHBOURHOOD + 1)
  const neighbours = around
    .filter(match => match !== matches[place])
    .flatMap(match => match.terms.map(term => term.concept))
  let best: ConceptTerm | undefined
  let bestScore = -1
  for (const term of terms) {
    const votes = neighbours.filter(neighbour => lexicon.areLinked(term.concept, neighbour)).length
    const priority = SCHEME_PRIORITY[lexicon.concepts[term.concept]?.scheme ?? ''] ?? 0
    const score = term.weight + priority + NEIGHBOUR_VOTE * Math.min(VOTES_MAX, votes)
    if (score > bestScore) {
      best = term
      bestScore = score
    }
  }
  return best
}

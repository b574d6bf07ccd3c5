import { type Token, tokenise } from '../lexical/tokens.ts'
import { locateOriginal, normalise } from '../text.ts'
import { findNegated, isLacking, isNotStopped } from './negation.ts'
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

type Match = { from: number; to: number; terms: readonly ConceptTerm[] }

/**
 * Mentions of texts read lately, by lexicon: a demand's texts are read several times over. Few are kept, since filling an
 * index would otherwise hold on to what nobody asks for again.
 */
const recent = new WeakMap<Lexicon, Map<string, readonly Mention[]>>()
const RECENT_MAX = 500

/**
 * Finds the lexicon's concepts in a text. The longest wording wins over those inside it; where a wording belongs to
 * several concepts, the one is taken that its neighbours in the text speak for, then by scheme. In order of place.
 */
export function tagText(lexicon: Lexicon, text: string): readonly Mention[] {
  const known = recent.get(lexicon) ?? new Map<string, readonly Mention[]>()
  recent.set(lexicon, known)
  const mentions = known.get(text) ?? findMentions(lexicon, text)
  if (known.size >= RECENT_MAX) known.clear()
  known.set(text, mentions)
  return mentions
}

function findMentions(lexicon: Lexicon, text: string): Mention[] {
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
    // A demand that lacks an inspection asks for one; data that is lacking is not held, whatever is asked.
    const isAbsent =
      (concept.scheme === 'modality' && isLacking(normalised.text, first.start)) ||
      isNotStopped(normalised.text, first.start)
    return [{ concept: concept.id, ...span, surface, weight: term.weight, negated: isAbsent || negated(match.from) }]
  })
}

/** The longest term from each token on. */
function findMatches({ trie }: Lexicon, tokens: Token[]): Match[] {
  const ids = tokens.map(token => trie.tokenId(token.stem) ?? -1)
  const matches: Match[] = []
  for (let from = 0; from < tokens.length; from++) {
    let node = 0
    let to = 0
    let terms: readonly ConceptTerm[] = []
    for (let at = from; at < tokens.length; at++) {
      const id = ids[at] ?? -1
      if (id === -1 || (at > from && tokens[at]?.joined === false)) break
      node = trie.step(node, id)
      if (node === -1) break
      const found = trie.termsAt(node)
      if (found.length === 0) continue
      to = at + 1
      terms = found
    }
    if (to > 0) matches.push({ from, to, terms })
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
  let best: ConceptTerm | undefined
  let bestScore = -1
  for (const term of terms) {
    const priority = SCHEME_PRIORITY[lexicon.concepts[term.concept]?.scheme ?? ''] ?? 0
    const score = term.weight + priority + NEIGHBOUR_VOTE * countVotes(lexicon, matches, place, term.concept)
    if (score > bestScore) {
      best = term
      bestScore = score
    }
  }
  return best
}

/** How many concepts named nearby are joined to this one, as far as it matters. */
function countVotes(lexicon: Lexicon, matches: Match[], place: number, concept: number): number {
  let votes = 0
  const last = Math.min(matches.length - 1, place + NEIGHBOURHOOD)
  for (let other = Math.max(0, place - NEIGHBOURHOOD); other <= last; other++) {
    if (other === place) continue
    for (const neighbour of matches[other]?.terms ?? []) {
      if (lexicon.areLinked(concept, neighbour.concept) && ++votes === VOTES_MAX) return votes
    }
  }
  return votes
}

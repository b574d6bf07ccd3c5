import type { Concept, Lexicon } from './lexicon.ts'

/**
 * What is wrong with a lexicon, in plain sentences; empty if nothing is. Checked: every id that is named exists, no
 * wording stands for two concepts of one scheme by name, and every problem without narrower ones has a technique that
 * addresses it and a kind of data that it needs.
 */
export function findLexiconProblems(lexicon: Lexicon): string[] {
  return [
    ...lexicon.concepts.flatMap(concept => listDangling(lexicon, concept)),
    ...listDuplicates(lexicon),
    ...lexicon.byScheme('problem').flatMap(problem => listMissing(lexicon, problem)),
  ]
}

function listDangling(lexicon: Lexicon, { id, broader, related }: Concept): string[] {
  const named = [...(broader === null ? [] : [broader]), ...related.map(edge => edge.id)]
  return named
    .filter(other => lexicon.get(other) === undefined)
    .map(other => `${id} names ${other}, which does not exist`)
}

/** Names and synonyms only: a cue may well hint at several concepts, and the tagger chooses by context. */
function listDuplicates({ concepts, terms }: Lexicon): string[] {
  const owners = new Map<string, string>()
  const problems: string[] = []
  for (const term of terms) {
    const concept = concepts[term.concept]
    if (concept === undefined || term.weight !== 1) continue
    const key = `${concept.scheme} ${term.tokens.join(' ')}`
    const owner = owners.get(key)
    if (owner !== undefined) problems.push(`"${term.surface}" stands for both ${owner} and ${concept.id}`)
    owners.set(key, concept.id)
  }
  return problems
}

function listMissing(lexicon: Lexicon, { id }: Concept): string[] {
  if (lexicon.narrower(id).length > 0) return []
  const missing: string[] = []
  if (lexicon.edgesTo(id, 'addresses').length === 0) missing.push(`${id} has no technique that addresses it`)
  if (lexicon.edges(id, 'needsModality').length === 0) missing.push(`${id} names no kind of data that it needs`)
  return missing
}

import type { Language } from '../types.ts'
import { fingerprint } from './fingerprint.ts'
import { listSuggestions } from './suggest.ts'
import { type ConceptTerm, listTerms } from './terms.ts'
import { buildTrie, type Trie } from './trie.ts'

/** How two concepts belong together (DOMAIN.md §1), and how strongly: 1 required, 0.7 common, 0.4 possible. */
export type Relation =
  | 'addresses'
  | 'needsModality'
  | 'measuredBy'
  | 'inScenario'
  | 'indicates'
  | 'occursIn'
  | 'typicalProblem'
  | 'fromSystem'
  | 'usedBy'
  | 'mayContain'
  | 'inDomain'
  | 'triggers'
  | 'satisfies'
  | 'typicalLatency'
  | 'comprises'

export type Edge = { rel: Relation; id: string; w: number }

/** One row of the lexicon. Terms are in the field's own writing; `weak` repeats those terms that are too general. */
export type Concept = {
  id: string
  scheme: string
  zh: string
  en: string
  altZh: string[]
  altEn: string[]
  /** Words that hint at the concept without naming it. */
  cueZh: string[]
  cueEn: string[]
  weak: string[]
  broader: string | null
  related: Edge[]
  source: string
  /** The concept's name in other vocabularies, and for a KPI its `unit` and which direction is `better`. */
  mappings: Record<string, string>
}

export type Suggestion = { concept: Concept; score: number }
export type SuggestOptions = { scheme?: string; limit?: number; language?: Language }

export type Lexicon = {
  /** Names the content: equal for equal rows, in whatever order the files were read. */
  version: string
  concepts: readonly Concept[]
  get(id: string): Concept | undefined
  byScheme(scheme: string): readonly Concept[]
  edges(id: string, rel: Relation): readonly Edge[]
  /** The edges of `rel` that point to `id`; each edge's `id` is where it comes from. */
  edgesTo(id: string, rel: Relation): readonly Edge[]
  narrower(id: string): readonly Concept[]
  /** The concept's name, or the id itself where it is unknown. */
  label(id: string, language: Language): string
  /** Nearest concepts for words that a person typed, best first; `score` 0 to 1. */
  suggest(text: string, options?: SuggestOptions): Suggestion[]
  /** Whether two concepts, by their places in `concepts`, are joined by an edge or by `broader`. */
  areLinked(a: number, b: number): boolean
  terms: readonly ConceptTerm[]
  trie: Trie
  vocabulary: Vocabulary
}

/**
 * Words of the trade by their senses: everyday words in both languages (rows of scheme `word`), which explain no match
 * but by which texts with different wording or in different languages are compared, and the concepts that name needs and
 * means. A term's `concept` is the number of its sense.
 */
export type Vocabulary = {
  /** Number of senses; those from `wordCount` on are concepts. */
  size: number
  wordCount: number
  terms: readonly ConceptTerm[]
  /** The terms of each sense. */
  wordings: readonly (readonly ConceptTerm[])[]
  trie: Trie
}

const WORD_SCHEME = 'word'
/** Concepts whose wordings also count as words of the trade when two texts of one language are compared. */
const SENSE_SCHEMES = new Set(['problem', 'technique', 'defect', 'process', 'equipment', 'system', 'kpi', 'modality'])

/**
 * Builds the lexicon from JSON lines (one concept a line, later files appended to earlier ones). A line that adds to a
 * concept already known has the same id and `"extends": true`: its lists are joined to the first row's.
 * @throws SyntaxError for a line that is no JSON, Error for an id used twice or a row without id and scheme.
 */
export function buildLexicon(jsonl: string): Lexicon {
  const rows = [...readConcepts(jsonl).values()].sort((a, b) => (a.id < b.id ? -1 : 1))
  const concepts = rows.filter(row => row.scheme !== WORD_SCHEME)
  const byId = new Map(concepts.map(concept => [concept.id, concept]))
  const terms = concepts.flatMap((concept, index) => listTerms(concept, index))
  const children = groupConcepts(concepts, concept => concept.broader ?? '')
  const schemes = groupConcepts(concepts, concept => concept.scheme)
  const outgoing = groupEdges(concepts.flatMap(concept => concept.related.map(edge => ({ from: concept.id, edge }))))
  const incoming = groupEdges(
    concepts.flatMap(concept => concept.related.map(edge => ({ from: edge.id, edge: { ...edge, id: concept.id } }))),
  )
  return {
    version: `lexicon-${fingerprint(JSON.stringify(rows))}`,
    concepts,
    get: id => byId.get(id),
    byScheme: scheme => schemes.get(scheme) ?? [],
    edges: (id, rel) => outgoing.get(`${rel} ${id}`) ?? [],
    edgesTo: (id, rel) => incoming.get(`${rel} ${id}`) ?? [],
    narrower: id => children.get(id) ?? [],
    label: (id, language) => byId.get(id)?.[language] ?? id,
    suggest: (text, options = {}) => listSuggestions(concepts, terms, text, options),
    areLinked: linkConcepts(concepts),
    terms,
    trie: buildTrie(terms),
    vocabulary: buildVocabulary(
      rows.filter(row => row.scheme === WORD_SCHEME),
      concepts.filter(concept => SENSE_SCHEMES.has(concept.scheme)),
    ),
  }
}

function buildVocabulary(words: Concept[], concepts: Concept[]): Vocabulary {
  const wordings = [...words, ...concepts].map((word, number) => listTerms(word, number))
  const terms = wordings.flat()
  return { size: wordings.length, wordCount: words.length, terms, wordings, trie: buildTrie(terms) }
}

function groupConcepts(concepts: Concept[], keyOf: (concept: Concept) => string): Map<string, Concept[]> {
  const groups = new Map<string, Concept[]>()
  for (const concept of concepts) {
    const group = groups.get(keyOf(concept))
    if (group === undefined) groups.set(keyOf(concept), [concept])
    else group.push(concept)
  }
  return groups
}

function groupEdges(pairs: { from: string; edge: Edge }[]): Map<string, Edge[]> {
  const groups = new Map<string, Edge[]>()
  for (const { from, edge } of pairs) {
    const key = `${edge.rel} ${from}`
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [edge])
    else group.push(edge)
  }
  return groups
}

function linkConcepts(concepts: Concept[]): (a: number, b: number) => boolean {
  const places = new Map(concepts.map((concept, place) => [concept.id, place]))
  const links = new Set<number>()
  for (const [place, concept] of concepts.entries()) {
    for (const id of [...concept.related.map(edge => edge.id), concept.broader]) {
      const other = id === null ? undefined : places.get(id)
      if (other !== undefined) links.add(place * concepts.length + other).add(other * concepts.length + place)
    }
  }
  return (a, b) => links.has(a * concepts.length + b)
}

type Row = Partial<Concept> & { extends?: boolean }

function readConcepts(jsonl: string): Map<string, Concept> {
  const byId = new Map<string, Concept>()
  for (const line of jsonl.split('\n')) {
    if (line.trim() === '') continue
    const row: Row = JSON.parse(line)
    const { id, scheme } = row
    if (id === undefined) throw new Error(`lexicon row without id: ${line.slice(0, 80)}`)
    const known = byId.get(id)
    if (known !== undefined && row.extends !== true) throw new Error(`lexicon id used twice: ${id}`)
    if (known === undefined && scheme === undefined) throw new Error(`lexicon row without scheme: ${id}`)
    byId.set(id, known === undefined ? completeRow(row, id, scheme ?? '') : joinRows(known, row))
  }
  return byId
}

function completeRow(row: Row, id: string, scheme: string): Concept {
  const { zh = id, en = id, altZh = [], altEn = [], cueZh = [], cueEn = [], weak = [], broader = null } = row
  const { related = [], source = 'own', mappings = {} } = row
  return { id, scheme, zh, en, altZh, altEn, cueZh, cueEn, weak, broader, related, source, mappings }
}

function joinRows(known: Concept, row: Row): Concept {
  const join = <T>(a: T[], b: T[] | undefined) => [...a, ...(b ?? [])]
  return {
    ...known,
    altZh: join(known.altZh, row.altZh),
    altEn: join(known.altEn, row.altEn),
    cueZh: join(known.cueZh, row.cueZh),
    cueEn: join(known.cueEn, row.cueEn),
    weak: join(known.weak, row.weak),
    related: join(known.related, row.related),
  }
}

import { ForwardIndex } from './forward.ts'
import { IMPACT_MAX, Postings } from './postings.ts'
import { TERM_CLASSES, type TermClass, type TermKey, type Terms } from './terms.ts'
import { normLength, saturate, sumCounts, type TextWeights } from './weights.ts'

/** The terms of a document: those of its text, and those of its benefits, which weigh less. */
export type DocumentTerms = { text: Terms; benefits?: Terms }

/**
 * A term or a group of terms that a demand looks for. `weight` is before idf; `self` is the impact (0 to 1) that the
 * term has in the demand's own text.
 */
export type TermQuery = { termClass: TermClass; key: TermKey; weight: number; self: number }
export type GroupQuery = {
  terms: { termClass: TermClass; key: TermKey; weight: number }[]
  weight: number
  self: number
}

/**
 * The inverted indexes of all documents in one language. A score is a sum over the demand's terms of
 * weight × idf × impact, impact = tf/(tf + k1) of the length-normed frequency, in steps of 1/255.
 */
export type Shard = {
  add(slot: number, terms: DocumentTerms): void
  /** Takes a document out of the counts; its postings stay until `compact`. */
  discount(slot: number, terms: DocumentTerms): void
  compact(renumber: Int32Array): void
  /** ln(1 + (N - df + 0.5)/(df + 0.5)) over the live documents of the shard. */
  idfOf(termClass: TermClass, key: TermKey): number
  /** Adds each term's part to the documents' scores, and returns what the demand's own text would get. */
  addTerms(scores: Float32Array, terms: readonly TermQuery[]): number
  /** Whether a term stands in so many documents that it is cheaper to look at it in the few that matter. */
  isLate(term: TermQuery): boolean
  /** What late terms bring to single documents. Their weights are written into `weights` (by key, all zero before). */
  openLate(terms: readonly TermQuery[], weights: Float64Array): LateTerms
  /** The same for groups: the words of a group count as one word. */
  addGroups(scores: Float32Array, groups: readonly GroupQuery[]): number
  /**
   * For one document a function that gives at least its raw score and at most the ideal for a demand, without reading
   * postings. Exact for terms; a group's df is known only to lie between that of its commonest word and their sum.
   */
  createPairBound(terms: DocumentTerms): (query: ShardQuery) => { raw: number; ideal: number }
  readonly memoryBytes: number
}

/** What a demand looks for among the documents of one language. `extras` may match but are not expected to. */
export type ShardQuery = { terms: TermQuery[]; groups: GroupQuery[]; extras: TermQuery[] }

/** Terms whose part is worked out document by document; a bound stands for it until then. */
export type LateTerms = {
  /** What the demand's own text would get from them. */
  ideal: number
  /** What they bring to the document of a slot. */
  sumOf(slot: number): number
  /** A document's norm times `norm` is never below what they bring to it. */
  norms: Float32Array
  norm: number
  /** Sets the weights that were written back to zero. */
  close(): void
}

/** From this share of the documents on, a character is looked at late: below it stands in few and says much. */
const LATE_SHARE = 1 / 24

export function createShard(weights: TextWeights): Shard {
  const characters = new ForwardIndex()
  const postings = Object.fromEntries(TERM_CLASSES.map(name => [name, new Postings()])) as Record<TermClass, Postings>
  let live = 0
  let slots = 0
  const dead = new Set<number>()
  const idf = (df: number) => Math.log(1 + (live - df + 0.5) / (df + 0.5))
  return {
    add: (slot, terms) => {
      live++
      slots = Math.max(slots, slot + 1)
      for (const name of TERM_CLASSES) {
        const impacts = computeImpacts(weights, name, terms)
        for (const [key, impact] of impacts) postings[name].add(key, slot, impact)
        if (name === 'character') characters.add(slot, impacts)
      }
    },
    discount: (slot, terms) => {
      live--
      dead.add(slot)
      for (const name of TERM_CLASSES) for (const key of listKeys(name, terms)) postings[name].discount(key)
    },
    compact: renumber => {
      for (const name of TERM_CLASSES) postings[name].compact(renumber)
      characters.compact(renumber)
      slots = live
      dead.clear()
    },
    idfOf: (termClass, key) => idf(postings[termClass].df(key)),
    addTerms: (scores, terms) => terms.reduce((ideal, term) => ideal + addTerm(scores, postings, term, idf), 0),
    isLate: ({ termClass, key }) =>
      termClass === 'character' && postings.character.df(key) >= Math.max(1, live * LATE_SHARE),
    openLate: (terms, byKey) => openLate(terms, byKey, characters, key => idf(postings.character.df(key))),
    addGroups: (scores, groups) => {
      if (groups.length === 0) return 0
      const tf = new Float64Array(slots)
      return groups.reduce(
        (ideal, group) => ideal + addGroup({ scores, tf, postings, idf, dead, k1: weights.k1 }, group),
        0,
      )
    },
    createPairBound: terms => {
      const impacts = Object.fromEntries(
        TERM_CLASSES.map(name => [name, computeImpacts(weights, name, terms)]),
      ) as DocumentImpacts
      const dfOf = (name: TermClass, key: TermKey) => postings[name].df(key)
      return query => boundPair({ impacts, dfOf, idf, live, k1: weights.k1 }, query)
    },
    get memoryBytes() {
      return TERM_CLASSES.reduce((sum, name) => sum + postings[name].memoryBytes, characters.memoryBytes)
    },
  }
}

function listKeys(name: TermClass, { text, benefits }: DocumentTerms): Set<TermKey> {
  return new Set([...text[name].keys(), ...(benefits?.[name].keys() ?? [])])
}

/** Impact of each term of a document, from both fields together (BM25F). */
function computeImpacts(
  weights: TextWeights,
  name: TermClass,
  { text, benefits }: DocumentTerms,
): Map<TermKey, number> {
  const textNorm = normLength(weights, name, sumCounts(text[name]))
  const frequencies = new Map<TermKey, number>()
  for (const [key, count] of text[name]) frequencies.set(key, count / textNorm)
  if (benefits !== undefined) {
    const benefitsNorm = normLength(weights, name, sumCounts(benefits[name]))
    for (const [key, count] of benefits[name]) {
      frequencies.set(key, (frequencies.get(key) ?? 0) + (weights.benefits * count) / benefitsNorm)
    }
  }
  for (const [key, frequency] of frequencies) {
    frequencies.set(key, Math.max(1, Math.round(IMPACT_MAX * saturate(frequency, weights.k1))))
  }
  return frequencies
}

type Idf = (df: number) => number

function addTerm(scores: Float32Array, postings: Record<TermClass, Postings>, term: TermQuery, idf: Idf): number {
  const list = postings[term.termClass]
  const best = term.weight * idf(list.df(term.key))
  const step = best / IMPACT_MAX
  const data = list.data()
  const start = list.startOf(term.key)
  const end = start + list.lengthOf(term.key)
  for (let at = start; at < end; at++) {
    const posting = data[at] as number
    scores[posting >>> 8] = (scores[posting >>> 8] as number) + (posting & 255) * step
  }
  return best * term.self
}

function openLate(
  terms: readonly TermQuery[],
  byKey: Float64Array,
  characters: ForwardIndex,
  idfOf: (key: TermKey) => number,
): LateTerms {
  let ideal = 0
  let squares = 0
  for (const { key, weight, self } of terms) {
    const best = weight * idfOf(key)
    const step = best / IMPACT_MAX
    ideal += best * self
    squares += step * step
    byKey[Number(key)] = step
  }
  return {
    ideal,
    sumOf: slot => characters.sum(slot, byKey),
    norms: characters.norms(),
    norm: Math.sqrt(squares),
    close: () => {
      for (const { key } of terms) byKey[Number(key)] = 0
    },
  }
}

type GroupContext = {
  scores: Float32Array
  /** Scratch space by slot, all zero before and after each group. */
  tf: Float64Array
  postings: Record<TermClass, Postings>
  idf: Idf
  dead: ReadonlySet<number>
  k1: number
}

function addGroup({ scores, tf, postings, idf, dead, k1 }: GroupContext, group: GroupQuery): number {
  const touched: number[] = []
  for (const { termClass, key, weight } of group.terms) {
    const list = postings[termClass]
    const data = list.data()
    const start = list.startOf(key)
    const end = start + list.lengthOf(key)
    for (let at = start; at < end; at++) {
      const posting = data[at] as number
      const slot = posting >>> 8
      const impact = (posting & 255) / (IMPACT_MAX + 1)
      if (tf[slot] === 0) touched.push(slot)
      tf[slot] = (tf[slot] as number) + weight * ((k1 * impact) / (1 - impact))
    }
  }
  const df = dead.size === 0 ? touched.length : touched.reduce((sum, slot) => sum + (dead.has(slot) ? 0 : 1), 0)
  const best = group.weight * idf(df)
  for (const slot of touched) {
    const frequency = tf[slot] as number
    scores[slot] = (scores[slot] as number) + (best * frequency) / (frequency + k1)
    tf[slot] = 0
  }
  return best * group.self
}

type DocumentImpacts = Record<TermClass, Map<TermKey, number>>
type PairContext = {
  impacts: DocumentImpacts
  dfOf: (name: TermClass, key: TermKey) => number
  idf: Idf
  live: number
  k1: number
}

/** Covers what 32-bit sums round off. */
const ROUNDING = 1.0001

function boundPair(context: PairContext, { terms, groups, extras }: ShardQuery): { raw: number; ideal: number } {
  const { impacts, dfOf, idf } = context
  let raw = 0
  let ideal = 0
  for (const { termClass, key, weight, self } of terms) {
    const best = weight * idf(dfOf(termClass, key))
    raw += (best * (impacts[termClass].get(key) ?? 0)) / IMPACT_MAX
    ideal += best * self
  }
  for (const group of groups) {
    const bound = boundGroup(context, group)
    raw += bound.raw
    ideal += bound.ideal
  }
  for (const { termClass, key, weight } of extras) {
    const impact = impacts[termClass].get(key)
    if (impact !== undefined) raw += (weight * idf(dfOf(termClass, key)) * impact) / IMPACT_MAX
  }
  return { raw: raw * ROUNDING, ideal: ideal > 0 ? ideal / ROUNDING : 1 }
}

function boundGroup({ impacts, dfOf, idf, live, k1 }: PairContext, group: GroupQuery): { raw: number; ideal: number } {
  let frequency = 0
  let dfMax = 0
  let dfSum = 0
  for (const { termClass, key, weight } of group.terms) {
    const df = dfOf(termClass, key)
    dfMax = Math.max(dfMax, df)
    dfSum += df
    const impact = (impacts[termClass].get(key) ?? 0) / (IMPACT_MAX + 1)
    frequency += weight * ((k1 * impact) / (1 - impact))
  }
  return {
    raw: (group.weight * idf(dfMax) * frequency) / (frequency + k1),
    ideal: group.weight * idf(Math.min(live, dfSum)) * group.self,
  }
}

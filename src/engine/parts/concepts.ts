import { type ConceptBag, PICKED } from '../features/concepts.ts'
import { type Bridge, correctShare } from '../bridge/apply.ts'
import type { Lexicon, Relation } from '../lexicon/lexicon.ts'

/** The two parts that concepts speak for: what is wrong, and how it is solved. */
export type ConceptPart = 'problem' | 'technique'

const PART_OF_SCHEME: Record<string, ConceptPart> = {
  problem: 'problem',
  defect: 'problem',
  equipment: 'problem',
  process: 'problem',
  kpi: 'problem',
  'miit-scenario': 'problem',
  technique: 'technique',
  modality: 'technique',
  system: 'technique',
  protocol: 'technique',
  hardware: 'technique',
}
/** How much a shared concept of the scheme says. A problem names the need; a KPI or a machine only surrounds it. */
const SCHEME_WEIGHTS: Record<string, number> = {
  problem: 1,
  technique: 1,
  defect: 0.8,
  'miit-scenario': 0.6,
  equipment: 0.5,
  process: 0.5,
  kpi: 0.4,
  modality: 0.4,
  system: 0.4,
  protocol: 0.4,
  hardware: 0.4,
}

/** What prose names is worth this much of what a person picked in a field (tuned on the development texts). */
const TEXT_SHARE = 0.4

/** Share that crosses an edge (MATCHING.md §3); typed edges are multiplied by their own weight. */
const HIERARCHY_SHARE = 0.3
const EDGE_SHARE = 0.6
const EDGES: Relation[] = ['addresses', 'indicates', 'typicalProblem', 'inScenario']

/** How common each concept is: `idf(number)` from 0 (everywhere) to 1 (rare). A picked concept counts fully. */
export type ConceptRarity = (concept: number) => number
const EVEN_RARITY: ConceptRarity = () => 0.5

/** One way for a demand's concept to be met by a supply's concept: `share` of its weight. */
type Link = { query: number; share: number }
export type ConceptPlan = {
  /** The demand's concepts (places in `lexicon.concepts`) and what each is worth if fully met. */
  queries: readonly { concept: number; weight: number }[]
  /** For each supply concept the demand's concepts that it meets, by part. */
  links: Readonly<Record<ConceptPart, ReadonlyMap<number, readonly Link[]>>>
  rarity: ConceptRarity
}

/**
 * Works out once per scenario which supply concepts would meet it, so that a pair costs a few look-ups. A bridge corrects
 * the shares of the lexicon by what outcomes have taught.
 */
export function planConcepts(
  lexicon: Lexicon,
  bag: ConceptBag,
  rarity: ConceptRarity = EVEN_RARITY,
  bridge?: Bridge,
): ConceptPlan {
  const places = numberConcepts(lexicon)
  const links: Record<ConceptPart, Map<number, Link[]>> = { problem: new Map(), technique: new Map() }
  const queries = bag.numbers.flatMap((concept, i) => {
    const weight = weighConcept(lexicon, concept, bag.weights[i] ?? 0, rarity)
    return weight === 0 ? [] : [{ concept, weight }]
  })
  queries.forEach(({ concept }, query) => {
    for (const [number, share] of listRelated(lexicon, places, concept, bridge)) {
      const part = PART_OF_SCHEME[lexicon.concepts[number]?.scheme ?? '']
      if (part === undefined) continue
      const known = links[part].get(number) ?? []
      links[part].set(number, [...known, { query, share }])
    }
  })
  return { queries, links, rarity }
}

const numbered = new WeakMap<Lexicon, ReadonlyMap<string, number>>()

/** The place of every concept by its id. */
function numberConcepts(lexicon: Lexicon): ReadonlyMap<string, number> {
  const known = numbered.get(lexicon)
  if (known !== undefined) return known
  const places = new Map(lexicon.concepts.map((concept, number) => [concept.id, number]))
  numbered.set(lexicon, places)
  return places
}

function weighConcept(lexicon: Lexicon, concept: number, packed: number, rarity: ConceptRarity): number {
  const scheme = SCHEME_WEIGHTS[lexicon.concepts[concept]?.scheme ?? ''] ?? 0
  return packed > PICKED ? scheme : TEXT_SHARE * scheme * packed * rarity(concept)
}

/** The concept itself, its parent and children, and what typed edges join to it, each with its share. */
function listRelated(
  lexicon: Lexicon,
  places: ReadonlyMap<string, number>,
  concept: number,
  bridge: Bridge | undefined,
): Map<number, number> {
  const row = lexicon.concepts[concept]
  const related = new Map<number, number>([[concept, 1]])
  if (row === undefined) return related
  const add = (id: string, share: number) => {
    const number = places.get(id)
    if (number !== undefined) related.set(number, Math.max(share, related.get(number) ?? 0))
  }
  if (row.broader !== null) add(row.broader, HIERARCHY_SHARE)
  for (const child of lexicon.narrower(row.id)) add(child.id, HIERARCHY_SHARE)
  for (const relation of EDGES) {
    for (const edge of [...lexicon.edges(row.id, relation), ...lexicon.edgesTo(row.id, relation)])
      add(edge.id, EDGE_SHARE * edge.w)
  }
  for (const [id, correction] of bridge?.get(row.id) ?? []) {
    const number = places.get(id)
    if (number !== undefined) related.set(number, correctShare(related.get(number) ?? 0, correction))
  }
  return related
}

/** What a supply concept brings to one of the demand's: used for evidence, where the best for each counts. */
export type ConceptHit = { query: number; supply: number; strength: number }

/**
 * For each of the demand's concepts the supply concept that meets it best. The sum of the strengths, clipped at 1, is
 * what concepts say about the pair: absolute, never normalised by the best supply (MATCHING.md §3).
 */
export function findHits(plan: ConceptPlan, part: ConceptPart, bag: ConceptBag): ConceptHit[] {
  const best: (ConceptHit | undefined)[] = []
  visitHits(plan, part, bag, (query, supply, strength) => {
    if (strength > (best[query]?.strength ?? 0)) best[query] = { query, supply, strength }
  })
  return best.filter(hit => hit !== undefined)
}

const scratch = new Float64Array(1024)

/** The clipped sum alone, for ranking: the same figure as from `findHits`, without making objects. */
export function conceptSum(plan: ConceptPlan, part: ConceptPart, bag: ConceptBag): number {
  const links = plan.links[part]
  const { numbers, weights } = bag
  let any = false
  for (let i = 0; i < numbers.length; i++) {
    const met = links.get(numbers[i] ?? -1)
    if (met === undefined) continue
    if (!any) scratch.fill(0, 0, plan.queries.length)
    any = true
    const packed = weights[i] ?? 0
    const own = packed > PICKED ? 1 : packed * plan.rarity(numbers[i] ?? -1)
    for (let k = 0; k < met.length; k++) {
      const link = met[k]
      if (link === undefined) continue
      const strength = (plan.queries[link.query]?.weight ?? 0) * link.share * own
      if (strength > (scratch[link.query] ?? 0)) scratch[link.query] = strength
    }
  }
  if (!any) return 0
  let sum = 0
  for (let query = 0; query < plan.queries.length; query++) sum += scratch[query] ?? 0
  return Math.min(1, sum)
}

function visitHits(
  plan: ConceptPlan,
  part: ConceptPart,
  bag: ConceptBag,
  visit: (query: number, supply: number, strength: number) => void,
): void {
  bag.numbers.forEach((supply, i) => {
    const packed = bag.weights[i] ?? 0
    const own = packed > PICKED ? 1 : packed * plan.rarity(supply)
    for (const { query, share } of plan.links[part].get(supply) ?? [])
      visit(query, supply, (plan.queries[query]?.weight ?? 0) * share * own)
  })
}

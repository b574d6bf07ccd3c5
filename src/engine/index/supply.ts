import { createEmbeddingCount, type Embedding } from '../embedding.ts'
import { type CapabilityFeatures, capabilityFeatures } from '../features.ts'
import { PICKED } from '../features/concepts.ts'
import { addToFacets, createFacets, type Facets } from './facets.ts'
import { createScratchPool, type ScratchPool } from './scratch.ts'
import { CASES_MAX, NAMED_MARK } from './structured.ts'
import { Postings, SLOTS_MAX } from '../lexical/postings.ts'
import { createShard, type Shard } from '../lexical/shard.ts'
import { countDocumentTerms, findLanguage } from '../lexical/textIndex.ts'
import type { TextWeights } from '../lexical/weights.ts'
import type { Lexicon } from '../lexicon/lexicon.ts'
import type { CapabilityInput, Language } from '../types.ts'

/** Supply with the readers it is offered to: park ids, or `network` for every park. `embedding`: of its public text. */
export type IndexedCapability = {
  id: string
  organisationId: string
  audiences: string[]
  input: CapabilityInput
  embedding?: Embedding | undefined
}

export type Supply = {
  id: string
  organisationId: string
  audiences: readonly string[]
  language: Language
  features: CapabilityFeatures
  embedding: Embedding | undefined
}

/**
 * The supplies told in one language. A slot is a place in `supplies`; a removed supply leaves its slot empty.
 * `concepts` holds by concept number which supplies name it, with the weight that `packWeight` gives.
 */
export type SupplyShard = {
  supplies: (Supply | undefined)[]
  texts: Shard
  concepts: Postings
  /** By industry id which supplies name it or have cases in it. */
  industries: Postings
  facets: Facets
  emptySlots: number
}

export type SupplyIndex = {
  put(capability: IndexedCapability): void
  remove(id: string): void
  get(id: string): Supply | undefined
  shards: Record<Language, SupplyShard>
  /** Room that rankings lend each other. */
  scratch: ScratchPool
  /** How rare a concept (its number) is among the supplies: 0 everywhere, 1 nowhere (MATCHING.md §3). */
  rarity(this: void, concept: number): number
  /**
   * Whether every supply has a vector that can be compared with this one. Some with and some without would be ranked by
   * two measures, so it is all or none.
   */
  areEmbedded(embedding: Embedding): boolean
  /** Whether any supply has a vector. */
  readonly hasEmbeddings: boolean
  readonly size: number
  readonly memoryBytes: number
}

export const LANGUAGES = ['zh', 'en'] as const satisfies Language[]

/** Compacting costs as much as half a rebuild, so empty slots wait until they are a quarter of a shard. */
const EMPTY_SHARE_MAX = 0.25
const EMPTY_MIN = 1_000

export function createSupplyIndex(lexicon: Lexicon, weights: TextWeights): SupplyIndex {
  const places = new Map<string, { language: Language; slot: number }>()
  const createSupplyShard = (): SupplyShard => ({
    supplies: [],
    texts: createShard(weights),
    concepts: new Postings(),
    industries: new Postings(),
    facets: createFacets(lexicon),
    emptySlots: 0,
  })
  const shards = { zh: createSupplyShard(), en: createSupplyShard() }
  const conceptDfs = new Uint32Array(lexicon.concepts.length)
  const embeddings = createEmbeddingCount()
  const scratch = createScratchPool()
  const countTexts = (input: CapabilityInput) => countDocumentTerms(lexicon.vocabulary, input)

  const remove = (id: string): void => {
    const place = places.get(id)
    const shard = place && shards[place.language]
    const supply = shard?.supplies[place?.slot ?? -1]
    if (place === undefined || shard === undefined || supply === undefined) return
    places.delete(id)
    shard.supplies[place.slot] = undefined
    shard.emptySlots++
    embeddings.remove(supply.embedding)
    shard.texts.discount(place.slot, countTexts(supply.features.input))
    for (const number of supply.features.concepts.numbers) {
      conceptDfs[number] = (conceptDfs[number] ?? 1) - 1
      shard.concepts.discount(number)
    }
    compactIfSparse(shard, places, lexicon)
  }
  const put = ({ id, organisationId, audiences, input, embedding }: IndexedCapability): void => {
    remove(id)
    const features = capabilityFeatures(lexicon, input)
    const language = findLanguage(input)
    const shard = shards[language]
    const slot = shard.supplies.length
    if (slot >= SLOTS_MAX) throw new RangeError(`more than ${SLOTS_MAX} capabilities in one language`)
    shard.supplies.push({ id, organisationId, audiences, language, features, embedding })
    embeddings.add(embedding)
    shard.texts.add(slot, countTexts(input))
    for (const [i, number] of features.concepts.numbers.entries()) {
      conceptDfs[number] = (conceptDfs[number] ?? 0) + 1
      shard.concepts.add(number, slot, packWeight(features.concepts.weights[i] ?? 0))
    }
    addStructure(shard, slot, features)
    places.set(id, { language, slot })
  }
  return {
    put,
    remove,
    get: id => {
      const place = places.get(id)
      return place && shards[place.language].supplies[place.slot]
    },
    shards,
    scratch,
    rarity: concept => measureRarity(conceptDfs[concept] ?? 0, places.size),
    areEmbedded: embedding => places.size > 0 && embeddings.countLike(embedding) === places.size,
    get size() {
      return places.size
    },
    get hasEmbeddings() {
      return embeddings.memoryBytes > 0
    },
    get memoryBytes() {
      const sizes = LANGUAGES.map(
        name =>
          shards[name].texts.memoryBytes + shards[name].concepts.memoryBytes + shards[name].industries.memoryBytes,
      )
      return sizes.reduce(
        (sum, size) => sum + size,
        conceptDfs.byteLength + embeddings.memoryBytes + scratch.memoryBytes,
      )
    },
  }
}

/** What the parts that are not text or concepts read of a supply. */
function addStructure({ facets, industries }: SupplyShard, slot: number, features: CapabilityFeatures): void {
  addToFacets(facets, slot, features)
  const named = new Set(features.industries)
  for (const industry of new Set([...named, ...features.cases.flatMap(found => found.industry ?? [])])) {
    const cases = features.cases.filter(found => found.industry === industry).length
    industries.add(industry, slot, Math.min(CASES_MAX, cases) + (named.has(industry) ? NAMED_MARK : 0))
  }
}

/** What prose mentions is never as sure as what a person picked, which counts 1. */
export const RARITY_MAX = 0.7

function measureRarity(df: number, total: number): number {
  const rarity = total < 2 ? 1 : Math.log((total + 1) / (df + 0.5)) / Math.log(total + 1)
  return RARITY_MAX * Math.min(1, Math.max(0, rarity))
}

/** Steps of a weight read from prose (0 to 1) in a posting; the step above them all marks a pick. */
const WEIGHT_STEPS = 200
const PICK_MARK = 255

/** A concept's packed weight as an impact; rounded up, so that what is read back is never less. */
function packWeight(weight: number): number {
  return weight > PICKED ? PICK_MARK : Math.min(WEIGHT_STEPS, Math.max(1, Math.ceil(weight * WEIGHT_STEPS)))
}

/** What a concept of a supply is worth, from its impact: 1 for a pick, else its weight times the rarity. Never less. */
export function unpackWorth(impact: number, rarity: number): number {
  return impact === PICK_MARK ? 1 : (impact / WEIGHT_STEPS) * rarity
}

function compactIfSparse(
  shard: SupplyShard,
  places: Map<string, { language: Language; slot: number }>,
  lexicon: Lexicon,
): void {
  const { emptySlots, supplies } = shard
  if (emptySlots < EMPTY_MIN || emptySlots < supplies.length * EMPTY_SHARE_MAX) return
  const renumber = new Int32Array(supplies.length).fill(-1)
  const kept: Supply[] = []
  for (const [slot, supply] of supplies.entries()) {
    if (supply === undefined) continue
    renumber[slot] = kept.length
    const place = places.get(supply.id)
    if (place !== undefined) place.slot = kept.length
    kept.push(supply)
  }
  shard.texts.compact(renumber)
  shard.concepts.compact(renumber)
  shard.industries = new Postings()
  shard.facets = createFacets(lexicon)
  for (const [slot, supply] of kept.entries()) addStructure(shard, slot, supply.features)
  shard.supplies = kept
  shard.emptySlots = 0
}

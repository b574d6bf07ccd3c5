import { type CapabilityFeatures, capabilityFeatures } from '../features.ts'
import { createShard, type Shard } from '../lexical/shard.ts'
import { countDocumentTerms, findLanguage } from '../lexical/textIndex.ts'
import type { TextWeights } from '../lexical/weights.ts'
import type { Lexicon } from '../lexicon/lexicon.ts'
import type { CapabilityInput, Language } from '../types.ts'
import { SLOTS_MAX } from '../lexical/postings.ts'

/** Supply with the readers it is offered to: park ids, or `network` for every park. */
export type IndexedCapability = { id: string; organisationId: string; audiences: string[]; input: CapabilityInput }

export type Supply = {
  id: string
  organisationId: string
  audiences: readonly string[]
  features: CapabilityFeatures
}

/** The supplies told in one language. A slot is a place in `supplies`; a removed supply leaves its slot empty. */
export type SupplyShard = { supplies: (Supply | undefined)[]; texts: Shard; emptySlots: number }

export type SupplyIndex = {
  put(capability: IndexedCapability): void
  remove(id: string): void
  get(id: string): Supply | undefined
  shards: Record<Language, SupplyShard>
  /** How rare a concept (its number) is among the supplies: 0 everywhere, 1 nowhere (MATCHING.md §3). */
  rarity(concept: number): number
  readonly size: number
  readonly memoryBytes: number
}

export const LANGUAGES = ['zh', 'en'] as const satisfies Language[]

/** Compacting costs as much as half a rebuild, so empty slots wait until they are a quarter of a shard. */
const EMPTY_SHARE_MAX = 0.25
const EMPTY_MIN = 1_000

export function createSupplyIndex(lexicon: Lexicon, weights: TextWeights): SupplyIndex {
  const places = new Map<string, { language: Language; slot: number }>()
  const createSupplyShard = (): SupplyShard => ({ supplies: [], texts: createShard(weights), emptySlots: 0 })
  const shards = { zh: createSupplyShard(), en: createSupplyShard() }
  const conceptDfs = new Uint32Array(lexicon.concepts.length)
  const countTexts = (input: CapabilityInput) => countDocumentTerms(lexicon.vocabulary, input)

  const remove = (id: string): void => {
    const place = places.get(id)
    const shard = place && shards[place.language]
    const supply = shard?.supplies[place?.slot ?? -1]
    if (place === undefined || shard === undefined || supply === undefined) return
    places.delete(id)
    shard.supplies[place.slot] = undefined
    shard.emptySlots++
    shard.texts.discount(place.slot, countTexts(supply.features.input))
    for (const number of supply.features.concepts.numbers) conceptDfs[number] = (conceptDfs[number] ?? 1) - 1
    compactIfSparse(shard, places)
  }
  const put = ({ id, organisationId, audiences, input }: IndexedCapability): void => {
    remove(id)
    const features = capabilityFeatures(lexicon, input)
    const language = findLanguage(input)
    const shard = shards[language]
    const slot = shard.supplies.length
    if (slot >= SLOTS_MAX) throw new RangeError(`more than ${SLOTS_MAX} capabilities in one language`)
    shard.supplies.push({ id, organisationId, audiences, features })
    shard.texts.add(slot, countTexts(input))
    for (const number of features.concepts.numbers) conceptDfs[number] = (conceptDfs[number] ?? 0) + 1
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
    rarity: concept => measureRarity(conceptDfs[concept] ?? 0, places.size),
    get size() {
      return places.size
    },
    get memoryBytes() {
      return LANGUAGES.reduce((sum, language) => sum + shards[language].texts.memoryBytes, 0) + conceptDfs.byteLength
    },
  }
}

function measureRarity(df: number, total: number): number {
  if (total < 2) return 1
  return Math.min(1, Math.max(0, Math.log((total + 1) / (df + 0.5)) / Math.log(total + 1)))
}

function compactIfSparse(shard: SupplyShard, places: Map<string, { language: Language; slot: number }>): void {
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
  shard.supplies = kept
  shard.emptySlots = 0
}

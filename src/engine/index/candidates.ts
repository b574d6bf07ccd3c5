import { denseLikeness, fuseText } from '../embedding.ts'
import type { Demand } from '../rank.ts'
import { createTextCeiling, scoreTexts, type TextScores, textValue } from '../lexical/textIndex.ts'
import type { Language } from '../types.ts'
import { boundTotals, sumConcepts } from './bounds.ts'
import { boundStructuredParts } from './structured.ts'
import { LANGUAGES, type Supply, type SupplyIndex, type SupplyShard } from './supply.ts'

/**
 * A supply that may score up to `bound`, with its exact text value and how much of that the words alone bring.
 * `dataPoints`: what the bound counts for the data part.
 */
export type Candidate = { supply: Supply; text: number; lexical: number; bound: number; dataPoints: number }

/** Text scores and total bounds of every slot of a language's shard; `likeness` of vectors where they are compared. */
export type ShardBounds = {
  language: Language
  texts: TextScores
  likeness: Float64Array | undefined
  bounds: Float32Array
  /** Points that the data part can bring, by class. */
  dataPoints: Float32Array
}

/** Works out every slot's bound in one sweep over the postings, pausing between the kinds of work. */
export function* boundShards(supplies: SupplyIndex, demand: Demand): Generator<undefined, ShardBounds[]> {
  const shards: ShardBounds[] = []
  for (const language of LANGUAGES) {
    const shard = supplies.shards[language]
    const size = shard.supplies.length
    if (size === 0) continue
    const texts = scoreTexts(shard.texts, demand.query.byLanguage[language], size)
    const ceiling = createTextCeiling(texts.ideal)
    yield
    const likeness = yield* compareVectors(shard, demand)
    const problem = sumConcepts(shard, demand.features, 'problem', supplies.rarity)
    const technique = sumConcepts(shard, demand.features, 'technique', supplies.rarity)
    yield
    const points = boundStructuredParts(shard, demand.features)
    yield
    const lexical = (slot: number) => ceiling(texts.raw[slot] as number)
    const text = likeness === undefined ? lexical : (slot: number) => fuse(lexical(slot), likeness, slot)
    const bounds = boundTotals(shard, demand.features, { problem, technique, points: points.all, text })
    yield
    shards.push({ language, texts, likeness, bounds, dataPoints: points.data })
  }
  return shards
}

/** Vectors compared between two pauses: a few milliseconds of work. */
const VECTORS_PER_STEP = 4_096

function* compareVectors(shard: SupplyShard, { embedding }: Demand): Generator<undefined, Float64Array | undefined> {
  if (embedding === undefined) return undefined
  const likeness = new Float64Array(shard.supplies.length)
  for (const [slot, supply] of shard.supplies.entries()) {
    if (supply?.embedding !== undefined) likeness[slot] = denseLikeness(embedding.vector, supply.embedding.vector)
    if (slot % VECTORS_PER_STEP === VECTORS_PER_STEP - 1) yield
  }
  return likeness
}

function fuse(lexical: number, likeness: Float64Array | undefined, slot: number): number {
  return likeness === undefined ? lexical : fuseText(lexical, likeness[slot] ?? 0)
}

const BUCKETS = 2_048
const BOUND_MAX = 10_010
/** Candidates sorted at first; most readers stop long before. Each further portion is four times as large. */
const FIRST_PORTION = 2_000
const PORTION_GROWTH = 4

const bucketOf = (bound: number) => Math.min(BUCKETS - 1, Math.floor((bound / BOUND_MAX) * BUCKETS))

/**
 * Candidates in falling order of their bound, a bucket of near-equal bounds at a time, so that whoever stops early has
 * not paid for sorting the rest. Within a bucket the order is free: the reader must check bounds bucket by bucket.
 */
export function* visitByBound(supplies: SupplyIndex, shards: readonly ShardBounds[]): Generator<Candidate[]> {
  const counts = countByBucket(shards)
  let portion = FIRST_PORTION
  let top = BUCKETS
  while (top > 0) {
    let size = 0
    let bottom = top
    while (bottom > 0 && size < portion) size += counts[--bottom] ?? 0
    for (const entries of sortPortion(shards, counts, bottom, top)) {
      const candidates = readCandidates(supplies, shards, entries)
      // A bucket may hold emptied slots alone, and a reader takes an empty one for the end.
      if (candidates.length > 0) yield candidates
    }
    top = bottom
    portion *= PORTION_GROWTH
  }
}

function countByBucket(shards: readonly ShardBounds[]): Uint32Array {
  const counts = new Uint32Array(BUCKETS)
  for (const { bounds } of shards) {
    for (let slot = 0; slot < bounds.length; slot++) {
      const bucket = bucketOf(bounds[slot] as number)
      counts[bucket] = (counts[bucket] as number) + 1
    }
  }
  return counts
}

/** The entries (slot × 2 + shard) of the buckets from `top` (excluded) down to `bottom`, each bucket by itself. */
function sortPortion(shards: readonly ShardBounds[], counts: Uint32Array, bottom: number, top: number): Uint32Array[] {
  const buckets = Array.from({ length: top - bottom }, (_, i) => new Uint32Array(counts[top - 1 - i] ?? 0))
  const filled = new Uint32Array(buckets.length)
  const low = (bottom / BUCKETS) * BOUND_MAX - 1
  for (const [number, { bounds }] of shards.entries()) {
    for (let slot = 0; slot < bounds.length; slot++) {
      const bound = bounds[slot] as number
      if (bound < low) continue
      const place = top - 1 - bucketOf(bound)
      const bucket = buckets[place]
      if (bucket === undefined) continue
      bucket[filled[place] as number] = slot * 2 + number
      filled[place] = (filled[place] as number) + 1
    }
  }
  return buckets
}

function readCandidates(supplies: SupplyIndex, shards: readonly ShardBounds[], entries: Uint32Array): Candidate[] {
  const candidates: Candidate[] = []
  for (const entry of entries) {
    const shard = shards[entry & 1]
    const slot = entry >>> 1
    const supply = shard && supplies.shards[shard.language].supplies[slot]
    if (shard === undefined || supply === undefined) continue
    const dataClass = supplies.shards[shard.language].facets.data.shapes.classes()[slot] ?? 0
    const lexical = textValue(shard.texts.raw[slot] ?? 0, shard.texts.ideal)
    candidates.push({
      supply,
      text: fuse(lexical, shard.likeness, slot),
      lexical,
      bound: shard.bounds[slot] ?? 0,
      dataPoints: shard.dataPoints[dataClass] ?? 0,
    })
  }
  return candidates
}

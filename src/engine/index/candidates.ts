import type { Demand } from '../rank.ts'
import { createTextCeiling, scoreTexts, type TextScores, textValue } from '../lexical/textIndex.ts'
import type { Language } from '../types.ts'
import { boundConceptPart, boundTotals } from './bounds.ts'
import { boundStructuredParts } from './structured.ts'
import { LANGUAGES, type Supply, type SupplyIndex } from './supply.ts'

/** A supply that may score up to `bound`, with its exact text value. */
export type Candidate = { supply: Supply; text: number; bound: number }

/** Text scores and total bounds of every slot of a language's shard. */
export type ShardBounds = { language: Language; texts: TextScores; bounds: Float32Array }

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
    const problem = boundConceptPart(shard, demand.features, 'problem', supplies.rarity)
    const technique = boundConceptPart(shard, demand.features, 'technique', supplies.rarity)
    yield
    const structured = boundStructuredParts(shard, demand.features)
    yield
    const text = (slot: number) => ceiling(texts.raw[slot] as number)
    const bounds = boundTotals(shard, { problem, technique, text }, structured)
    yield
    shards.push({ language, texts, bounds })
  }
  return shards
}

const BUCKETS = 2_048
const BOUND_MAX = 10_010

/**
 * Candidates in falling order of their bound, a bucket of near-equal bounds at a time, so that whoever stops early has
 * not paid for sorting the rest. Within a bucket the order is free: the reader must check bounds bucket by bucket.
 */
export function* visitByBound(supplies: SupplyIndex, shards: readonly ShardBounds[]): Generator<Candidate[]> {
  const starts = new Uint32Array(BUCKETS + 1)
  const bucketOf = (bound: number) => BUCKETS - 1 - Math.min(BUCKETS - 1, Math.floor((bound / BOUND_MAX) * BUCKETS))
  for (const { bounds } of shards)
    for (const bound of bounds) starts[bucketOf(bound) + 1] = (starts[bucketOf(bound) + 1] ?? 0) + 1
  for (let bucket = 0; bucket < BUCKETS; bucket++)
    starts[bucket + 1] = (starts[bucket + 1] ?? 0) + (starts[bucket] ?? 0)
  const order = new Uint32Array(starts[BUCKETS] ?? 0)
  const next = starts.slice()
  for (const [number, { bounds }] of shards.entries()) {
    for (let slot = 0; slot < bounds.length; slot++) {
      const bucket = bucketOf(bounds[slot] as number)
      order[next[bucket] as number] = slot * 2 + number
      next[bucket] = (next[bucket] as number) + 1
    }
  }
  for (let bucket = 0; bucket < BUCKETS; bucket++) {
    const entries = order.subarray(starts[bucket], starts[bucket + 1])
    const candidates = readCandidates(supplies, shards, entries)
    // A bucket may hold emptied slots alone, and a reader takes an empty one for the end.
    if (candidates.length > 0) yield candidates
  }
}

function readCandidates(supplies: SupplyIndex, shards: readonly ShardBounds[], entries: Uint32Array): Candidate[] {
  const candidates: Candidate[] = []
  for (const entry of entries) {
    const shard = shards[entry & 1]
    const slot = entry >>> 1
    const supply = shard && supplies.shards[shard.language].supplies[slot]
    if (shard === undefined || supply === undefined) continue
    candidates.push({
      supply,
      text: textValue(shard.texts.raw[slot] ?? 0, shard.texts.ideal),
      bound: shard.bounds[slot] ?? 0,
    })
  }
  return candidates
}

import { denseLikeness, fuseText } from '../embedding.ts'
import type { Demand } from '../rank.ts'
import { ceilTextValue, scoreTexts, type TextScores } from '../lexical/textIndex.ts'
import { BUCKETS, bucketFloor, bucketOf, boundTotals, sumConcepts } from './bounds.ts'
import { PART_POINTS } from './points.ts'
import type { Scratch } from './scratch.ts'
import { boundClasses, type ClassPoints } from './structured.ts'
import { LANGUAGES, type Supply, type SupplyIndex, type SupplyShard } from './supply.ts'

/**
 * A supply that may score up to `bound`, with its exact text value and how much of that the words alone bring.
 * `dataPoints`: what the bound counts for the data part.
 */
export type Candidate = { supply: Supply; text: number; lexical: number; bound: number; dataPoints: number }

type BoundShard = {
  shard: SupplyShard
  scratch: Scratch
  texts: TextScores
  likeness: Float64Array | undefined
  points: ClassPoints
}

/** Bounds of every pair of a demand, by shard and slot, with how many there are in each bucket. */
export type Bounds = { shards: BoundShard[]; counts: Uint32Array }

/** Works out every slot's bound in one sweep over the postings, pausing between the kinds of work. */
export function* boundSupplies(supplies: SupplyIndex, demand: Demand): Generator<undefined, Bounds> {
  const counts = new Uint32Array(BUCKETS)
  const shards: BoundShard[] = []
  const { rarity } = supplies
  for (const language of LANGUAGES) {
    const shard = supplies.shards[language]
    const size = shard.supplies.length
    if (size === 0) continue
    const scratch = supplies.scratch.borrow(size)
    const { problem, technique, best } = scratch
    const texts = scoreTexts(shard.texts, demand.query.byLanguage[language], scratch)
    yield
    const likeness = yield* compareVectors(shard, demand)
    sumConcepts(shard, demand.features, 'problem', { sums: problem, best, rarity })
    sumConcepts(shard, demand.features, 'technique', { sums: technique, best, rarity })
    yield
    const points = boundClasses(shard, demand.features, scratch.industry)
    yield
    boundTotals(shard, demand.features, { scratch, points, texts, likeness }, counts)
    yield
    shards.push({ shard, scratch, texts, likeness, points })
  }
  return { shards, counts }
}

/** Gives back the room that the bounds lie in; they may not be read afterwards. */
export function releaseBounds(supplies: SupplyIndex, { shards }: Bounds): void {
  for (const { texts, scratch } of shards) {
    texts.close()
    supplies.scratch.giveBack(scratch)
  }
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

/** Candidates sorted at first; most readers stop long before. Each further portion is four times as large. */
const FIRST_PORTION = 2_000
const PORTION_GROWTH = 4
/** Candidates looked at between two pauses: about a millisecond of work. */
const CANDIDATES_PER_STEP = 512

/**
 * Visits the candidates in falling order of their bound until none is left whose bound reaches `floor()`, a portion at a
 * time, so that whoever is content early has not paid for sorting the rest.
 */
export function* visitByBound(
  { shards, counts }: Bounds,
  floor: () => number,
  visit: (candidate: Candidate) => void,
): Generator<undefined, void> {
  let portion = FIRST_PORTION
  let top = BUCKETS
  while (top > 0) {
    let size = 0
    let bottom = top
    while (bottom > 0 && size < portion) size += counts[--bottom] ?? 0
    const entries = sortPortion(shards, bottom, top, size)
    for (let at = 0; at < size; at++) {
      const entry = entries[at] as number
      if (boundOf(entry) < floor()) return
      const candidate = readCandidate(shards, entry % PLACES, floor)
      if (candidate !== undefined) visit(candidate)
      if (at % CANDIDATES_PER_STEP === CANDIDATES_PER_STEP - 1) yield
    }
    top = bottom
    portion *= PORTION_GROWTH
  }
}

// An entry is one number: how far its bound lies below the highest, in eighths of a point, then its place (slot × 2 +
// shard). Numbers are sorted many times faster than objects.
const STEPS_PER_POINT = 8
const STEPS_MAX = 2 ** 17
const PLACES = 2 ** 25

/** At least the bound of an entry. */
const boundOf = (entry: number) => (STEPS_MAX - Math.floor(entry / PLACES)) / STEPS_PER_POINT

/** The entries of the buckets from `bottom` up to `top` (excluded), highest bound first. */
function sortPortion(shards: readonly BoundShard[], bottom: number, top: number, size: number): Float64Array {
  const entries = new Float64Array(size)
  // Nearly all bounds lie below: what the buckets would say of them need not be worked out.
  const low = bucketFloor(bottom) - 1
  let filled = 0
  for (const [number, { scratch, shard }] of shards.entries()) {
    const { bounds } = scratch
    for (let slot = 0; slot < shard.supplies.length; slot++) {
      const bound = bounds[slot] as number
      if (bound < low) continue
      const bucket = bucketOf(bound)
      if (bucket < bottom || bucket >= top) continue
      entries[filled++] = (STEPS_MAX - Math.ceil(bound * STEPS_PER_POINT)) * PLACES + slot * 2 + number
    }
  }
  return entries.sort()
}

/** Looks at the text closely; `undefined` where the pair can then no longer reach the floor, or its slot is empty. */
function readCandidate(shards: readonly BoundShard[], place: number, floor: () => number): Candidate | undefined {
  const bounded = shards[place & 1]
  const slot = place >>> 1
  const supply = bounded?.shard.supplies[slot]
  if (bounded === undefined || supply === undefined) return undefined
  const { shard, scratch, texts, likeness, points } = bounded
  const lexical = texts.valueOf(slot)
  const text = fuse(lexical, likeness, slot)
  const bound = (scratch.bounds[slot] ?? 0) - PART_POINTS.text * (fuse(ceilingOf(texts, slot), likeness, slot) - text)
  if (bound < floor()) return undefined
  const dataPoints = points.data[shard.facets.data.shapes.classes()[slot] ?? 0] ?? 0
  return { supply, text, lexical, bound, dataPoints }
}

const fuse = (lexical: number, likeness: Float64Array | undefined, slot: number): number =>
  likeness === undefined ? lexical : fuseText(lexical, likeness[slot] ?? 0)

/** The bound of the text value that `boundTotals` counted. */
const ceilingOf = ({ raw, norms, norm, scale }: TextScores, slot: number): number =>
  ceilTextValue(((raw[slot] ?? 0) + (norms[slot] ?? 0) * norm) * scale)

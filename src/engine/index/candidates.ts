import { denseLikeness, fuseText } from '../embedding.ts'
import type { Demand } from '../rank.ts'
import { ceilTextValue, scoreTexts, type TextScores } from '../lexical/textIndex.ts'
import {
  BUCKETS,
  boundWords,
  bucketFloor,
  bucketOf,
  mostOfFields,
  pointsOfFields,
  type SlotBounds,
  sumConcepts,
} from './bounds.ts'
import { PART_POINTS } from './points.ts'
import { boundClasses } from './structured.ts'
import { LANGUAGES, type Supply, type SupplyIndex, type SupplyShard } from './supply.ts'

/**
 * A supply that may score up to `bound`, with its exact text value and how much of that the words alone bring.
 * `dataPoints`: what the bound counts for the data part.
 */
export type Candidate = { supply: Supply; text: number; lexical: number; bound: number; dataPoints: number }

/** `kept`: how many slots may still reach a list; they stand in `scratch.kept`. */
type BoundShard = SlotBounds & { kept: number }

/** Bounds of every pair of a demand, by shard and slot, with how many there are in each bucket. */
export type Bounds = { shards: BoundShard[]; counts: Uint32Array }

/** Works out what words and concepts bring to every slot at most, pausing between the kinds of work. */
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
    const bounded = { shard, scratch, texts, likeness, points, kept: 0 }
    boundWords(bounded, demand.features, counts)
    yield
    shards.push(bounded)
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

/** Of so many slots for which words and concepts speak most, at least so many are visited first. */
const FIRST_BOUNDED = 2_000
const FIRST_VISITED = 100
/** Candidates sorted at a time; most readers stop long before. Each further portion is four times as large. */
const PORTION = 1_000
const PORTION_GROWTH = 4
/** Candidates looked at between two pauses: about a millisecond of work. */
const CANDIDATES_PER_STEP = 512

/**
 * Visits every candidate whose bound reaches `floor()`, which may only rise. Some of those for which words and
 * concepts speak most come first: after them the floor is so high that few of all others need to be bounded any closer.
 * These follow in falling order of their bound, a portion at a time, so that whoever is content early has not paid for
 * sorting the rest.
 */
export function* visitByBound(
  bounds: Bounds,
  floor: () => number,
  visit: (candidate: Candidate) => void,
): Generator<undefined, void> {
  const { shards, counts } = bounds
  const first = sortFirst(bounds)
  const visited = yield* visitEntries(shards, first, floor, visit, at => at >= FIRST_VISITED && floor() > 0)
  keepReaching(bounds, first.subarray(0, visited), floor())
  yield
  let portion = PORTION
  let top = BUCKETS
  while (top > 0) {
    const { bottom, size } = findBottom(counts, top, portion)
    const entries = sortPortion(shards, bottom, top, size)
    if ((yield* visitEntries(shards, entries, floor, visit)) < size) return
    top = bottom
    portion *= PORTION_GROWTH
  }
}

/** Visits entries in their order, until one cannot reach the floor or it is enough; returns how many were visited. */
function* visitEntries(
  shards: readonly BoundShard[],
  entries: Float64Array,
  floor: () => number,
  visit: (candidate: Candidate) => void,
  isEnough: (visited: number) => boolean = () => false,
): Generator<undefined, number> {
  for (let at = 0; at < entries.length; at++) {
    const entry = entries[at] as number
    if (boundOf(entry) < floor() || isEnough(at)) return at
    const candidate = readCandidate(shards, entry, floor)
    if (candidate !== undefined) visit(candidate)
    if (at % CANDIDATES_PER_STEP === CANDIDATES_PER_STEP - 1) yield
  }
  return entries.length
}

/** The bucket down to which, from `top` on (excluded), there are about as many slots as wanted. */
function findBottom(counts: Uint32Array, top: number, wanted: number): { bottom: number; size: number } {
  let size = 0
  let bottom = top
  while (bottom > 0 && size < wanted) size += counts[--bottom] ?? 0
  return { bottom, size }
}

/** The slots to which words and concepts bring most, by the bounds of all their parts, the highest first. */
function sortFirst({ shards, counts }: Bounds): Float64Array {
  const { bottom, size } = findBottom(counts, BUCKETS, FIRST_BOUNDED)
  const entries = new Float64Array(size)
  // Nearly all bounds lie below: what the buckets would say of them need not be worked out.
  const low = bucketFloor(bottom) - 1
  let filled = 0
  for (const [number, bounded] of shards.entries()) {
    const { bounds } = bounded.scratch
    for (let slot = 0; slot < bounded.shard.supplies.length; slot++) {
      const bound = bounds[slot] as number
      if (bound < low || bucketOf(bound) < bottom) continue
      entries[filled++] = entryOf(bound + pointsOfFields(bounded, slot), slot, number)
    }
  }
  return entries.sort()
}

/** Stands for the bound of a slot that has been visited. */
const VISITED = -1

/** Bounds all parts of every slot that was not visited first and may reach the floor, and keeps those that still do. */
function keepReaching({ shards, counts }: Bounds, visited: Float64Array, floor: number): void {
  counts.fill(0)
  for (const entry of visited) {
    const place = entry % PLACES
    const bounds = shards[place & 1]?.scratch.bounds
    if (bounds !== undefined) bounds[place >>> 1] = VISITED
  }
  for (const bounded of shards) {
    const { bounds, kept } = bounded.scratch
    const least = Math.max(0, floor - mostOfFields(bounded))
    bounded.kept = 0
    for (let slot = 0; slot < bounded.shard.supplies.length; slot++) {
      const bound = bounds[slot] as number
      if (bound < least) continue
      const whole = bound + pointsOfFields(bounded, slot)
      if (whole < floor) continue
      bounds[slot] = whole
      kept[bounded.kept++] = slot
      // Counted as it is kept, in 32 bits, or it might be counted in a bucket in which it is not found.
      const bucket = bucketOf(bounds[slot] as number)
      counts[bucket] = (counts[bucket] as number) + 1
    }
  }
}

// An entry is one number: how far its bound lies below the highest, in eighths of a point, then its place (slot × 2 +
// shard). Numbers are sorted many times faster than objects.
const STEPS_PER_POINT = 8
const STEPS_MAX = 2 ** 17
const PLACES = 2 ** 25

/** At least the bound of an entry. */
const boundOf = (entry: number) => (STEPS_MAX - Math.floor(entry / PLACES)) / STEPS_PER_POINT

const entryOf = (bound: number, slot: number, shard: number) =>
  (STEPS_MAX - Math.ceil(bound * STEPS_PER_POINT)) * PLACES + slot * 2 + shard

/** The entries of the kept slots in buckets from `bottom` up to `top` (excluded), highest bound first. */
function sortPortion(shards: readonly BoundShard[], bottom: number, top: number, size: number): Float64Array {
  const entries = new Float64Array(size)
  let filled = 0
  for (const [number, { scratch, kept }] of shards.entries()) {
    for (let at = 0; at < kept; at++) {
      const slot = scratch.kept[at] as number
      const bound = scratch.bounds[slot] as number
      const bucket = bucketOf(bound)
      if (bucket >= bottom && bucket < top) entries[filled++] = entryOf(bound, slot, number)
    }
  }
  return entries.sort()
}

/** Looks at the text closely; `undefined` where the pair can then no longer reach the floor, or its slot is empty. */
function readCandidate(shards: readonly BoundShard[], entry: number, floor: () => number): Candidate | undefined {
  const place = entry % PLACES
  const bounded = shards[place & 1]
  const slot = place >>> 1
  const supply = bounded?.shard.supplies[slot]
  if (bounded === undefined || supply === undefined) return undefined
  const { shard, texts, likeness, points } = bounded
  const lexical = texts.valueOf(slot)
  const text = fuse(lexical, likeness, slot)
  const bound = boundOf(entry) - PART_POINTS.text * (fuse(ceilingOf(texts, slot), likeness, slot) - text)
  if (bound < floor()) return undefined
  const dataPoints = points.data[shard.facets.data.shapes.classes()[slot] ?? 0] ?? 0
  return { supply, text, lexical, bound, dataPoints }
}

const fuse = (lexical: number, likeness: Float64Array | undefined, slot: number): number =>
  likeness === undefined ? lexical : fuseText(lexical, likeness[slot] ?? 0)

/** The bound of the text value that `boundWords` counted. */
const ceilingOf = ({ raw, norms, norm, scale }: TextScores, slot: number): number =>
  ceilTextValue(((raw[slot] ?? 0) + (norms[slot] ?? 0) * norm) * scale)

import { hasPick } from '../features/concepts.ts'
import type { ScenarioFeatures } from '../features.ts'
import type { ConceptPart } from '../parts/concepts.ts'
import { NEUTRAL, PROBLEM_MISMATCH } from '../parts/weights.ts'
import { fuseText } from '../embedding.ts'
import { ceilTextValue, type TextScores } from '../lexical/textIndex.ts'
import type { Facets } from './facets.ts'
import { PART_POINTS } from './points.ts'
import type { Scratch } from './scratch.ts'
import type { ClassPoints } from './structured.ts'
import { type SupplyShard, unpackWorth } from './supply.ts'
import { IMPACT_MAX } from '../lexical/postings.ts'

/**
 * Writes for every slot of a shard at least the sum of concepts of the problem or the technique part to `sums`:
 * `conceptSum`, worked out concept by concept over the postings instead of pair by pair. `best` is room by slot, all zero
 * before and after.
 */
export function sumConcepts(
  shard: SupplyShard,
  scenario: ScenarioFeatures,
  part: ConceptPart,
  { sums, best, rarity }: { sums: Float32Array; best: Float32Array; rarity: (concept: number) => number },
): void {
  for (const [query, links] of groupLinks(scenario, part).entries()) {
    const weight = scenario.plan.queries[query]?.weight ?? 0
    for (const { concept, share } of links) {
      writeStrengths(weight * share, rarity(concept))
      if (links.length === 1) addAll(shard, sums, concept)
      else raiseBest(shard, sums, best, concept)
    }
    if (links.length > 1) for (const { concept } of links) clearBest(shard, best, concept)
  }
}

const IMPACTS = IMPACT_MAX + 1
/** By the impact of a posting what it brings to the concept that is swept: one look-up instead of a sum for each. */
const strengths = new Float32Array(IMPACTS)

function writeStrengths(share: number, rarity: number): void {
  for (let impact = 0; impact < IMPACTS; impact++) strengths[impact] = share * unpackWorth(impact, rarity)
}

type SupplyLink = { concept: number; share: number }

/** For each of the demand's concepts the supply concepts that meet it. */
function groupLinks({ plan }: ScenarioFeatures, part: ConceptPart): SupplyLink[][] {
  const byQuery: SupplyLink[][] = plan.queries.map(() => [])
  for (const [concept, links] of plan.links[part]) {
    for (const { query, share } of links) byQuery[query]?.push({ concept, share })
  }
  return byQuery
}

function addAll({ concepts }: SupplyShard, sums: Float32Array, concept: number): void {
  const data = concepts.data()
  const start = concepts.startOf(concept)
  const end = start + concepts.lengthOf(concept)
  for (let at = start; at < end; at++) {
    const posting = data[at] as number
    const slot = posting >>> 8
    sums[slot] = (sums[slot] as number) + (strengths[posting & 255] as number)
  }
}

/** Each of the demand's concepts counts once, by the supply concept that meets it best: a better one replaces. */
function raiseBest({ concepts }: SupplyShard, sums: Float32Array, best: Float32Array, concept: number): void {
  const data = concepts.data()
  const start = concepts.startOf(concept)
  const end = start + concepts.lengthOf(concept)
  for (let at = start; at < end; at++) {
    const posting = data[at] as number
    const slot = posting >>> 8
    const strength = strengths[posting & 255] as number
    const known = best[slot] as number
    if (strength <= known) continue
    best[slot] = strength
    sums[slot] = (sums[slot] as number) + strength - known
  }
}

function clearBest({ concepts }: SupplyShard, best: Float32Array, concept: number): void {
  const data = concepts.data()
  const start = concepts.startOf(concept)
  const end = start + concepts.lengthOf(concept)
  for (let at = start; at < end; at++) best[(data[at] as number) >>> 8] = 0
}

/** What is known of every slot or class: sums of concepts, points of the structured parts, the words. */
export type SlotBounds = {
  shard: SupplyShard
  scratch: Scratch
  points: ClassPoints
  texts: TextScores
  likeness: Float64Array | undefined
}

/**
 * Writes for every slot of a shard at least the points that words and concepts bring to `bounds`, and counts them by
 * bucket. One sweep over typed arrays: this is what every supply costs every demand.
 */
export function boundWords(
  { shard: { supplies, facets }, scratch, texts, likeness }: SlotBounds,
  scenario: ScenarioFeatures,
  counts: Uint32Array,
): void {
  const { problem, technique, bounds } = scratch
  const { raw, norms, norm, scale } = texts
  const unmet = pointsOfUnmet(facets, scenario)
  const pickClass = facets.picksProblem.classes()
  const textPoints = PART_POINTS.text
  for (let slot = 0; slot < supplies.length; slot++) {
    const sum = problem[slot] as number
    const gain = technique[slot] as number
    const lexical = ceilTextValue(((raw[slot] as number) + (norms[slot] as number) * norm) * scale)
    const text = likeness === undefined ? lexical : fuseText(lexical, likeness[slot] as number)
    bounds[slot] =
      BASE +
      (sum > 0 ? PROBLEM_BASE + PROBLEM_GAIN * (sum < 1 ? sum : 1) : (unmet[pickClass[slot] as number] as number)) +
      TECHNIQUE_GAIN * (gain < 1 ? gain : 1) +
      textPoints * text
    // Counted as it is kept, in 32 bits, or it might be counted in a bucket in which it is not found.
    const bucket = bucketOf(bounds[slot] as number)
    counts[bucket] = (counts[bucket] as number) + 1
  }
}

/** At least the points that the other four parts bring to a slot. */
export function pointsOfFields({ shard: { facets }, scratch, points }: SlotBounds, slot: number): number {
  return (
    (points.data[facets.data.shapes.classes()[slot] as number] as number) +
    (points.operation[facets.operation.classes()[slot] as number] as number) +
    (points.commercial[facets.commercial.classes()[slot] as number] as number) +
    (points.trackRecord[facets.trackRecord.classes()[slot] as number] as number) +
    (scratch.industry[slot] as number)
  )
}

/** At least what `pointsOfFields` gives for any slot. */
export function mostOfFields({ points }: SlotBounds): number {
  const most = (values: Float32Array) => values.reduce((a, b) => Math.max(a, b), 0)
  // With its gain for an industry a track record is never worth more than the whole part.
  return most(points.data) + most(points.operation) + most(points.commercial) + PART_POINTS.trackRecord + ROUNDED_UP
}

/** What no concept joins is worth the middle value, but less where both sides picked problems. */
function pointsOfUnmet({ picksProblem }: Facets, { lexicon, concepts }: ScenarioFeatures): Float32Array {
  const picked = hasPick(lexicon, concepts, 'problem')
  return Float32Array.from(picksProblem.representatives, picks => {
    return PART_POINTS.problem * (picked && picks ? PROBLEM_MISMATCH : NEUTRAL.problem)
  })
}

/** Half a point for rounding a direction, half for the total, and one for what 32-bit sums lose. */
const ROUNDED_UP = 2
const BASE = PART_POINTS.technique * NEUTRAL.technique + ROUNDED_UP
const TECHNIQUE_GAIN = PART_POINTS.technique * (1 - NEUTRAL.technique)
const PROBLEM_BASE = PART_POINTS.problem * NEUTRAL.problem
const PROBLEM_GAIN = PART_POINTS.problem * (1 - NEUTRAL.problem)

/** Buckets of near-equal bounds, from 0 up. */
export const BUCKETS = 2_048
const BOUND_MAX = 10_020
const BUCKETS_PER_POINT = BUCKETS / BOUND_MAX

/** The bucket of a bound (0 to `BOUND_MAX`); rises with it. */
export const bucketOf = (bound: number) => (bound * BUCKETS_PER_POINT) | 0
/** The lowest bound of a bucket. */
export const bucketFloor = (bucket: number) => bucket / BUCKETS_PER_POINT

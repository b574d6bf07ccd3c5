import { hasPick } from '../features/concepts.ts'
import type { ScenarioFeatures } from '../features.ts'
import type { ConceptPart } from '../parts/concepts.ts'
import { NEUTRAL, PROBLEM_MISMATCH } from '../parts/weights.ts'
import { PART_POINTS } from './points.ts'
import { type SupplyShard, unpackWorth } from './supply.ts'

/**
 * For every slot of a shard at least the sum of concepts of the problem or the technique part: `conceptSum`, worked out
 * concept by concept over the postings instead of pair by pair.
 */
export function sumConcepts(
  shard: SupplyShard,
  scenario: ScenarioFeatures,
  part: ConceptPart,
  rarity: (concept: number) => number,
): Float32Array {
  const sums = new Float32Array(shard.supplies.length)
  const best = new Float32Array(shard.supplies.length)
  for (const [query, links] of groupLinks(scenario, part).entries()) {
    const weight = scenario.plan.queries[query]?.weight ?? 0
    for (const { concept, share } of links) raiseBest(shard, sums, best, concept, weight * share, rarity(concept))
    for (const { concept } of links) clearBest(shard, best, concept)
  }
  return sums
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

/** Each of the demand's concepts counts once, by the supply concept that meets it best: a better one replaces. */
function raiseBest(
  { concepts }: SupplyShard,
  sums: Float32Array,
  best: Float32Array,
  concept: number,
  share: number,
  rarity: number,
): void {
  const data = concepts.data()
  const start = concepts.startOf(concept)
  const end = start + concepts.lengthOf(concept)
  for (let at = start; at < end; at++) {
    const posting = data[at] as number
    const slot = posting >>> 8
    const strength = share * unpackWorth(posting & 255, rarity)
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

/** What is known of every slot: sums of concepts, points of the structured parts, and bounds of the text value. */
export type SlotBounds = Record<ConceptPart | 'points', Float32Array> & { text(slot: number): number }

/** For every slot of a shard at least the total that the pair can have: its points over all seven parts. */
export function boundTotals(shard: SupplyShard, scenario: ScenarioFeatures, parts: SlotBounds): Float32Array {
  const { problem, technique, points } = parts
  const { picksProblem } = shard.facets
  const picked = hasPick(scenario.lexicon, scenario.concepts, 'problem')
  // What no concept joins is worth the middle value, but less where both sides picked problems.
  const unmet = Float32Array.from(picksProblem.representatives, picks => {
    return PART_POINTS.problem * (picked && picks ? PROBLEM_MISMATCH : NEUTRAL.problem)
  })
  const pickClass = picksProblem.classes()
  const problemGain = PART_POINTS.problem * (1 - NEUTRAL.problem)
  const problemBase = PART_POINTS.problem * NEUTRAL.problem
  const techniqueGain = PART_POINTS.technique * (1 - NEUTRAL.technique)
  const base = PART_POINTS.technique * NEUTRAL.technique + ROUNDED_UP
  const bounds = new Float32Array(shard.supplies.length)
  for (let slot = 0; slot < bounds.length; slot++) {
    const sum = problem[slot] as number
    const problemPoints =
      sum > 0 ? problemBase + problemGain * Math.min(1, sum) : (unmet[pickClass[slot] as number] as number)
    bounds[slot] =
      base +
      problemPoints +
      techniqueGain * Math.min(1, technique[slot] as number) +
      PART_POINTS.text * parts.text(slot) +
      (points[slot] as number)
  }
  return bounds
}

/** Half a point for rounding a direction, half for the total, and one for what 32-bit sums lose. */
const ROUNDED_UP = 2

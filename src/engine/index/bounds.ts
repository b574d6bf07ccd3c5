import type { ScenarioFeatures } from '../features.ts'
import type { ConceptPart } from '../parts/concepts.ts'
import { NEUTRAL, PART_WEIGHTS } from '../parts/weights.ts'
import type { StructuredBounds } from './structured.ts'
import { type SupplyShard, unpackWorth } from './supply.ts'

/** Sums are kept in 32 bits; this covers what their rounding may take off a bound. */
const ROUNDING = 1e-4

/**
 * For every slot of a shard at least the value that the problem or the technique part can have for this scenario: the
 * formula of `conceptSum`, worked out concept by concept over the postings instead of pair by pair.
 */
export function boundConceptPart(
  shard: SupplyShard,
  scenario: ScenarioFeatures,
  part: ConceptPart,
  rarity: (concept: number) => number,
): Float32Array {
  const size = shard.supplies.length
  const sums = new Float32Array(size)
  const best = new Float32Array(size)
  for (const [query, links] of groupLinks(scenario, part).entries()) {
    const weight = scenario.plan.queries[query]?.weight ?? 0
    for (const { concept, share } of links) raiseBest(shard, sums, best, concept, weight * share, rarity(concept))
    for (const { concept } of links) clearBest(shard, best, concept)
  }
  const neutral = NEUTRAL[part]
  for (let slot = 0; slot < size; slot++) {
    sums[slot] = Math.min(1, neutral + (1 - neutral) * Math.min(1, sums[slot] as number) + ROUNDING)
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

/**
 * For every slot of a shard at least the total that the pair can have: the linear sums and the geometric mean of
 * `totalOf` over upper bounds of all seven parts, plus what rounding can add.
 */
export function boundTotals(
  shard: SupplyShard,
  parts: ConceptBounds & { text(slot: number): number },
  structured: StructuredBounds,
): Float32Array {
  const { factory, vendor } = PART_WEIGHTS
  const { data, operation, commercial } = shard.facets
  const [dataClass, operationClass, commercialClass] = [data.classes(), operation.classes(), commercial.classes()]
  const bounds = new Float32Array(shard.supplies.length)
  for (let slot = 0; slot < bounds.length; slot++) {
    const problem = parts.problem[slot] as number
    const technique = parts.technique[slot] as number
    const text = parts.text(slot)
    const dataBound = structured.data[dataClass[slot] as number] as number
    const operationBound = structured.operation[operationClass[slot] as number] as number
    const commercialBound = structured.commercial[commercialClass[slot] as number] as number
    const record = structured.trackRecord[slot] as number
    const toFactory =
      factory.problem * problem +
      factory.technique * technique +
      factory.text * text +
      factory.data * dataBound +
      factory.operation * operationBound +
      factory.commercial * commercialBound +
      factory.trackRecord * record
    const toVendor =
      vendor.problem * problem +
      vendor.technique * technique +
      vendor.text * text +
      vendor.data * dataBound +
      vendor.operation * operationBound +
      vendor.commercial * commercialBound +
      vendor.trackRecord * record
    bounds[slot] = Math.sqrt((toFactory + ROUNDED_UP) * (toVendor + ROUNDED_UP)) + ROUNDED_UP
  }
  return bounds
}

export type ConceptBounds = Record<ConceptPart, Float32Array>

/** Half a point for rounding a direction or the total, half for what 32-bit sums lose. */
const ROUNDED_UP = 1

import type { ScenarioFeatures } from '../features.ts'
import type { ConceptPart } from '../parts/concepts.ts'
import { NEUTRAL, PART_WEIGHTS } from '../parts/weights.ts'
import { PART_NAMES } from '../types.ts'
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

/** Total of a pair at most, for given values of the three parts that the postings tell. */
export type TotalBound = (problem: number, technique: number, text: number) => number

/**
 * At most the total for known problem, technique and text values, where every other part is at most `others`.
 * The same linear sums and geometric mean as `totalOf`, without rounding, plus what rounding can add.
 */
export function createTotalBound(others: number): TotalBound {
  const sumOthers = (direction: 'factory' | 'vendor') =>
    PART_NAMES.slice(3).reduce((sum, name) => sum + PART_WEIGHTS[direction][name] * others, 0)
  const { factory, vendor } = PART_WEIGHTS
  const baseFactory = sumOthers('factory') + 1
  const baseVendor = sumOthers('vendor') + 1
  return (problem, technique, text) =>
    1 +
    Math.sqrt(
      (baseFactory + factory.problem * problem + factory.technique * technique + factory.text * text) *
        (baseVendor + vendor.problem * problem + vendor.technique * technique + vendor.text * text),
    )
}

import type { CapabilityFeatures, ScenarioFeatures } from './features.ts'
import { findCounterfactuals } from './counterfactuals.ts'
import { listGaps } from './gaps.ts'
import { findGates } from './gates.ts'
import type { Service } from './interface.ts'
import { collectEvidence } from './parts/evidence.ts'
import { partValues, serve } from './parts.ts'
import { type Direction, directionScore, fuse, PART_WEIGHTS, splitScore } from './parts/weights.ts'
import { type DirectionScore, type Evidence, PART_NAMES, type PartName, type Score } from './types.ts'

export { partValues } from './parts.ts'
export { boundTotal, totalOf, WEIGHTS_VERSION } from './parts/weights.ts'

/** Lexical likeness of the two texts, 0 to 1, with the words that speak for it. */
export type TextMatch = { value: number; evidence: Evidence[] }
/** `explain: false` leaves out evidence and counterfactuals. */
export type ScoreOptions = { explain?: boolean }

/** One pair's score, and the total that it would have if no gate had fired. */
export type PairScore = Score & { totalWithoutGates: number }

/** What a pair's score stands on: how its requirements are served, and its part values in the order of `PART_NAMES`. */
export type WeighedPair = { services: readonly Service[]; values: Float64Array }

/**
 * Scores one pair with its proof. Each direction is exactly the sum of its parts' contributions; the total is
 * round(sqrt(factory × vendor)), 0 where a gate fires. Pure: equal input gives equal bytes.
 */
export function scorePair(
  scenario: ScenarioFeatures,
  capability: CapabilityFeatures,
  text: TextMatch,
  options: ScoreOptions = {},
): PairScore {
  const services = serve(scenario, capability)
  const values = new Float64Array(PART_NAMES.length)
  partValues(scenario, capability, text.value, values, services)
  return explainPair(scenario, capability, { services, values }, text.evidence, options)
}

/** The score of a pair that has been weighed already, with the pieces of evidence that its texts gave. */
export function explainPair(
  scenario: ScenarioFeatures,
  capability: CapabilityFeatures,
  { services, values }: WeighedPair,
  text: Evidence[],
  options: ScoreOptions = {},
): PairScore {
  const gates = findGates(scenario, capability, services)
  const explain = options.explain !== false
  const evidence = explain ? collectEvidence(scenario, capability, { values, services, text }) : undefined
  const factory = makeDirection('factory', values, evidence)
  const vendor = makeDirection('vendor', values, evidence)
  const totalWithoutGates = fuse(factory.score, vendor.score)
  const total = gates.length > 0 ? 0 : totalWithoutGates
  return {
    capabilityId: capability.input.id,
    total,
    totalWithoutGates,
    factory,
    vendor,
    gates,
    gaps: listGaps(scenario, capability, services),
    counterfactuals: explain ? findCounterfactuals({ scenario, capability }, { services, values, total }) : [],
  }
}

/** Whether any gate fires for a pair. */
export function isGated(
  scenario: ScenarioFeatures,
  capability: CapabilityFeatures,
  services: readonly Service[] = serve(scenario, capability),
): boolean {
  return findGates(scenario, capability, services).length > 0
}

function makeDirection(
  direction: Direction,
  values: Float64Array,
  evidence: Record<PartName, Evidence[]> | undefined,
): DirectionScore {
  const contributions = splitScore(direction, values)
  const parts = PART_NAMES.map((name, i) => ({
    name,
    weight: PART_WEIGHTS[direction][name],
    value: values[i] ?? 0,
    contribution: contributions[i] ?? 0,
    evidence: evidence?.[name] ?? [],
  }))
  return { score: directionScore(direction, values), parts }
}

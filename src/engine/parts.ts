import { hasPick } from './features/concepts.ts'
import type { CapabilityFeatures, ScenarioFeatures } from './features.ts'
import { dataValue, type Service, serveRequirements } from './interface.ts'
import { narrowestReach } from './interface/permission.ts'
import { Balance, type Reason, ReasonList } from './parts/balance.ts'
import { weighCommercial } from './parts/commercial.ts'
import { conceptSum } from './parts/concepts.ts'
import { weighOperation } from './parts/operation.ts'
import { weighTrackRecord } from './parts/track-record.ts'
import { NEUTRAL, PROBLEM_MISMATCH } from './parts/weights.ts'

/** How each requirement of the capability is served by the scenario's datasets. */
export function serve(scenario: ScenarioFeatures, capability: CapabilityFeatures): Service[] {
  if (capability.requirements.length === 0) return []
  const vendorReach = narrowestReach(capability.deployments)
  const { reach } = scenario.constraints
  const context = { ...(reach === undefined ? {} : { reach }), ...(vendorReach === undefined ? {} : { vendorReach }) }
  return serveRequirements(scenario.lexicon, scenario.datasets, capability.requirements, context)
}

/**
 * What the parts are worth for a pair, 0 to 1, written to `out` in the order of `PART_NAMES`. `textValue` is the lexical
 * likeness. No evidence is built, so this is what ranking calls for many pairs.
 */
export function partValues(
  scenario: ScenarioFeatures,
  capability: CapabilityFeatures,
  textValue: number,
  out: Float64Array,
  services: readonly Service[] = serve(scenario, capability),
): void {
  out[0] = problemValue(scenario, capability)
  out[1] = techniqueValue(scenario, capability)
  out[2] = Math.min(1, Math.max(0, textValue))
  out[3] = servicesValue(services, capability)
  out[4] = balanceValue('operation', scenario, capability)
  out[5] = balanceValue('commercial', scenario, capability)
  out[6] = balanceValue('trackRecord', scenario, capability)
}

/** Value of the data part. */
export function servicesValue(services: readonly Service[], { requirements }: CapabilityFeatures): number {
  return settle(dataValue(services, requirements))
}

/** The parts that are balances of reasons, with the rules that weigh them. */
const WEIGHERS = { operation: weighOperation, commercial: weighCommercial, trackRecord: weighTrackRecord }
export type BalancedPart = keyof typeof WEIGHERS

/** The reasons for a pair in such a part, for its explanation. */
export function listReasons(part: BalancedPart, scenario: ScenarioFeatures, capability: CapabilityFeatures): Reason[] {
  const list = new ReasonList()
  WEIGHERS[part](scenario, capability, list)
  return list.gains
}

const scales = new Balance()

/** Value of such a part. */
export function balanceValue(part: BalancedPart, scenario: ScenarioFeatures, capability: CapabilityFeatures): number {
  scales.reset()
  WEIGHERS[part](scenario, capability, scales)
  return settle(scales.value(NEUTRAL[part]))
}

/** Whether the vendor solves this problem: by picks of both sides, by what the texts name, by edges between them. */
export function problemValue(scenario: ScenarioFeatures, capability: CapabilityFeatures): number {
  const sum = conceptSum(scenario.plan, 'problem', capability.concepts)
  if (sum > 0) return settle(NEUTRAL.problem + (1 - NEUTRAL.problem) * sum)
  const { lexicon } = scenario
  const bothPicked = hasPick(lexicon, scenario.concepts, 'problem') && hasPick(lexicon, capability.concepts, 'problem')
  return bothPicked ? PROBLEM_MISMATCH : NEUTRAL.problem
}

/** Whether the vendor's techniques address the problem, and whether both speak of the same data and systems. */
export function techniqueValue(scenario: ScenarioFeatures, capability: CapabilityFeatures): number {
  return settle(
    NEUTRAL.technique + (1 - NEUTRAL.technique) * conceptSum(scenario.plan, 'technique', capability.concepts),
  )
}

/** Takes off the last digits, which depend on the order of a sum, so that permuted lists give the same bytes. */
export function settle(value: number): number {
  return Math.round(value * 1e9) / 1e9
}

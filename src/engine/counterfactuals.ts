import type { Change, Pair } from './counterfactuals/change.ts'
import { listDataChanges } from './counterfactuals/data-changes.ts'
import { listTermChanges } from './counterfactuals/term-changes.ts'
import type { CapabilityFeatures, ScenarioFeatures } from './features.ts'
import { findGates } from './gates.ts'
import type { Service } from './interface.ts'
import { totalOf } from './parts/weights.ts'
import { partValues, serve } from './parts.ts'
import { type Counterfactual, PART_NAMES } from './types.ts'

/** Changes shown for a pair. */
const SHOWN_MAX = 3

/**
 * The single changes that raise the total most, each with the exact difference that re-scoring the changed pair gives.
 * At most three, the greatest first; of several ways to one end the best. Ties go by code and parameters.
 */
export function findCounterfactuals(
  scenario: ScenarioFeatures,
  capability: CapabilityFeatures,
  services: readonly Service[],
  textValue: number,
): Counterfactual[] {
  const pair = { scenario, capability }
  const before = totalOfPair(pair, textValue)
  const scored = listChanges(pair, services)
    .map(change => ({ ...change, delta: totalOfPair(change.apply(pair), textValue) - before }))
    .filter(({ delta }) => delta > 0)
    .sort((a, b) => b.delta - a.delta || (keyOf(a) < keyOf(b) ? -1 : 1))
  const best = scored.filter((change, i) => scored.findIndex(({ about }) => about === change.about) === i)
  return best.slice(0, SHOWN_MAX).map(({ change, params, delta, by }) => ({ change, params, delta, by }))
}

/** Every single change that would close a gap or lift a gate of this pair, whatever it is worth. */
export function listChanges(pair: Pair, services: readonly Service[]): Change[] {
  return [...listDataChanges(pair, services), ...listTermChanges(pair)]
}

const keyOf = ({ change, params }: Change) => `${change} ${JSON.stringify(params)}`

/** The total of a changed pair, 0 where a gate still fires. */
function totalOfPair({ scenario, capability }: Pair, textValue: number): number {
  const services = serve(scenario, capability)
  if (findGates(scenario, capability, services).length > 0) return 0
  const values = new Float64Array(PART_NAMES.length)
  partValues(scenario, capability, textValue, values, services)
  return totalOf(values)
}

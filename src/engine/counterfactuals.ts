import type { CapabilityFeatures, ScenarioFeatures } from './features.ts'
import type { Service } from './interface.ts'
import type { Counterfactual } from './types.ts'

export function findCounterfactuals(
  _scenario: ScenarioFeatures,
  _capability: CapabilityFeatures,
  _services: readonly Service[],
  _text: number,
): Counterfactual[] {
  return []
}

import type { Change, Pair } from './counterfactuals/change.ts'
import { listDataChanges } from './counterfactuals/data-changes.ts'
import { listTermChanges } from './counterfactuals/term-changes.ts'
import { findGates } from './gates.ts'
import type { Service } from './interface.ts'
import { totalOf } from './parts/weights.ts'
import { balanceValue, serve, servicesValue } from './parts.ts'
import { type Counterfactual, PART_NAMES } from './types.ts'

/** Changes shown for a pair. */
const SHOWN_MAX = 3

/** A pair as it stands: how its requirements are served, its part values in the order of `PART_NAMES`, its total. */
export type Standing = { services: readonly Service[]; values: Float64Array; total: number }

/**
 * The single changes that raise the total most, each with the exact difference that re-scoring the changed pair gives.
 * At most three, the greatest first; of several ways to one end the best. Ties go by code and parameters.
 */
export function findCounterfactuals(pair: Pair, standing: Standing): Counterfactual[] {
  const scored = listChanges(pair, standing.services)
    .map(change => ({ ...change, delta: rescore(pair, standing, change.apply(pair)) - standing.total }))
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

const DATA = PART_NAMES.indexOf('data')
const OPERATION = PART_NAMES.indexOf('operation')
const COMMERCIAL = PART_NAMES.indexOf('commercial')

/**
 * The total of a changed pair, 0 where a gate still fires. No change touches a text or a concept, so the problem, the
 * technique, the text and the track record stand as they were, and data is served anew only where its sides changed.
 */
function rescore(before: Pair, standing: Standing, after: Pair): number {
  const { scenario, capability } = after
  const isServedAlike =
    scenario.datasets === before.scenario.datasets &&
    scenario.constraints === before.scenario.constraints &&
    capability.requirements === before.capability.requirements &&
    capability.deployments === before.capability.deployments
  const services = isServedAlike ? standing.services : serve(scenario, capability)
  if (findGates(scenario, capability, services).length > 0) return 0
  const values = Float64Array.from(standing.values)
  if (!isServedAlike) values[DATA] = servicesValue(services, capability)
  values[OPERATION] = balanceValue('operation', scenario, capability)
  values[COMMERCIAL] = balanceValue('commercial', scenario, capability)
  return totalOf(values)
}

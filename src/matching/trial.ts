import { type Comparison, measureGolden, measureOutcomes } from '../engine/bridge/compare.ts'
import type { BridgeModel } from '../engine/bridge/model.ts'
import { createEngine, type Engine, type EngineParts, type IndexedCapability } from '../engine/index.ts'
import type { ScenarioInput } from '../engine/types.ts'
import type { MatchOutcome, Outcomes } from './outcomes.ts'

/** Demands of which it is known what belongs at the top of their list, and the supplies to rank for them. */
export type GoldenSet = { supplies: IndexedCapability[]; demands: { input: ScenarioInput; relevant: string[] }[] }

const EVERYWHERE = ['network']
const OPEN = { audiences: EVERYWHERE }

/** Two bridges (or none) on the same outcomes and the same golden rankings, scored by the engine as it is. */
export const compareBridges = (
  parts: Omit<EngineParts, 'bridge'>,
  models: { current: BridgeModel | undefined; candidate: BridgeModel },
  later: readonly MatchOutcome[],
  known: Outcomes,
  golden: GoldenSet,
): Comparison => {
  const measure = (bridge: BridgeModel | undefined) => ({
    parks: measureOutcomes(scoreOutcomes(createEngine({ ...parts, bridge }), later, known)),
    golden: measureGolden(rankGolden(createEngine({ ...parts, bridge }), golden)),
  })
  const [current, candidate] = [measure(models.current), measure(models.candidate)]
  return {
    parks: current.parks.map(({ parkId, comparisons, measure: before }) => ({
      parkId,
      comparisons,
      current: before,
      candidate: candidate.parks.find(park => park.parkId === parkId)?.measure ?? 0,
    })),
    golden: { current: current.golden, candidate: candidate.golden },
  }
}

const scoreOutcomes = (engine: Engine, outcomes: readonly MatchOutcome[], known: Outcomes) => {
  for (const id of new Set(outcomes.map(({ capabilityId }) => capabilityId))) {
    const input = known.capabilities.get(id)
    if (input) engine.index.put({ id, organisationId: id, audiences: EVERYWHERE, input })
  }
  const totals = new Map<string, Map<string, number>>()
  return outcomes.flatMap(({ parkId, positive, scenarioId, capabilityId }) => {
    const input = known.scenarios.get(scenarioId)
    if (!input) return []
    const scored = totals.get(scenarioId) ?? engine.scoreAll(input, OPEN)
    totals.set(scenarioId, scored)
    return [{ parkId, positive, total: scored.get(capabilityId) ?? 0 }]
  })
}

const rankGolden = (engine: Engine, { supplies, demands }: GoldenSet) => {
  for (const supply of supplies) engine.index.put({ ...supply, audiences: EVERYWHERE })
  return demands.map(({ input, relevant }) => ({
    ranked: [...engine.scoreAll(input, OPEN)].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([id]) => id),
    relevant: new Set(relevant),
  }))
}

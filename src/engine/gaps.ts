import type { CapabilityFeatures, ScenarioFeatures } from './features.ts'
import type { Service } from './interface.ts'
import type { Judgement } from './interface/judgement.ts'
import type { Gap } from './types.ts'

/**
 * The rows of the data interface as the engine answers them. A dataset that only a text tells of has no place in the
 * input's `datasets`: its rows name the text instead (`haveField`), so that its tier is the one that counts.
 */
export function listGaps(
  scenario: ScenarioFeatures,
  capability: CapabilityFeatures,
  services: readonly Service[],
): Gap[] {
  const gaps: Gap[] = []
  for (const service of services) {
    const { requirement } = service
    const level = capability.requirements[requirement]?.level ?? 'required'
    for (const { share: _share, ...row } of service.judgements)
      gaps.push({ requirement, level, ...placeOf(scenario, service, row), ...row })
  }
  return gaps
}

function placeOf(scenario: ScenarioFeatures, { dataset }: Service, row: Judgement): Pick<Gap, 'dataset' | 'haveField'> {
  if (dataset < 0) return {}
  const isField = dataset < (scenario.input.datasets?.length ?? 0)
  const text = isField ? undefined : scenario.datasetSpans[dataset]?.field
  const ownReach = scenario.datasets[dataset]?.reach
  const reach = row.field === 'reach' && ownReach === undefined ? scenario.sources.reach?.field : undefined
  const read = reach !== undefined && !reach.startsWith('/constraints') ? reach : text
  return { ...(isField ? { dataset } : {}), ...(read === undefined ? {} : { haveField: read }) }
}

import type { CapabilityInput, ConceptRef, DataRequirement, Dataset, ScenarioInput } from '../../src/engine/types.ts'

/** A concept as a seed names it, with the schemes that its field may take. */
export type NamedConcept = { schemes: string[]; ref: ConceptRef }

const named = (schemes: string[], refs: ConceptRef[] | ConceptRef | undefined): NamedConcept[] =>
  (Array.isArray(refs) ? refs : refs === undefined ? [] : [refs]).map(ref => ({ schemes, ref }))

const inData = (data: Dataset | DataRequirement): NamedConcept[] => [
  ...named(['mod'], data.modality),
  ...named(['fmt'], data.formats),
  ...named(['proto'], data.protocols),
]

/** Every concept that a scenario names, in any field. */
export function listScenarioConcepts(input: Omit<ScenarioInput, 'id'>): NamedConcept[] {
  const datasets = input.datasets ?? []
  return [
    ...named(['ind'], input.industry),
    ...named(['proc'], input.processes),
    ...named(['eq'], input.equipment),
    ...named(['pb'], input.problems),
    ...(input.goals ?? []).flatMap(goal => named(['kp'], goal.kpi)),
    ...datasets.flatMap(dataset => [...inData(dataset), ...named(['sys'], dataset.systems)]),
    ...named(['dp'], input.constraints?.deployments),
    ...named(['cp'], input.constraints?.certificates),
  ]
}

/** Every concept that a capability names, in any field. */
export function listCapabilityConcepts(input: Omit<CapabilityInput, 'id'>): NamedConcept[] {
  return [
    ...named(['tech'], input.techniques),
    ...named(['pb'], input.problems),
    ...named(['ind'], input.industries),
    ...named(['proc'], input.processes),
    ...(input.dataRequirements ?? []).flatMap(inData),
    ...named(['dp'], input.deployments),
    ...named(['hw'], input.hardware),
    ...named(['proto', 'sys'], input.integrations),
    ...(input.evidence ?? []).flatMap(item => [...named(['ind'], item.industry), ...named(['kp'], item.kpi)]),
    ...named(['cp'], input.certificates),
  ]
}

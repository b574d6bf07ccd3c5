import type { Lexicon } from '../lexicon/lexicon.ts'
import type { Constraints, DataRequirement, Dataset } from '../types.ts'
import { resolveRef, resolveRefs } from './refs.ts'

/** A dataset or a requirement whose concept fields are keys (ids, or folded words), ready to be compared. */
export type HeldData = Omit<Dataset, 'modality' | 'formats' | 'protocols' | 'systems'> & {
  modality: string
  formats?: string[]
  protocols?: string[]
  systems?: string[]
}
export type NeededData = Omit<DataRequirement, 'modality' | 'formats' | 'protocols'> & {
  modality: string
  formats?: string[]
  protocols?: string[]
}
export type ResolvedConstraints = Omit<Constraints, 'deployments' | 'certificates'> & {
  deployments: string[]
  certificates: string[]
}

/** Keys for a dataset's concept fields; an empty list says nothing and becomes absent. */
export function resolveDataset(lexicon: Lexicon, dataset: Dataset): HeldData {
  const { modality, formats, protocols, systems, ...rest } = dataset
  return {
    ...rest,
    modality: resolveRef(lexicon, modality, 'modality'),
    ...listed('formats', resolveRefs(lexicon, formats, 'format')),
    ...listed('protocols', resolveRefs(lexicon, protocols, 'protocol')),
    ...listed('systems', resolveRefs(lexicon, systems, 'system')),
  }
}

/** The same for a requirement. */
export function resolveRequirement(lexicon: Lexicon, requirement: DataRequirement): NeededData {
  const { modality, formats, protocols, ...rest } = requirement
  return {
    ...rest,
    modality: resolveRef(lexicon, modality, 'modality'),
    ...listed('formats', resolveRefs(lexicon, formats, 'format')),
    ...listed('protocols', resolveRefs(lexicon, protocols, 'protocol')),
  }
}

/** Joins constraints of a field with those read in a text: what the field says wins, attribute by attribute. */
export function resolveConstraints(
  lexicon: Lexicon,
  stated: Constraints | undefined,
  implied: Constraints[],
): ResolvedConstraints {
  const merged: Constraints = {}
  for (const constraint of implied) Object.assign(merged, { ...constraint, ...merged })
  const certificates = stated?.certificates ?? implied.flatMap(constraint => constraint.certificates ?? [])
  Object.assign(merged, stated)
  const { deployments, ...rest } = merged
  return {
    ...rest,
    deployments: resolveRefs(lexicon, deployments, 'deployment'),
    certificates: resolveRefs(lexicon, certificates, 'compliance'),
  }
}

function listed<K extends string>(key: K, values: string[]): { [P in K]?: string[] } {
  return (values.length === 0 ? {} : { [key]: values }) as { [P in K]?: string[] }
}

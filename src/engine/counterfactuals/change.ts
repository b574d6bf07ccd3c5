import type { CapabilityFeatures, ScenarioFeatures } from '../features.ts'
import type { FixedBy } from '../types.ts'

/** Both sides of a pair, which a change turns into another pair. */
export type Pair = { scenario: ScenarioFeatures; capability: CapabilityFeatures }

/** Every code of a change. The list is closed, so that each has its sentence in both languages. */
export const CHANGES = [
  'labelSamples',
  'collectSamples',
  'collectNegativeSamples',
  'collectDataset',
  'convertFormat',
  'addGateway',
  'raiseSampling',
  'extendHistory',
  'updateMoreOften',
  'cleanData',
  'joinContext',
  'agreeAccess',
  'desensitise',
  'exportData',
  'confirmData',
  'lowerMinimum',
  'deployOnSite',
  'widenReach',
  'acceptDeployment',
  'raiseBudget',
  'speedUp',
  'moveDate',
  'freeCapacity',
  'obtainCertificate',
  'fileModel',
  'useDomesticHardware',
  'serveRegion',
] as const
export type ChangeCode = (typeof CHANGES)[number]

/**
 * A single change that someone could make. `about` names what it is about, so that of two ways to the same end only the
 * better is shown.
 */
export type Change = {
  change: ChangeCode
  params: Record<string, string | number>
  by: FixedBy
  about: string
  apply: (pair: Pair) => Pair
}

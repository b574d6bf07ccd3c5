import { tiersOfFields as capabilityTiers } from '../../capabilities/tiers.ts'
import { tiersOfFields as scenarioTiers } from '../../scenarios/tiers.ts'
import type { Editor } from './editor.ts'

/** What a factory writes of its demand. */
export const SCENARIO_EDITOR: Editor = {
  tiers: scenarioTiers(),
  fields: [
    { name: 'title', kind: 'line' },
    { name: 'summary', kind: 'text' },
    { name: 'details', kind: 'text' },
    { name: 'industry', kind: 'concept', schemes: ['industry'] },
    { name: 'problems', kind: 'concepts', schemes: ['problem', 'defect'] },
    { name: 'processes', kind: 'concepts', schemes: ['process'] },
    { name: 'equipment', kind: 'concepts', schemes: ['equipment'] },
    { name: 'datasets', kind: 'datasets' },
    { name: 'budget', kind: 'money' },
    { name: 'startsOn', kind: 'day' },
    { name: 'neededBy', kind: 'day' },
    { name: 'place', kind: 'line' },
  ],
}

/** What a vendor writes of its supply. */
export const CAPABILITY_EDITOR: Editor = {
  tiers: capabilityTiers(),
  fields: [
    { name: 'title', kind: 'line' },
    { name: 'summary', kind: 'text' },
    { name: 'benefits', kind: 'text' },
    { name: 'details', kind: 'text' },
    { name: 'techniques', kind: 'concepts', schemes: ['technique'] },
    { name: 'problems', kind: 'concepts', schemes: ['problem', 'defect'] },
    { name: 'industries', kind: 'concepts', schemes: ['industry'] },
    { name: 'processes', kind: 'concepts', schemes: ['process'] },
    { name: 'dataRequirements', kind: 'requirements' },
    { name: 'deployments', kind: 'concepts', schemes: ['deployment'] },
    { name: 'hardware', kind: 'concepts', schemes: ['hardware'] },
    { name: 'integrations', kind: 'concepts', schemes: ['system', 'protocol'] },
    { name: 'certificates', kind: 'concepts', schemes: ['compliance'] },
    { name: 'price', kind: 'money' },
    { name: 'leadTimeDays', kind: 'number' },
    { name: 'latencyMs', kind: 'number' },
    { name: 'trl', kind: 'number' },
    { name: 'regions', kind: 'lines' },
    { name: 'limits', kind: 'lines' },
  ],
}

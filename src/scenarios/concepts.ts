import type { ConceptFields } from '../platform/concepts.ts'

/** Which schemes of the lexicon each concept field takes. */
export const SCENARIO_CONCEPTS = {
  '/industry': ['industry'],
  '/processes/*': ['process'],
  '/equipment/*': ['equipment'],
  '/problems/*': ['problem', 'defect'],
  '/goals/*/kpi': ['kpi'],
  '/datasets/*/modality': ['modality'],
  '/datasets/*/formats/*': ['format'],
  '/datasets/*/protocols/*': ['protocol'],
  '/datasets/*/systems/*': ['system'],
  '/constraints/deployments/*': ['deployment'],
  '/constraints/certificates/*': ['compliance'],
} as const satisfies ConceptFields

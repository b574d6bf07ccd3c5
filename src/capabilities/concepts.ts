import type { ConceptFields } from '../platform/concepts.ts'

/** Which schemes of the lexicon each concept field takes. */
export const CAPABILITY_CONCEPTS = {
  '/techniques/*': ['technique'],
  '/problems/*': ['problem', 'defect'],
  '/industries/*': ['industry'],
  '/processes/*': ['process'],
  '/dataRequirements/*/modality': ['modality'],
  '/dataRequirements/*/formats/*': ['format'],
  '/dataRequirements/*/protocols/*': ['protocol'],
  '/deployments/*': ['deployment'],
  '/hardware/*': ['hardware'],
  '/integrations/*': ['system', 'protocol'],
  '/evidence/*/industry': ['industry'],
  '/evidence/*/kpi': ['kpi'],
  '/certificates/*': ['compliance'],
} as const satisfies ConceptFields

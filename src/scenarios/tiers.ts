import type { ScenarioInput, Tier } from '../engine/types.ts'
import { type Bodies, type Body, mergeTiers, splitByTier } from '../platform/tiers.ts'
import type { ScenarioFields, ScenarioTiers } from './schemas.ts'

export { tierOfField } from '../platform/tiers.ts'

/** Where each field stands unless its owner moved it up (ARCHITECTURE.md, "Who sees what"). */
const FIELD_TIERS = {
  language: 'public',
  title: 'public',
  summary: 'public',
  industry: 'public',
  processes: 'public',
  problems: 'public',
  goals: 'public',
  place: 'public',
  datasets: 'shared',
  constraints: 'shared',
  budget: 'shared',
  startsOn: 'shared',
  neededBy: 'shared',
  details: 'sealed',
  equipment: 'sealed',
  contact: 'sealed',
} as const satisfies Record<keyof ScenarioFields, Tier>

/** A whole scenario: what it says and which fields were moved up. */
export type WholeScenario = { fields: ScenarioFields; moved?: ScenarioTiers | undefined }

/** The tier of every field. */
export const tiersOfFields = (moved: ScenarioTiers = {}): Record<keyof ScenarioFields, Tier> => ({
  ...FIELD_TIERS,
  ...moved,
})

/** The three bodies of a scenario. Which fields were moved up is itself sealed. */
export const splitScenario = ({ fields, moved }: WholeScenario): Bodies => {
  const bodies = splitByTier(fields, tiersOfFields(moved))
  return moved ? { ...bodies, sealed: { ...bodies.sealed, tiers: moved } } : bodies
}

/** The scenario as far as its bodies could be read. The bodies hold what `splitScenario` put into them. */
export const mergeScenario = (bodies: Partial<Record<keyof Bodies, Body | null>>): WholeScenario => {
  const { tiers: moved, ...fields } = mergeTiers(bodies) as ScenarioFields & { tiers?: ScenarioTiers }
  return { fields, ...(moved ? { moved } : {}) }
}

/** What the engine reads: everything but the persons. */
export const toScenarioInput = (id: string, { contact: _, ...fields }: ScenarioFields): ScenarioInput => ({
  id,
  ...fields,
})

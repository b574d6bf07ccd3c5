import type { CapabilityInput, Tier } from '../engine/types.ts'
import { type Bodies, type Body, mergeTiers, splitByTier } from '../platform/tiers.ts'
import type { CapabilityFields, CapabilityTiers } from './schemas.ts'

export { tierOfField } from '../platform/tiers.ts'

/** Where each field stands unless its owner moved it up. What the vendor asks for is public: it is his question. */
const FIELD_TIERS = {
  language: 'public',
  title: 'public',
  summary: 'public',
  benefits: 'public',
  techniques: 'public',
  problems: 'public',
  industries: 'public',
  processes: 'public',
  dataRequirements: 'public',
  deployments: 'public',
  latencyMs: 'public',
  hardware: 'public',
  integrations: 'public',
  evidence: 'public',
  regions: 'public',
  certificates: 'public',
  limits: 'public',
  trl: 'public',
  genaiFiling: 'public',
  price: 'shared',
  leadTimeDays: 'shared',
  capacity: 'shared',
  capacityUsed: 'shared',
  details: 'sealed',
  contact: 'sealed',
} as const satisfies Record<keyof CapabilityFields, Tier>

/** A whole capability: what it says and which fields were moved up. */
export type WholeCapability = { fields: CapabilityFields; moved?: CapabilityTiers | undefined }

/** The tier of every field. */
export const tiersOfFields = (moved: CapabilityTiers = {}): Record<keyof CapabilityFields, Tier> => ({
  ...FIELD_TIERS,
  ...moved,
})

/** The three bodies of a capability. Which fields were moved up is itself sealed. */
export const splitCapability = ({ fields, moved }: WholeCapability): Bodies => {
  const bodies = splitByTier(fields, tiersOfFields(moved))
  return moved ? { ...bodies, sealed: { ...bodies.sealed, tiers: moved } } : bodies
}

/** The capability as far as its bodies could be read. The bodies hold what `splitCapability` put into them. */
export const mergeCapability = (bodies: Partial<Record<keyof Bodies, Body | null>>): WholeCapability => {
  const { tiers: moved, ...fields } = mergeTiers(bodies) as CapabilityFields & { tiers?: CapabilityTiers }
  return { fields, ...(moved ? { moved } : {}) }
}

/** What the engine reads: everything but the persons. */
export const toCapabilityInput = (id: string, { contact: _, ...fields }: CapabilityFields): CapabilityInput => ({
  id,
  ...fields,
})

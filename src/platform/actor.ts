/**
 * Who acts. Row-level security reads the same facts from the settings that `transaction` makes of them, so a wrong
 * actor cannot see more by asking more cleverly.
 */
export const ROLES = ['owner', 'editor', 'reader'] as const
export type Role = (typeof ROLES)[number]

export const ORGANISATION_KINDS = [
  'manufacturer',
  'vendor',
  'institute',
  'provider',
  'government',
  'park',
  'operator',
] as const
export type OrganisationKind = (typeof ORGANISATION_KINDS)[number]

/** Someone who acts for an organisation, through a key. */
export type Member = {
  kind: 'member'
  organisationId: string
  organisationKind: OrganisationKind
  role: Role
  keyId: string
  scopes: string[]
  /** Parks where the organisation is an active member. */
  parkIds: string[]
  /** Parks that this organisation itself is the administration of. */
  adminParkIds: string[]
}

export type Actor = Member | { kind: 'anonymous' } | { kind: 'worker' }

/** An owner or editor of the park's own organisation. */
export const administers = (actor: Actor, parkId: string): boolean =>
  actor.kind === 'member' && actor.role !== 'reader' && actor.adminParkIds.includes(parkId)

/** Someone who runs the deployment. Reads no tier above public. */
export const isOperator = (actor: Actor): boolean =>
  actor.kind === 'member' && actor.organisationKind === 'operator' && actor.role !== 'reader'

/** May change what belongs to the organisation. */
export const mayEdit = (actor: Actor): actor is Member => actor.kind === 'member' && actor.role !== 'reader'

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

/** Someone who acts for an organisation: a program through a key, or a person through a session. */
export type Member = {
  kind: 'member'
  organisationId: string
  organisationKind: OrganisationKind
  role: Role
  /** The key that the request came with; absent where a person is signed in. */
  keyId?: string | undefined
  /** The person who is signed in, and in which session; absent where the request came with a key. */
  personId?: string | undefined
  sessionId?: string | undefined
  /** The session was opened by what an organisation handed over, and is good for that organisation alone. */
  isBound?: boolean | undefined
  /** What the key may be used for; none means everything that its role may. */
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

/** Id of the key or of the person behind a member: what a record names as the one who did it. */
export const credentialOf = (actor: Member): string => actor.keyId ?? actor.personId ?? ''

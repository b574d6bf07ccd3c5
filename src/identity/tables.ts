import { sql } from 'drizzle-orm'
import { boolean, index, integer, pgTable, primaryKey, smallint, text, uniqueIndex } from 'drizzle-orm/pg-core'
import type { Language } from '../engine/types.ts'
import type { OrganisationKind, Role } from '../platform/actor.ts'
import { bytea, instant } from '../platform/columns.ts'

export const organisations = pgTable(
  'organisations',
  {
    id: text().primaryKey(),
    kind: text().$type<OrganisationKind>().notNull(),
    name: text().notNull(),
    nameEn: text(),
    city: text(),
    /** Unified social credit code (GB 32100-2015), where the company gave it. */
    creditCode: text(),
    /**
     * Registered by somebody under a name or a code that another organisation has: he is not told, so that registering
     * does not tell who is here, and no park can make it an active member.
     */
    isClaim: boolean().notNull().default(false),
    createdAt: instant().notNull(),
  },
  table => [
    uniqueIndex('organisations_name_once').on(table.name).where(sql`not is_claim`),
    uniqueIndex('organisations_code_once').on(table.creditCode).where(sql`not is_claim`),
  ],
)

export const parks = pgTable('parks', {
  id: text().primaryKey(),
  slug: text().notNull().unique(),
  name: text().notNull(),
  nameEn: text(),
  region: text().notNull(),
  timeZone: text().notNull(),
  /** The park's own organisation: its owners and editors are the park's administrators. */
  organisationId: text()
    .notNull()
    .unique()
    .references(() => organisations.id),
  createdAt: instant().notNull(),
})

export const MEMBERSHIP_STATES = ['requested', 'active', 'suspended'] as const
export type MembershipState = (typeof MEMBERSHIP_STATES)[number]

export const memberships = pgTable(
  'memberships',
  {
    parkId: text()
      .notNull()
      .references(() => parks.id),
    organisationId: text()
      .notNull()
      .references(() => organisations.id),
    state: text().$type<MembershipState>().notNull(),
    createdAt: instant().notNull(),
    decidedAt: instant(),
  },
  table => [primaryKey({ columns: [table.parkId, table.organisationId] }), index().on(table.organisationId)],
)

export const apiKeys = pgTable(
  'api_keys',
  {
    id: text().primaryKey(),
    organisationId: text()
      .notNull()
      .references(() => organisations.id),
    /** Who made it: a park makes the first key of a company that it registers, and may read that card again. */
    madeById: text()
      .notNull()
      .references(() => organisations.id),
    name: text().notNull(),
    role: text().$type<Role>().notNull(),
    scopes: text().array().notNull(),
    /** The first characters, so that an owner can tell his keys apart. */
    prefix: text().notNull(),
    /** SHA-256 of the key: 32 random bytes need neither salt nor a slow hash. */
    hash: bytea().notNull().unique(),
    createdAt: instant().notNull(),
    expiresAt: instant(),
    revokedAt: instant(),
    lastUsedAt: instant(),
    /** The key that takes its place; a key has one successor. */
    replacedById: text(),
  },
  table => [index().on(table.organisationId)],
)

/**
 * How far an object is open to an organisation: 1 shared, 2 sealed. Only two functions of the database's owner read
 * and move it, so that neither a policy nor a service can be talked into more.
 */
export const disclosures = pgTable(
  'disclosures',
  {
    objectId: text().notNull(),
    organisationId: text()
      .notNull()
      .references(() => organisations.id),
    stage: smallint().notNull(),
  },
  table => [primaryKey({ columns: [table.objectId, table.organisationId] })],
)

/** What a POST with an `Idempotency-Key` made. Never a body: a repeat is rendered afresh for the caller as he is now. */
export const idempotencyKeys = pgTable(
  'idempotency_keys',
  {
    organisationId: text().notNull(),
    /** Id of the API key, or of the person who is signed in. */
    callerId: text().notNull(),
    key: text().notNull(),
    requestHash: bytea().notNull(),
    status: smallint().notNull(),
    resourceId: text().notNull(),
    hadSecret: boolean().notNull(),
    createdAt: instant().notNull(),
  },
  table => [
    primaryKey({ columns: [table.organisationId, table.callerId, table.key] }),
    index('idempotency_keys_created_at').on(table.createdAt),
  ],
)

/** Someone who signs in. His e-mail address, in lower case, is what he is known by. */
export const people = pgTable('people', {
  id: text().primaryKey(),
  email: text().notNull().unique(),
  /** When a provider or a mailed link proved that the address is his; absent while somebody else handed him his links. */
  emailVerifiedAt: instant(),
  name: text().notNull(),
  language: text().$type<Language>().notNull(),
  createdAt: instant().notNull(),
})

/** What a person may do for an organisation. */
export const positions = pgTable(
  'positions',
  {
    personId: text()
      .notNull()
      .references(() => people.id),
    organisationId: text()
      .notNull()
      .references(() => organisations.id),
    role: text().$type<Role>().notNull(),
    createdAt: instant().notNull(),
  },
  table => [primaryKey({ columns: [table.personId, table.organisationId] }), index().on(table.organisationId)],
)

/** Argon2id in the PHC string format. Apart from the person, so that no query about people can carry it away. */
export const passwords = pgTable('passwords', {
  personId: text()
    .primaryKey()
    .references(() => people.id),
  hash: text().notNull(),
  changedAt: instant().notNull(),
})

/**
 * Tries of a password by the digest of the address that was typed, known or not: a stranger learns nothing from being
 * locked out. A try is counted before it is checked, so that parallel guesses count too.
 */
export const passwordTries = pgTable('password_tries', {
  emailHash: bytea().primaryKey(),
  tries: integer().notNull(),
  since: instant().notNull(),
  lockedUntil: instant(),
})

/** A link that signs one person in once. Its token is made when it is handed over, and only its SHA-256 is kept. */
export const signInLinks = pgTable(
  'sign_in_links',
  {
    id: text().primaryKey(),
    /** Absent where nobody has the address that was typed: asking costs the same and answers the same. */
    personId: text().references(() => people.id),
    /** Handed over by this organisation: it opens nothing else. Absent where it goes to the person's own address. */
    organisationId: text().references(() => organisations.id),
    hash: bytea().unique(),
    createdAt: instant().notNull(),
    expiresAt: instant().notNull(),
    usedAt: instant(),
  },
  table => [index().on(table.personId), index().on(table.expiresAt)],
)

export const SIGN_IN_METHODS = ['link', 'password', 'invitation', 'oidc'] as const
export type SignInMethod = (typeof SIGN_IN_METHODS)[number]

/** A signed-in browser. It holds the token; here is only its SHA-256. */
export const sessions = pgTable(
  'sessions',
  {
    id: text().primaryKey(),
    personId: text()
      .notNull()
      .references(() => people.id),
    /** The organisation that the person acts for in this session. */
    organisationId: text()
      .notNull()
      .references(() => organisations.id),
    /** Opened by what an organisation handed over: it cannot change to another one. */
    isBound: boolean().notNull(),
    hash: bytea().notNull().unique(),
    method: text().$type<SignInMethod>().notNull(),
    userAgent: text(),
    createdAt: instant().notNull(),
    lastSeenAt: instant().notNull(),
    expiresAt: instant().notNull(),
    revokedAt: instant(),
  },
  table => [index().on(table.personId), index().on(table.expiresAt)],
)

export const INVITATION_STATES = ['pending', 'accepted', 'revoked'] as const
export type InvitationState = (typeof INVITATION_STATES)[number]

/** A seat that waits for somebody. Whoever brings the token takes it; only its SHA-256 is kept. */
export const invitations = pgTable(
  'invitations',
  {
    id: text().primaryKey(),
    organisationId: text()
      .notNull()
      .references(() => organisations.id),
    role: text().$type<Role>().notNull(),
    email: text().notNull(),
    personName: text(),
    state: text().$type<InvitationState>().notNull(),
    hash: bytea().unique(),
    /** Of the token that was mailed: a second one, because the first is in the answer to whoever invited. */
    mailHash: bytea().unique(),
    mailAttempts: integer().notNull().default(0),
    mailedAt: instant(),
    /** Who invites: the organisation itself, or the park that wants it as a member. */
    madeById: text()
      .notNull()
      .references(() => organisations.id),
    createdAt: instant().notNull(),
    expiresAt: instant().notNull(),
    decidedAt: instant(),
  },
  table => [
    index().on(table.madeById, table.id),
    uniqueIndex('invitations_pending').on(table.organisationId, table.email).where(sql`state = 'pending'`),
  ],
)

/** Who a person is at a provider of OpenID Connect. */
export const personIdentities = pgTable(
  'person_identities',
  {
    issuer: text().notNull(),
    subject: text().notNull(),
    personId: text()
      .notNull()
      .references(() => people.id),
    createdAt: instant().notNull(),
  },
  table => [primaryKey({ columns: [table.issuer, table.subject] }), index().on(table.personId)],
)

export * from './exclusion-tables.ts'

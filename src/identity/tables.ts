import { boolean, index, pgTable, primaryKey, smallint, text } from 'drizzle-orm/pg-core'
import type { OrganisationKind, Role } from '../platform/actor.ts'
import { bytea, instant } from '../platform/columns.ts'

export const organisations = pgTable('organisations', {
  id: text().primaryKey(),
  kind: text().$type<OrganisationKind>().notNull(),
  name: text().notNull().unique(),
  nameEn: text(),
  city: text(),
  /** Unified social credit code (GB 32100-2015), where the company gave it. */
  creditCode: text().unique(),
  createdAt: instant().notNull(),
})

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
    apiKeyId: text()
      .notNull()
      .references(() => apiKeys.id),
    key: text().notNull(),
    organisationId: text().notNull(),
    requestHash: bytea().notNull(),
    status: smallint().notNull(),
    resourceId: text().notNull(),
    hadSecret: boolean().notNull(),
    createdAt: instant().notNull(),
  },
  table => [
    primaryKey({ columns: [table.apiKeyId, table.key] }),
    index('idempotency_keys_created_at').on(table.createdAt),
  ],
)

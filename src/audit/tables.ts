import { sql } from 'drizzle-orm'
import { bigint, index, jsonb, pgTable, text, uniqueIndex } from 'drizzle-orm/pg-core'
import { bytea, instant } from '../platform/columns.ts'
import type { AuditAction } from './actions.ts'

/**
 * One row for each action, written in its transaction. Nobody may change or delete a row: the only columns that are
 * ever written later are `position` and `hash`, once, by the sealer. No key of another room is referred to, so that the
 * record outlives what it speaks of.
 */
export const auditEntries = pgTable(
  'audit_entries',
  {
    id: text().primaryKey(),
    /** The park whose chain it is in, or `platform`. */
    chain: text().notNull(),
    parkId: text(),
    /** The organisation that acted; absent where the platform itself did, or a stranger. */
    organisationId: text(),
    /** The key or person by which it acted. */
    credentialId: text(),
    action: text().$type<AuditAction>().notNull(),
    objectId: text().notNull(),
    /** HMAC-SHA-256 of what was written, in hexadecimal, with the organisation's own key. */
    digests: jsonb().$type<Record<string, string>>().notNull(),
    at: instant().notNull(),
    /** Its place in the chain, from 1: the sealer's count, whatever order the transactions committed in. */
    position: bigint({ mode: 'number' }),
    hash: bytea(),
  },
  table => [
    uniqueIndex('audit_entries_chain_position').on(table.chain, table.position),
    index('audit_entries_unsealed').on(table.at, table.id).where(sql`position is null`),
    index('audit_entries_organisation').on(table.organisationId, table.id),
  ],
)

/** The end of each chain, so that a record which was cut off at its end is found too. */
export const auditHeads = pgTable('audit_heads', {
  chain: text().primaryKey(),
  position: bigint({ mode: 'number' }).notNull(),
  hash: bytea().notNull(),
  sealedAt: instant().notNull(),
})

/** An organisation's key for digests, sealed. Without it a digest says nothing: erasure destroys it. */
export const auditKeys = pgTable('audit_keys', {
  organisationId: text().primaryKey(),
  sealed: bytea().notNull(),
  createdAt: instant().notNull(),
})

import { sql } from 'drizzle-orm'
import { index, integer, jsonb, pgTable, text } from 'drizzle-orm/pg-core'
import type { Language } from '../engine/types.ts'
import { organisations } from '../identity/tables.ts'
import { instant, xid8 } from '../platform/columns.ts'

export const CAPABILITY_STATES = ['draft', 'published', 'withdrawn'] as const
export type CapabilityState = (typeof CAPABILITY_STATES)[number]

/** Supply, tiered as demand is: this row and its `body` are the public tier. */
export const capabilities = pgTable(
  'capabilities',
  {
    id: text().primaryKey(),
    organisationId: text()
      .notNull()
      .references(() => organisations.id),
    state: text().$type<CapabilityState>().notNull(),
    language: text().$type<Language>(),
    title: text().notNull(),
    problems: text().array().notNull(),
    techniques: text().array().notNull(),
    /** Ids of parks, or the word `network`. */
    audiences: text().array().notNull(),
    /** Parks that have suspended its owner: it is not shown or matched there. A trigger of `memberships` sets it. */
    withheldParkIds: text().array().notNull().default([]),
    body: jsonb().$type<Record<string, unknown>>().notNull(),
    version: integer().notNull(),
    createdAt: instant().notNull(),
    updatedAt: instant().notNull(),
    publishedAt: instant(),
    feedXid: xid8().notNull().default(sql`pg_current_xact_id()`),
  },
  table => [
    index('capabilities_organisation').on(table.organisationId, table.id),
    index('capabilities_state').on(table.state, table.id),
    index('capabilities_feed').on(table.feedXid),
  ],
)

const tierTable = (name: string) =>
  pgTable(name, {
    capabilityId: text()
      .primaryKey()
      .references(() => capabilities.id, { onDelete: 'cascade' }),
    organisationId: text().notNull(),
    body: jsonb().$type<Record<string, unknown>>().notNull(),
  })

export const capabilityShared = tierTable('capability_shared')
export const capabilitySealed = tierTable('capability_sealed')

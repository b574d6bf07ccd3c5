import { sql } from 'drizzle-orm'
import { boolean, index, integer, jsonb, pgTable, text } from 'drizzle-orm/pg-core'
import type { Language } from '../engine/types.ts'
import { organisations, parks } from '../identity/tables.ts'
import { instant, xid8 } from '../platform/columns.ts'

export const SCENARIO_STATES = ['draft', 'submitted', 'returned', 'published', 'withdrawn', 'expired'] as const
export type ScenarioState = (typeof SCENARIO_STATES)[number]
export const VISIBILITIES = ['park', 'network'] as const
export type Visibility = (typeof VISIBILITIES)[number]

/**
 * Demand. This row and its `body` are the public tier; the other tiers are tables of their own, because row-level
 * security hides rows and not columns. A field that its owner moved up stands in the body of the higher tier.
 */
export const scenarios = pgTable(
  'scenarios',
  {
    id: text().primaryKey(),
    parkId: text()
      .notNull()
      .references(() => parks.id),
    organisationId: text()
      .notNull()
      .references(() => organisations.id),
    state: text().$type<ScenarioState>().notNull(),
    visibility: text().$type<Visibility>().notNull(),
    language: text().$type<Language>(),
    title: text().notNull(),
    industry: text(),
    problems: text().array().notNull(),
    body: jsonb().$type<Record<string, unknown>>().notNull(),
    /** Raised by each change; the entity tag. */
    version: integer().notNull(),
    createdAt: instant().notNull(),
    updatedAt: instant().notNull(),
    publishedAt: instant(),
    /** The park has suspended its owner: nobody else sees it and it is not matched. A trigger of `memberships` sets it. */
    isWithheld: boolean().notNull().default(false),
    expiresAt: instant(),
    /** When the newest score job for this scenario finished: what the park's report calls "scored". */
    scoredAt: instant(),
    /** Every change of supply by a transaction below this one is in the stored ranking. */
    scoredHorizon: xid8(),
    /** Since when no capability reaches the park's threshold; absent while one does or before the first score. */
    unservedSince: instant(),
    /** Total that a pair must reach to enter the fifty stored ones; 0 while there are fewer. */
    entryScore: integer().notNull().default(0),
    /** The transaction that changed the row last: the change feed of the index pages by it. */
    feedXid: xid8().notNull().default(sql`pg_current_xact_id()`),
  },
  table => [
    index('scenarios_park').on(table.parkId, table.state, table.id),
    index('scenarios_organisation').on(table.organisationId, table.id),
    index('scenarios_feed').on(table.feedXid),
    index('scenarios_expiry').on(table.expiresAt).where(sql`state = 'published' and expires_at is not null`),
  ],
)

const tierTable = (name: string) =>
  pgTable(name, {
    scenarioId: text()
      .primaryKey()
      .references(() => scenarios.id, { onDelete: 'cascade' }),
    parkId: text().notNull(),
    organisationId: text().notNull(),
    body: jsonb().$type<Record<string, unknown>>().notNull(),
  })

export const scenarioShared = tierTable('scenario_shared')
export const scenarioSealed = tierTable('scenario_sealed')

export const REVIEW_DECISIONS = ['approve', 'return'] as const
export type ReviewDecision = (typeof REVIEW_DECISIONS)[number]

/** What the park last decided about a scenario, and why: for its author and the park's administration alone. */
export const scenarioReviews = pgTable('scenario_reviews', {
  scenarioId: text()
    .primaryKey()
    .references(() => scenarios.id, { onDelete: 'cascade' }),
  parkId: text().notNull(),
  organisationId: text().notNull(),
  decision: text().$type<ReviewDecision>().notNull(),
  reason: text(),
  decidedAt: instant().notNull(),
})

import { sql } from 'drizzle-orm'
import { boolean, index, integer, jsonb, pgTable, text, unique } from 'drizzle-orm/pg-core'
import { events } from '../events/tables.ts'
import { organisations } from '../identity/tables.ts'
import { bytea, instant } from '../platform/columns.ts'

export const ENDPOINT_STATES = ['active', 'disabled'] as const
export type EndpointState = (typeof ENDPOINT_STATES)[number]
export const DISABLED_REASONS = ['gone', 'failing', 'blocked_address', 'manual'] as const
export type DisabledReason = (typeof DISABLED_REASONS)[number]

/** Predicates over the event's data, evaluated at fan-out. An absent one lets everything pass. */
export type EndpointFilters = { industries?: string[]; parkIds?: string[]; problems?: string[]; totalMin?: number }

export const endpoints = pgTable(
  'endpoints',
  {
    id: text().primaryKey(),
    organisationId: text()
      .notNull()
      .references(() => organisations.id),
    url: text().notNull(),
    description: text(),
    /** Event types, with `match.*` standing for all of a noun and `*` for everything. */
    eventTypes: text().array().notNull(),
    filters: jsonb().$type<EndpointFilters>().notNull(),
    state: text().$type<EndpointState>().notNull(),
    disabledReason: text().$type<DisabledReason>(),
    disabledAt: instant(),
    /** Custom headers, sealed: their values are never shown again. */
    headersSealed: bytea(),
    headerNames: text().array().notNull(),
    /** Delays between attempts in seconds, where the endpoint has its own. */
    retrySchedule: integer().array(),
    concurrencyMax: integer().notNull(),
    /** Attempts per second; 0 is unlimited. */
    rateMax: integer().notNull(),
    /** Whether an endpoint that only fails is disabled by itself. */
    autoDisable: boolean().notNull().default(true),
    /** Health, for the rules of auto-disable and slow-down. */
    failingSince: instant(),
    failedDeliveries: integer().notNull().default(0),
    timeoutsInRow: integer().notNull().default(0),
    blockedDials: integer().notNull().default(0),
    firstBlockedAt: instant(),
    warnedPercent: integer().notNull().default(0),
    pausedUntil: instant(),
    /** Number of the delivery written last; the header `duijie-sequence`. */
    sequence: integer().notNull().default(0),
    /** When a drain of the endpoint was last added to the queue by the sweep. */
    generation: integer().notNull().default(0),
    version: integer().notNull(),
    createdAt: instant().notNull(),
    updatedAt: instant().notNull(),
    deletedAt: instant(),
  },
  table => [index('endpoints_organisation').on(table.organisationId).where(sql`deleted_at is null`)],
)

export const endpointSecrets = pgTable(
  'endpoint_secrets',
  {
    id: text().primaryKey(),
    endpointId: text()
      .notNull()
      .references(() => endpoints.id, { onDelete: 'cascade' }),
    organisationId: text().notNull(),
    sealed: bytea().notNull(),
    createdAt: instant().notNull(),
    /** From then on it signs no more; absent for the current one. */
    expiresAt: instant(),
  },
  table => [index().on(table.endpointId)],
)

export const DELIVERY_STATES = ['pending', 'delivered', 'held', 'exhausted', 'withdrawn', 'dropped'] as const
export type DeliveryState = (typeof DELIVERY_STATES)[number]

/** One event for one endpoint: the bytes to send, and how far sending has come. */
export const deliveries = pgTable(
  'deliveries',
  {
    id: text().primaryKey(),
    eventId: text()
      .notNull()
      .references(() => events.id),
    endpointId: text()
      .notNull()
      .references(() => endpoints.id, { onDelete: 'cascade' }),
    organisationId: text().notNull(),
    eventType: text().notNull(),
    /** Serialised once; signed and sent as these bytes. */
    body: text().notNull(),
    sequence: integer().notNull(),
    state: text().$type<DeliveryState>().notNull(),
    /** Why it is held, withdrawn or exhausted, as a code. */
    reason: text(),
    attempts: integer().notNull().default(0),
    /** Attempts made in the current round: a resend starts the schedule anew. */
    round: integer().notNull().default(0),
    nextAttemptAt: instant(),
    leaseUntil: instant(),
    generation: integer().notNull().default(0),
    isTest: boolean().notNull().default(false),
    createdAt: instant().notNull(),
    settledAt: instant(),
  },
  table => [
    unique('deliveries_event_endpoint').on(table.eventId, table.endpointId),
    index('deliveries_due').on(table.endpointId, table.nextAttemptAt).where(sql`state = 'pending'`),
    index('deliveries_sweep').on(table.nextAttemptAt).where(sql`state = 'pending'`),
    index('deliveries_organisation').on(table.organisationId, table.id),
    index('deliveries_held').on(table.endpointId, table.sequence).where(sql`state = 'held'`),
  ],
)

export const attempts = pgTable(
  'attempts',
  {
    id: text().primaryKey(),
    deliveryId: text()
      .notNull()
      .references(() => deliveries.id, { onDelete: 'cascade' }),
    organisationId: text().notNull(),
    number: integer().notNull(),
    trigger: text().$type<'schedule' | 'resend' | 'recovery' | 'test'>().notNull(),
    at: instant().notNull(),
    outcome: text().notNull(),
    status: integer(),
    errorCode: text(),
    remoteAddress: text(),
    timings: jsonb().$type<Record<string, number>>().notNull(),
    excerpt: text(),
    nextAttemptAt: instant(),
  },
  table => [index('attempts_delivery').on(table.deliveryId, table.number), index('attempts_at').on(table.at)],
)

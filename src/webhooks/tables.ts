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

/** How many, by when they end (RFC 3339). */
export type Leases = Record<string, number>

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
    slowInRow: integer().notNull().default(0),
    blockedDials: integer().notNull().default(0),
    firstBlockedAt: instant(),
    warnedPercent: integer().notNull().default(0),
    pausedUntil: instant(),
    /** How many attempts count towards `rateMax` until when, by that time (RFC 3339). */
    rateSpent: jsonb().$type<Leases>().notNull().default({}),
    /**
     * How many deliveries are on lease until when, by the end of the lease (RFC 3339). It stands here, in the row that
     * whoever claims has locked, so that the leases of an endpoint are counted without an index over all of them.
     */
    leases: jsonb().$type<Leases>().notNull().default({}),
    /** Number of the delivery written last; the header `duijie-sequence`. */
    sequence: integer().notNull().default(0),
    /** When somebody must look at the endpoint at the latest; absent while nothing is open. The sweep goes by it. */
    wakeAt: instant(),
    /** For when a delayed drain was added to the queue last, so that one is not added for every look. */
    drainAt: instant(),
    /** Part of the job ids of its drains: raised where the same cause asks for a drain again. */
    generation: integer().notNull().default(0),
    version: integer().notNull(),
    createdAt: instant().notNull(),
    updatedAt: instant().notNull(),
    deletedAt: instant(),
  },
  table => [
    index('endpoints_organisation').on(table.organisationId).where(sql`deleted_at is null`),
    index('endpoints_wake').on(table.wakeAt).where(sql`wake_at is not null`),
  ],
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
    /** When it was shown again after it was made, and to which key or person. */
    revealedAt: instant(),
    revealedToKeyId: text(),
  },
  table => [index().on(table.endpointId)],
)

export const DELIVERY_STATES = ['pending', 'delivered', 'held', 'exhausted', 'withdrawn', 'dropped'] as const
export type DeliveryState = (typeof DELIVERY_STATES)[number]

export const TRIGGERS = ['schedule', 'resend', 'recovery', 'test'] as const
/** What an attempt was made for. */
export type Trigger = (typeof TRIGGERS)[number]

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
    trigger: text().$type<Trigger>().notNull().default('schedule'),
    nextAttemptAt: instant(),
    /** Until then whoever claimed it is sending it; absent while nobody is. Also names the claim. */
    leaseUntil: instant(),
    /** When an attempt failed last: each delivery counts once towards the health of its endpoint. */
    failedAt: instant(),
    isTest: boolean().notNull().default(false),
    createdAt: instant().notNull(),
    settledAt: instant(),
  },
  table => [
    unique('deliveries_event_endpoint').on(table.eventId, table.endpointId),
    index('deliveries_due').on(table.endpointId, table.nextAttemptAt, table.sequence).where(sql`state = 'pending'`),
    index('deliveries_sequence').on(table.endpointId, table.sequence),
    index('deliveries_organisation').on(table.organisationId, table.id),
    index('deliveries_undelivered').on(table.organisationId, table.id).where(sql`state <> 'delivered'`),
    index('deliveries_held').on(table.endpointId).where(sql`state = 'held'`),
    // Rows come to rest about in the order in which they were written: a summary of page ranges finds the old ones.
    index('deliveries_settled').using('brin', table.settledAt),
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
    trigger: text().$type<Trigger>().notNull(),
    at: instant().notNull(),
    outcome: text().notNull(),
    status: integer(),
    errorCode: text(),
    remoteAddress: text(),
    timings: jsonb().$type<Record<string, number>>().notNull(),
    excerpt: text(),
    nextAttemptAt: instant(),
  },
  table => [
    index('attempts_delivery').on(table.deliveryId, table.number),
    index('attempts_at').using('brin', table.at),
  ],
)

export const RECOVERY_STATES = ['running', 'done', 'cancelled'] as const
export type RecoveryState = (typeof RECOVERY_STATES)[number]

/**
 * A request to send again what an endpoint has missed, or to drop it. It is worked off in small steps by the endpoint's
 * drains, so it survives a restart and can be cancelled between two of them.
 */
export const recoveries = pgTable(
  'recoveries',
  {
    id: text().primaryKey(),
    endpointId: text()
      .notNull()
      .references(() => endpoints.id, { onDelete: 'cascade' }),
    organisationId: text().notNull(),
    action: text().$type<'replay' | 'drop'>().notNull(),
    /** States of the deliveries that are taken up. */
    states: text().array().$type<DeliveryState[]>().notNull(),
    /** Whether deliveries are written for events that the endpoint has none of. */
    withMissing: boolean().notNull(),
    since: instant().notNull(),
    until: instant().notNull(),
    state: text().$type<RecoveryState>().notNull(),
    /** How far it has come: first through the events that have no delivery, then through the deliveries. */
    eventCursor: text(),
    sequenceCursor: integer(),
    /** How many were written or taken up. */
    written: integer().notNull().default(0),
    takenUp: integer().notNull().default(0),
    createdAt: instant().notNull(),
    finishedAt: instant(),
  },
  table => [
    index('recoveries_endpoint').on(table.endpointId, table.id),
    index('recoveries_running').on(table.endpointId).where(sql`state = 'running'`),
  ],
)

import { sql } from 'drizzle-orm'
import { bigint, index, integer, jsonb, pgTable, primaryKey, text } from 'drizzle-orm/pg-core'
import { instant, xid8 } from '../platform/columns.ts'

/**
 * The outbox and the log in one: a row is written in the transaction of what it tells, dispatched to the queues by the
 * relay, and kept for readers who poll. `xid` orders readers that can never look back: everything below the oldest
 * running transaction is complete.
 */
export const events = pgTable(
  'events',
  {
    id: text().primaryKey(),
    seq: bigint({ mode: 'number' }).notNull().generatedAlwaysAsIdentity(),
    xid: xid8().notNull().default(sql`pg_current_xact_id()`),
    type: text().notNull(),
    parkId: text(),
    /** The organisation whose action it was; absent where the platform itself acted. */
    actorId: text(),
    data: jsonb().$type<Record<string, unknown>>().notNull(),
    /** The span that told of it, where traces are made: what follows from the event goes on from there. */
    traceparent: text(),
    occurredAt: instant().notNull(),
    dispatchedAt: instant(),
    /** Raised by the sweep when the queue has forgotten the event's jobs. */
    generation: integer().notNull().default(0),
    /** When every job that the event caused had done its work; absent while something is still due. */
    doneAt: instant(),
  },
  table => [
    index('events_undispatched').on(table.seq).where(sql`dispatched_at is null`),
    index('events_unfinished').on(table.dispatchedAt).where(sql`done_at is null and dispatched_at is not null`),
    index('events_type').on(table.type, table.seq),
  ],
)

/** Which organisation may read which event, in the order in which a reader pages through them. */
export const eventReaders = pgTable(
  'event_readers',
  {
    organisationId: text().notNull(),
    xid: xid8().notNull().default(sql`pg_current_xact_id()`),
    eventId: text()
      .notNull()
      .references(() => events.id, { onDelete: 'cascade' }),
  },
  table => [
    primaryKey({ columns: [table.organisationId, table.xid, table.eventId] }),
    // Both columns: whoever asks whether an organisation reads an event must not go through all that it reads.
    index('event_readers_event').on(table.eventId, table.organisationId),
  ],
)

import { sql } from 'drizzle-orm'
import type { Actor } from '../platform/actor.ts'
import { rowsOf, type Tx } from '../platform/db.ts'
import type { Deps } from '../platform/deps.ts'
import { newId } from '../platform/ids.ts'
import { markSpan } from '../platform/telemetry/tracing.ts'
import { CATALOG, type EventData, type EventType } from './catalog.ts'
import { eventReaders, events } from './tables.ts'

/** What is appended: the readers are the organisations that may see it, by webhook and by polling. */
export type NewEvent<T extends EventType = EventType> = {
  [K in T]: { type: K; data: EventData<K>; parkId?: string; readers?: string[] }
}[T]

/** The channel that wakes the relay. A lost notification costs a poll interval, never an event. */
export const OUTBOX_CHANNEL = 'duijie_outbox'

/**
 * Writes events in the transaction of what they tell, so that both stand or neither. Ids are made here: `returning`
 * would need a right to read what was written.
 * @returns the ids, in the order of the input
 */
export const append = async (
  tx: Tx,
  deps: Pick<Deps, 'clock' | 'random'>,
  actor: Actor,
  newEvents: NewEvent[],
): Promise<string[]> => {
  if (newEvents.length === 0) return []
  const occurredAt = deps.clock.now()
  const actorId = actor.kind === 'member' ? actor.organisationId : null
  const rows = newEvents.map(event => {
    const id = newId(deps, 'event')
    return {
      id,
      type: event.type,
      parkId: event.parkId ?? null,
      actorId,
      data: CATALOG[event.type].data.parse(event.data),
      traceparent: markSpan(`event ${event.type}`, { kind: 'producer', attributes: { 'messaging.message.id': id } }),
      occurredAt,
    }
  })
  await tx.insert(events).values(rows)
  const readers = newEvents.flatMap((event, i) =>
    [...new Set(event.readers ?? [])].map(organisationId => ({ organisationId, eventId: rows[i]?.id ?? '' })),
  )
  if (readers.length > 0) await tx.insert(eventReaders).values(readers)
  await tx.execute(sql`select pg_notify(${OUTBOX_CHANNEL}, '')`)
  return rows.map(row => row.id)
}

export type ClaimedEvent = {
  id: string
  type: EventType
  generation: number
  data: Record<string, unknown>
  traceparent: string | null
}

/** Takes undispatched events for this transaction; other relays skip them. */
export const claim = async (tx: Tx, limit: number): Promise<ClaimedEvent[]> =>
  rowsOf<ClaimedEvent>(
    await tx.execute(sql`select id, type, generation, data, traceparent from events where dispatched_at is null
      order by seq limit ${limit} for update skip locked`),
  )

/** Marks them as handed to the queues. An event that causes no job is done at once. */
export const settle = async (
  tx: Tx,
  deps: Pick<Deps, 'clock'>,
  dispatched: { ids: string[]; doneIds: string[] },
): Promise<void> => {
  const now = deps.clock.now().toISOString()
  await tx.execute(sql`update events set dispatched_at = ${now}::timestamptz,
    done_at = case when id = any(${textArray(dispatched.doneIds)}) then ${now}::timestamptz end
    where id = any(${textArray(dispatched.ids)})`)
}

/** Says that an event's jobs have done their work, so that the sweep leaves it alone. */
export const finish = async (tx: Tx, deps: Pick<Deps, 'clock'>, ids: string[]): Promise<void> => {
  await tx.execute(sql`update events set done_at = ${deps.clock.now().toISOString()}::timestamptz
    where id = any(${textArray(ids)}) and done_at is null`)
}

/** Says that a long job still works on an event, so that the sweep does not start it a second time. */
export const keepAlive = async (tx: Tx, deps: Pick<Deps, 'clock'>, id: string): Promise<void> => {
  await tx.execute(sql`update events set dispatched_at = ${deps.clock.now().toISOString()}::timestamptz
    where id = ${id} and done_at is null`)
}

/** Whether an event's work is done already: a job that a queue repeats then has nothing to do. */
export const isDone = async (tx: Tx, id: string): Promise<boolean> =>
  rowsOf<{ done: boolean }>(await tx.execute(sql`select done_at is not null as done from events where id = ${id}`))[0]
    ?.done ?? true

/**
 * Raises the generation of events that were dispatched before `before` and never finished, and puts them back into the
 * outbox: the relay adds their jobs again under new ids, because a queue ignores an id that it still remembers.
 */
export const reissue = async (tx: Tx, before: Date, limit: number): Promise<number> =>
  rowsOf<{ id: string }>(
    await tx.execute(sql`update events set generation = generation + 1, dispatched_at = null
      where id in (select id from events where done_at is null and dispatched_at < ${before.toISOString()}::timestamptz
        order by dispatched_at limit ${limit} for update skip locked) returning id`),
  ).length

/** How long the oldest event has been waiting for a relay, in seconds; 0 where none waits. */
export const outboxAgeS = async (tx: Tx, deps: Pick<Deps, 'clock'>): Promise<number> => {
  const [row] = rowsOf<{ ageS: number | null }>(
    await tx.execute(sql`select extract(epoch from ${deps.clock.now().toISOString()}::timestamptz - min(occurred_at))::float8
      as "ageS" from events where dispatched_at is null`),
  )
  return Math.max(0, row?.ageS ?? 0)
}

/** An array parameter that survives drizzle, which would spread a JavaScript array into a list. */
export const textArray = (values: string[]) =>
  sql`array(select jsonb_array_elements_text(${JSON.stringify(values)}::jsonb))`

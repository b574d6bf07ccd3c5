import { and, asc, eq, gt, gte, inArray, lte, sql } from 'drizzle-orm'
import { PUBLIC_EVENT_TYPES } from '../events/catalog.ts'
import { textArray } from '../events/outbox.ts'
import { rowsOf, type Tx } from '../platform/db.ts'
import type { Deps } from '../platform/deps.ts'
import { wants } from './filters.ts'
import { deliveries, recoveries } from './tables.ts'
import { type EndpointRow, type EventRow, toEvent, writeDeliveries } from './write.ts'

/** How many events or deliveries one step looks at, so that its transaction stays short. */
const STEP = 500
// The last cursor of a walk through events that has come to its end.
const END = 'end'
type Recovery = typeof recoveries.$inferSelect

/**
 * Takes the endpoint's oldest running recovery one step further, in the transaction that holds the endpoint's lock. How
 * far it has come is stored with the step, so a restart goes on from there and nothing is taken up twice.
 */
export const stepRecovery = async (
  tx: Tx,
  deps: Pick<Deps, 'clock' | 'random' | 'config'>,
  endpoint: EndpointRow,
): Promise<{ endpoint: EndpointRow; isRunning: boolean }> => {
  const [recovery] = await tx
    .select()
    .from(recoveries)
    .where(and(eq(recoveries.endpointId, endpoint.id), eq(recoveries.state, 'running')))
    .orderBy(asc(recoveries.id))
    .limit(1)
  if (!recovery) return { endpoint, isRunning: false }
  if (recovery.withMissing && recovery.eventCursor !== END)
    return { endpoint: await writeMissing(tx, deps, endpoint, recovery), isRunning: true }
  await takeUp(tx, deps, recovery)
  return { endpoint, isRunning: true }
}

/** Writes deliveries for events that the endpoint's owner may read and that it has none of: it was added later. */
const writeMissing = async (
  tx: Tx,
  deps: Pick<Deps, 'clock' | 'random' | 'config'>,
  endpoint: EndpointRow,
  recovery: Recovery,
): Promise<EndpointRow> => {
  const found = await findMissing(tx, recovery)
  const wanted = found.filter(({ event }) => wants(endpoint, event))
  const pairs = wanted.map(({ event }, i) => ({ event, endpoint, sequence: endpoint.sequence + i + 1 }))
  await writeDeliveries(tx, deps, pairs, 'recovery')
  await tx
    .update(recoveries)
    .set({
      eventCursor: found.length < STEP ? END : (found.at(-1)?.cursor ?? END),
      written: recovery.written + pairs.length,
    })
    .where(eq(recoveries.id, recovery.id))
  return { ...endpoint, sequence: endpoint.sequence + pairs.length }
}

const findMissing = async (tx: Tx, recovery: Recovery): Promise<{ event: EventRow; cursor: string }[]> => {
  const [xid = '0', eventId = ''] = recovery.eventCursor?.split('.') ?? []
  // An event that is committed behind the cursor is not missed: its fan-out is still to come and sees this endpoint.
  const rows = rowsOf<Omit<EventRow, 'occurredAt'> & { occurredAt: string; xid: string }>(
    await tx.execute(sql`select e.id, e.type, e.park_id as "parkId", e.data, e.occurred_at as "occurredAt",
      r.xid::text as xid
    from event_readers r join events e on e.id = r.event_id
    where r.organisation_id = ${recovery.organisationId} and (r.xid, r.event_id) > (${xid}::xid8, ${eventId})
      and e.occurred_at between ${recovery.since.toISOString()}::timestamptz and ${recovery.until.toISOString()}::timestamptz
      and e.type = any(${textArray(PUBLIC_EVENT_TYPES)})
      and not exists (select 1 from deliveries d where d.event_id = e.id and d.endpoint_id = ${recovery.endpointId})
    order by r.xid, r.event_id limit ${STEP}`),
  )
  return rows.map(row => ({
    event: toEvent({ ...row, occurredAt: new Date(row.occurredAt) }),
    cursor: `${row.xid}.${row.id}`,
  }))
}

/** Makes the next deliveries due again, in the order of their creation, or drops them. */
const takeUp = async (tx: Tx, deps: Pick<Deps, 'clock'>, recovery: Recovery): Promise<void> => {
  const now = deps.clock.now()
  const rows = await tx
    .select({ id: deliveries.id, sequence: deliveries.sequence })
    .from(deliveries)
    .where(
      and(
        eq(deliveries.endpointId, recovery.endpointId),
        gt(deliveries.sequence, recovery.sequenceCursor ?? 0),
        inArray(deliveries.state, recovery.states),
        eq(deliveries.isTest, false),
        gte(deliveries.createdAt, recovery.since),
        lte(deliveries.createdAt, recovery.until),
      ),
    )
    .orderBy(asc(deliveries.sequence))
    .limit(STEP)
  const ids = rows.map(row => row.id)
  if (ids.length > 0)
    await tx
      .update(deliveries)
      .set(recovery.action === 'replay' ? { ...AGAIN, trigger: 'recovery', nextAttemptAt: now } : dropped(now))
      .where(inArray(deliveries.id, ids))
  const isDone = rows.length < STEP
  await tx
    .update(recoveries)
    .set({
      sequenceCursor: rows.at(-1)?.sequence ?? recovery.sequenceCursor,
      takenUp: recovery.takenUp + rows.length,
      ...(isDone ? { state: 'done' as const, finishedAt: now } : {}),
    })
    .where(eq(recoveries.id, recovery.id))
}

/** A delivery that starts its schedule anew: a resend that fails is retried like the first time. */
export const AGAIN = { state: 'pending', round: 0, reason: null, settledAt: null } as const
const dropped = (now: Date) => ({ state: 'dropped', reason: 'not_replayed', settledAt: now }) as const

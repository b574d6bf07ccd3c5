import { and, inArray, sql } from 'drizzle-orm'
import type { EventType } from '../events/catalog.ts'
import { envelopeOf } from '../events/envelope.ts'
import type { Tx } from '../platform/db.ts'
import type { Deps } from '../platform/deps.ts'
import { newId } from '../platform/ids.ts'
import { scheduleOf } from './schedule.ts'
import { deliveries, type endpoints, type Trigger } from './tables.ts'

export const BODY_BYTES_MAX = 262_144

export type EndpointRow = typeof endpoints.$inferSelect
export type EventRow = {
  id: string
  type: EventType
  parkId: string | null
  data: Record<string, unknown>
  occurredAt: Date
}
/** Only `append` writes events, and it takes their type from the catalog. */
export const toEvent = (row: Omit<EventRow, 'type'> & { type: string }): EventRow => ({
  ...row,
  type: row.type as EventType,
})

/** One event for one endpoint, with the number that the delivery will have there. */
export type Pair = { event: EventRow; endpoint: EndpointRow; sequence: number }

type WriteDeps = Pick<Deps, 'clock' | 'random' | 'config'>

/**
 * Writes deliveries in one statement. Each event is serialised once and its text kept: what is signed is what is sent.
 * The caller has locked the endpoints, and given numbers only to pairs that do not exist yet.
 * @returns the deliveries' ids, in the order of the pairs
 */
export const writeDeliveries = async (
  tx: Tx,
  deps: WriteDeps,
  pairs: readonly Pair[],
  trigger: Trigger,
): Promise<string[]> => {
  if (pairs.length === 0) return []
  const now = deps.clock.now()
  const bodies = new Map(pairs.map(({ event }) => [event.id, serialise(event)]))
  const rows = pairs.map(pair => toRow(pair, bodies.get(pair.event.id)?.isTooLarge ?? false, deps))
  const texts = [...bodies].map(([eventId, { text }]) => ({ event_id: eventId, body: text }))
  await tx.execute(sql`insert into deliveries (id, event_id, endpoint_id, organisation_id, event_type, body, sequence,
      state, reason, trigger, next_attempt_at, created_at, settled_at)
    select r.id, r.event_id, r.endpoint_id, r.organisation_id, r.event_type, b.body, r.sequence, r.state, r.reason,
      ${trigger}, r.next_attempt_at, ${now.toISOString()}::timestamptz, r.settled_at
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r(id text, event_id text, endpoint_id text,
      organisation_id text, event_type text, sequence int, state text, reason text, next_attempt_at timestamptz,
      settled_at timestamptz)
    join jsonb_to_recordset(${JSON.stringify(texts)}::jsonb) as b(event_id text, body text) using (event_id)`)
  return rows.map(row => row.id)
}

/** Of all pairs of these events and endpoints, those that have a delivery, as `event endpoint`. */
export const findPairs = async (tx: Tx, eventIds: string[], endpointIds: string[]): Promise<Set<string>> => {
  const rows = await tx
    .select({ eventId: deliveries.eventId, endpointId: deliveries.endpointId })
    .from(deliveries)
    .where(and(inArray(deliveries.eventId, eventIds), inArray(deliveries.endpointId, endpointIds)))
  return new Set(rows.map(row => pairKey(row.eventId, row.endpointId)))
}

export const pairKey = (eventId: string, endpointId: string): string => `${eventId} ${endpointId}`

/** Above the limit the envelope goes without its data: the delivery says why, and a poll still answers it whole. */
const serialise = (event: EventRow): { text: string; isTooLarge: boolean } => {
  const text = JSON.stringify(envelopeOf(event))
  if (Buffer.byteLength(text) <= BODY_BYTES_MAX) return { text, isTooLarge: false }
  return { text: JSON.stringify(envelopeOf({ ...event, data: {} })), isTooLarge: true }
}

const toRow = ({ event, endpoint, sequence }: Pair, isTooLarge: boolean, deps: WriteDeps) => {
  const now = deps.clock.now()
  const base = {
    id: newId(deps, 'delivery'),
    event_id: event.id,
    endpoint_id: endpoint.id,
    organisation_id: endpoint.organisationId,
    event_type: event.type,
    sequence,
  }
  if (isTooLarge) return { ...base, state: 'exhausted', reason: 'body_too_large', settled_at: now }
  if (endpoint.state === 'disabled') return { ...base, state: 'held', reason: 'endpoint_disabled' }
  const [firstWaitMs = 0] = scheduleOf(endpoint, deps.config)
  return { ...base, state: 'pending', next_attempt_at: new Date(now.getTime() + firstWaitMs) }
}

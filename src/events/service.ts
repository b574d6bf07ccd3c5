import { sql } from 'drizzle-orm'
import { rowsOf, type Tx } from '../platform/db.ts'
import { type EventType, PUBLIC_EVENT_TYPES } from './catalog.ts'
import { type Envelope, envelopeOf } from './envelope.ts'
import { textArray } from './outbox.ts'

export type FeedQuery = { limit: number; after?: string | undefined; types?: EventType[] | undefined }
type Row = { id: string; type: EventType; data: Record<string, unknown>; occurredAt: string; xid: string }

/**
 * The actor's events after a cursor, oldest first. Transactions commit out of order, so a reader who never looks back
 * must stop before the oldest one that is still running: what is above that horizon comes with the next poll.
 */
export const readFeed = async (
  tx: Tx,
  query: FeedQuery,
): Promise<{ items: Envelope[]; cursor?: string; hasMore: boolean }> => {
  const [xid = '0', id = ''] = query.after?.split('.') ?? []
  const rows = rowsOf<Row>(
    await tx.execute(sql`select e.id, e.type, e.data, e.occurred_at as "occurredAt", r.xid::text as xid
    from event_readers r join events e on e.id = r.event_id
    where r.organisation_id = app_org() and (r.xid, r.event_id) > (${xid}::xid8, ${id})
      and r.xid < pg_snapshot_xmin(pg_current_snapshot()) and e.type = any(${textArray(query.types ?? PUBLIC_EVENT_TYPES)})
    order by r.xid, r.event_id limit ${query.limit + 1}`),
  )
  const page = rows.slice(0, query.limit)
  const last = page.at(-1)
  const cursor = last ? `${last.xid}.${last.id}` : query.after
  return {
    items: page.map(row => envelopeOf({ ...row, occurredAt: new Date(row.occurredAt) })),
    ...(cursor === undefined ? {} : { cursor }),
    hasMore: rows.length > query.limit,
  }
}

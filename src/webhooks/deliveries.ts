import { and, desc, eq, lt, sql, type SQL } from 'drizzle-orm'
import type { z } from 'zod'
import { type Recording, record } from '../audit/record.ts'
import type { Member } from '../platform/actor.ts'
import type { Tx } from '../platform/db.ts'
import { conflict, notFound } from '../platform/errors.ts'
import { pageOfRows } from '../platform/pages.ts'
import { type DrainRequest, wakeEndpoint } from './drains.ts'
import { AGAIN } from './recover.ts'
import type { DeliveryQuery } from './schemas.ts'
import { lockEndpoint } from './service.ts'
import { attempts, deliveries } from './tables.ts'

const ATTEMPTS_SHOWN = 100

/** The actor's deliveries, newest first. */
export const listDeliveries = async (tx: Tx, query: z.infer<typeof DeliveryQuery>) => {
  const { body: _body, ...columns } = COLUMNS
  const rows = await tx
    .select(columns)
    .from(deliveries)
    .where(
      and(
        stateIs(query.state),
        query.endpointId ? eq(deliveries.endpointId, query.endpointId) : undefined,
        query.eventId ? eq(deliveries.eventId, query.eventId) : undefined,
        query.eventType ? eq(deliveries.eventType, query.eventType) : undefined,
        query.cursor ? lt(deliveries.id, query.cursor) : undefined,
      ),
    )
    .orderBy(desc(deliveries.id))
    .limit(query.limit + 1)
  return pageOfRows(rows.map(presentDelivery), query, row => row.id)
}

// Spelt out, since a planner only uses a partial index whose condition it can prove.
const stateIs = (state: z.infer<typeof DeliveryQuery>['state']): SQL | undefined => {
  if (state === undefined) return undefined
  if (state === 'undelivered') return sql`state <> 'delivered' and state <> 'dropped'`
  return state === 'delivered' ? eq(deliveries.state, state) : sql`state <> 'delivered' and state = ${state}`
}

/** One delivery with its bytes and its attempts. @throws 404 */
export const readDelivery = async (tx: Tx, id: string) => {
  const [row] = await tx.select(COLUMNS).from(deliveries).where(eq(deliveries.id, id))
  if (!row) throw notFound()
  const made = await tx
    .select()
    .from(attempts)
    .where(eq(attempts.deliveryId, id))
    .orderBy(desc(attempts.number))
    .limit(ATTEMPTS_SHOWN)
  return { ...presentDelivery(row), body: row.body, attempts: made.map(presentAttempt) }
}

/**
 * Sends a delivery again, now, under the same id, and retries it on the schedule from its beginning. One that is being
 * sent at this moment stays as it is. @throws 404, 409 for a test or a disabled endpoint
 */
export const resendDelivery = async (
  tx: Tx,
  deps: Recording,
  actor: Member,
  id: string,
): Promise<{ id: string; drain: DrainRequest }> => {
  const [row] = await tx.select().from(deliveries).where(eq(deliveries.id, id))
  if (!row) throw notFound()
  if (row.isTest) throw conflict('测试投递不能重发，请再次测试', 'A test is not resent: test again')
  const endpoint = await lockEndpoint(tx, row.endpointId)
  if (endpoint.state === 'disabled') throw conflict('端点已停用，请先启用', 'The endpoint is disabled: enable it first')
  const now = deps.clock.now()
  const isFree = sql`(lease_until is null or lease_until <= ${now.toISOString()}::timestamptz)`
  await tx
    .update(deliveries)
    .set({ ...AGAIN, trigger: 'resend', nextAttemptAt: now })
    .where(and(eq(deliveries.id, id), isFree))
  await record(tx, deps, actor, { action: 'delivery.resent', objectId: id })
  return { id, drain: await wakeEndpoint(tx, deps, endpoint.id, id) }
}

const COLUMNS = {
  id: deliveries.id,
  endpointId: deliveries.endpointId,
  eventId: deliveries.eventId,
  eventType: deliveries.eventType,
  body: deliveries.body,
  sequence: deliveries.sequence,
  state: deliveries.state,
  reason: deliveries.reason,
  attempts: deliveries.attempts,
  nextAttemptAt: deliveries.nextAttemptAt,
  isTest: deliveries.isTest,
  createdAt: deliveries.createdAt,
  settledAt: deliveries.settledAt,
}

type Row = Omit<Pick<typeof deliveries.$inferSelect, keyof typeof COLUMNS>, 'body'>

const presentDelivery = (row: Row) => ({
  id: row.id,
  endpointId: row.endpointId,
  eventId: row.eventId,
  eventType: row.eventType,
  sequence: row.sequence,
  state: row.state,
  ...(row.reason === null ? {} : { reason: row.reason }),
  attemptsMade: row.attempts,
  ...(row.nextAttemptAt ? { nextAttemptAt: row.nextAttemptAt.toISOString() } : {}),
  isTest: row.isTest,
  createdAt: row.createdAt.toISOString(),
  ...(row.settledAt ? { settledAt: row.settledAt.toISOString() } : {}),
})

const presentAttempt = (row: typeof attempts.$inferSelect) => ({
  id: row.id,
  number: row.number,
  trigger: row.trigger,
  at: row.at.toISOString(),
  outcome: row.outcome,
  ...(row.status === null ? {} : { status: row.status }),
  ...(row.errorCode === null ? {} : { errorCode: row.errorCode }),
  ...(row.remoteAddress === null ? {} : { remoteAddress: row.remoteAddress }),
  timings: row.timings,
  ...(row.excerpt === null ? {} : { excerpt: row.excerpt }),
  ...(row.nextAttemptAt ? { nextAttemptAt: row.nextAttemptAt.toISOString() } : {}),
})

import { sql } from 'drizzle-orm'
import { rowsOf, transaction, type Tx } from '../platform/db.ts'
import type { Deps } from '../platform/deps.ts'
import { requestDrains } from './drains.ts'

const WORKER = { kind: 'worker' } as const
const DAY_MS = 86_400_000
export const ATTEMPTS_KEPT_DAYS = 30
export const DELIVERIES_KEPT_DAYS = 90
const PURGE_MAX = 2_000
/** A drain that is this late has been forgotten by the queue, or its worker has died. */
const LATE_MS = 15_000

/**
 * Asks again for drains of endpoints that should have been looked at and were not. Each gets a new generation, since a
 * queue ignores an id that it still remembers.
 * @returns how many there were
 */
export const requeueDue = async (
  deps: Pick<Deps, 'db' | 'clock' | 'queues' | 'log' | 'metrics'>,
  limit: number,
): Promise<number> => {
  const now = deps.clock.now()
  const late = new Date(now.getTime() - LATE_MS).toISOString()
  const rows = await transaction(deps, WORKER, async tx => {
    await measure(tx, deps)
    return rowsOf<{ id: string; generation: number }>(
      await tx.execute(sql`update endpoints set generation = generation + 1, wake_at = ${now.toISOString()}::timestamptz
        where id in (select id from endpoints where wake_at < ${late}::timestamptz order by wake_at limit ${limit}
          for no key update skip locked) returning id, generation`),
    )
  })
  await requestDrains(
    deps,
    rows.map(row => ({ endpointId: row.id, causeId: row.id, attempt: 0, generation: row.generation })),
  )
  return rows.length
}

/** Deletes attempts after 30 days and deliveries that came to rest 90 days ago, a bounded number at a time. */
export const purgeOld = async (deps: Pick<Deps, 'db' | 'clock'>): Promise<void> => {
  const before = (days: number) => new Date(deps.clock.now().getTime() - days * DAY_MS).toISOString()
  await transaction(deps, WORKER, async tx => {
    await tx.execute(sql`delete from attempts where id in (select id from attempts
      where at < ${before(ATTEMPTS_KEPT_DAYS)}::timestamptz limit ${PURGE_MAX})`)
    await tx.execute(sql`delete from deliveries where id in (select id from deliveries
      where settled_at < ${before(DELIVERIES_KEPT_DAYS)}::timestamptz limit ${PURGE_MAX})`)
    await tx.execute(sql`delete from endpoint_secrets where expires_at < ${before(1)}::timestamptz`)
  })
}

/** What waits for its owner, and how long the oldest due delivery of an endpoint that is awake has been waiting for us. */
const measure = async (tx: Tx, deps: Pick<Deps, 'clock' | 'metrics'>): Promise<void> => {
  const now = deps.clock.now()
  const [row] = rowsOf<{ held: string; oldest: string | null }>(
    await tx.execute(sql`select (select count(*) from deliveries where state = 'held') as held,
      (select min(first.at) from endpoints e cross join lateral (select next_attempt_at as at from deliveries d
        where d.endpoint_id = e.id and d.state = 'pending' order by d.next_attempt_at limit 1) first
        where e.wake_at is not null) as oldest`),
  )
  const ageMs = row?.oldest ? now.getTime() - new Date(row.oldest).getTime() : 0
  deps.metrics.heldDeliveries.set(Number(row?.held ?? 0))
  deps.metrics.deliveryQueueAgeSeconds.set(Math.max(0, ageMs / 1_000))
}

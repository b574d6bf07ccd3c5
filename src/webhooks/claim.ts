import { sql } from 'drizzle-orm'
import type { EventType } from '../events/catalog.ts'
import { rowsOf, type Tx } from '../platform/db.ts'
import type { Deps } from '../platform/deps.ts'
import { judgeInFlightMax } from './classify.ts'
import { judgeStanding, type Standing } from './party.ts'
import { addLeases, countLeases, liveLeases } from './leases.ts'
import { rateLeft, spendRate } from './rate.ts'
import type { Trigger } from './tables.ts'
import type { EndpointRow } from './write.ts'

/**
 * Longer than the deadline of an attempt (20 s) by enough for the settling: a delivery whose sender died is sent again
 * when its lease has ended, and never while somebody may still be sending it.
 */
export const LEASE_MS = 30_000
/** A healthy endpoint's deliveries are claimed for several rounds at once, so that a round is no transaction of its own. */
const ROUNDS_AHEAD = 40
const CLAIMS_AHEAD_MAX = 400
/** What was claimed ahead is sent within this time or given back, so that its lease still outlasts the attempt. */
export const AHEAD_MS_MAX = 8_000

/** A delivery that is ours to send until its lease ends. */
export type Claim = {
  deliveryId: string
  eventId: string
  eventType: EventType
  body: string
  sequence: number
  /** Attempts made before, in all and in this round of the schedule. */
  attempts: number
  round: number
  trigger: Trigger
  failedAt: Date | null
  occurredAt: Date
  /** The span that told of the event, where traces are made. */
  traceparent: string | null
  leaseUntil: Date
}

export type Claimed = { endpoint: EndpointRow; claims: Claim[]; withdrawn: number }

/**
 * Takes as many due deliveries as the endpoint has free slots, and some more that wait for a slot, oldest due first, and
 * gives each a lease. Those whose organisation may not be told any more are withdrawn. The caller holds the endpoint's
 * lock, which makes the count of live leases exact, and says how many of them are his.
 */
export const claimDue = async (
  tx: Tx,
  deps: Pick<Deps, 'clock'>,
  endpoint: EndpointRow,
  { claimsMax, own }: { claimsMax: number; own: number },
): Promise<Claimed> => {
  const now = deps.clock.now()
  const limit = Math.min(claimsMax, countFree(endpoint, now, own))
  if (limit <= 0) return { endpoint, claims: [], withdrawn: 0 }
  const leaseUntil = new Date(now.getTime() + LEASE_MS)
  const due = await leaseDue(tx, endpoint, { now, leaseUntil, limit })
  const judged = due.map(row => ({ row, reason: judgeStanding(row) }))
  const withdrawn = judged.flatMap(({ row, reason }) => (reason ? [{ id: row.id, reason }] : []))
  await withdraw(tx, withdrawn, now)
  const claims = judged.filter(entry => entry.reason === undefined).map(({ row }) => toClaim(row, leaseUntil))
  if (claims.length === 0) return { endpoint, claims, withdrawn: withdrawn.length }
  const leases = addLeases(endpoint.leases, leaseUntil, claims.length)
  return { endpoint: { ...spendRate(endpoint, claims.length, now), leases }, claims, withdrawn: withdrawn.length }
}

const countFree = (endpoint: EndpointRow, now: Date, own: number): number => {
  if (endpoint.pausedUntil && endpoint.pausedUntil > now) return 0
  const inFlight = countLeases(liveLeases(endpoint.leases, now))
  const inFlightMax = judgeInFlightMax(endpoint)
  // Nobody claims ahead of another sender's leases, nor where each answer may change what may be sent.
  const mayClaimAhead = inFlight === own && endpoint.rateMax === 0 && endpoint.failingSince === null
  const ahead = Math.max(inFlightMax, Math.min(inFlightMax * ROUNDS_AHEAD, CLAIMS_AHEAD_MAX))
  return Math.min((mayClaimAhead ? ahead : inFlightMax) - inFlight, rateLeft(endpoint, now).attempts)
}

type DueRow = Standing & {
  id: string
  eventId: string
  eventType: EventType
  body: string
  sequence: number
  attempts: number
  round: number
  trigger: Trigger
  failedAt: string | null
  occurredAt: string
  traceparent: string | null
}

type Term = { now: Date; leaseUntil: Date; limit: number }

/** Leases what is due and reads it in one statement; who is withdrawn loses the lease again in the same transaction. */
const leaseDue = async (tx: Tx, endpoint: EndpointRow, { now, leaseUntil, limit }: Term): Promise<DueRow[]> =>
  rowsOf<DueRow>(
    await tx.execute(sql`with due as (select d.id, d.next_attempt_at, d.event_id as "eventId",
      d.event_type as "eventType", d.body, d.sequence, d.attempts, d.round, d.trigger, d.failed_at as "failedAt", e.occurred_at as "occurredAt",
      e.traceparent,
      park.id as "parkId", m.state as membership,
      exists (select 1 from event_readers r where r.event_id = e.id and r.organisation_id = d.organisation_id) as "isReader",
      not e.data ? 'matchId' or exists (select 1 from matches x where x.id = e.data->>'matchId'
        and (d.organisation_id in (x.factory_id, x.vendor_id) or exists (select 1 from parks p
          where p.id = x.park_id and p.organisation_id = d.organisation_id))) as "isParty",
      exists (select 1 from memberships a where a.organisation_id = d.organisation_id and a.state = 'active') as "isMember"
    from deliveries d join events e on e.id = d.event_id
    cross join lateral (select coalesce(e.data->>'parkId', e.park_id) as id) park
    left join memberships m on m.park_id = park.id and m.organisation_id = d.organisation_id
    where d.endpoint_id = ${endpoint.id} and d.state = 'pending' and d.next_attempt_at <= ${now.toISOString()}::timestamptz
      and (d.lease_until is null or d.lease_until <= ${now.toISOString()}::timestamptz)
    order by d.next_attempt_at, d.sequence limit ${limit}),
    leased as (update deliveries d set lease_until = ${leaseUntil.toISOString()}::timestamptz
      from due where d.id = due.id)
    select * from due order by next_attempt_at, sequence`),
  )

const withdraw = async (tx: Tx, rows: { id: string; reason: string }[], now: Date): Promise<void> => {
  if (rows.length === 0) return
  await tx.execute(sql`update deliveries d set state = 'withdrawn', reason = x.reason, next_attempt_at = null,
      lease_until = null, settled_at = ${now.toISOString()}::timestamptz
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as x(id text, reason text) where d.id = x.id`)
}

const toClaim = (row: DueRow, leaseUntil: Date): Claim => ({
  deliveryId: row.id,
  eventId: row.eventId,
  eventType: row.eventType,
  body: row.body,
  sequence: row.sequence,
  attempts: row.attempts,
  round: row.round,
  trigger: row.trigger,
  failedAt: row.failedAt === null ? null : new Date(row.failedAt),
  occurredAt: new Date(row.occurredAt),
  traceparent: row.traceparent,
  leaseUntil,
})

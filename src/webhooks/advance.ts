import { isDeepStrictEqual } from 'node:util'
import { and, eq, sql } from 'drizzle-orm'
import { rowsOf, transaction, type Tx } from '../platform/db.ts'
import type { Deps } from '../platform/deps.ts'
import { type Claim, claimDue } from './claim.ts'
import type { DrainRequest } from './drains.ts'
import { firstLeaseEnd, liveLeases } from './leases.ts'
import { rateLeft } from './rate.ts'
import { stepRecovery } from './recover.ts'
import { readSecrets } from './secrets.ts'
import type { Target } from './send.ts'
import { type Finished, settle } from './settle.ts'
import { endpoints } from './tables.ts'
import type { EndpointRow } from './write.ts'

export type AdvanceDeps = Pick<Deps, 'secrets' | 'db' | 'clock' | 'random' | 'config' | 'metrics' | 'log'>

/** What a drain does next: send these to the target, look again at once, and have the endpoint looked at later. */
export type Step = { target?: Target; claims: Claim[]; isMoreToDo: boolean; drain?: DrainRequest | undefined }

export type Held = { count: number; released: readonly Claim[] }

/** A shelving transaction stays short even where a dead endpoint has a day's deliveries. */
const SHELVE_MAX = 2_000
// A delayed job may come a little early by the database's clock, so one that is this close is not counted on.
const DRAIN_SLACK_MS = 100

/**
 * One short transaction under the lock of the endpoint's row: keeps what became of the finished attempts, moves a
 * running recovery on, claims what is due (or shelves it, where the endpoint is off), and writes down when somebody must
 * look again. Nothing is sent here. With `claimsMax` 0 it only settles and schedules. `held` is what the caller has of the
 * endpoint besides: what it is sending or is about to, and what it gives back unsent.
 */
export const advance = async (
  deps: AdvanceDeps,
  endpointId: string,
  finished: readonly Finished[],
  claimsMax: number,
  held: Held = { count: 0, released: [] },
): Promise<Step> =>
  transaction(deps, { kind: 'worker' }, async tx => {
    const [locked] = await tx.select().from(endpoints).where(eq(endpoints.id, endpointId)).for('no key update')
    if (!locked) return { claims: [], isMoreToDo: false }
    const judged = await settle(tx, deps, locked, { finished, released: held.released })
    if (!isActive(judged)) {
      const isMoreToDo = await shelve(tx, deps, judged)
      await save(tx, deps, locked, judged, { isMoreToDo, claimsMax, isLast: held.count === 0 })
      return { claims: [], isMoreToDo }
    }
    const recovered = await stepRecovery(tx, deps, judged)
    const plan = { claimsMax, own: held.count }
    const { endpoint, claims, withdrawn } = await claimDue(tx, deps, recovered.endpoint, plan)
    const isMoreToDo = claimsMax > 0 && (recovered.isRunning || withdrawn > 0)
    const isSending = claims.length + held.count > 0
    const [secrets, drain] = await Promise.all([
      isSending ? readSecrets(tx, endpointId) : undefined,
      save(tx, deps, locked, endpoint, { isMoreToDo, claimsMax, isLast: held.count === 0 }),
    ])
    return { ...(secrets ? { target: { endpoint, secrets } } : {}), claims, isMoreToDo, drain }
  })

const isActive = (endpoint: EndpointRow): boolean => endpoint.state === 'active' && endpoint.deletedAt === null

/** Nothing vanishes while an endpoint is off: what was pending is held. Only a deleted one's deliveries are dropped. */
const shelve = async (tx: Tx, deps: Pick<Deps, 'clock'>, endpoint: EndpointRow): Promise<boolean> => {
  const now = deps.clock.now().toISOString()
  const change = endpoint.deletedAt
    ? sql`state = 'dropped', reason = 'endpoint_deleted', settled_at = ${now}::timestamptz`
    : sql`state = 'held', reason = 'endpoint_disabled'`
  const states = endpoint.deletedAt ? sql`state in ('pending', 'held')` : sql`state = 'pending'`
  const rows = rowsOf<{ id: string }>(
    await tx.execute(sql`update deliveries set ${change}, next_attempt_at = null, lease_until = null
      where id in (select id from deliveries where endpoint_id = ${endpoint.id} and ${states}
        and (lease_until is null or lease_until <= ${now}::timestamptz) limit ${SHELVE_MAX}) returning id`),
  )
  return rows.length === SHELVE_MAX
}

/** `isLast`: the caller sends nothing more, so what is due needs a drain of its own. */
type Plan = { isMoreToDo: boolean; claimsMax: number; isLast: boolean }

/** Writes back what changed of the endpoint, with when to look again, and asks for a drain then if none will come. */
const save = async (
  tx: Tx,
  deps: AdvanceDeps,
  before: EndpointRow,
  after: EndpointRow,
  plan: Plan,
): Promise<DrainRequest | undefined> => {
  const now = deps.clock.now()
  const next = await findNext(tx, after, now)
  const due = next.dueAt
  const isDue = due !== undefined && due <= now
  // While somebody sends, he will also take what is due; the end of his lease is when he is given up.
  const wakes = [plan.isMoreToDo ? now : undefined, isDue && next.leaseEnd ? undefined : due, next.leaseEnd]
  const wakeAt = earliest(wakes)
  const isExpected = after.drainAt !== null && due !== undefined && isBetween(after.drainAt, now, due)
  const isWanted = due !== undefined && (isDue ? plan.claimsMax === 0 && plan.isLast : !isExpected)
  const changed = {
    ...after,
    wakeAt,
    ...(isWanted ? { generation: after.generation + 1, drainAt: isDue ? after.drainAt : due } : {}),
  }
  await writeChanges(tx, before, changed)
  if (!isWanted || next.id === undefined) return undefined
  return {
    endpointId: after.id,
    causeId: next.id,
    attempt: next.attempts + 1,
    generation: changed.generation,
    ...(isDue ? {} : { delayMs: due.getTime() - now.getTime() }),
  }
}

const isBetween = (drainAt: Date, now: Date, due: Date): boolean =>
  drainAt.getTime() > now.getTime() + DRAIN_SLACK_MS && drainAt <= due

const earliest = (times: (Date | undefined)[]): Date | null =>
  times.reduce<Date | null>((first, time) => (time && (!first || time < first) ? time : first), null)

type Next = { id?: string; attempts: number; dueAt?: Date; leaseEnd?: Date }

/** The delivery that is due first of those that nobody holds, when it may go, and when the first lease ends. */
const findNext = async (tx: Tx, endpoint: EndpointRow, now: Date): Promise<Next> => {
  const [row] = rowsOf<{ id: string; attempts: number; at: string }>(
    await tx.execute(sql`select id, attempts, next_attempt_at as at from deliveries
      where endpoint_id = ${endpoint.id} and state = 'pending'
        and (lease_until is null or lease_until <= ${now.toISOString()}::timestamptz)
      order by next_attempt_at, sequence limit 1`),
  )
  const next: Next = { attempts: row?.attempts ?? 0 }
  const leaseEnd = firstLeaseEnd(liveLeases(endpoint.leases, now))
  if (leaseEnd) next.leaseEnd = leaseEnd
  if (!row || !isActive(endpoint)) return next
  const times = [new Date(row.at), rateLeft(endpoint, now).freeAt, endpoint.pausedUntil ?? now]
  return { ...next, id: row.id, dueAt: new Date(Math.max(...times.map(time => time.getTime()))) }
}

const writeChanges = async (tx: Tx, before: EndpointRow, after: EndpointRow): Promise<void> => {
  const changes = Object.entries(after).filter(
    ([name, value]) => !isDeepStrictEqual(before[name as keyof EndpointRow], value),
  )
  if (changes.length > 0)
    await tx
      .update(endpoints)
      .set(Object.fromEntries(changes))
      .where(and(eq(endpoints.id, after.id)))
}

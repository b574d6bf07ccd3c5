import { sql } from 'drizzle-orm'
import { textArray } from '../events/outbox.ts'
import type { Tx } from '../platform/db.ts'
import type { Deps } from '../platform/deps.ts'
import type { Claim } from './claim.ts'
import { classify, judgeHealth, type Outcome } from './classify.ts'
import { isOperatorEvent } from './filters.ts'
import { type Health, nextHealth } from './health.ts'
import { dropLeases, liveLeases } from './leases.ts'
import { type OperatorEvent, tellOperators } from './notices.ts'
import { scheduleOf } from './schedule.ts'
import type { Sent } from './send.ts'
import { deliveries } from './tables.ts'
import type { EndpointRow } from './write.ts'

export type Finished = { claim: Claim; sent: Sent }
type Settled = Finished & { outcome: Outcome }
type SettleDeps = Pick<Deps, 'clock' | 'random' | 'config' | 'metrics' | 'log'>

/**
 * Keeps what became of the attempts: deliveries in one statement, attempts in another, and the endpoint's health. What
 * was sent after its lease had ended is left to whoever holds the delivery now; what we broke off ourselves, or did not
 * even begin, is given back as if it had not been tried. The caller holds the endpoint's lock.
 * @returns the endpoint as it is now: perhaps slower, paused, or switched off
 */
export const settle = async (
  tx: Tx,
  deps: SettleDeps,
  endpoint: EndpointRow,
  { finished, released }: { finished: readonly Finished[]; released: readonly Claim[] },
): Promise<EndpointRow> => {
  if (finished.length + released.length === 0) return endpoint
  const isOurs = await findOurs(tx, [...finished.map(entry => entry.claim), ...released])
  const mine = finished.filter(({ claim }) => isOurs(claim))
  const settled = mine
    .filter(({ sent }) => !isBrokenOff(sent))
    .map(entry => ({ ...entry, outcome: decide(entry, endpoint, deps) }))
  const brokenOff = mine.filter(({ sent }) => isBrokenOff(sent)).map(entry => entry.claim)
  const now = deps.clock.now()
  await Promise.all([
    updateDeliveries(tx, settled, now),
    releaseLeases(tx, [...brokenOff, ...released.filter(isOurs)]),
    insertAttempts(tx, endpoint, settled, now),
  ])
  for (const entry of settled) observe(entry, endpoint, deps)
  const ended = [...mine.map(entry => entry.claim), ...released.filter(isOurs)].map(claim => claim.leaseUntil)
  const leases = dropLeases(liveLeases(endpoint.leases, now), ended)
  return judge(tx, deps, { ...endpoint, leases }, settled)
}

const isBrokenOff = (sent: Sent): boolean => sent.result.kind === 'error' && sent.result.code === 'aborted'

const findOurs = async (tx: Tx, claims: readonly Claim[]): Promise<(claim: Claim) => boolean> => {
  const ids = claims.map(claim => claim.deliveryId)
  const rows = await tx
    .select({ id: deliveries.id, leaseUntil: deliveries.leaseUntil })
    .from(deliveries)
    .where(sql`id = any(${textArray(ids)})`)
  const leases = new Map(rows.map(row => [row.id, row.leaseUntil?.getTime()]))
  return claim => leases.get(claim.deliveryId) === claim.leaseUntil.getTime()
}

const decide = ({ claim, sent }: Finished, endpoint: EndpointRow, deps: SettleDeps): Outcome =>
  classify(sent.result, {
    attempt: claim.round + 1,
    schedule: scheduleOf(endpoint, deps.config),
    random: () => deps.random(4).readUInt32BE() / 2 ** 32,
    now: deps.clock.now().getTime(),
  })

/** The words that a delivery keeps about its outcome. A retry stays pending, everything else has come to rest. */
const describe = (outcome: Outcome, now: Date) => {
  const failed = { settled_at: null, next_attempt_at: null, failed_at: now }
  if (outcome.kind === 'gone') return { ...failed, state: 'held', reason: 'gone' }
  if (outcome.kind === 'blocked') return { ...failed, state: 'held', reason: `blocked_${outcome.rule}` }
  if (outcome.kind === 'exhausted') return { ...failed, state: 'exhausted', reason: outcome.reason, settled_at: now }
  if (outcome.kind === 'delivered')
    return { state: 'delivered', reason: null, settled_at: now, next_attempt_at: null, failed_at: null }
  const nextAttemptAt = new Date(now.getTime() + outcome.afterMs)
  return { ...failed, state: 'pending', reason: outcome.reason, next_attempt_at: nextAttemptAt }
}

const updateDeliveries = async (tx: Tx, settled: readonly Settled[], now: Date): Promise<void> => {
  if (settled.length === 0) return
  const rows = settled.map(({ claim, outcome }) => ({ id: claim.deliveryId, ...describe(outcome, now) }))
  await tx.execute(sql`update deliveries d set state = x.state, reason = x.reason, attempts = d.attempts + 1,
      round = d.round + 1, next_attempt_at = x.next_attempt_at, lease_until = null, settled_at = x.settled_at,
      failed_at = coalesce(x.failed_at, d.failed_at)
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as x(id text, state text, reason text,
      next_attempt_at timestamptz, settled_at timestamptz, failed_at timestamptz) where d.id = x.id`)
}

const releaseLeases = async (tx: Tx, claims: readonly Claim[]): Promise<void> => {
  if (claims.length === 0) return
  const ids = claims.map(claim => claim.deliveryId)
  await tx
    .update(deliveries)
    .set({ leaseUntil: null })
    .where(sql`id = any(${textArray(ids)})`)
}

const insertAttempts = async (tx: Tx, endpoint: EndpointRow, settled: readonly Settled[], now: Date): Promise<void> => {
  if (settled.length === 0) return
  const rows = settled.map(({ claim, sent, outcome }) => ({
    ...attemptOf(sent, outcome),
    deliveryId: claim.deliveryId,
    number: claim.attempts + 1,
    trigger: claim.trigger,
    nextAttemptAt: describe(outcome, now).next_attempt_at,
  }))
  // One parameter for all rows: a text that differs with their number would be planned anew each time.
  await tx.execute(sql`insert into attempts (id, delivery_id, organisation_id, number, trigger, at, outcome, status,
      error_code, remote_address, timings, excerpt, next_attempt_at)
    select x.id, x."deliveryId", ${endpoint.organisationId}, x.number, x.trigger, x.at, x.outcome, x.status,
      x."errorCode", x."remoteAddress", x.timings, x.excerpt, x."nextAttemptAt"
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as x(id text, "deliveryId" text, number int, trigger text,
      at timestamptz, outcome text, status int, "errorCode" text, "remoteAddress" text, timings jsonb, excerpt text,
      "nextAttemptAt" timestamptz)`)
}

/** What the attempt log keeps of one try. */
export const attemptOf = ({ attemptId, at, result }: Sent, outcome: Outcome) => ({
  id: attemptId,
  at,
  outcome: outcome.kind,
  status: result.kind === 'response' ? result.status : null,
  errorCode: result.kind === 'error' ? result.code : null,
  remoteAddress: result.remoteAddress ?? null,
  timings: roundTimings(result.timings),
  excerpt: result.kind === 'response' ? result.excerpt : null,
})

const roundTimings = (timings: object): Record<string, number> =>
  Object.fromEntries(Object.entries(timings).map(([name, ms]) => [name, Math.round(Number(ms) * 10) / 10]))

const observe = ({ claim, sent, outcome }: Settled, endpoint: EndpointRow, deps: SettleDeps): void => {
  deps.metrics.attempts.inc({ outcome: outcome.kind })
  if (claim.attempts === 0 && claim.trigger === 'schedule')
    deps.metrics.firstAttemptSeconds.observe((sent.at.getTime() - claim.occurredAt.getTime()) / 1_000)
  const { status, errorCode } = attemptOf(sent, outcome)
  deps.log.debug(
    {
      endpointId: endpoint.id,
      deliveryId: claim.deliveryId,
      eventId: claim.eventId,
      traceparent: sent.headers['traceparent'],
      attempt: claim.attempts + 1,
      outcome: outcome.kind,
      status,
      errorCode,
    },
    'webhook attempt',
  )
}

/** The endpoint's health after these attempts, and what its owner is told of it. */
const judge = async (
  tx: Tx,
  deps: SettleDeps,
  endpoint: EndpointRow,
  settled: readonly Settled[],
): Promise<EndpointRow> => {
  const now = deps.clock.now()
  const health = settled.reduce<Health>(
    (before, { outcome, claim, sent }) =>
      nextHealth(before, { outcome, failedAt: claim.failedAt, isAnswer: sent.result.kind === 'response', now }),
    endpoint,
  )
  const isGone = settled.some(({ outcome }) => outcome.kind === 'gone')
  const verdict = judgeHealth(health, now)
  const subject = { endpointId: endpoint.id }
  const news: OperatorEvent[] = settled.flatMap(({ claim, outcome }) =>
    // What is told about deliveries is not told about again: two failing endpoints would tell each other for ever.
    outcome.kind === 'exhausted' && !isOperatorEvent(claim.eventType)
      ? [{ type: 'delivery.exhausted', data: { ...subject, deliveryId: claim.deliveryId, eventType: claim.eventType } }]
      : [],
  )
  const after: EndpointRow = { ...endpoint, ...pickHealth(health) }
  if (endpoint.warnedPercent > 0 && health.warnedPercent === 0) news.push({ type: 'endpoint.recovered', data: subject })
  const reason = isGone ? 'gone' : verdict.kind === 'disable' ? verdict.reason : undefined
  if (reason && endpoint.state === 'active' && (reason !== 'failing' || endpoint.autoDisable)) {
    news.push({ type: 'endpoint.disabled', data: { ...subject, reason } })
    Object.assign(after, { state: 'disabled', disabledReason: reason, disabledAt: now, version: endpoint.version + 1 })
  } else if (verdict.kind === 'warn' && endpoint.autoDisable) {
    news.push({ type: 'endpoint.warned', data: { ...subject, percent: verdict.percent } })
    after.warnedPercent = verdict.percent
  }
  await tellOperators(tx, deps, { kind: 'worker' }, endpoint.organisationId, news)
  return after
}

const pickHealth = (health: Health): Health => ({
  failingSince: health.failingSince,
  failedDeliveries: health.failedDeliveries,
  slowInRow: health.slowInRow,
  blockedDials: health.blockedDials,
  firstBlockedAt: health.firstBlockedAt,
  warnedPercent: health.warnedPercent,
  pausedUntil: health.pausedUntil,
})

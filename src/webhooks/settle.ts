import { record, type Recording } from '../audit/record.ts'
import type { Tx } from '../platform/db.ts'
import type { Deps } from '../platform/deps.ts'
import type { Claim } from './claim.ts'
import { classify, judgeHealth, type Outcome } from './classify.ts'
import { isOperatorEvent } from './filters.ts'
import { type Health, nextHealth } from './health.ts'
import { giveBack, keepAttempts, type Settled } from './keep.ts'
import { dropLeases, liveLeases } from './leases.ts'
import { type OperatorEvent, tellOperators } from './notices.ts'
import { scheduleOf } from './schedule.ts'
import type { Sent } from './send.ts'
import type { EndpointRow } from './write.ts'

export type Finished = { claim: Claim; sent: Sent }
type SettleDeps = Recording & Pick<Deps, 'config' | 'metrics' | 'log'>

/**
 * Keeps what became of the attempts, and the endpoint's health. What was sent after its lease had ended is left to
 * whoever holds the delivery now; what we broke off ourselves, or did not even begin, is given back as if it had not been
 * tried. The caller holds the endpoint's lock.
 * @returns the endpoint as it is now: perhaps slower, paused, or switched off
 */
export const settle = async (
  tx: Tx,
  deps: SettleDeps,
  endpoint: EndpointRow,
  { finished, released }: { finished: readonly Finished[]; released: readonly Claim[] },
): Promise<EndpointRow> => {
  if (finished.length + released.length === 0) return endpoint
  const now = deps.clock.now()
  const tried = finished
    .filter(({ sent }) => !isBrokenOff(sent))
    .map(entry => ({ ...entry, outcome: decide(entry, endpoint, deps) }))
  const unsent = [...finished.filter(({ sent }) => isBrokenOff(sent)).map(entry => entry.claim), ...released]
  const [lost] = await Promise.all([keepAttempts(tx, endpoint.organisationId, tried, now), giveBack(tx, unsent)])
  const settled = lost.size === 0 ? tried : tried.filter(({ claim }) => !lost.has(claim.deliveryId))
  observe(settled, endpoint, deps)
  // A lease is lost by its end only, and one that has ended is not counted any more.
  const ended = [...tried.map(entry => entry.claim), ...unsent].map(claim => claim.leaseUntil)
  const leases = dropLeases(liveLeases(endpoint.leases, now), ended)
  return judge(tx, deps, { ...endpoint, leases }, settled)
}

const isBrokenOff = (sent: Sent): boolean => sent.result.kind === 'error' && sent.result.code === 'aborted'

const decide = ({ claim, sent }: Finished, endpoint: EndpointRow, deps: SettleDeps): Outcome =>
  classify(sent.result, {
    attempt: claim.round + 1,
    schedule: scheduleOf(endpoint, deps.config),
    random: () => deps.random(4).readUInt32BE() / 2 ** 32,
    now: deps.clock.now().getTime(),
  })

const observe = (settled: readonly Settled[], endpoint: EndpointRow, deps: SettleDeps): void => {
  const counts = new Map<Outcome['kind'], number>()
  for (const { claim, sent, outcome } of settled) {
    counts.set(outcome.kind, (counts.get(outcome.kind) ?? 0) + 1)
    if (claim.attempts === 0 && claim.trigger === 'schedule')
      deps.metrics.firstAttemptSeconds.observe((sent.at.getTime() - claim.occurredAt.getTime()) / 1_000)
  }
  for (const [outcome, count] of counts) deps.metrics.attempts.inc({ outcome }, count)
  if (!deps.log.isLevelEnabled('debug')) return
  for (const { claim, sent, outcome } of settled)
    deps.log.debug(
      {
        endpointId: endpoint.id,
        deliveryId: claim.deliveryId,
        eventId: claim.eventId,
        traceparent: sent.headers['traceparent'],
        attempt: claim.attempts + 1,
        outcome: outcome.kind,
        ...(sent.result.kind === 'response' ? { status: sent.result.status } : { errorCode: sent.result.code }),
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
    await record(tx, deps, { kind: 'worker' }, { action: 'endpoint.disabled', objectId: endpoint.id })
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

import type { Outcome } from './classify.ts'
import type { EndpointRow } from './write.ts'

/** What is kept of an endpoint's answers, for slowing down, pausing and switching off. */
export type Health = Pick<
  EndpointRow,
  | 'failingSince'
  | 'failedDeliveries'
  | 'slowInRow'
  | 'blockedDials'
  | 'firstBlockedAt'
  | 'warnedPercent'
  | 'pausedUntil'
>

/** How an endpoint starts, and starts anew after a success or when its owner enables it. */
export const HEALTHY: Health = {
  failingSince: null,
  failedDeliveries: 0,
  slowInRow: 0,
  blockedDials: 0,
  firstBlockedAt: null,
  warnedPercent: 0,
  pausedUntil: null,
}

/** One attempt as health sees it; `failedAt` is when the same delivery failed before. */
export type Seen = { outcome: Outcome; failedAt: Date | null; isAnswer: boolean; now: Date }

/** The health after one more attempt. A pause that the endpoint asked for outlives a success that was on its way. */
export const nextHealth = (health: Health, { outcome, failedAt, isAnswer, now }: Seen): Health => {
  if (outcome.kind === 'delivered') return { ...HEALTHY, pausedUntil: health.pausedUntil }
  if (outcome.kind === 'gone') return health
  if (outcome.kind === 'blocked')
    return { ...health, blockedDials: health.blockedDials + 1, firstBlockedAt: health.firstBlockedAt ?? now }
  const failingSince = health.failingSince ?? now
  const isCounted = failedAt !== null && failedAt >= failingSince
  const { pressure } = outcome
  return {
    ...health,
    failingSince,
    failedDeliveries: health.failedDeliveries + (isCounted ? 0 : 1),
    slowInRow: pressure.kind === 'slow' ? health.slowInRow + 1 : 0,
    pausedUntil:
      pressure.kind === 'pause' ? later(health.pausedUntil, now.getTime() + pressure.forMs) : health.pausedUntil,
    // An answer shows that the address may be called again; a time-out or a failed look-up shows nothing.
    ...(isAnswer ? { blockedDials: 0, firstBlockedAt: null } : {}),
  }
}

const later = (until: Date | null, otherMs: number): Date => new Date(Math.max(until?.getTime() ?? 0, otherMs))

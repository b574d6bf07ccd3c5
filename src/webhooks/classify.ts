import type { EgressErrorCode, EgressResult } from '../platform/egress/post.ts'
import type { UrlRule } from '../platform/egress/url.ts'
import { nextDelayMs, readRetryAfterMs } from './schedule.ts'
import type { DisabledReason } from './tables.ts'

/**
 * What an attempt tells about its endpoint as a whole: to leave it alone for a while (it said how long), to call it more
 * gently (it timed out, or said that it has too much to do), or nothing.
 */
export type Pressure = { kind: 'none' } | { kind: 'slow' } | { kind: 'pause'; forMs: number }

/** Why an attempt failed: the error's code, or the class of status that is not success. */
export type FailureReason = Exclude<EgressErrorCode, 'blocked_address'> | `status_${number}`

/** What becomes of a delivery after one attempt. */
export type Outcome =
  | { kind: 'delivered' }
  | { kind: 'gone' }
  | { kind: 'blocked'; rule: UrlRule }
  | { kind: 'retry'; afterMs: number; reason: FailureReason; pressure: Pressure }
  | { kind: 'exhausted'; reason: FailureReason; pressure: Pressure }

export interface AttemptContext {
  /** Number of the attempt that was just made, from 1. */
  attempt: number
  /** Waits before each attempt, in milliseconds. */
  schedule: readonly number[]
  /** Uniform in [0, 1). */
  random: () => number
  /** Milliseconds since 1970. */
  now: number
}

/**
 * Decides, once and without side effects, what becomes of a delivery. 2xx is success and everything else is not: a
 * redirect is never followed, 410 is the receiver's wish to hear no more, a blocked address waits for its owner.
 */
export function classify(result: EgressResult, context: AttemptContext): Outcome {
  if (result.kind === 'error') {
    if (result.code === 'blocked_address') return { kind: 'blocked', rule: result.rule }
    return fail(result.code, SLOW_ERRORS.has(result.code) ? { kind: 'slow' } : { kind: 'none' }, context)
  }
  const { status } = result
  if (status >= 200 && status < 300) return { kind: 'delivered' }
  if (status === 410) return { kind: 'gone' }
  const retryAfter = headerOf(result.headers, 'retry-after')
  return fail(`status_${status}`, judgePressure(status, readRetryAfterMs(retryAfter, context.now)), context, retryAfter)
}

const SLOW_ERRORS: ReadonlySet<EgressErrorCode> = new Set(['timeout', 'connect_timeout'])
const SLOW_STATUSES: ReadonlySet<number> = new Set([429, 502, 503, 504])
const PAUSE_STATUSES: ReadonlySet<number> = new Set([429, 503])

function judgePressure(status: number, retryAfterMs: number): Pressure {
  if (PAUSE_STATUSES.has(status) && retryAfterMs > 0) return { kind: 'pause', forMs: retryAfterMs }
  return SLOW_STATUSES.has(status) ? { kind: 'slow' } : { kind: 'none' }
}

function fail(reason: FailureReason, pressure: Pressure, context: AttemptContext, retryAfter?: string): Outcome {
  const afterMs = nextDelayMs({ ...context, retryAfter })
  return afterMs === undefined ? { kind: 'exhausted', reason, pressure } : { kind: 'retry', afterMs, reason, pressure }
}

function headerOf(headers: Readonly<Record<string, string | string[] | undefined>>, name: string): string | undefined {
  const value = headers[name]
  return Array.isArray(value) ? value[0] : value
}

const SLOW_IN_ROW_MAX = 3

/**
 * How many deliveries may be in flight to an endpoint: half as many after each slow answer (`Pressure` slow) in a row,
 * one at a time from the third on, so that a receiver in trouble is not kept there.
 */
export function judgeInFlightMax({ concurrencyMax, slowInRow }: { concurrencyMax: number; slowInRow: number }): number {
  if (slowInRow >= SLOW_IN_ROW_MAX) return 1
  return Math.max(1, Math.floor(concurrencyMax / 2 ** slowInRow))
}

const DAY_MS = 86_400_000
const FAILING_MS = 5 * DAY_MS
const FAILED_DELIVERIES = 10
const BLOCKED_DIALS = 3
const BLOCKED_MS = DAY_MS / 24
const WARN_PERCENTS = [90, 75, 50] as const
export type WarnPercent = (typeof WARN_PERCENTS)[number]

/** What has happened since the endpoint's last success. */
export interface EndpointHealth {
  /** When the first attempt failed; `null` while none has. */
  failingSince: Date | null
  /** How many different deliveries have failed. */
  failedDeliveries: number
  /** The highest warning that the owner was sent. */
  warnedPercent: number
  /** Dials refused in a row, and when the first one was. */
  blockedDials: number
  firstBlockedAt: Date | null
}

export type HealthVerdict =
  | { kind: 'none' }
  | { kind: 'warn'; percent: WarnPercent }
  | { kind: 'disable'; reason: Extract<DisabledReason, 'failing' | 'blocked_address'> }

/**
 * Should the endpoint be switched off, or its owner be warned that it will be? It is when nothing but failures came for
 * five days **and** ten deliveries failed: time alone would punish a quiet endpoint, the count alone a short outage.
 * Whichever of the two is further behind is the progress that 50, 75 and 90 per cent are warned at. Three refused dials
 * over an hour or more switch it off too: one wrong DNS answer does not, a name that stays private does.
 */
export function judgeHealth(health: EndpointHealth, now: Date): HealthVerdict {
  const blockedMs = health.firstBlockedAt ? now.getTime() - health.firstBlockedAt.getTime() : 0
  if (health.blockedDials >= BLOCKED_DIALS && blockedMs >= BLOCKED_MS) {
    return { kind: 'disable', reason: 'blocked_address' }
  }
  const failingMs = health.failingSince ? now.getTime() - health.failingSince.getTime() : 0
  const progress = Math.min(failingMs / FAILING_MS, health.failedDeliveries / FAILED_DELIVERIES)
  if (progress >= 1) return { kind: 'disable', reason: 'failing' }
  const percent = WARN_PERCENTS.find(level => progress * 100 >= level)
  return percent !== undefined && percent > health.warnedPercent ? { kind: 'warn', percent } : { kind: 'none' }
}

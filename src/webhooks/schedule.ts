const SECOND_MS = 1_000
const HOUR_MS = 3_600 * SECOND_MS

/** The longest wait that an endpoint may ask for with Retry-After. */
export const RETRY_AFTER_MS_MAX = 24 * HOUR_MS

/** The waits of an endpoint, in milliseconds: its own, or those of the deployment. */
export const scheduleOf = (
  endpoint: { retrySchedule: number[] | null },
  config: { webhook: { retryScheduleS: number[] } },
): number[] => (endpoint.retrySchedule ?? config.webhook.retryScheduleS).map(seconds => seconds * SECOND_MS)

const JITTER = 0.2

/** What decides the next wait. */
export interface RetryInput {
  /** Number of the attempt that has just failed, from 1. */
  attempt: number
  /** Waits before each attempt, in milliseconds; as many attempts as entries. */
  schedule: readonly number[]
  /** Uniform in [0, 1). */
  random: () => number
  /** Milliseconds since 1970. */
  now: number
  /** The answer's Retry-After header, if it had one. */
  retryAfter?: string | undefined
}

/**
 * How long to wait before the next attempt, in milliseconds, or `undefined` after the last one. The wait is the
 * schedule's, spread by ±20 % so that endpoints which failed together do not come back together. Retry-After can only
 * lengthen it, up to 24 hours: an endpoint must not be able to make us call it faster.
 */
export function nextDelayMs({ attempt, schedule, random, retryAfter, now }: RetryInput): number | undefined {
  const baseMs = schedule[attempt]
  if (baseMs === undefined) return undefined
  const jitteredMs = Math.round(baseMs * (1 - JITTER + 2 * JITTER * random()))
  return Math.max(jitteredMs, readRetryAfterMs(retryAfter, now))
}

/**
 * The wait that a Retry-After header asks for, in milliseconds, at most 24 hours; 0 for a date in the past, for none
 * and for junk.
 */
export function readRetryAfterMs(value: string | undefined, now: number): number {
  const text = value?.trim() ?? ''
  const waitMs = /^\d+$/.test(text) ? Number(text) * SECOND_MS : parseHttpDate(text) - now
  return Number.isNaN(waitMs) ? 0 : Math.min(Math.max(waitMs, 0), RETRY_AFTER_MS_MAX)
}

/** The three forms that RFC 9110, 5.6.7, tells recipients to accept: IMF-fixdate, RFC 850 and asctime. */
const HTTP_DATES = [
  /^[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$/,
  /^[A-Z][a-z]{5,8}, \d\d-[A-Z][a-z]{2}-\d\d \d\d:\d\d:\d\d GMT$/,
  /^[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4}$/,
]

/** Milliseconds since 1970, NaN for anything else: `Date.parse` alone would also read much that is no HTTP date. */
function parseHttpDate(text: string): number {
  if (!HTTP_DATES.some(form => form.test(text))) return Number.NaN
  return Date.parse(text.endsWith('GMT') ? text : `${text} GMT`)
}

import fc from 'fast-check'
import t from 'tap'
import type { EgressErrorCode, EgressResult } from '../../src/platform/egress/post.ts'
import { EGRESS_ERROR_CODES } from '../../src/platform/egress/failure.ts'
import type { EndpointHealth } from '../../src/webhooks/classify.ts'
import { classify, judgeHealth, judgeInFlightMax } from '../../src/webhooks/classify.ts'
import { DEFAULT_RETRY_SCHEDULE_S } from '../../src/platform/config.ts'

const now = Date.UTC(2026, 0, 15)
const schedule = DEFAULT_RETRY_SCHEDULE_S.map(seconds => seconds * 1_000)
const context = { attempt: 1, schedule, random: () => 0.5, now }
const last = { ...context, attempt: schedule.length }
const timings = { totalMs: 1 }
const answer = (status: number, headers: Record<string, string> = {}): EgressResult => ({
  kind: 'response',
  status,
  headers,
  excerpt: '',
  timings,
})
const error = (code: Exclude<EgressErrorCode, 'blocked_address'>): EgressResult => ({
  kind: 'error',
  code,
  message: '',
  timings,
})
const afterMs = 5_000
const none = { kind: 'none' }
const slow = { kind: 'slow' }

void t.test('every status has one outcome: 2xx delivered, 410 gone, everything else retried', t => {
  for (let status = 200; status < 600; status++) {
    const { kind } = classify(answer(status), context)
    t.equal(kind, status < 300 ? 'delivered' : status === 410 ? 'gone' : 'retry', String(status))
  }
  t.end()
})

void t.test('429 and 503 with Retry-After pause the whole endpoint, at most for a day', t => {
  const day = 86_400_000
  const cases: [status: number, retryAfter: string | undefined, afterMs: number, pressure: object][] = [
    [429, '60', 60_000, { kind: 'pause', forMs: 60_000 }],
    [503, '2', afterMs, { kind: 'pause', forMs: 2_000 }],
    [503, new Date(now + 3_600_000).toUTCString(), 3_600_000, { kind: 'pause', forMs: 3_600_000 }],
    [429, '999999999', day, { kind: 'pause', forMs: day }],
    [429, undefined, afterMs, slow],
    [429, 'soon', afterMs, slow],
    [429, '0', afterMs, slow],
    [502, undefined, afterMs, slow],
    [503, undefined, afterMs, slow],
    [504, undefined, afterMs, slow],
    [504, '60', 60_000, slow],
    [500, '60', 60_000, none],
    [500, undefined, afterMs, none],
    [302, undefined, afterMs, none],
    [404, undefined, afterMs, none],
  ]
  for (const [status, retryAfter, expectedMs, pressure] of cases) {
    const outcome = classify(answer(status, retryAfter === undefined ? {} : { 'retry-after': retryAfter }), context)
    t.same(
      outcome,
      { kind: 'retry', afterMs: expectedMs, reason: `status_${status}`, pressure },
      `${status} ${retryAfter}`,
    )
  }
  t.end()
})

void t.test('every failure but a blocked address is retried under its own code, and time-outs slow the endpoint', t => {
  for (const code of EGRESS_ERROR_CODES) {
    if (code === 'blocked_address') continue
    const pressure = code === 'timeout' || code === 'connect_timeout' ? slow : none
    t.same(classify(error(code), context), { kind: 'retry', afterMs, reason: code, pressure }, code)
  }
  t.end()
})

void t.test('a blocked address is not retried and says which rule blocked it', t => {
  const result: EgressResult = { kind: 'error', code: 'blocked_address', rule: 'private_address', message: '', timings }
  t.same(classify(result, context), { kind: 'blocked', rule: 'private_address' })
  t.same(classify(result, last), { kind: 'blocked', rule: 'private_address' })
  t.end()
})

void t.test('after the last attempt a failure is exhausted, but still tells about the endpoint', t => {
  t.same(classify(error('timeout'), last), { kind: 'exhausted', reason: 'timeout', pressure: slow })
  t.same(classify(answer(429, { 'retry-after': '60' }), last), {
    kind: 'exhausted',
    reason: 'status_429',
    pressure: { kind: 'pause', forMs: 60_000 },
  })
  t.same(classify(answer(200), last), { kind: 'delivered' })
  t.same(classify(answer(410), last), { kind: 'gone' })
  t.end()
})

void t.test('an endpoint in trouble is called half as often each time, and one at a time from the third', t => {
  const limits = [0, 1, 2, 3, 9].map(slowInRow => judgeInFlightMax({ concurrencyMax: 10, slowInRow }))
  t.same(limits, [10, 5, 2, 1, 1])
  t.equal(judgeInFlightMax({ concurrencyMax: 1, slowInRow: 1 }), 1)
  t.equal(judgeInFlightMax({ concurrencyMax: 100, slowInRow: 3 }), 1)
  t.end()
})

const DAY_MS = 86_400_000
const at = (beforeMs: number) => new Date(now - beforeMs)
const healthy: EndpointHealth = {
  failingSince: null,
  failedDeliveries: 0,
  warnedPercent: 0,
  blockedDials: 0,
  firstBlockedAt: null,
}
const failing = (days: number, failedDeliveries: number, warnedPercent = 0): EndpointHealth => ({
  ...healthy,
  failingSince: at(days * DAY_MS),
  failedDeliveries,
  warnedPercent,
})
const judge = (health: EndpointHealth) => judgeHealth(health, new Date(now))

void t.test(
  'an endpoint is switched off only when both five days and ten deliveries failed, with three warnings before',
  t => {
    const cases: [health: EndpointHealth, verdict: object][] = [
      [healthy, none],
      [failing(2.4, 10), none],
      [failing(2.5, 5), { kind: 'warn', percent: 50 }],
      [failing(2.5, 5, 50), none],
      [failing(3.75, 8, 50), { kind: 'warn', percent: 75 }],
      [failing(4.6, 9, 75), { kind: 'warn', percent: 90 }],
      [failing(4.6, 9, 0), { kind: 'warn', percent: 90 }],
      [failing(4.6, 9, 90), none],
      [failing(5, 9, 90), none],
      [failing(100, 4), none],
      [failing(4.99, 10_000, 90), none],
      [failing(5, 10, 90), { kind: 'disable', reason: 'failing' }],
    ]
    for (const [health, verdict] of cases) t.same(judge(health), verdict, JSON.stringify(health))
    t.end()
  },
)

void t.test('three blocked dials over an hour switch an endpoint off, three at once do not', t => {
  const blocked = (blockedDials: number, hours: number) => ({
    ...healthy,
    blockedDials,
    firstBlockedAt: at(hours * 3_600_000),
  })
  t.same(judge(blocked(3, 1)), { kind: 'disable', reason: 'blocked_address' })
  t.same(judge(blocked(3, 0.9)), none)
  t.same(judge(blocked(2, 48)), none)
  t.end()
})

void t.test('an owner is never warned twice of the same or a lower level', t => {
  fc.assert(
    fc.property(
      fc.double({ min: 0, max: 10, noNaN: true }),
      fc.nat(20),
      fc.constantFrom(0, 50, 75, 90),
      (days, count, warned) => {
        const verdict = judge(failing(days, count, warned))
        const isDue = days >= 5 && count >= 10
        return verdict.kind === 'disable' ? isDue : !isDue && (verdict.kind === 'none' || verdict.percent > warned)
      },
    ),
    { seed: 5, numRuns: 300 },
  )
  t.end()
})

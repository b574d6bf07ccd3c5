import fc from 'fast-check'
import t from 'tap'
import { DEFAULT_RETRY_SCHEDULE_S } from '../../src/platform/config.ts'
import { nextDelayMs, RETRY_AFTER_MS_MAX, readRetryAfterMs } from '../../src/webhooks/schedule.ts'

const HOUR_MS = 3_600_000
const schedule = DEFAULT_RETRY_SCHEDULE_S.map(seconds => seconds * 1_000)
const now = Date.UTC(2026, 0, 15, 8, 0, 0)
const middle = () => 0.5

void t.test('a delivery that always fails is tried ten times over 75 hours', t => {
  let clockMs = now + (schedule[0] ?? 0)
  const triedAtMs: number[] = []
  for (let attempt = 1; ; attempt++) {
    triedAtMs.push(clockMs - now)
    const delayMs = nextDelayMs({ attempt, schedule, random: middle, now: clockMs })
    if (delayMs === undefined) break
    clockMs += delayMs
  }
  t.equal(triedAtMs.length, 10)
  t.same(triedAtMs.slice(0, 4), [0, 5_000, 305_000, 2_105_000])
  t.equal(triedAtMs.at(-1), 75 * HOUR_MS + 35 * 60_000 + 5_000)
  t.end()
})

const retryAfters = fc.oneof(
  fc.constant(undefined),
  fc.nat(200_000).map(String),
  fc.integer({ min: -HOUR_MS, max: 48 * HOUR_MS }).map(offset => new Date(now + offset).toUTCString()),
  fc.string(),
)

void t.test(
  'the wait is never shorter than the jittered one and never longer than 24 hours unless the schedule is',
  t => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 9 }),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        retryAfters,
        (attempt, random, retryAfter) => {
          const input = { attempt, schedule, random: () => random, now }
          const jitteredMs = nextDelayMs(input) ?? Number.NaN
          const delayMs = nextDelayMs({ ...input, retryAfter }) ?? Number.NaN
          const baseMs = schedule[attempt] ?? Number.NaN
          return (
            jitteredMs >= Math.floor(baseMs * 0.8) &&
            jitteredMs <= Math.ceil(baseMs * 1.2) &&
            delayMs === Math.max(jitteredMs, readRetryAfterMs(retryAfter, now)) &&
            delayMs <= Math.max(jitteredMs, RETRY_AFTER_MS_MAX) &&
            Number.isInteger(delayMs)
          )
        },
      ),
      { seed: 4, numRuns: 500 },
    )
    t.end()
  },
)

void t.test('the jitter spreads over the whole of ±20 %', t => {
  const delay = (random: number) => nextDelayMs({ attempt: 3, schedule, random: () => random, now })
  t.equal(delay(0), 24 * 60_000)
  t.equal(delay(0.5), 30 * 60_000)
  t.equal(delay(0.999_999_999), 36 * 60_000)
  t.end()
})

void t.test('Retry-After is read as seconds or as an HTTP date, and junk is ignored', t => {
  const cases: [string | undefined, number][] = [
    [undefined, 0],
    ['120', 120_000],
    [' 120 ', 120_000],
    ['0', 0],
    ['86401', RETRY_AFTER_MS_MAX],
    ['99999999999999999999999', RETRY_AFTER_MS_MAX],
    ['9'.repeat(400), RETRY_AFTER_MS_MAX],
    ['Thu, 15 Jan 2026 09:00:00 GMT', HOUR_MS],
    ['Thursday, 15-Jan-26 09:00:00 GMT', HOUR_MS],
    ['Thu Jan 15 09:00:00 2026', HOUR_MS],
    ['Thu, 15 Jan 2026 07:00:00 GMT', 0],
    ['Thu, 15 Jan 2099 07:00:00 GMT', RETRY_AFTER_MS_MAX],
    ['Thu, 32 Jan 2099 07:00:00 GMT', 0],
    ['Thu, 15 Foo 2099 07:00:00 GMT', 0],
    ['-5', 0],
    ['1.5', 0],
    ['1e9', 0],
    ['2099', 2_099_000],
    ['2099-01-15', 0],
    ['tomorrow', 0],
    ['120, 240', 0],
    ['', 0],
  ]
  for (const [value, expectedMs] of cases) t.equal(readRetryAfterMs(value, now), expectedMs, String(value).slice(0, 40))
  t.end()
})

void t.test('an endpoint with its own schedule gets as many attempts as it lists', t => {
  const own = [0, 1_000]
  t.equal(nextDelayMs({ attempt: 1, schedule: own, random: middle, now }), 1_000)
  t.equal(nextDelayMs({ attempt: 2, schedule: own, random: middle, now, retryAfter: '60' }), undefined)
  t.end()
})

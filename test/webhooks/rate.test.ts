import fc from 'fast-check'
import t from 'tap'
import { type Rate, rateLeft, spendRate } from '../../src/webhooks/rate.ts'

const SECOND_MS = 1_000
const START_MS = Date.parse('2026-11-02T08:00:00Z')

/** Looks one after another, each taking as much as it wants and may. @returns how many went when */
const run = (rateMax: number, looks: readonly { afterMs: number; wanted: number }[]) => {
  let endpoint: Rate = { rateMax, rateSpent: {} }
  let atMs = START_MS
  return looks.map(({ afterMs, wanted }) => {
    atMs += afterMs
    const now = new Date(atMs)
    const count = Math.min(wanted, rateLeft(endpoint, now).attempts)
    if (count > 0) endpoint = spendRate(endpoint, count, now)
    return { atMs, count, wanted }
  })
}

const countBetween = (went: readonly { atMs: number; count: number }[], fromMs: number, toMs: number) =>
  went.reduce((sum, { atMs, count }) => (atMs > fromMs && atMs <= toMs ? sum + count : sum), 0)

const LOOKS = fc.array(fc.record({ afterMs: fc.integer({ min: 0, max: 1_500 }), wanted: fc.nat({ max: 30 }) }), {
  maxLength: 60,
})

void t.test('no second, wherever it begins, sees more attempts than allowed, and none is refused without need', t => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 20 }), LOOKS, (rateMax, looks) => {
      const went = run(rateMax, looks)
      for (const { atMs, count, wanted } of went) {
        const inSecond = countBetween(went, atMs - SECOND_MS, atMs)
        if (inSecond > rateMax) return false
        if (count < wanted && inSecond < rateMax) return false
      }
      return true
    }),
    { seed: 4, numRuns: 300 },
  )
  t.end()
})

void t.test('when nothing is left, the next attempt is free exactly when the oldest leaves the second', t => {
  const first = new Date(START_MS)
  const later = new Date(START_MS + 600)
  const spent = spendRate(spendRate({ rateMax: 3, rateSpent: {} }, 2, first), 1, later)
  t.same(rateLeft(spent, later), { attempts: 0, freeAt: new Date(START_MS + SECOND_MS) })
  t.equal(rateLeft(spent, new Date(START_MS + SECOND_MS - 1)).attempts, 0)
  t.equal(rateLeft(spent, new Date(START_MS + SECOND_MS)).attempts, 2)
  t.equal(rateLeft({ ...spent, rateMax: 1 }, later).attempts, 0, 'a limit that was lowered meanwhile counts at once')
  t.equal(rateLeft({ rateMax: 0, rateSpent: {} }, first).attempts, Number.POSITIVE_INFINITY)
  t.end()
})

import t from 'tap'
import { FAULTS, planFaults } from '../../bench/faults/plan.ts'
import { balance } from '../../bench/faults/ledger.ts'
import { runFaults } from '../../bench/faults/run.ts'
import { createRandom } from '../../bench/province/random.ts'
import { backends } from '../helper.ts'

t.test('the ledger tells a loss, a repetition, a second id and a stray apart', async t => {
  const sent = new Map([
    ['a', [0, 1]],
    ['b', [0]],
  ])
  const receipt = (endpoint: number, news: string, id: string) => ({ endpoint, news, id })
  const whole = [receipt(0, 'a', 'evt_a'), receipt(1, 'a', 'evt_a'), receipt(0, 'b', 'evt_b')]
  const nothing = { sent: 3, lost: 0, duplicates: 0, duplicatesWithOtherId: 0, strays: 0 }
  t.same(balance(sent, whole), nothing)
  t.same(balance(sent, whole.slice(1)), { ...nothing, lost: 1 })
  t.same(balance(sent, [...whole, receipt(0, 'a', 'evt_a')]), { ...nothing, duplicates: 1 })
  t.same(balance(sent, [...whole, receipt(0, 'a', 'evt_x')]), { ...nothing, duplicatesWithOtherId: 1 })
  t.same(balance(sent, [...whole, receipt(1, 'b', 'evt_b')]), { ...nothing, strays: 1 })
})

t.test('a plan is the same for the same seed and has every kind of fault', async t => {
  const plan = () => planFaults(createRandom(7), { kinds: FAULTS, forMs: 20_000, gapMs: 2_000 })
  t.same(plan(), plan())
  t.same(new Set(plan().map(fault => fault.kind)), new Set(FAULTS))
})

// Side by side, since most of the time is spent waiting for the leases of senders that were killed.
const found = backends()
t.test('whatever is killed, emptied or crashed meanwhile', { jobs: found.length, timeout: 300_000 }, async t => {
  for (const backend of found)
    t.test(
      `on ${backend} every event arrives, under one id, and no process ends by itself`,
      { timeout: 300_000 },
      async t => {
        const report = await runFaults({
          backend,
          events: 300,
          endpoints: 5,
          workers: 2,
          seconds: 12,
          gapMs: 2_500,
          kinds: FAULTS,
          seed: 1,
          patienceS: 90,
        })
        t.comment(JSON.stringify(report))
        const whole = { lost: 0, duplicatesWithOtherId: 0, strays: 0, badSignatures: 0, undelivered: 0 }
        t.match(report, { ...whole, crashes: 0, deafWorkers: 0 })
        t.ok(report.sent > 300 && report.kills > 0 && report.restarts > 0, 'it was put to the test')
      },
    )
})

import { eq } from 'drizzle-orm'
import postgres from 'postgres'
import t from 'tap'
import { auditEntries } from '../../src/audit/tables.ts'
import { createEngine } from '../../src/engine/index.ts'
import { events } from '../../src/events/tables.ts'
import { createKeeper } from '../../src/matching/keeper.ts'
import { requeueSlices } from '../../src/matching/runs-work.ts'
import { matches } from '../../src/matching/tables.ts'
import { transaction } from '../../src/platform/db.ts'
import { scenarios } from '../../src/scenarios/tables.ts'
import { relayBatch } from '../../workers/relay.ts'
import { createRunHandler } from '../../workers/run.ts'
import { backendOf, backends, bearer, build, cloneDatabase, createTestClock, eventually } from '../helper.ts'
import { makeCast, SCENARIO } from '../flows/cast.ts'

const WORKER = { kind: 'worker' } as const
const TRIES_MAX = 50

t.test('writes that PostgreSQL cuts off and that are sent again stand once each, and no key is forgotten', async t => {
  const { app, deps } = await build(t)
  const cast = await makeCast(deps, app)
  const WRITES = 40
  const admin = postgres(deps.db.url, { max: 1, onnotice: () => {} })
  t.after(() => admin.end())
  // What a restart does to a client: every connection ends, whatever it is in the middle of.
  const cutAll = () =>
    admin`select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and application_name = 'duijie_app'`
  let refused = 0
  let answered = 0
  const write = async (number: number) => {
    for (let tries = 0; tries < TRIES_MAX; tries++) {
      const answer = await app.inject({
        method: 'POST',
        url: '/v1/scenarios',
        headers: { ...bearer(cast.factory.key), 'idempotency-key': `write-${number}` },
        payload: { ...SCENARIO, title: `第${number}条需求`, parkId: cast.park.id, publish: true },
      })
      if (answer.statusCode === 201) {
        answered += 1
        if (answered % 10 === 0) await cutAll()
        return answer.json().id as string
      }
      if (answer.statusCode < 500 && answer.statusCode !== 409) throw new Error(answer.body)
      refused += 1
    }
    throw new Error(`write ${number} was never answered`)
  }
  const ids = await Promise.all(Array.from({ length: WRITES }, (_, number) => write(number)))
  t.comment(`${refused} attempts were cut off`)
  t.equal(new Set(ids).size, WRITES)
  const stored = await transaction(deps, WORKER, tx => tx.select({ id: scenarios.id }).from(scenarios))
  t.same(new Set(stored.map(({ id }) => id)), new Set(ids), 'what was answered stands, and nothing else')
  const told = await transaction(deps, WORKER, tx =>
    tx.select().from(events).where(eq(events.type, 'scenario.published')),
  )
  t.equal(told.length, WRITES, 'each is told of once')
  const recorded = await transaction(deps, WORKER, tx =>
    tx.select().from(auditEntries).where(eq(auditEntries.action, 'scenario.created')),
  )
  t.equal(recorded.length, WRITES, 'and recorded once')
})

for (const kind of backends())
  t.test(
    `on ${kind}: a match run whose queue is emptied in the middle comes to its end, with each pair once`,
    async t => {
      const SCENARIOS = 25
      const clock = createTestClock()
      const databaseUrl = await cloneDatabase(t)
      const { app, deps } = await build(t, { clock, databaseUrl, backend: backendOf(kind, databaseUrl) })
      const cast = await makeCast(deps, app)
      await cast.publishCapability()
      for (let i = 0; i < SCENARIOS; i++) await cast.publishScenario({ title: `冲压件表面划痕漏检 第${i}线` })
      while ((await relayBatch(deps)) > 0);
      const run = await cast.call(cast.park.key, 'POST', '/match-runs', { parkId: cast.park.id })
      await relayBatch(deps)
      const keeper = createKeeper(deps, createEngine({ lexicon: deps.lexicon }))
      const handle = createRunHandler({ ...deps, keeper })
      const done: string[] = []
      const work = () =>
        deps.queues.work(
          'run',
          async job => {
            await handle(job)
            done.push(job.id)
          },
          { concurrency: 1, lockMs: 1_000, stalledMs: 1_000, onError: () => {} },
        )
      // The job that cuts the run and the first slice are done, then the queue forgets everything.
      const first = await work()
      await eventually(async () => done.length >= 1)
      await first.close()
      await deps.queues.obliterate()
      clock.advance(10 * deps.config.jobLockMs)
      await requeueSlices(deps, 100)
      const second = await work()
      const ended = await eventually(async () => {
        const read = await cast.call(cast.park.key, 'GET', `/match-runs/${run.id}`)
        return read.state === 'completed' && read
      })
      await second.close()
      t.match(ended, { scenarios: SCENARIOS, scored: SCENARIOS })
      const pairs = await transaction(deps, WORKER, tx => tx.select().from(matches))
      t.equal(pairs.length, SCENARIOS)
      t.equal(new Set(pairs.map(({ scenarioId, capabilityId }) => `${scenarioId} ${capabilityId}`)).size, SCENARIOS)
      const announced = await transaction(deps, WORKER, tx =>
        tx.select().from(events).where(eq(events.type, 'match.created')),
      )
      t.equal(
        new Set(announced.map(({ data }) => data['matchId'])).size,
        announced.length,
        'and announced at most once',
      )
    },
  )

import { eq } from 'drizzle-orm'
import t, { type Test } from 'tap'
import { createEngine } from '../../src/engine/index.ts'
import { events } from '../../src/events/tables.ts'
import { createKeeper } from '../../src/matching/keeper.ts'
import { requeueSlices, runSlice, type SliceDeps, startImportRun, startRun } from '../../src/matching/runs-work.ts'
import { matches, matchRunSlices } from '../../src/matching/tables.ts'
import { transaction } from '../../src/platform/db.ts'
import type { NewJob } from '../../src/platform/queues.ts'
import { bearer, build, createTestClock } from '../helper.ts'
import { makeCast } from '../flows/cast.ts'

const WORKER = { kind: 'worker' } as const

/** A park with scenarios of one factory and one vendor, a worker's dependencies, and the jobs that it would queue. */
const makeWorld = async (t: Test, scenarios: number) => {
  const clock = createTestClock()
  const { app, deps } = await build(t, { clock })
  const cast = await makeCast(deps, app)
  await cast.publishCapability()
  for (let i = 0; i < scenarios; i++) await cast.publishScenario({ title: `冲压件表面划痕漏检 第${i}线` })
  const jobs: NewJob[] = []
  const queues = { ...deps.queues, add: async (more: NewJob[]) => void jobs.push(...more), counts: async () => ({}) }
  const keeper = createKeeper(deps, createEngine({ lexicon: deps.lexicon }))
  const work: SliceDeps = { ...deps, queues, keeper }
  const request = async (body: object = {}) => {
    const run = await cast.call(cast.park.key, 'POST', '/match-runs', { parkId: cast.park.id, ...body })
    const [event] = await transaction(deps, WORKER, tx =>
      tx.select().from(events).where(eq(events.type, 'match_run.requested')).orderBy(events.seq),
    )
    return { runId: String(run.id), eventId: event?.id ?? '' }
  }
  const doJobs = async (more: SliceDeps = work) => {
    for (const { data } of jobs.splice(0))
      await runSlice(more, { runId: String(data['runId']), number: Number(data['slice']) })
  }
  const read = (id: string) => cast.call(cast.park.key, 'GET', `/match-runs/${id}`)
  const stored = () => transaction(deps, WORKER, tx => tx.select().from(matches).orderBy(matches.id))
  return { app, deps, clock, cast, jobs, work, request, doJobs, read, stored }
}

t.test('a run that dies in the middle is gone on with, and makes no second match of a pair', async t => {
  const world = await makeWorld(t, 25)
  const run = await world.request()
  await startRun(world.work, run)
  await startRun(world.work, run)
  t.equal(world.jobs.length, 2, 'two slices, queued once')
  let scored = 0
  const dying: SliceDeps = {
    ...world.work,
    queues: {
      ...world.work.queues,
      // Asked before each scenario.
      counts: queue => {
        if (++scored > 7) throw new Error('the process dies here')
        return world.work.queues.counts(queue)
      },
    },
  }
  await t.rejects(world.doJobs(dying))
  t.equal((await world.stored()).length, 7, 'what was scored stands')
  await requeueSlices(world.work, 100)
  t.equal(world.jobs.length, 0, 'the lease still stands')
  world.clock.advance(10 * 60_000)
  await requeueSlices(world.work, 100)
  t.same(
    world.jobs.map(job => job.id.split('-').slice(-2).join('-')).toSorted((a, b) => (a < b ? -1 : 1)),
    ['0-1', '1-1'],
    'under new ids',
  )
  await world.doJobs()
  const done = await world.read(run.runId)
  t.match(done, { state: 'completed', scenarios: 25, scored: 25, entered: 25, left: 0, announced: 25 })
  const before = await world.stored()
  t.equal(before.length, 25)
  const told = await transaction(world.deps, WORKER, tx =>
    tx.select().from(events).where(eq(events.type, 'match_run.completed')),
  )
  t.match(told, [{ data: { runId: run.runId, scenarios: 25, announced: 25 } }])

  const [touched] = before
  await world.cast.call(world.cast.factory.key, 'POST', `/matches/${touched?.id}/transitions`, {
    action: 'express_interest',
  })
  const again = await world.cast.call(world.cast.park.key, 'POST', '/match-runs', { parkId: world.cast.park.id })
  const [, second] = await transaction(world.deps, WORKER, tx =>
    tx.select().from(events).where(eq(events.type, 'match_run.requested')).orderBy(events.seq),
  )
  await startRun(world.work, { eventId: second?.id ?? '', runId: again.id })
  await world.doJobs()
  t.match(await world.read(again.id), { state: 'completed', scored: 25, entered: 0, left: 0, announced: 0 })
  const after = await world.stored()
  t.same(
    after.map(match => [match.id, match.scenarioId, match.capabilityId]),
    before.map(match => [match.id, match.scenarioId, match.capabilityId]),
    'the same pairs under the same ids',
  )
  t.equal(after.find(match => match.id === touched?.id)?.state, 'interest', 'what people moved stays where it is')
})

t.test('a cancelled run ends, a quiet one tells nobody, and strangers may neither ask nor look', async t => {
  const world = await makeWorld(t, 3)
  const run = await world.request({ quiet: true })
  await startRun(world.work, run)
  const cancelled = await world.cast.call(world.cast.park.key, 'POST', `/match-runs/${run.runId}/cancel`)
  t.equal(cancelled.state, 'cancelled')
  await world.doJobs()
  t.same(await world.stored(), [])
  const ask = (key: string, body: object) =>
    world.app.inject({ method: 'POST', url: '/v1/match-runs', headers: bearer(key), payload: body })
  t.equal((await ask(world.cast.factory.key, { parkId: world.cast.park.id })).statusCode, 403)
  t.equal((await ask(world.cast.park.key, {})).statusCode, 403)
  const look = { method: 'GET' as const, url: `/v1/match-runs/${run.runId}`, headers: bearer(world.cast.factory.key) }
  t.equal((await world.app.inject(look)).statusCode, 404)
})

t.test('after an import of demand only what was never scored is scored', async t => {
  const world = await makeWorld(t, 2)
  const started = {
    eventId: (await world.request()).eventId,
    kind: 'scenarios' as const,
    parkIds: [world.cast.park.id],
  }
  await startImportRun(world.work, started)
  await startImportRun(world.work, started)
  t.equal(world.jobs.length, 1)
  await world.doJobs()
  t.equal((await world.stored()).length, 2)
  const slices = await transaction(world.deps, WORKER, tx => tx.select().from(matchRunSlices))
  t.match(slices, [{ scored: 2, announced: 2 }])
})

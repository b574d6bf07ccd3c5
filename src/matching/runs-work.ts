import { setTimeout as sleep } from 'node:timers/promises'
import { and, eq, inArray, sql } from 'drizzle-orm'
import { append, finish, isDone, textArray } from '../events/outbox.ts'
import { parks } from '../identity/tables.ts'
import { rowsOf, transaction, type Tx } from '../platform/db.ts'
import type { Deps } from '../platform/deps.ts'
import { newId } from '../platform/ids.ts'
import { currentTraces } from '../platform/telemetry/tracing.ts'
import type { Plan } from './announce.ts'
import { rescoreBeside, type ScoringDeps } from './score.ts'
import { matchRuns, matchRunSlices } from './runs-tables.ts'

const WORKER = { kind: 'worker' } as const
const SLICE_SCENARIOS = 20
/** How often, and how long at most, a run waits for live work before each scenario: it must come to an end too. */
const GIVE_WAY_MS = 50
const GIVE_WAY_TIMES_MAX = 20

export type SliceDeps = ScoringDeps & Pick<Deps, 'queues' | 'config' | 'secrets' | 'metrics'>
type Slice = { runId: string; number: number }
type Queued = Slice & { generation: number }

/** Cuts a requested run into slices, once, and queues them all. */
export const startRun = async (deps: SliceDeps, job: { eventId: string; runId: string }): Promise<void> => {
  const slices = await transaction(deps, WORKER, async tx => {
    if (await isDone(tx, job.eventId)) return []
    const made = await cut(tx, deps, job.runId)
    await finish(tx, deps, [job.eventId])
    return made
  })
  await queueSlices(deps, slices)
}

/** Makes the run that follows an import: its own demand, or all demand that its supply is offered to. */
export const startImportRun = async (
  deps: SliceDeps,
  job: { eventId: string; kind: 'scenarios' | 'capabilities'; parkIds: string[] },
): Promise<void> => {
  const slices = await transaction(deps, WORKER, async tx => {
    if (await isDone(tx, job.eventId)) return []
    const id = newId(deps, 'matchRun')
    await tx.insert(matchRuns).values({
      id,
      parkIds: job.parkIds,
      unscoredOnly: job.kind === 'scenarios',
      quiet: false,
      causeId: job.eventId,
      state: 'queued',
      createdAt: deps.clock.now(),
    })
    const made = await cut(tx, deps, id)
    await finish(tx, deps, [job.eventId])
    return made
  })
  await queueSlices(deps, slices)
}

const cut = async (tx: Tx, deps: SliceDeps, runId: string): Promise<Queued[]> => {
  const [run] = await tx.select().from(matchRuns).where(eq(matchRuns.id, runId)).for('update')
  if (run?.state !== 'queued') return []
  const now = deps.clock.now()
  const made = rowsOf<Queued & { scenarios: number }>(
    await tx.execute(sql`with chosen as (
        select id, (row_number() over (order by id) - 1) / ${SLICE_SCENARIOS}::int as number from scenarios
        where state = 'published' and (${run.parkIds === null} or park_id = any(${textArray(run.parkIds ?? [])}))
          and (${!run.unscoredOnly} or scored_at is null)),
      bounds as (select number, min(id) as first_id, max(id) as last_id, count(*)::int as scenarios
        from chosen group by number),
      made as (insert into match_run_slices (run_id, number, first_id, last_id, cursor, queued_at)
        select ${runId}, number, first_id, last_id, '', ${now.toISOString()}::timestamptz from bounds)
      select ${runId} as "runId", number::int, 0 as generation, scenarios from bounds order by number`),
  )
  const scenarios = made.reduce((sum, slice) => sum + slice.scenarios, 0)
  await tx.update(matchRuns).set({ state: 'running', scenarios, startedAt: now }).where(eq(matchRuns.id, runId))
  if (made.length === 0) await completeRun(tx, deps, runId)
  return made
}

const queueSlices = (deps: Pick<Deps, 'queues'>, slices: Queued[]): Promise<void> =>
  deps.queues.add(
    slices.map(({ runId, number, generation }) => ({
      queue: 'run',
      id: `${runId}-${number}-${generation}`,
      data: { runId, slice: String(number) },
      traces: currentTraces(),
    })),
  )

/**
 * Scores the scenarios of a slice, each in a transaction that also notes how far the slice has come: after a crash the
 * next job goes on behind the last one. Gives way to live work before each.
 */
export const runSlice = async (deps: SliceDeps, slice: Slice, signal?: AbortSignal): Promise<void> => {
  const lease = deps.random(16).toString('hex')
  const claimed = await transaction(deps, WORKER, tx => claim(tx, deps, slice, lease))
  if (!claimed) return
  const horizon = await deps.keeper.refresh()
  for (const scenarioId of claimed.scenarioIds) {
    if (signal?.aborted) return release(deps, slice, lease)
    await giveWay(deps)
    try {
      await rescoreBeside(deps, scenarioId, (tx, plan) => note(tx, deps, slice, { lease, scenarioId, plan }), {
        isQuiet: claimed.quiet,
        horizon,
      })
    } catch (error) {
      if (error instanceof NoLongerOurs) return
      throw error
    }
  }
  await transaction(deps, WORKER, tx => finishSlice(tx, deps, slice, lease))
}

/** The run was cancelled, or another job has taken the slice: the transaction must not stand. */
class NoLongerOurs extends Error {}

const mine = (slice: Slice) => and(eq(matchRunSlices.runId, slice.runId), eq(matchRunSlices.number, slice.number))

const leaseEnd = (deps: SliceDeps): Date => new Date(deps.clock.now().getTime() + 2 * deps.config.jobLockMs)

const claim = async (tx: Tx, deps: SliceDeps, slice: Slice, lease: string) => {
  const [run] = await tx.select().from(matchRuns).where(eq(matchRuns.id, slice.runId))
  const [row] = await tx.select().from(matchRunSlices).where(mine(slice)).for('update')
  if (!run || !row || run.state !== 'running' || row.doneAt !== null) return undefined
  if (row.leaseUntil !== null && row.leaseUntil > deps.clock.now()) return undefined
  await tx
    .update(matchRunSlices)
    .set({ lease, leaseUntil: leaseEnd(deps) })
    .where(mine(slice))
  const found = rowsOf<{ id: string }>(
    await tx.execute(sql`select id from scenarios where id >= ${row.firstId} and id <= ${row.lastId}
      and id > ${row.cursor} and state = 'published'
      and (${run.parkIds === null} or park_id = any(${textArray(run.parkIds ?? [])}))
      and (${!run.unscoredOnly} or scored_at is null) order by id`),
  )
  return { quiet: run.quiet, scenarioIds: found.map(({ id }) => id) }
}

const note = async (
  tx: Tx,
  deps: SliceDeps,
  slice: Slice,
  { lease, scenarioId, plan }: { lease: string; scenarioId: string; plan: Plan | undefined },
): Promise<void> => {
  const { entered, left, announced } = countChanges(plan)
  const noted = rowsOf<{ number: number }>(
    await tx.execute(sql`update match_run_slices s set cursor = ${scenarioId}, scored = s.scored + 1,
        entered = s.entered + ${entered}, "left" = s."left" + ${left}, announced = s.announced + ${announced},
        lease_until = ${leaseEnd(deps).toISOString()}::timestamptz
      from match_runs r where r.id = s.run_id and r.state = 'running'
        and s.run_id = ${slice.runId} and s.number = ${slice.number} and s.lease = ${lease} returning s.number`),
  )
  if (noted.length === 0) throw new NoLongerOurs()
}

const countChanges = (plan: Plan | undefined) => ({
  entered: plan?.writes.filter(({ standing }) => standing === undefined || standing.rank === null).length ?? 0,
  left: plan?.retractions.length ?? 0,
  announced:
    (plan?.writes.filter(({ announce }) => announce !== undefined).length ?? 0) +
    (plan?.retractions.filter(({ announced }) => announced).length ?? 0),
})

const release = (deps: SliceDeps, slice: Slice, lease: string): Promise<void> =>
  transaction(deps, WORKER, async tx => {
    await tx
      .update(matchRunSlices)
      .set({ lease: null, leaseUntil: null })
      .where(and(mine(slice), eq(matchRunSlices.lease, lease)))
  })

const giveWay = async (deps: Pick<Deps, 'queues'>): Promise<void> => {
  for (let times = 0; times < GIVE_WAY_TIMES_MAX; times++) {
    const { wait = 0, active = 0 } = await deps.queues.counts('score')
    if (wait + active === 0) return
    await sleep(GIVE_WAY_MS)
  }
}

const finishSlice = async (tx: Tx, deps: SliceDeps, slice: Slice, lease: string): Promise<void> => {
  // One after the other, so that exactly one of them sees that it is the last.
  const [run] = await tx.select().from(matchRuns).where(eq(matchRuns.id, slice.runId)).for('update')
  const now = deps.clock.now()
  const [done] = await tx
    .update(matchRunSlices)
    .set({ doneAt: now, lease: null, leaseUntil: null })
    .where(and(mine(slice), eq(matchRunSlices.lease, lease)))
    .returning()
  if (!run || !done || run.state !== 'running') return
  await tx
    .update(matchRuns)
    .set({
      scored: run.scored + done.scored,
      entered: run.entered + done.entered,
      left: run.left + done.left,
      announced: run.announced + done.announced,
    })
    .where(eq(matchRuns.id, run.id))
  const [open] = await tx
    .select({ number: matchRunSlices.number })
    .from(matchRunSlices)
    .where(and(eq(matchRunSlices.runId, run.id), sql`${matchRunSlices.doneAt} is null`))
    .limit(1)
  if (!open) await completeRun(tx, deps, run.id)
}

const completeRun = async (tx: Tx, deps: SliceDeps, runId: string): Promise<void> => {
  const [run] = await tx
    .update(matchRuns)
    .set({ state: 'completed', finishedAt: deps.clock.now() })
    .where(and(eq(matchRuns.id, runId), eq(matchRuns.state, 'running')))
    .returning()
  if (!run) return
  const owners = await tx
    .select({ organisationId: parks.organisationId })
    .from(parks)
    .where(inArray(parks.id, run.parkIds ?? []))
  const { id, parkIds, scenarios, entered, left, announced } = run
  const [parkId] = parkIds ?? []
  await append(tx, deps, WORKER, [
    {
      type: 'match_run.completed',
      data: { runId: id, parkIds, scenarios, entered, left, announced },
      ...(parkId !== undefined && parkIds?.length === 1 ? { parkId } : {}),
      readers: [
        ...(run.requestedById === null ? [] : [run.requestedById]),
        ...owners.map(({ organisationId }) => organisationId),
      ],
    },
  ])
}

/** Queues again the slices of running runs that no job works on any more. */
export const requeueSlices = async (deps: Pick<Deps, 'db' | 'clock' | 'queues' | 'config'>, limit: number) => {
  const now = deps.clock.now()
  const before = new Date(now.getTime() - 2 * deps.config.jobLockMs).toISOString()
  const due = await transaction(deps, WORKER, async tx =>
    rowsOf<Queued>(
      await tx.execute(sql`update match_run_slices s
        set generation = s.generation + 1, queued_at = ${now.toISOString()}::timestamptz
        where (s.run_id, s.number) in (select o.run_id, o.number from match_run_slices o
          join match_runs r on r.id = o.run_id
          where r.state = 'running' and o.done_at is null and o.queued_at < ${before}::timestamptz
            and (o.lease_until is null or o.lease_until < ${now.toISOString()}::timestamptz)
          order by o.queued_at, o.number limit ${limit} for update of o skip locked)
        returning s.run_id as "runId", s.number, s.generation`),
    ),
  )
  await queueSlices(deps, due)
}

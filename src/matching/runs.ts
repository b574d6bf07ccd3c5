import { desc, eq, lt } from 'drizzle-orm'
import { z } from 'zod'
import { record, type Recording } from '../audit/record.ts'
import { append } from '../events/outbox.ts'
import type { Stored } from '../identity/idempotency.ts'
import { readPark } from '../identity/service.ts'
import { administers, isOperator, type Member } from '../platform/actor.ts'
import type { Tx } from '../platform/db.ts'
import { conflict, forbidden, notFound } from '../platform/errors.ts'
import { newId } from '../platform/ids.ts'
import { type PageQuery, pageOfRows } from '../platform/pages.ts'
import { Id, Instant } from '../platform/schemas.ts'
import { matchRuns, RUN_STATES } from './runs-tables.ts'

export const NewMatchRun = z
  .strictObject({
    parkId: Id('park').optional().describe('Whose scenarios; absent: all, which only the operator may ask for'),
    quiet: z.boolean().default(false).describe('Announce nothing: what is not told now is told by the next score'),
  })
  .meta({ id: 'NewMatchRun', examples: [{ parkId: 'prk_01k9y2v7wq8m3n5r7t9x1z3b5g' }] })

const count = z.int().min(0)
export const MatchRun = z
  .object({
    id: Id('matchRun'),
    parkIds: z.array(Id('park')).optional().describe('Whose scenarios; absent: all'),
    state: z.enum(RUN_STATES),
    quiet: z.boolean(),
    scenarios: count.describe('How many are to be scored; 0 until it starts'),
    scored: count,
    entered: count.describe('Pairs that came into a list'),
    left: count.describe('Pairs that fell out of a list'),
    announced: count.describe('Pairs of which an event told'),
    createdAt: Instant,
    startedAt: Instant.optional(),
    finishedAt: Instant.optional(),
  })
  .meta({ id: 'MatchRun', description: 'A re-scoring of many scenarios, below live work' })

/**
 * Asks for all published scenarios of a park, or of everybody, to be scored again.
 * @throws 403 unless the park's administration or the operator asks, 404 for an unknown park
 */
export const requestRun = async (
  tx: Tx,
  deps: Recording,
  actor: Member,
  { parkId, quiet }: z.infer<typeof NewMatchRun>,
): Promise<Stored> => {
  if (parkId !== undefined) await readPark(tx, parkId)
  if (!isOperator(actor) && (parkId === undefined || !administers(actor, parkId)))
    throw forbidden(
      '只有园区管理方（为本园区）或平台运营方可以发起重新匹配',
      'Only a park (for itself) or the operator asks for a run',
    )
  const id = newId(deps, 'matchRun')
  await tx.insert(matchRuns).values({
    id,
    parkIds: parkId === undefined ? null : [parkId],
    unscoredOnly: false,
    quiet,
    requestedById: actor.organisationId,
    state: 'queued',
    createdAt: deps.clock.now(),
  })
  await record(tx, deps, actor, { action: 'match_run.requested', objectId: id, parkId })
  await append(tx, deps, actor, [
    { type: 'match_run.requested', data: { runId: id }, ...(parkId === undefined ? {} : { parkId }) },
  ])
  return { id }
}

/** Ends a run before its end: what was scored stays. @throws 404, 403, 409 for one that is complete */
export const cancelRun = async (tx: Tx, deps: Recording, actor: Member, id: string): Promise<Stored> => {
  const [run] = await tx.select().from(matchRuns).where(eq(matchRuns.id, id)).for('update')
  if (!run) {
    await readRun(tx, id)
    throw forbidden('只有发起方可以取消', 'Only who asked for it may cancel it')
  }
  if (run.state === 'cancelled') return { id }
  if (run.state === 'completed') throw conflict('该匹配任务已完成', 'The run is complete')
  await tx.update(matchRuns).set({ state: 'cancelled', finishedAt: deps.clock.now() }).where(eq(matchRuns.id, id))
  const parkId = run.parkIds?.length === 1 ? run.parkIds[0] : undefined
  await record(tx, deps, actor, { action: 'match_run.cancelled', objectId: id, parkId })
  return { id }
}

/** @throws 404 */
export const readRun = async (tx: Tx, id: string) => {
  const [run] = await tx.select().from(matchRuns).where(eq(matchRuns.id, id))
  if (!run) throw notFound()
  return presentRun(run)
}

export const listRuns = async (tx: Tx, query: PageQuery) => {
  const rows = await tx
    .select()
    .from(matchRuns)
    .where(query.cursor ? lt(matchRuns.id, query.cursor) : undefined)
    .orderBy(desc(matchRuns.id))
    .limit(query.limit + 1)
  return pageOfRows(rows.map(presentRun), query, row => row.id)
}

const presentRun = (run: typeof matchRuns.$inferSelect) => ({
  id: run.id,
  ...(run.parkIds ? { parkIds: run.parkIds } : {}),
  state: run.state,
  quiet: run.quiet,
  scenarios: run.scenarios,
  scored: run.scored,
  entered: run.entered,
  left: run.left,
  announced: run.announced,
  createdAt: run.createdAt.toISOString(),
  ...(run.startedAt ? { startedAt: run.startedAt.toISOString() } : {}),
  ...(run.finishedAt ? { finishedAt: run.finishedAt.toISOString() } : {}),
})

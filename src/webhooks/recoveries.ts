import { and, desc, eq, lt } from 'drizzle-orm'
import type { z } from 'zod'
import { type Recording, record } from '../audit/record.ts'
import type { Member } from '../platform/actor.ts'
import type { Tx } from '../platform/db.ts'
import type { Deps } from '../platform/deps.ts'
import { conflict, invalid, notFound } from '../platform/errors.ts'
import { newId } from '../platform/ids.ts'
import { pageOfRows, type PageQuery } from '../platform/pages.ts'
import { type DrainRequest, wakeEndpoint } from './drains.ts'
import type { NewRecovery } from './schemas.ts'
import { lockEndpoint } from './service.ts'
import { type DeliveryState, recoveries } from './tables.ts'
import type { EndpointRow } from './write.ts'

type Making = Pick<Deps, 'clock' | 'random'>
const DAY_MS = 86_400_000
const DAYS_MAX = 30
const RUNNING_MAX = 5

/** Which deliveries a recovery takes up. Pending ones are on their way already, dropped ones were given up by their owner. */
const STATES: Record<z.infer<typeof NewRecovery>['state'], DeliveryState[]> = {
  undelivered: ['held', 'exhausted', 'withdrawn'],
  held: ['held'],
  exhausted: ['exhausted'],
  withdrawn: ['withdrawn'],
  all: ['delivered', 'held', 'exhausted', 'withdrawn'],
}

const TOO_OLD = { zh: `最早为 ${DAYS_MAX} 天前`, en: `must be at most ${DAYS_MAX} days ago` }
const NOT_AFTER_SINCE = { zh: '必须晚于 since', en: 'must be after since' }

export type Started = { id: string; drain: DrainRequest }

/** Starts to send again what an endpoint has missed. @throws 404, 409 while it is off or has five running, 422 */
export const startRecovery = async (
  tx: Tx,
  deps: Recording,
  actor: Member,
  endpointId: string,
  input: z.infer<typeof NewRecovery>,
): Promise<Started> => {
  const endpoint = await lockEndpoint(tx, endpointId)
  if (endpoint.state === 'disabled') throw conflict('端点已停用，请先启用', 'The endpoint is disabled: enable it first')
  const now = deps.clock.now()
  const since = new Date(input.since)
  const until = input.until === undefined ? now : new Date(input.until)
  if (now.getTime() - since.getTime() > DAYS_MAX * DAY_MS)
    throw invalid([{ pointer: '/since', code: 'too_old', detail: TOO_OLD }])
  if (until <= since) throw invalid([{ pointer: '/until', code: 'not_after_since', detail: NOT_AFTER_SINCE }])
  const withMissing = input.state === 'undelivered' || input.state === 'all'
  const started = await insertRecovery(tx, deps, endpoint, {
    action: 'replay',
    states: STATES[input.state],
    withMissing,
    since,
    until,
  })
  await record(tx, deps, actor, { action: 'recovery.started', objectId: started.id })
  return started
}

/** Sends, or drops, everything that was held while an endpoint was off. */
export const releaseHeld = async (
  tx: Tx,
  deps: Making,
  endpoint: EndpointRow,
  replay: 'all' | 'none',
): Promise<Started> =>
  insertRecovery(tx, deps, endpoint, {
    action: replay === 'all' ? 'replay' : 'drop',
    states: ['held'],
    withMissing: false,
    since: endpoint.createdAt,
    until: deps.clock.now(),
  })

type Wish = Pick<typeof recoveries.$inferInsert, 'action' | 'states' | 'withMissing' | 'since' | 'until'>

const insertRecovery = async (tx: Tx, deps: Making, endpoint: EndpointRow, wish: Wish): Promise<Started> => {
  const isRunning = and(eq(recoveries.endpointId, endpoint.id), eq(recoveries.state, 'running'))
  if ((await tx.$count(recoveries, isRunning)) >= RUNNING_MAX)
    throw conflict('该端点正在进行的恢复任务过多', 'The endpoint has too many recoveries running')
  const id = newId(deps, 'recovery')
  await tx.insert(recoveries).values({
    ...wish,
    id,
    endpointId: endpoint.id,
    organisationId: endpoint.organisationId,
    state: 'running',
    createdAt: deps.clock.now(),
  })
  return { id, drain: await wakeEndpoint(tx, deps, endpoint.id, id) }
}

export const readRecovery = async (tx: Tx, id: string) => {
  const [row] = await tx.select().from(recoveries).where(eq(recoveries.id, id))
  if (!row) throw notFound()
  return presentRecovery(row)
}

/** An endpoint's recoveries, newest first. */
export const listRecoveries = async (tx: Tx, endpointId: string, page: PageQuery) => {
  const rows = await tx
    .select()
    .from(recoveries)
    .where(and(eq(recoveries.endpointId, endpointId), page.cursor ? lt(recoveries.id, page.cursor) : undefined))
    .orderBy(desc(recoveries.id))
    .limit(page.limit + 1)
  return pageOfRows(rows.map(presentRecovery), page, row => row.id)
}

/** Stops a recovery before its next step; what it has taken up is sent all the same. Repeating it changes nothing. */
export const cancelRecovery = async (tx: Tx, deps: Recording, actor: Member, id: string) => {
  const recovery = await readRecovery(tx, id)
  // A step holds this lock too, so it is either counted before or never made.
  await lockEndpoint(tx, recovery.endpointId)
  const cancelled = await tx
    .update(recoveries)
    .set({ state: 'cancelled', finishedAt: deps.clock.now() })
    .where(and(eq(recoveries.id, id), eq(recoveries.state, 'running')))
    .returning({ id: recoveries.id })
  if (cancelled.length > 0) await record(tx, deps, actor, { action: 'recovery.cancelled', objectId: id })
  return readRecovery(tx, id)
}

const presentRecovery = (row: typeof recoveries.$inferSelect) => ({
  id: row.id,
  endpointId: row.endpointId,
  action: row.action,
  states: row.states,
  since: row.since.toISOString(),
  until: row.until.toISOString(),
  state: row.state,
  written: row.written,
  takenUp: row.takenUp,
  createdAt: row.createdAt.toISOString(),
  ...(row.finishedAt ? { finishedAt: row.finishedAt.toISOString() } : {}),
})

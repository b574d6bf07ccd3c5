import { and, asc, eq, inArray, sql } from 'drizzle-orm'
import { record, type Recording } from '../../audit/record.ts'
import { append, finish, isDone, type NewEvent } from '../../events/outbox.ts'
import { transaction, type Tx } from '../../platform/db.ts'
import type { Deps } from '../../platform/deps.ts'
import { scenarios } from '../../scenarios/tables.ts'
import { parkOrganisation } from '../notify.ts'
import { poolFigures, poolMembers, poolQuotes, pools } from '../tables.ts'
import { beginConsortium } from './consortium.ts'
import { loadUnlocked } from './gains.ts'
import { loadApart } from './propose.ts'
import { isLive, type PoolSharing, settlePoolState } from './rules.ts'
import { type CostShare, shareCosts } from './share.ts'

type SettleDeps = Recording & Pick<Deps, 'db'>
type PoolRow = typeof pools.$inferSelect
type MemberRow = typeof poolMembers.$inferSelect

const WORKER = { kind: 'worker' } as const

/**
 * Works out where a pool stands after something moved in it: what it unlocks, who pays what, whether it opens, forms or
 * lapses; and tells those whom it concerns. It alone does so, because it reads what no member may. A pool that somebody
 * calls (`isCalled`) waits no longer for those who have not answered.
 */
export const settlePool = (
  deps: SettleDeps,
  job: { poolId: string; eventId?: string; isCalled?: boolean },
): Promise<void> =>
  transaction(deps, WORKER, async tx => {
    if (job.eventId !== undefined && (await isDone(tx, job.eventId))) return
    await lockPool(tx, job.poolId)
    const [row] = await tx.select().from(pools).where(eq(pools.id, job.poolId))
    if (row && isLive(row.state)) await settle(tx, deps, row, job.isCalled ?? false)
    if (job.eventId !== undefined) await finish(tx, deps, [job.eventId])
  })

/** Everybody who changes a pool waits here for his turn, with or without a right to the row. */
export const lockPool = (tx: Tx, id: string) =>
  tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`pool ${id}`}, 0))`)

/** Settles pools whose time is over, or whose scenarios changed or were scored since. For the sweep. @returns how many */
export const settleDuePools = async (deps: SettleDeps, limit: number): Promise<number> => {
  const due = await transaction(deps, WORKER, tx =>
    tx
      .select({ id: pools.id })
      .from(pools)
      .where(
        and(
          inArray(pools.state, ['proposed', 'open']),
          sql`(${pools.deadlineAt} <= ${deps.clock.now().toISOString()}::timestamptz or exists (
            select 1 from ${poolMembers} join ${scenarios} on ${scenarios.id} = ${poolMembers.scenarioId}
            where ${poolMembers.poolId} = ${pools.id}
              and greatest(${scenarios.scoredAt}, ${scenarios.updatedAt}) >= ${pools.settledAt}))`,
        ),
      )
      .orderBy(asc(pools.id))
      .limit(limit),
  )
  for (const { id } of due) await settlePool(deps, { poolId: id })
  return due.length
}

const settle = async (tx: Tx, deps: SettleDeps, row: PoolRow, isCalled: boolean): Promise<void> => {
  const now = deps.clock.now()
  const members = await dropUnwelcome(tx, deps, row, await dropEnded(tx, row))
  const inIt = members.filter(({ state }) => state === 'joined')
  const asked = members.filter(({ state }) => state === 'joined' || state === 'proposed')
  const state = settlePoolState({ ...row, members, isCalled, isOver: row.deadlineAt <= now })
  const counted = state === 'formed' ? inIt : asked
  const unlocked = await loadUnlocked(
    tx,
    counted.map(({ scenarioId }) => scenarioId),
  )
  const { sharing, costYuan } = await shareOut(tx, row, inIt)
  const next: PoolRow = {
    ...row,
    state,
    unlocked,
    sharing,
    costYuan,
    size: countOrganisations(asked),
    joined: countOrganisations(inIt),
  }
  const hasChanged = KEPT.some(key => JSON.stringify(next[key]) !== JSON.stringify(row[key]))
  const consortiumId = state === 'formed' ? await beginConsortium(tx, deps, row, inIt) : null
  await tx
    .update(pools)
    .set({
      ...next,
      consortiumId,
      settledAt: now,
      ...(hasChanged ? { version: row.version + 1, updatedAt: now } : {}),
    })
    .where(eq(pools.id, row.id))
  // Only now may the members know each other's names.
  if (state === 'open' || state === 'formed') await tx.execute(sql`select disclose_pool(${row.id})`)
  if (hasChanged) await tell(tx, deps, { ...next, consortiumId }, { from: row.state, joined: inIt })
}

const KEPT = ['state', 'unlocked', 'sharing', 'costYuan', 'size', 'joined'] as const

const countOrganisations = (members: readonly MemberRow[]): number =>
  new Set(members.map(({ organisationId }) => organisationId)).size

/** Whoever took its scenario back is out. */
const dropEnded = async (tx: Tx, { id }: PoolRow): Promise<MemberRow[]> => {
  const rows = await tx
    .select({ member: poolMembers, isPublished: sql<boolean>`${scenarios.state} = 'published' and not is_withheld` })
    .from(poolMembers)
    .innerJoin(scenarios, eq(scenarios.id, poolMembers.scenarioId))
    .where(eq(poolMembers.poolId, id))
    .orderBy(asc(poolMembers.decidedAt), asc(poolMembers.scenarioId))
  const ended = rows.filter(({ member, isPublished }) => !isPublished && member.state !== 'left')
  if (ended.length > 0)
    await tx
      .update(poolMembers)
      .set({ state: 'left' })
      .where(
        and(
          eq(poolMembers.poolId, id),
          inArray(
            poolMembers.scenarioId,
            ended.map(({ member }) => member.scenarioId),
          ),
        ),
      )
  return rows.map(({ member, isPublished }) => (isPublished ? member : { ...member, state: 'left' as const }))
}

/**
 * Whoever must not meet another of the pool was never asked: its row goes before anybody learns of it. Those who know each
 * other already are left to themselves.
 */
const dropUnwelcome = async (tx: Tx, deps: SettleDeps, row: PoolRow, members: MemberRow[]): Promise<MemberRow[]> => {
  const asked = members.filter(({ state }) => state === 'joined' || state === 'proposed')
  const isKnown = ({ state, decidedAt }: MemberRow) =>
    row.state === 'open' && state === 'joined' && decidedAt !== null && decidedAt <= row.settledAt
  const apart = await loadApart(
    tx,
    deps,
    asked.map(({ organisationId }) => organisationId),
  )
  const kept = asked.filter(isKnown)
  for (const state of ['joined', 'proposed'])
    for (const member of asked)
      if (member.state === state && !isKnown(member))
        if (!kept.some(other => apart(other.organisationId, member.organisationId))) kept.push(member)
  const dropped = asked.filter(member => !kept.includes(member))
  for (const { poolId, scenarioId } of dropped)
    await tx.delete(poolMembers).where(and(eq(poolMembers.poolId, poolId), eq(poolMembers.scenarioId, scenarioId)))
  return members.filter(member => !dropped.includes(member))
}

/** Shares the lowest quote among those who are in, and stores each one's share beside its own figure. */
const shareOut = async (
  tx: Tx,
  { id }: PoolRow,
  inIt: MemberRow[],
): Promise<{ sharing: PoolSharing; costYuan: number | null }> => {
  const standing = new Set(inIt.map(({ scenarioId }) => scenarioId))
  const figures = (
    await tx.select().from(poolFigures).where(eq(poolFigures.poolId, id)).orderBy(poolFigures.scenarioId)
  ).filter(({ scenarioId }) => standing.has(scenarioId))
  const quotes = await tx.select().from(poolQuotes).where(eq(poolQuotes.poolId, id))
  const costYuan = quotes.length === 0 ? null : Math.min(...quotes.map(quote => quote.costYuan))
  const shares =
    costYuan === null || inIt.length === 0 || figures.length < inIt.length ? [] : shareCosts(costYuan, figures)
  await storeShares(tx, id, shares ?? [])
  if (costYuan === null) return { sharing: 'unquoted', costYuan }
  if (shares === undefined) return { sharing: 'dearer', costYuan }
  return { sharing: shares.length > 0 ? 'shared' : 'incomplete', costYuan }
}

const storeShares = async (tx: Tx, poolId: string, shares: readonly CostShare[]): Promise<void> => {
  await tx.update(poolFigures).set({ shareYuan: null }).where(eq(poolFigures.poolId, poolId))
  for (const { scenarioId, shareYuan } of shares)
    await tx
      .update(poolFigures)
      .set({ shareYuan })
      .where(and(eq(poolFigures.poolId, poolId), eq(poolFigures.scenarioId, scenarioId)))
}

/** Those who are in hear of every change, and the park; those who were only asked hear of its end. */
const tell = async (
  tx: Tx,
  deps: SettleDeps,
  row: PoolRow,
  { from, joined }: { from: PoolRow['state']; joined: MemberRow[] },
): Promise<void> => {
  const { id: poolId, parkId, problems, size, state, consortiumId } = row
  const data = { poolId, parkId, problems, size, joined: row.joined }
  const insiders = joined.map(({ organisationId }) => organisationId)
  const readers = [...new Set([...insiders, await parkOrganisation(tx, parkId)])]
  const place = { parkId, readers }
  const events: NewEvent[] = []
  if (state === 'open' && from !== 'open') {
    await record(tx, deps, WORKER, { action: 'pool.opened', objectId: poolId, parkId })
    events.push({ ...place, type: 'consortium.pool_opened', data })
  } else if (state === 'formed' && consortiumId !== null) {
    await record(tx, deps, WORKER, { action: 'pool.formed', objectId: poolId, parkId })
    events.push({ ...place, type: 'consortium.pool_formed', data: { ...data, consortiumId } })
  } else if (state === 'lapsed') {
    await record(tx, deps, WORKER, { action: 'pool.lapsed', objectId: poolId, parkId })
    events.push({ ...place, type: 'consortium.pool_ended', data: { ...data, state } })
  } else events.push({ ...place, type: 'consortium.pool_changed', data })
  await append(tx, deps, WORKER, events)
}

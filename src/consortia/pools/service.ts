import { and, asc, eq, inArray } from 'drizzle-orm'
import type { z } from 'zod'
import { record, type Recording } from '../../audit/record.ts'
import type { AuditAction } from '../../audit/actions.ts'
import { append } from '../../events/outbox.ts'
import type { Stored } from '../../identity/idempotency.ts'
import { administers, type Member } from '../../platform/actor.ts'
import type { Tx } from '../../platform/db.ts'
import { conflict, forbidden, notFound } from '../../platform/errors.ts'
import { poolFigures, poolMembers, poolQuotes, pools } from '../tables.ts'
import { isLive, type PoolAction, stepPoolMember } from './rules.ts'
import type { NewPoolMembership, NewPoolQuote, NewPoolTransition } from './schemas.ts'
import { lockPool } from './settle.ts'

type PoolRow = typeof pools.$inferSelect
type MemberRow = typeof poolMembers.$inferSelect

const RECORDED: Record<PoolAction, AuditAction> = {
  join: 'pool.joined',
  decline: 'pool.declined',
  leave: 'pool.left',
}

/**
 * Joins, declines or leaves with one's scenarios of the pool. What follows from it, a worker settles.
 * @throws 403, 404 for somebody who was not asked, 409 where the pool has ended or the action does not fit
 */
export const answerPool = async (
  tx: Tx,
  deps: Recording,
  actor: Member,
  id: string,
  input: z.infer<typeof NewPoolMembership>,
): Promise<Stored> => {
  const row = await requireLive(tx, id)
  const mine = (await listOwn(tx, actor, id)).filter(
    ({ scenarioId }) => input.scenarioId === undefined || scenarioId === input.scenarioId,
  )
  if (mine.length === 0) throw notFound()
  const moved = mine.flatMap(member => {
    const state = stepPoolMember(member.state, input.action)
    return state === undefined || state === member.state ? [] : [{ ...member, state }]
  })
  const isRepeat = input.action === 'join' && mine.every(({ state }) => state === 'joined')
  if (moved.length === 0 && !isRepeat)
    throw conflict('当前状态不能执行该操作', 'Not possible as your scenario stands in the pool now')
  for (const member of moved)
    await tx
      .update(poolMembers)
      .set({ state: member.state, decidedAt: deps.clock.now() })
      .where(and(eq(poolMembers.poolId, id), eq(poolMembers.scenarioId, member.scenarioId)))
  if (input.action === 'join' && input.aloneYuan !== undefined) await storeFigure(tx, mine, input.aloneYuan)
  await record(tx, deps, actor, { action: RECORDED[input.action], objectId: id, parkId: row.parkId })
  return tellMoved(tx, deps, actor, row)
}

/** What one would pay alone, said for the first of one's scenarios and nought for the others: it is one sum. */
const storeFigure = async (tx: Tx, mine: readonly MemberRow[], aloneYuan: number): Promise<void> => {
  for (const [i, { poolId, scenarioId, organisationId, parkId }] of mine.entries()) {
    const figure = { aloneYuan: i === 0 ? aloneYuan : 0 }
    await tx
      .insert(poolFigures)
      .values({ poolId, scenarioId, organisationId, parkId, ...figure })
      .onConflictDoUpdate({ target: [poolFigures.poolId, poolFigures.scenarioId], set: figure })
  }
}

/** Says what serving all of the pool together would cost, in place of what one said before. @throws 403, 404, 409 */
export const quotePool = async (
  tx: Tx,
  deps: Recording,
  actor: Member,
  id: string,
  { costYuan, note }: z.infer<typeof NewPoolQuote>,
): Promise<Stored> => {
  const row = await requireLive(tx, id)
  await requireInside(tx, actor, row)
  const quote = { costYuan, note: note ?? null, at: deps.clock.now() }
  await tx
    .insert(poolQuotes)
    .values({ ...quote, poolId: id, organisationId: actor.organisationId, parkId: row.parkId })
    .onConflictDoUpdate({ target: [poolQuotes.poolId, poolQuotes.organisationId], set: quote })
  await record(tx, deps, actor, {
    action: 'pool.quoted',
    objectId: id,
    parkId: row.parkId,
    digests: { quote: { costYuan, note } },
  })
  return tellMoved(tx, deps, actor, row)
}

/**
 * Goes on with those who have joined instead of waiting for the others, or gives the pool up, which only the park may.
 * @throws 403, 404, 409 where too few have joined
 */
export const endPool = async (
  tx: Tx,
  deps: Recording,
  actor: Member,
  id: string,
  { action }: z.infer<typeof NewPoolTransition>,
): Promise<Stored> => {
  const row = await requireLive(tx, id)
  if (action === 'dissolve') return dissolve(tx, deps, actor, row)
  await requireInside(tx, actor, row)
  if (row.state !== 'open') throw conflict('加入的企业还不够', 'Too few have joined')
  await record(tx, deps, actor, { action: 'pool.called', objectId: id, parkId: row.parkId })
  await append(tx, deps, actor, [{ type: 'consortium.pool_called', data: { poolId: id }, parkId: row.parkId }])
  return { id }
}

const dissolve = async (tx: Tx, deps: Recording, actor: Member, row: PoolRow): Promise<Stored> => {
  const { id, parkId, problems, size, joined } = row
  if (!administers(actor, parkId))
    throw forbidden('只有园区管理方可以终止需求池', "Only the park's administration gives a pool up")
  const now = deps.clock.now()
  await tx
    .update(pools)
    .set({ state: 'dissolved', version: row.version + 1, updatedAt: now })
    .where(eq(pools.id, id))
  await record(tx, deps, actor, { action: 'pool.dissolved', objectId: id, parkId })
  const members = await tx
    .select({ organisationId: poolMembers.organisationId })
    .from(poolMembers)
    .where(and(eq(poolMembers.poolId, id), inArray(poolMembers.state, ['proposed', 'joined'])))
  const readers = [...new Set([actor.organisationId, ...members.map(({ organisationId }) => organisationId)])]
  await append(tx, deps, actor, [
    {
      type: 'consortium.pool_ended',
      data: { poolId: id, parkId, problems, size, joined, state: 'dissolved' },
      parkId,
      readers,
    },
  ])
  return { id }
}

/** A worker settles what follows: it alone may read what all members said. */
const tellMoved = async (tx: Tx, deps: Recording, actor: Member, { id, parkId }: PoolRow): Promise<Stored> => {
  await append(tx, deps, actor, [{ type: 'consortium.pool_moved', data: { poolId: id }, parkId }])
  return { id }
}

const requireLive = async (tx: Tx, id: string): Promise<PoolRow> => {
  await lockPool(tx, id)
  const [row] = await tx.select().from(pools).where(eq(pools.id, id))
  if (!row) throw notFound()
  if (!isLive(row.state)) throw conflict(`需求池已结束（${row.state}）`, `The pool has ended: ${row.state}`)
  return row
}

const listOwn = (tx: Tx, actor: Member, id: string): Promise<MemberRow[]> =>
  tx
    .select()
    .from(poolMembers)
    .where(and(eq(poolMembers.poolId, id), eq(poolMembers.organisationId, actor.organisationId)))
    .orderBy(asc(poolMembers.scenarioId))

const requireInside = async (tx: Tx, actor: Member, { id, parkId }: PoolRow): Promise<void> => {
  if (administers(actor, parkId)) return
  if ((await listOwn(tx, actor, id)).some(({ state }) => state === 'joined')) return
  throw forbidden('只有已加入的企业或园区可以执行此操作', 'Only those who have joined, or the park, may do this')
}

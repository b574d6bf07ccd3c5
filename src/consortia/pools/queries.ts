import { and, asc, eq, gt } from 'drizzle-orm'
import type { z } from 'zod'
import { organisations } from '../../identity/tables.ts'
import type { Member } from '../../platform/actor.ts'
import type { Tx } from '../../platform/db.ts'
import { notFound } from '../../platform/errors.ts'
import { pageOfRows } from '../../platform/pages.ts'
import { poolFigures, poolMembers, poolQuotes, pools } from '../tables.ts'
import type { PoolQuery } from './schemas.ts'

/** A pool as the reader may see it: rows to which he has no right are not there. @throws 404 */
export const readPool = async (tx: Tx, actor: Member, id: string) => {
  const [row] = await tx.select().from(pools).where(eq(pools.id, id))
  if (!row) throw notFound()
  const members = await tx
    .select({ member: poolMembers, name: organisations.name })
    .from(poolMembers)
    .leftJoin(organisations, eq(organisations.id, poolMembers.organisationId))
    .where(eq(poolMembers.poolId, id))
    .orderBy(asc(poolMembers.scenarioId))
  const figures = await tx.select().from(poolFigures).where(eq(poolFigures.poolId, id))
  const quotes = await tx.select().from(poolQuotes).where(eq(poolQuotes.poolId, id)).orderBy(asc(poolQuotes.at))
  const isOwn = ({ organisationId }: { organisationId: string }) => organisationId === actor.organisationId
  return {
    ...presentPool(row),
    mine: members
      .filter(({ member }) => isOwn(member))
      .map(({ member: { scenarioId, state } }) => {
        const figure = figures.find(one => one.scenarioId === scenarioId)
        return {
          scenarioId,
          state,
          ...(figure ? { aloneYuan: figure.aloneYuan } : {}),
          ...(typeof figure?.shareYuan === 'number' ? { shareYuan: figure.shareYuan } : {}),
        }
      }),
    members: members
      .filter(({ member }) => !isOwn(member))
      .map(({ member: { organisationId, scenarioId, state }, name }) => ({
        organisationId,
        organisationName: name ?? '',
        scenarioId,
        state,
      })),
    quotes: quotes.map(({ organisationId, costYuan, note, at }) => ({
      organisationId,
      costYuan,
      ...(note === null ? {} : { note }),
      at: at.toISOString(),
    })),
  }
}

export const listPools = async (tx: Tx, query: z.infer<typeof PoolQuery>) => {
  const rows = await tx
    .select()
    .from(pools)
    .where(
      and(
        query.parkId ? eq(pools.parkId, query.parkId) : undefined,
        query.state ? eq(pools.state, query.state) : undefined,
        query.cursor ? gt(pools.id, query.cursor) : undefined,
      ),
    )
    .orderBy(asc(pools.id))
    .limit(query.limit + 1)
  return pageOfRows(rows.map(presentPool), query, row => row.id)
}

const presentPool = (row: typeof pools.$inferSelect) => ({
  id: row.id,
  parkId: row.parkId,
  state: row.state,
  problems: row.problems,
  processes: row.processes,
  modalities: row.modalities,
  similarity: row.similarity,
  size: row.size,
  joined: row.joined,
  membersMin: row.membersMin,
  unlocked: row.unlocked,
  sharing: row.sharing,
  ...(row.costYuan === null ? {} : { quoteYuan: row.costYuan }),
  ...(row.consortiumId === null ? {} : { consortiumId: row.consortiumId }),
  deadlineAt: row.deadlineAt.toISOString(),
  version: row.version,
  createdAt: row.createdAt.toISOString(),
  updatedAt: row.updatedAt.toISOString(),
})

import { and, asc, eq, gt } from 'drizzle-orm'
import type { z } from 'zod'
import type { Tx } from '../platform/db.ts'
import { notFound } from '../platform/errors.ts'
import { pageOfRows } from '../platform/pages.ts'
import type { RoundQuery } from './schemas.ts'
import { roundEntries, roundPairs, rounds, roundTerms } from './tables.ts'

export type RoundRow = typeof rounds.$inferSelect

/** @throws 404 */
export const findRound = async (tx: Tx, id: string): Promise<RoundRow> => {
  const [row] = await tx.select().from(rounds).where(eq(rounds.id, id))
  if (!row) throw notFound()
  return row
}

/** A round with what the reader may see of it. @throws 404 */
export const readRound = async (tx: Tx, id: string) => {
  const row = await findRound(tx, id)
  const entries = await tx
    .select()
    .from(roundEntries)
    .where(eq(roundEntries.roundId, id))
    .orderBy(asc(roundEntries.side), asc(roundEntries.place))
  const pairs = await tx
    .select()
    .from(roundPairs)
    .where(eq(roundPairs.roundId, id))
    .orderBy(asc(roundPairs.scenarioId), asc(roundPairs.vendorId))
  const [terms] = await tx.select().from(roundTerms).where(eq(roundTerms.roundId, id))
  return {
    ...present(row),
    entries: entries.map(({ subjectId, side, capacity, preferences }) => ({
      subjectId,
      side,
      capacity,
      ...(preferences === null ? {} : { preferences }),
    })),
    pairs: pairs.map(({ scenarioId, vendorId, matchId, isForced }) => ({ scenarioId, vendorId, matchId, isForced })),
    ...(terms?.advice ? { advice: terms.advice } : {}),
  }
}

export const listRounds = async (tx: Tx, query: z.infer<typeof RoundQuery>) => {
  const rows = await tx
    .select()
    .from(rounds)
    .where(
      and(
        query.parkId ? eq(rounds.parkId, query.parkId) : undefined,
        query.state ? eq(rounds.state, query.state) : undefined,
        query.cursor ? gt(rounds.id, query.cursor) : undefined,
      ),
    )
    .orderBy(asc(rounds.id))
    .limit(query.limit + 1)
  return pageOfRows(rows.map(present), query, row => row.id)
}

const present = (row: RoundRow) => ({
  id: row.id,
  parkId: row.parkId,
  title: row.title,
  state: row.state,
  deadlineAt: row.deadlineAt.toISOString(),
  ...(row.proof === null ? {} : { proof: row.proof }),
  version: row.version,
  createdAt: row.createdAt.toISOString(),
  updatedAt: row.updatedAt.toISOString(),
  ...(row.publishedAt === null ? {} : { publishedAt: row.publishedAt.toISOString() }),
})

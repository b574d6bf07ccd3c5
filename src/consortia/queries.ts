import { and, asc, desc, eq, gt } from 'drizzle-orm'
import type { z } from 'zod'
import type { Language } from '../engine/types.ts'
import type { Tx } from '../platform/db.ts'
import { notFound } from '../platform/errors.ts'
import { pageOfRows } from '../platform/pages.ts'
import { findObstacles } from './rules.ts'
import type { ConsortiumQuery } from './schemas.ts'
import {
  challengeAnswers,
  consortia,
  consortiumCharters,
  consortiumMembers,
  consortiumBriefs,
  consortiumVotes,
} from './tables.ts'

export type ConsortiumRow = typeof consortia.$inferSelect

/** A consortium as the reader may see it: the rows that he has no right to are not there. @throws 404 */
export const readConsortium = async (tx: Tx, id: string, language: Language) => {
  const [row] = await tx.select().from(consortia).where(eq(consortia.id, id))
  if (!row) throw notFound()
  const members = await listMembers(tx, id)
  const charter = await readNewestCharter(tx, id)
  const [brief] = await tx.select().from(consortiumBriefs).where(eq(consortiumBriefs.consortiumId, id))
  const obstacles = row.state === 'forming' && charter ? findObstacles(members, charter.votes) : []
  return {
    ...presentCard(row),
    members: members.map(({ organisationId, role, isLead, state, facets }) => ({
      organisationId,
      role,
      isLead: isLead === 1,
      state,
      facets,
    })),
    ...(brief?.proposal ? { proposal: brief.proposal } : {}),
    ...(charter ? { charter } : {}),
    obstacles: obstacles.map(text => text[language]),
  }
}

export const listConsortia = async (tx: Tx, query: z.infer<typeof ConsortiumQuery>) => {
  const rows = await tx
    .select()
    .from(consortia)
    .where(
      and(
        query.parkId ? eq(consortia.parkId, query.parkId) : undefined,
        query.scenarioId ? eq(consortia.scenarioId, query.scenarioId) : undefined,
        query.state ? eq(consortia.state, query.state) : undefined,
        query.mode ? eq(consortia.mode, query.mode) : undefined,
        query.cursor ? gt(consortia.id, query.cursor) : undefined,
      ),
    )
    .orderBy(asc(consortia.id))
    .limit(query.limit + 1)
  return pageOfRows(rows.map(presentCard), query, row => row.id)
}

export const listMembers = (tx: Tx, id: string) =>
  tx
    .select()
    .from(consortiumMembers)
    .where(eq(consortiumMembers.consortiumId, id))
    .orderBy(asc(consortiumMembers.organisationId))

export const readNewestCharter = async (tx: Tx, id: string) => {
  const [row] = await tx
    .select()
    .from(consortiumCharters)
    .where(eq(consortiumCharters.consortiumId, id))
    .orderBy(desc(consortiumCharters.version))
    .limit(1)
  if (!row) return undefined
  const votes = await tx
    .select()
    .from(consortiumVotes)
    .where(and(eq(consortiumVotes.consortiumId, id), eq(consortiumVotes.version, row.version)))
    .orderBy(asc(consortiumVotes.organisationId))
  const { version, terms, shares, proposedById, createdAt } = row
  return {
    version,
    terms,
    shares,
    proposedById,
    createdAt: createdAt.toISOString(),
    votes: votes.map(({ organisationId, approves, note }) => ({
      organisationId,
      approves: approves === 1,
      ...(note === null ? {} : { note }),
    })),
  }
}

/** The answers to a challenge that the reader may see: his own, or all of them for who reviews. @throws 404 */
export const listAnswers = async (tx: Tx, consortiumId: string) => {
  const [row] = await tx.select({ id: consortia.id }).from(consortia).where(eq(consortia.id, consortiumId))
  if (!row) throw notFound()
  const answers = await tx
    .select()
    .from(challengeAnswers)
    .where(eq(challengeAnswers.consortiumId, consortiumId))
    .orderBy(desc(challengeAnswers.score), asc(challengeAnswers.id))
  return { items: answers.map(presentAnswer) }
}

export const readAnswer = async (tx: Tx, id: string) => {
  const [row] = await tx.select().from(challengeAnswers).where(eq(challengeAnswers.id, id))
  if (!row) throw notFound()
  return presentAnswer(row)
}

const presentAnswer = (row: typeof challengeAnswers.$inferSelect) => ({
  id: row.id,
  consortiumId: row.consortiumId,
  organisationId: row.organisationId,
  approach: row.approach,
  facets: row.facets,
  costYuan: row.costYuan,
  weeks: row.weeks,
  createdAt: row.createdAt.toISOString(),
  ...(row.score === null || row.reviewedById === null || row.reviewedAt === null
    ? {}
    : {
        review: {
          score: row.score,
          ...(row.reviewNote === null ? {} : { note: row.reviewNote }),
          reviewedById: row.reviewedById,
          reviewedAt: row.reviewedAt.toISOString(),
          isSelected: row.selectedAt !== null,
        },
      }),
})

const presentCard = (row: ConsortiumRow) => ({
  id: row.id,
  parkId: row.parkId,
  scenarioId: row.scenarioId,
  title: row.title,
  state: row.state,
  mode: row.mode,
  origin: row.origin,
  facets: row.facets,
  ...(row.charterVersion === null ? {} : { charterVersion: row.charterVersion }),
  deadlineAt: row.deadlineAt.toISOString(),
  version: row.version,
  createdAt: row.createdAt.toISOString(),
  updatedAt: row.updatedAt.toISOString(),
})

import { desc, eq, inArray } from 'drizzle-orm'
import type { z } from 'zod'
import { type Recording, record } from '../audit/record.ts'
import { readPark } from '../identity/service.ts'
import type { Stored } from '../identity/idempotency.ts'
import { administers, type Member } from '../platform/actor.ts'
import type { Tx } from '../platform/db.ts'
import { forbidden, notFound } from '../platform/errors.ts'
import type { NewTerms } from './term-schemas.ts'
import { parkTerms } from './tables.ts'

/**
 * Publishes the next version of a park's confidentiality terms. Versions are never changed: what somebody accepted stays
 * as he read it. Of two who publish at once one gets 409.
 * @throws 403 unless the park's administration asks, 404 for an unknown park
 */
export const publishTerms = async (
  tx: Tx,
  deps: Recording,
  actor: Member,
  parkId: string,
  input: z.infer<typeof NewTerms>,
): Promise<Stored> => {
  await readPark(tx, parkId)
  if (!administers(actor, parkId))
    throw forbidden('只有园区管理方可以发布保密条款', "Only the park's administration publishes its terms")
  const version = ((await currentTermsVersion(tx, parkId)) ?? 0) + 1
  await tx.insert(parkTerms).values({ parkId, version, ...input, publishedAt: deps.clock.now() })
  await record(tx, deps, actor, {
    action: 'park.terms_published',
    objectId: parkId,
    parkId,
    digests: { content: { version, ...input } },
  })
  return { id: String(version) }
}

/** The version in force; absent where the park asks nothing. */
export const currentTermsVersion = async (tx: Tx, parkId: string): Promise<number | undefined> =>
  (await findCurrent(tx, parkId))?.version

/** The terms in force. @throws 404 where the park has none */
export const readTerms = async (tx: Tx, parkId: string) => {
  const row = await findCurrent(tx, parkId)
  if (!row) throw notFound()
  return { ...row, publishedAt: row.publishedAt.toISOString() }
}

/** The terms in force of each of these parks that has any, by park. */
export const listTerms = async (tx: Tx, parkIds: readonly string[]) => {
  const rows = await tx
    .selectDistinctOn([parkTerms.parkId])
    .from(parkTerms)
    .where(inArray(parkTerms.parkId, [...new Set(parkIds)]))
    .orderBy(parkTerms.parkId, desc(parkTerms.version))
  return Object.fromEntries(rows.map(row => [row.parkId, row]))
}

const VERSIONS_SHOWN = 50

/** The versions of a park's terms, the one in force first. */
export const listTermVersions = async (tx: Tx, parkId: string) => {
  const rows = await tx
    .select()
    .from(parkTerms)
    .where(eq(parkTerms.parkId, parkId))
    .orderBy(desc(parkTerms.version))
    .limit(VERSIONS_SHOWN)
  return rows.map(row => ({ ...row, publishedAt: row.publishedAt.toISOString() }))
}

const findCurrent = async (tx: Tx, parkId: string) => {
  const [row] = await tx
    .select()
    .from(parkTerms)
    .where(eq(parkTerms.parkId, parkId))
    .orderBy(desc(parkTerms.version))
    .limit(1)
  return row
}

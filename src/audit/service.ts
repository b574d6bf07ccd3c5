import { and, asc, eq, gt, isNotNull } from 'drizzle-orm'
import type { z } from 'zod'
import type { Member } from '../platform/actor.ts'
import { transaction, type Tx } from '../platform/db.ts'
import type { Deps } from '../platform/deps.ts'
import { notFound } from '../platform/errors.ts'
import type { AuditEntry as Row } from './chain.ts'
import type { AuditEntry } from './schemas.ts'
import { auditEntries, auditHeads } from './tables.ts'

export type Entry = z.infer<typeof AuditEntry>

/** A page of a park's chain in the order of its places. What is not sealed yet comes with a later page. @throws 404 */
export const readParkAudit = async (
  tx: Tx,
  actor: Member,
  parkId: string,
  page: { after: number; limit: number },
): Promise<{ items: Entry[]; head?: { position: number; hash: string }; hasMore: boolean }> => {
  if (!actor.adminParkIds.includes(parkId)) throw notFound()
  const rows = await tx
    .select()
    .from(auditEntries)
    .where(and(eq(auditEntries.chain, parkId), isNotNull(auditEntries.position), gt(auditEntries.position, page.after)))
    .orderBy(asc(auditEntries.position))
    .limit(page.limit + 1)
  const [head] = await tx.select().from(auditHeads).where(eq(auditHeads.chain, parkId))
  return {
    items: rows.slice(0, page.limit).map(present),
    ...(head ? { head: { position: head.position, hash: head.hash.toString('hex') } } : {}),
    hasMore: rows.length > page.limit,
  }
}

/** A page of what the actor's own organisation did, in every park, oldest first. */
export const readOwnAudit = async (
  tx: Tx,
  actor: Member,
  page: { after?: string | undefined; limit: number },
): Promise<{ items: Entry[]; hasMore: boolean }> => {
  const rows = await tx
    .select()
    .from(auditEntries)
    .where(
      and(
        eq(auditEntries.organisationId, actor.organisationId),
        page.after === undefined ? undefined : gt(auditEntries.id, page.after),
      ),
    )
    .orderBy(asc(auditEntries.id))
    .limit(page.limit + 1)
  return { items: rows.slice(0, page.limit).map(present), hasMore: rows.length > page.limit }
}

const EXPORT_PAGE = 1_000

/** Everything of a park's chain after a place, page by page, each in a transaction of its own. */
export async function* walkParkAudit(deps: Pick<Deps, 'db'>, actor: Member, parkId: string, from: number) {
  let after = from
  for (;;) {
    const page = await transaction(deps, actor, tx => readParkAudit(tx, actor, parkId, { after, limit: EXPORT_PAGE }))
    yield page.items
    if (!page.hasMore) return
    after = page.items.at(-1)?.position ?? after
  }
}

/** Everything that the actor's organisation did after an entry, page by page. */
export async function* walkOwnAudit(deps: Pick<Deps, 'db'>, actor: Member, from: string | undefined) {
  let after = from
  for (;;) {
    const page = await transaction(deps, actor, tx => readOwnAudit(tx, actor, { after, limit: EXPORT_PAGE }))
    yield page.items
    if (!page.hasMore) return
    after = page.items.at(-1)?.id ?? after
  }
}

const present = (row: Row): Entry => ({
  id: row.id,
  chain: row.chain,
  ...(row.position === null ? {} : { position: row.position }),
  at: row.at.toISOString(),
  action: row.action,
  objectId: row.objectId,
  ...(row.parkId === null ? {} : { parkId: row.parkId }),
  ...(row.organisationId === null ? {} : { organisationId: row.organisationId }),
  ...(row.credentialId === null ? {} : { credentialId: row.credentialId }),
  digests: row.digests,
  ...(row.hash === null ? {} : { hash: row.hash.toString('hex') }),
})

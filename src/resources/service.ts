import { and, asc, eq, gt } from 'drizzle-orm'
import type { z } from 'zod'
import { type Recording, record } from '../audit/record.ts'
import type { Language } from '../engine/types.ts'
import type { Stored } from '../identity/idempotency.ts'
import { readMembership } from '../identity/memberships.ts'
import { readPark } from '../identity/service.ts'
import { administers, type Member } from '../platform/actor.ts'
import { checkConcepts } from '../platform/concepts.ts'
import type { Tx } from '../platform/db.ts'
import type { Deps } from '../platform/deps.ts'
import { forbidden, notFound } from '../platform/errors.ts'
import { newId } from '../platform/ids.ts'
import { pageOfRows } from '../platform/pages.ts'
import type { NewResource, ResourceFilters } from './schemas.ts'
import { resources } from './tables.ts'

/**
 * Lists something that can be lent in a park. An active member lists its own; the park's administration also lists what
 * a member lends.
 * @throws 403 for strangers to the park, 404 for an unknown park or member, 422 for a kind that the lexicon does not know
 */
export const createResource = async (
  tx: Tx,
  deps: Recording & Pick<Deps, 'lexicon'>,
  actor: Member,
  input: z.infer<typeof NewResource>,
  language: Language,
): Promise<Stored> => {
  const { organisationId = actor.organisationId, ...fields } = input
  await readPark(tx, input.parkId)
  await requireLender(tx, actor, input.parkId, organisationId)
  checkConcepts(deps.lexicon, [{ pointer: '/kind', ref: input.kind, schemes: ['resource'] }], language)
  const id = newId(deps, 'resource')
  await tx.insert(resources).values({ ...fields, id, organisationId, createdAt: deps.clock.now() })
  await record(tx, deps, actor, {
    action: 'resource.created',
    objectId: id,
    parkId: input.parkId,
    digests: { content: input },
  })
  return { id }
}

const requireLender = async (tx: Tx, actor: Member, parkId: string, organisationId: string): Promise<void> => {
  const isOwn = organisationId === actor.organisationId
  if (isOwn && actor.parkIds.includes(parkId)) return
  if (!administers(actor, parkId))
    throw forbidden(
      '只有园区管理方或园区成员（为本企业）可以登记资源',
      'Only a park, or its member for itself, lists resources',
    )
  // A foreign key looks past policies, so whose resource it is must be somebody that the park knows.
  if (!isOwn) await readMembership(tx, parkId, organisationId)
}

/** @throws 404 also where the caller's parks do not have it */
export const readResource = async (tx: Tx, id: string) => {
  const [row] = await tx.select().from(resources).where(eq(resources.id, id))
  if (!row) throw notFound()
  return presentResource(row)
}

/** What is lent in the caller's parks, in the order in which it was listed. */
export const listResources = async (tx: Tx, filters: z.infer<typeof ResourceFilters>) => {
  const rows = await tx
    .select()
    .from(resources)
    .where(
      and(
        filters.parkId ? eq(resources.parkId, filters.parkId) : undefined,
        filters.element ? eq(resources.element, filters.element) : undefined,
        filters.kind ? eq(resources.kind, filters.kind) : undefined,
        filters.cursor ? gt(resources.id, filters.cursor) : undefined,
      ),
    )
    .orderBy(asc(resources.id))
    .limit(filters.limit + 1)
  return pageOfRows(rows.map(presentResource), filters, row => row.id)
}

type Row = typeof resources.$inferSelect
/** A field that has no value is left out. */
const presentResource = ({ createdAt, ...row }: Row) => ({
  id: row.id,
  parkId: row.parkId,
  organisationId: row.organisationId,
  element: row.element,
  kind: row.kind,
  title: row.title,
  quotaMode: row.quotaMode,
  createdAt: createdAt.toISOString(),
  ...(row.titleEn === null ? {} : { titleEn: row.titleEn }),
  ...(row.summary === null ? {} : { summary: row.summary }),
  ...(row.quota === null ? {} : { quota: row.quota }),
  ...(row.eligibility === null ? {} : { eligibility: row.eligibility }),
  ...(row.source === null ? {} : { source: row.source }),
  ...(row.availableFrom === null ? {} : { availableFrom: row.availableFrom }),
  ...(row.availableUntil === null ? {} : { availableUntil: row.availableUntil }),
  ...(row.eligibleKinds === null ? {} : { eligibleKinds: row.eligibleKinds }),
  ...(row.isDomestic === null ? {} : { isDomestic: row.isDomestic }),
  ...(row.dataset === null ? {} : { dataset: row.dataset }),
})

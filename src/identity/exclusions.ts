import { and, desc, eq, isNull, lt, lte, sql } from 'drizzle-orm'
import type { z } from 'zod'
import { type Recording, record } from '../audit/record.ts'
import { append, textArray } from '../events/outbox.ts'
import { administers, type Member } from '../platform/actor.ts'
import { rowsOf, transaction, type Tx } from '../platform/db.ts'
import type { Deps } from '../platform/deps.ts'
import { conflict, forbidden, notFound, refuseContradictions } from '../platform/errors.ts'
import { newId } from '../platform/ids.ts'
import { pageOfRows } from '../platform/pages.ts'
import type { ExclusionQuery, NewExclusion } from './exclusion-schemas.ts'
import type { Stored } from './idempotency.ts'
import { given, readOrganisation } from './service.ts'
import { exclusions } from './tables.ts'

const ENTRIES_MAX = 500
const WORKER = { kind: 'worker' } as const

/**
 * Lists an organisation that the actor's own is never to be matched with, in either direction. The answer says nothing
 * of whether a name or a code belongs to anybody here. What is proposed already is retracted by a worker.
 * @throws 404 for an id that the actor cannot see, 409 for one that is listed already or for too many, 422
 */
export const addExclusion = async (
  tx: Tx,
  deps: Recording,
  actor: Member,
  input: z.infer<typeof NewExclusion>,
): Promise<Stored> => {
  await refuseSelf(tx, deps, actor, input)
  const held = await tx.$count(
    exclusions,
    and(eq(exclusions.organisationId, actor.organisationId), isNull(exclusions.endedAt)),
  )
  if (held >= ENTRIES_MAX) throw conflict(`名单最多 ${ENTRIES_MAX} 条`, `A list has at most ${ENTRIES_MAX} entries`)
  const id = newId(deps, 'exclusion')
  await tx.insert(exclusions).values({
    id,
    organisationId: actor.organisationId,
    targetId: input.organisationId ?? null,
    creditCode: input.creditCode ?? null,
    name: input.name ?? null,
    nameKey: input.name === undefined ? null : sql`name_key(${input.name})`,
    reason: input.reason ?? null,
    until: input.until === undefined ? null : new Date(input.until),
    createdAt: deps.clock.now(),
  })
  await record(tx, deps, actor, { action: 'exclusion.added', objectId: id, digests: { content: input } })
  await append(tx, deps, actor, [{ type: 'exclusion.changed', data: { exclusionId: id } }])
  return { id }
}

const refuseSelf = async (
  tx: Tx,
  deps: Recording,
  actor: Member,
  input: z.infer<typeof NewExclusion>,
): Promise<void> => {
  if (input.organisationId !== undefined) await readOrganisation(tx, input.organisationId)
  const own = await readOrganisation(tx, actor.organisationId)
  const isSelf =
    input.organisationId === own.id ||
    (input.creditCode !== undefined && input.creditCode === own.creditCode) ||
    input.name === own.name
  const hasRunOut = input.until !== undefined && new Date(input.until) <= deps.clock.now()
  refuseContradictions([
    ...(isSelf ? [{ pointer: '', detail: { zh: '不能列入本企业', en: 'It cannot be yourself' } }] : []),
    ...(hasRunOut ? [{ pointer: '/until', detail: { zh: '应在将来', en: 'It must lie in the future' } }] : []),
  ])
}

/** @throws 404 for whatever is not on the actor's own list */
export const readExclusion = async (tx: Tx, id: string) => {
  const [row] = await tx.select().from(exclusions).where(eq(exclusions.id, id))
  if (!row) throw notFound()
  return present(row)
}

/** The actor's own list, newest first. */
export const listExclusions = async (tx: Tx, actor: Member, query: z.infer<typeof ExclusionQuery>) => {
  const rows = await tx
    .select()
    .from(exclusions)
    .where(
      and(
        eq(exclusions.organisationId, actor.organisationId),
        query.ended ? undefined : isNull(exclusions.endedAt),
        query.cursor ? lt(exclusions.id, query.cursor) : undefined,
      ),
    )
    .orderBy(desc(exclusions.id))
    .limit(query.limit + 1)
  return pageOfRows(rows.map(present), query, row => row.id)
}

/** Takes an entry off the list: the pair may be matched again. Doing it again changes nothing. @throws 404 */
export const endExclusion = async (tx: Tx, deps: Recording, actor: Member, id: string): Promise<void> => {
  await readExclusion(tx, id)
  const ended = await tx
    .update(exclusions)
    .set({ endedAt: deps.clock.now() })
    .where(and(eq(exclusions.id, id), isNull(exclusions.endedAt)))
    .returning({ id: exclusions.id })
  if (ended.length === 0) return
  await record(tx, deps, actor, { action: 'exclusion.ended', objectId: id })
  await append(tx, deps, actor, [{ type: 'exclusion.changed', data: { exclusionId: id } }])
}

/** Ends up to `limit` entries whose time has run out. For the sweep. @returns how many */
export const expireExclusions = (deps: Recording & Pick<Deps, 'db'>, limit: number): Promise<number> =>
  transaction(deps, WORKER, async tx => {
    const now = deps.clock.now()
    const due = await tx
      .select({ id: exclusions.id })
      .from(exclusions)
      .where(and(isNull(exclusions.endedAt), lte(exclusions.until, now)))
      .orderBy(exclusions.until)
      .limit(limit)
      .for('update', { skipLocked: true })
    for (const { id } of due) {
      await tx.update(exclusions).set({ endedAt: now }).where(eq(exclusions.id, id))
      await record(tx, deps, WORKER, { action: 'exclusion.ended', objectId: id })
      await append(tx, deps, WORKER, [{ type: 'exclusion.changed', data: { exclusionId: id } }])
    }
    return due.length
  })

/** How much is listed in a park, in numbers. @throws 403 for anyone but the park's administration */
export const countExclusions = async (tx: Tx, deps: Pick<Deps, 'clock'>, actor: Member, parkId: string) => {
  if (!administers(actor, parkId))
    throw forbidden('只有园区管理方可以查看', "Only the park's administration may see this")
  const [counts] = rowsOf<{ organisations: number; entries: number }>(
    await tx.execute(
      sql`select organisations, entries from count_exclusions(${parkId}, ${deps.clock.now().toISOString()}::timestamptz)`,
    ),
  )
  return { organisations: counts?.organisations ?? 0, entries: counts?.entries ?? 0 }
}

/** Organisations that one must not be matched with, by its own list or by theirs. For matching. */
export const listExcluded = async (tx: Tx, deps: Pick<Deps, 'clock'>, organisationId: string): Promise<string[]> => {
  const rows = rowsOf<{ id: string }>(
    await tx.execute(
      sql`select id from excluded_with(${organisationId}, ${deps.clock.now().toISOString()}::timestamptz) as id order by 1`,
    ),
  )
  return rows.map(row => row.id)
}

/** Who keeps an entry, and whom it names as far as they are here. */
export const listNamed = async (tx: Tx, id: string): Promise<{ listerId: string; namedIds: string[] }> => {
  const rows = rowsOf<{ lister: string; named: string | null }>(
    await tx.execute(sql`select e.organisation_id as lister, o.id as named from exclusions e
      left join organisations o on o.id = e.target_id or o.credit_code = e.credit_code
        or name_key(o.name) = e.name_key or name_key(o.name_en) = e.name_key
      where e.id = ${id} order by 2`),
  )
  return { listerId: rows[0]?.lister ?? '', namedIds: rows.flatMap(({ named }) => named ?? []) }
}

/** Pairs among these organisations that must not meet. For teams and rounds, also while a member acts. */
export const listExcludedPairs = async (
  tx: Tx,
  deps: Pick<Deps, 'clock'>,
  organisationIds: readonly string[],
): Promise<[string, string][]> => {
  const rows = rowsOf<{ a: string; b: string }>(
    await tx.execute(
      sql`select a, b from excluded_pairs(${textArray([...new Set(organisationIds)])},
        ${deps.clock.now().toISOString()}::timestamptz) order by 1, 2`,
    ),
  )
  return rows.map(({ a, b }) => [a, b])
}

const present = (row: typeof exclusions.$inferSelect) => {
  const { targetId, nameKey: _, organisationId: __, createdAt, until, endedAt, ...rest } = row
  return {
    ...given(rest),
    ...(targetId === null ? {} : { organisationId: targetId }),
    ...(until ? { until: until.toISOString() } : {}),
    ...(endedAt ? { endedAt: endedAt.toISOString() } : {}),
    createdAt: createdAt.toISOString(),
  }
}

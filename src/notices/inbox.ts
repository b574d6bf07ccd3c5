import { and, desc, eq, inArray, isNull, lt, sql } from 'drizzle-orm'
import type { Language } from '../engine/types.ts'
import type { PersonActor } from '../identity/sessions.ts'
import { transaction, type Tx } from '../platform/db.ts'
import type { Deps } from '../platform/deps.ts'
import { notFound } from '../platform/errors.ts'
import { type PageQuery, pageOfRows } from '../platform/pages.ts'
import { sha256 } from '../platform/secrets.ts'
import { sayNotice } from './mail-text.ts'
import { mailSettings, notices } from './tables.ts'

const WORKER = { kind: 'worker' } as const
const DEFAULTS = { answers: true, digest: true }

/** What a person was told as a member of the organisation that he acts for now, newest first. */
export const listNotices = async (
  tx: Tx,
  actor: PersonActor,
  query: PageQuery & { unread?: boolean | undefined },
  language: Language,
) => {
  const mine = and(eq(notices.personId, actor.personId), eq(notices.organisationId, actor.organisationId))
  const rows = await tx
    .select()
    .from(notices)
    .where(
      and(
        mine,
        query.unread ? isNull(notices.readAt) : undefined,
        query.cursor ? lt(notices.eventId, query.cursor) : undefined,
      ),
    )
    .orderBy(desc(notices.eventId))
    .limit(query.limit + 1)
  const page = pageOfRows(rows, query, row => row.eventId)
  return {
    ...page,
    unread: await tx.$count(notices, and(mine, isNull(notices.readAt))),
    items: page.items.map(row => ({
      id: row.eventId,
      type: row.type,
      said: sayNotice(row.type, row.data, language),
      data: row.data,
      needsAnswer: row.needsAnswer,
      createdAt: row.createdAt.toISOString(),
      ...(row.readAt ? { readAt: row.readAt.toISOString() } : {}),
    })),
  }
}

/** Marks notices as read; those of others are left alone. */
export const markRead = async (tx: Tx, deps: Pick<Deps, 'clock'>, actor: PersonActor, ids: string[]): Promise<void> => {
  await tx
    .update(notices)
    .set({ readAt: deps.clock.now() })
    .where(and(eq(notices.personId, actor.personId), inArray(notices.eventId, ids), isNull(notices.readAt)))
}

export const readMailSettings = async (tx: Tx, actor: PersonActor) => {
  const [row] = await tx.select().from(mailSettings).where(eq(mailSettings.personId, actor.personId))
  return row ? { answers: row.answers, digest: row.digest } : DEFAULTS
}

export const changeMailSettings = async (
  tx: Tx,
  actor: PersonActor,
  change: { answers?: boolean | undefined; digest?: boolean | undefined },
) => {
  const given = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined))
  await tx
    .insert(mailSettings)
    .values({ personId: actor.personId, ...DEFAULTS, ...given })
    .onConflictDoUpdate({ target: mailSettings.personId, set: { ...given, personId: sql`excluded.person_id` } })
  return readMailSettings(tx, actor)
}

/** Whoever holds the link of the newest mail stops all mail to its reader, signed in or not. @throws 404 */
export const unsubscribe = (deps: Pick<Deps, 'db'>, token: string): Promise<void> =>
  transaction(deps, WORKER, async tx => {
    const stopped = await tx
      .update(mailSettings)
      .set({ answers: false, digest: false })
      .where(eq(mailSettings.unsubscribeHash, sha256(token)))
      .returning({ personId: mailSettings.personId })
    if (stopped.length === 0) throw notFound()
  })

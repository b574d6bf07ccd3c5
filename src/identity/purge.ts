import { sql } from 'drizzle-orm'
import { transaction, type Tx } from '../platform/db.ts'
import type { Deps } from '../platform/deps.ts'

const DAY_MS = 86_400_000
/** A session that has ended stays for a month, so that a record which names it can still be read beside it. */
export const ENDED_SESSIONS_KEPT_DAYS = 30

/** Removes up to `limit` each of the tries, links and sessions that have long been of no use to anybody. */
export const purgeSignIns = async (deps: Pick<Deps, 'db' | 'clock'>, limit: number): Promise<void> => {
  const before = (days: number) => new Date(deps.clock.now().getTime() - days * DAY_MS).toISOString()
  await transaction(deps, { kind: 'worker' }, async (tx: Tx) => {
    await tx.execute(sql`delete from password_tries where email_hash in (select email_hash from password_tries
      where since < ${before(1)}::timestamptz and (locked_until is null or locked_until < ${before(0)}::timestamptz)
      limit ${limit})`)
    await tx.execute(sql`delete from sign_in_links where id in (select id from sign_in_links
      where expires_at < ${before(1)}::timestamptz limit ${limit})`)
    await tx.execute(sql`delete from sessions where id in (select id from sessions
      where expires_at < ${before(ENDED_SESSIONS_KEPT_DAYS)}::timestamptz limit ${limit})`)
  })
}

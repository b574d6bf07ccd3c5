import { and, asc, eq, gt, inArray, isNull, lt, sql } from 'drizzle-orm'
import type { Tx } from '../platform/db.ts'
import type { Deps } from '../platform/deps.ts'
import { sha256 } from '../platform/secrets.ts'
import { INVITATION_DAYS } from './invitations.ts'
import { invitations, organisations, people } from './tables.ts'

const DAY_MS = 86_400_000
const ATTEMPTS_MAX = 6

/**
 * Invitations of the last day that were not mailed yet, each with a token made now and kept as its hash alone; the one
 * that whoever invited holds stays good. One that the mail server did not take comes again, ten minutes later each time.
 * In a transaction of the worker. An older one is not mailed, so that switching mail on does not send the past.
 */
export const mintInvitationMails = async (tx: Tx, deps: Pick<Deps, 'clock' | 'random'>, limit: number) => {
  const now = deps.clock.now()
  const due = await tx
    .select({ row: invitations, organisationName: organisations.name, language: people.language })
    .from(invitations)
    .innerJoin(organisations, eq(organisations.id, invitations.organisationId))
    .leftJoin(people, eq(people.email, invitations.email))
    .where(
      and(
        eq(invitations.state, 'pending'),
        isNull(invitations.mailedAt),
        lt(invitations.mailAttempts, ATTEMPTS_MAX),
        gt(invitations.expiresAt, new Date(now.getTime() + (INVITATION_DAYS - 1) * DAY_MS)),
        sql`${invitations.expiresAt} - ${INVITATION_DAYS} * interval '1 day' + ${invitations.mailAttempts} * interval '10 minutes'
          <= ${now.toISOString()}::timestamptz`,
      ),
    )
    .orderBy(asc(invitations.id))
    .limit(limit)
    .for('update', { of: invitations, skipLocked: true })
  const inviters = new Map<string, string>()
  const inviterIds = [...new Set(due.map(({ row }) => row.madeById))]
  if (inviterIds.length > 0)
    for (const { id, name } of await tx
      .select({ id: organisations.id, name: organisations.name })
      .from(organisations)
      .where(inArray(organisations.id, inviterIds)))
      inviters.set(id, name)
  const minted = due.map(({ row, organisationName, language }) => ({
    id: row.id,
    email: row.email,
    name: row.personName ?? undefined,
    organisationName,
    invitedBy: inviters.get(row.madeById) ?? organisationName,
    language: language ?? ('zh' as const),
    expiresAt: row.expiresAt,
    token: deps.random(32).toString('base64url'),
  }))
  for (const { id, token } of minted)
    await tx
      .update(invitations)
      .set({ mailHash: sha256(token), mailAttempts: sql`${invitations.mailAttempts} + 1` })
      .where(eq(invitations.id, id))
  return minted
}

/** An invitation's mail was taken. */
export const settleInvitationMail = async (tx: Tx, deps: Pick<Deps, 'clock'>, id: string): Promise<void> => {
  await tx.update(invitations).set({ mailedAt: deps.clock.now() }).where(eq(invitations.id, id))
}

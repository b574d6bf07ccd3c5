import { and, eq, sql } from 'drizzle-orm'
import { rowsOf, transaction, type Tx } from '../platform/db.ts'
import type { Deps } from '../platform/deps.ts'
import { sha256 } from '../platform/secrets.ts'
import type { Language } from '../engine/types.ts'
import { composeMail, sayNotice } from './mail-text.ts'
import type { NoticeType } from './rules.ts'
import { mailSettings, notices } from './tables.ts'

type Mailing = Pick<Deps, 'db' | 'clock' | 'random' | 'config' | 'log' | 'mailer'>

const WORKER = { kind: 'worker' } as const
const PEOPLE_MAX = 50
const LINES_MAX = 50
/** Until then nobody else sends it; a process that died leaves it to the next. */
const LEASE_MS = 300_000
const ATTEMPTS_MAX = 6
const DIGEST_HOUR = 8

type Recipient = { id: string; email: string; name: string; language: Language }
type Line = { eventId: string; type: NoticeType; data: Record<string, unknown> }

/**
 * Sends what is due, one mail for each person with everything in it. A mail that the server does not take is tried again
 * later, five times. Does nothing without a mail server. @returns how many mails went out
 */
export const sendDueMail = async (deps: Mailing): Promise<number> => {
  if (!deps.mailer) return 0
  const due = await transaction(deps, WORKER, tx => claimDue(tx, deps.clock.now()))
  let sent = 0
  for (const { recipient, lines } of due) {
    const isSent = await send(deps, recipient, lines, 'answers')
    await transaction(deps, WORKER, tx => settle(tx, deps, recipient.id, lines, isSent))
    if (isSent) sent++
  }
  return sent
}

/** Once a day, from eight in the morning by the clocks of the park: what a person has not read since the last digest. */
export const sendDigests = async (deps: Mailing): Promise<number> => {
  if (!deps.mailer) return 0
  const due = await transaction(deps, WORKER, tx => claimDigests(tx, deps.clock.now()))
  let sent = 0
  for (const { recipient, lines } of due) if (await send(deps, recipient, lines, 'digest')) sent++
  return sent
}

const claimDue = async (tx: Tx, now: Date): Promise<{ recipient: Recipient; lines: Line[] }[]> => {
  const rows = rowsOf<Line & Recipient & { personId: string }>(
    await tx.execute(sql`update notices n set mail_due_at = ${new Date(now.getTime() + LEASE_MS).toISOString()}::timestamptz,
        mail_attempts = n.mail_attempts + 1
      from people p
      where p.id = n.person_id and n.mail_due_at <= ${now.toISOString()}::timestamptz
        and n.person_id in (select person_id from notices where mail_due_at <= ${now.toISOString()}::timestamptz
          order by mail_due_at limit ${PEOPLE_MAX})
        and exists (select 1 from positions s where s.person_id = n.person_id and s.organisation_id = n.organisation_id)
        and not exists (select 1 from mail_settings m where m.person_id = n.person_id and not m.answers)
      returning n.event_id as "eventId", n.type, n.data, p.id, p.email, p.name, p.language`),
  )
  // Whose seat is gone, or who does not want it, is not written to.
  await tx.execute(sql`update notices n set mail_due_at = null
    where n.mail_due_at <= ${now.toISOString()}::timestamptz and (
      not exists (select 1 from positions s where s.person_id = n.person_id and s.organisation_id = n.organisation_id)
      or exists (select 1 from mail_settings m where m.person_id = n.person_id and not m.answers))`)
  return byRecipient(rows)
}

const claimDigests = async (tx: Tx, now: Date): Promise<{ recipient: Recipient; lines: Line[] }[]> => {
  const at = sql`${now.toISOString()}::timestamptz`
  const rows = rowsOf<Line & Recipient & { today: string }>(
    await tx.execute(sql`select n.event_id as "eventId", n.type, n.data, p.id, p.email, p.name, p.language,
        (${at} at time zone k.time_zone)::date::text as today
      from notices n join people p on p.id = n.person_id join parks k on k.id = n.park_id
        join positions s on s.person_id = n.person_id and s.organisation_id = n.organisation_id
        left join mail_settings m on m.person_id = n.person_id
      where n.read_at is null and n.created_at > ${at} - interval '1 day' and coalesce(m.digest, true)
        and extract(hour from ${at} at time zone k.time_zone) >= ${DIGEST_HOUR}
        and coalesce(m.digest_on < (${at} at time zone k.time_zone)::date, true)
      order by p.id, n.created_at, n.event_id limit ${PEOPLE_MAX * LINES_MAX}`),
  )
  const due = byRecipient(rows)
  for (const { recipient } of due) {
    const today = rows.find(row => row.id === recipient.id)?.today ?? null
    await tx
      .insert(mailSettings)
      .values({ personId: recipient.id, answers: true, digest: true, digestOn: today })
      .onConflictDoUpdate({ target: mailSettings.personId, set: { digestOn: today } })
  }
  return due
}

const byRecipient = (rows: (Line & Recipient)[]): { recipient: Recipient; lines: Line[] }[] => {
  const found = new Map<string, { recipient: Recipient; lines: Line[] }>()
  for (const { eventId, type, data, ...recipient } of rows) {
    const entry = found.get(recipient.id) ?? { recipient, lines: [] }
    entry.lines.push({ eventId, type, data })
    found.set(recipient.id, entry)
  }
  return [...found.values()]
}

const send = async (
  deps: Mailing,
  recipient: Recipient,
  lines: Line[],
  kind: 'answers' | 'digest',
): Promise<boolean> => {
  const token = deps.random(24).toString('base64url')
  const base = deps.config.publicUrl?.replace(/\/$/, '')
  const unsubscribeUrl = base === undefined ? undefined : `${base}/v1/unsubscribe/${token}`
  const unsubscribeHash = sha256(token)
  await transaction(deps, WORKER, tx =>
    tx
      .insert(mailSettings)
      .values({ personId: recipient.id, answers: true, digest: true, unsubscribeHash })
      .onConflictDoUpdate({ target: mailSettings.personId, set: { unsubscribeHash } }),
  )
  const said = lines.slice(0, LINES_MAX).map(({ type, data }) => sayNotice(type, data, recipient.language))
  const { name, language } = recipient
  const mail = composeMail(said, { kind, language, name, url: base && `${base}/console`, unsubscribeUrl })
  try {
    await deps.mailer?.send({ to: recipient.email, ...mail, unsubscribeUrl })
    return true
  } catch (error) {
    deps.log.error({ err: error, personId: recipient.id }, 'a mail was not taken')
    return false
  }
}

/** Sent, or tried again after longer and longer, and at last given up. */
const settle = async (tx: Tx, deps: Mailing, personId: string, lines: Line[], isSent: boolean): Promise<void> => {
  const now = deps.clock.now()
  for (const { eventId } of lines) {
    const mine = and(eq(notices.personId, personId), eq(notices.eventId, eventId))
    if (isSent) await tx.update(notices).set({ mailDueAt: null, mailedAt: now }).where(mine)
    else
      await tx
        .update(notices)
        .set({
          mailDueAt: sql`case when mail_attempts < ${ATTEMPTS_MAX}
            then ${now.toISOString()}::timestamptz + mail_attempts * interval '10 minutes' end`,
        })
        .where(mine)
  }
}

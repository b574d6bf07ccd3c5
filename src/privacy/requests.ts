import { and, desc, eq, inArray, lt, sql } from 'drizzle-orm'
import type { z } from 'zod'
import { type Recording, record } from '../audit/record.ts'
import { append } from '../events/outbox.ts'
import type { Stored } from '../identity/idempotency.ts'
import { readPerson } from '../identity/people.ts'
import { readOrganisation } from '../identity/service.ts'
import type { PersonActor } from '../identity/sessions.ts'
import type { Member } from '../platform/actor.ts'
import { rowsOf, transaction, type Tx } from '../platform/db.ts'
import type { Deps } from '../platform/deps.ts'
import { conflict, forbidden, notFound, refuseContradictions } from '../platform/errors.ts'
import { newId } from '../platform/ids.ts'
import { pageOfRows, type PageQuery } from '../platform/pages.ts'
import { sha256 } from '../platform/secrets.ts'
import { administrationsOf } from './erase.ts'
import type { NewErasure } from './schemas.ts'
import { erasures } from './tables.ts'

const WAIT_DAYS = 7
const DAY_MS = 86_400_000
const WORKER = { kind: 'worker' } as const

/** The application may not read the receipt's hash, so the columns are named. */
const COLUMNS = {
  id: erasures.id,
  subjectKind: erasures.subjectKind,
  subjectId: erasures.subjectId,
  state: erasures.state,
  requestedAt: erasures.requestedAt,
  dueAt: erasures.dueAt,
  finishedAt: erasures.finishedAt,
  certificate: erasures.certificate,
}
type Card = { [K in keyof typeof COLUMNS]: (typeof erasures.$inferSelect)[K] }

/**
 * Asks for the erasure of an organisation (its owner, or the owner of the one park that it is in) or of a person of it
 * (the park's owner). It begins after seven days, in which it can be cancelled.
 * @throws 403, 404, 409 where one is asked for already or where it cannot be, 422 for a confirmation that does not fit
 */
export const requestErasure = async (
  tx: Tx,
  deps: Recording,
  actor: Member,
  input: z.infer<typeof NewErasure>,
): Promise<Stored> => {
  if (actor.role !== 'owner') throw forbidden('只有所有者可以申请删除', 'Only an owner asks for erasure')
  if (input.organisationId !== undefined) {
    const { name } = await readOrganisation(tx, input.organisationId)
    const subject = { kind: 'organisation' as const, id: input.organisationId }
    await requireRight(tx, subject)
    refuseUnconfirmed(input.confirm, name)
    return insertErasure(tx, deps, actor, subject)
  }
  const personId = input.personId ?? ''
  const [found] = rowsOf<{ email: string | null }>(
    await tx.execute(sql`select email_for_erasure(${personId}) as email`),
  )
  if (found?.email === null || found === undefined) throw notFound()
  const subject = { kind: 'person' as const, id: personId }
  await requireRight(tx, subject)
  refuseUnconfirmed(input.confirm.toLowerCase(), found.email)
  return insertErasure(tx, deps, actor, subject)
}

/**
 * Asks for the erasure of oneself.
 * @throws 403 for a session that somebody else handed over, 409 for the last owner of an organisation, 422
 */
export const requestOwnErasure = async (
  deps: Recording & Pick<Deps, 'db'>,
  actor: PersonActor,
  confirm: string,
): Promise<Stored> =>
  transaction(deps, actor, async tx => {
    // Whoever handed over a link must not be able to erase the one whom it signs in.
    if (actor.isBound === true)
      throw forbidden('请用自己的邮箱链接或密码登录后再申请', 'Sign in with your own password or mailed link first')
    const { email } = await readPerson(tx, actor.personId)
    const subject = { kind: 'person' as const, id: actor.personId }
    await requireRight(tx, subject)
    refuseUnconfirmed(confirm.toLowerCase(), email)
    return insertErasure(tx, deps, actor, subject)
  })

const refuseUnconfirmed = (typed: string, wanted: string): void =>
  refuseContradictions(
    typed === wanted
      ? []
      : [
          {
            pointer: '/confirm',
            detail: { zh: '与对象的名称或邮箱不符', en: 'It is not the name or address of the subject' },
          },
        ],
  )

/** @throws 403 for strangers, 409 for a last owner and for what is in other parks too */
const requireRight = async (tx: Tx, subject: { kind: 'person' | 'organisation'; id: string }): Promise<void> => {
  const [may] = rowsOf<{ answer: string }>(
    await tx.execute(sql`select may_erase(${subject.kind}, ${subject.id}) as answer`),
  )
  if (may?.answer === 'last_owner')
    throw conflict(
      '此人是某单位的最后一位所有者：请先移交，或删除该单位',
      'This is the last owner of an organisation: hand it over first, or erase the organisation',
    )
  if (may?.answer === 'elsewhere')
    throw conflict('对象还属于其他园区：请由其本人申请', 'The subject belongs to other parks too: it must ask itself')
  if (may?.answer !== 'yes') throw forbidden('无权申请删除该对象', 'You may not ask for this')
}

const insertErasure = async (
  tx: Tx,
  deps: Recording,
  actor: Member,
  subject: { kind: 'person' | 'organisation'; id: string },
): Promise<Stored & { secret: string }> => {
  const open = and(eq(erasures.subjectId, subject.id), inArray(erasures.state, ['waiting', 'running']))
  const [known] = await tx.select({ id: erasures.id }).from(erasures).where(open)
  if (known) throw conflict('已有进行中的删除申请', 'It has been asked for already')
  const receipt = deps.random(32).toString('base64url')
  const id = newId(deps, 'erasure')
  const requestedAt = deps.clock.now()
  const dueAt = new Date(requestedAt.getTime() + WAIT_DAYS * DAY_MS)
  const isOwn = subject.id === actor.organisationId || subject.id === actor.personId
  await tx.insert(erasures).values({
    id,
    subjectKind: subject.kind,
    subjectId: subject.id,
    requestedById: actor.organisationId,
    bySubject: isOwn,
    state: 'waiting',
    requestedAt,
    dueAt,
    receiptHash: sha256(receipt),
  })
  await record(tx, deps, actor, { action: 'erasure.requested', objectId: id })
  await tell(tx, deps, actor, subject, { type: 'erasure.requested', id, dueAt })
  return { id, secret: receipt }
}

/** To the organisation and the parks that it is in. Of a person nobody is told: it concerns nobody else. */
const tell = async (
  tx: Tx,
  deps: Recording,
  actor: Member,
  subject: { kind: 'person' | 'organisation'; id: string },
  event: { type: 'erasure.requested' | 'erasure.cancelled'; id: string; dueAt: Date },
): Promise<void> => {
  if (subject.kind === 'person') return
  const readers = [subject.id, ...(await administrationsOf(tx, subject.id))]
  const data = { erasureId: event.id, kind: subject.kind, dueAt: event.dueAt.toISOString() }
  await append(tx, deps, actor, [{ type: event.type, data, readers }])
}

/** @throws 404 */
export const readErasure = async (tx: Tx, id: string, receipt?: string) => {
  const [row] = await tx.select(COLUMNS).from(erasures).where(eq(erasures.id, id))
  if (!row) throw notFound()
  return present(row, receipt)
}

/** The open or last request of the person himself. @throws 404 where there is none */
export const readOwnErasure = async (tx: Tx, personId: string) => {
  const [row] = await tx
    .select(COLUMNS)
    .from(erasures)
    .where(eq(erasures.subjectId, personId))
    .orderBy(desc(erasures.id))
    .limit(1)
  if (!row) throw notFound()
  return present(row)
}

/** What the actor's organisation asked for, newest first. */
export const listErasures = async (tx: Tx, actor: Member, query: PageQuery) => {
  const rows = await tx
    .select(COLUMNS)
    .from(erasures)
    .where(
      and(eq(erasures.requestedById, actor.organisationId), query.cursor ? lt(erasures.id, query.cursor) : undefined),
    )
    .orderBy(desc(erasures.id))
    .limit(query.limit + 1)
  return pageOfRows(
    rows.map(row => present(row)),
    query,
    row => row.id,
  )
}

/** Cancels a request while it waits. Doing it again changes nothing. @throws 404, 409 once it has begun */
export const cancelErasure = async (tx: Tx, deps: Recording, actor: Member, id: string): Promise<void> => {
  const [row] = await tx.select(COLUMNS).from(erasures).where(eq(erasures.id, id))
  if (!row) throw notFound()
  if (row.state === 'cancelled') return
  const cancelled = await tx
    .update(erasures)
    .set({ state: 'cancelled' })
    .where(and(eq(erasures.id, id), eq(erasures.state, 'waiting')))
    .returning({ id: erasures.id })
  if (cancelled.length === 0) throw conflict('删除已经开始，不能撤回', 'It has begun and cannot be taken back')
  await record(tx, deps, actor, { action: 'erasure.cancelled', objectId: id })
  const subject = { kind: row.subjectKind, id: row.subjectId }
  await tell(tx, deps, actor, subject, { type: 'erasure.cancelled', id, dueAt: row.dueAt })
}

/** @throws 404 before it is completed */
export const readCertificate = async (tx: Tx, id: string) => {
  const [row] = await tx.select(COLUMNS).from(erasures).where(eq(erasures.id, id))
  if (!row?.certificate) throw notFound()
  return row.certificate
}

/** By the receipt that the request was answered with, for somebody who has no account any more. @throws 404 */
export const findCertificate = (deps: Pick<Deps, 'db'>, receipt: string) =>
  transaction(deps, WORKER, async tx => {
    const [row] = await tx
      .select()
      .from(erasures)
      .where(eq(erasures.receiptHash, sha256(receipt)))
    if (!row?.certificate) throw notFound()
    return row.certificate
  })

const present = (row: Card, receipt?: string) => ({
  id: row.id,
  kind: row.subjectKind,
  subjectId: row.subjectId,
  state: row.state,
  requestedAt: row.requestedAt.toISOString(),
  dueAt: row.dueAt.toISOString(),
  ...(row.finishedAt ? { finishedAt: row.finishedAt.toISOString() } : {}),
  ...(receipt === undefined ? {} : { receipt }),
})

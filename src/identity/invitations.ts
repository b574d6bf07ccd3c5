import { and, desc, eq, gt, lt, or, sql } from 'drizzle-orm'
import { type Recording, record } from '../audit/record.ts'
import { append } from '../events/outbox.ts'
import type { Language } from '../engine/types.ts'
import { type Actor, administers, type Member, type Role } from '../platform/actor.ts'
import { rowsOf, transaction, type Tx } from '../platform/db.ts'
import type { Deps } from '../platform/deps.ts'
import { conflict, forbidden, notFound, ProblemError } from '../platform/errors.ts'
import { newId } from '../platform/ids.ts'
import { pageOfRows, type PageQuery } from '../platform/pages.ts'
import { sha256 } from '../platform/secrets.ts'
import type { Stored } from './idempotency.ts'
import { insertPerson, insertPosition } from './people.ts'
import { identityProblems } from './problems.ts'
import { takeInvitationStep } from './rules.ts'
import { readOrganisation } from './service.ts'
import { type OpenedSession, openSession, type PersonActor, revokeOtherSessions } from './sessions.ts'
import { type Browser, provePassword } from './sign-in.ts'
import { invitations, type InvitationState, organisations, parks, passwords, people, positions } from './tables.ts'

const WORKER = { kind: 'worker' } as const
const DAY_MS = 86_400_000
/** How long an invitation stands. */
export const INVITATION_DAYS = 14

type Invited = { email: string; name?: string | undefined; role: Role }

/**
 * Invites somebody to a seat: an owner into his own organisation, a park's administration the first owner of a company of
 * its park in which nobody sits yet. The token is in the answer, for whoever invites to hand over.
 * @throws 403, 404, 409 where the address is invited already
 */
export const invite = async (
  tx: Tx,
  deps: Recording,
  actor: Member,
  organisationId: string,
  input: Invited,
): Promise<Stored & { secret: string }> => {
  await readOrganisation(tx, organisationId)
  if (organisationId === actor.organisationId) {
    if (actor.role !== 'owner') throw forbidden('只有所有者可以邀请同事', 'Only an owner invites colleagues')
  } else await checkFirstSeat(tx, actor, organisationId, input.role)
  return insertInvitation(tx, deps, actor, { organisationId, madeById: actor.organisationId }, input)
}

/** @throws 403 unless a park's administration fills the empty first seat of a company of its park */
const checkFirstSeat = async (tx: Tx, actor: Member, organisationId: string, role: Role): Promise<void> => {
  const [answer] = rowsOf<{ is_mine: boolean; is_taken: boolean }>(
    await tx.execute(sql`select organisation_in_administered_park(${organisationId}) as is_mine,
      organisation_has_person(${organisationId}) as is_taken`),
  )
  const isPark = actor.adminParkIds.some(parkId => administers(actor, parkId))
  if (!isPark || !answer?.is_mine)
    throw forbidden(
      '只能邀请本单位人员，或本园区企业的首位所有者',
      "You invite your own people, or the first owner of your park's companies",
    )
  if (answer.is_taken || role !== 'owner')
    throw forbidden(
      '园区只能邀请企业的首位所有者；该企业已有人员时由其自行邀请',
      'A park invites the first owner of a company; one that has people invites its own',
    )
}

/** The row of an invitation and its event, without asking who wants it: for registrations and lists of companies. */
export const insertInvitation = async (
  tx: Tx,
  deps: Recording,
  actor: Actor,
  seat: { organisationId: string; madeById: string },
  input: Invited,
): Promise<Stored & { secret: string }> => {
  const now = deps.clock.now()
  const token = deps.random(32).toString('base64url')
  const id = newId(deps, 'invitation')
  await tx.insert(invitations).values({
    id,
    ...seat,
    role: input.role,
    email: input.email,
    personName: input.name ?? null,
    state: 'pending',
    hash: sha256(token),
    createdAt: now,
    expiresAt: new Date(now.getTime() + INVITATION_DAYS * DAY_MS),
  })
  await append(tx, deps, actor, [{ type: 'invitation.created', data: { invitationId: id } }])
  await record(tx, deps, actor, { action: 'invitation.created', objectId: id })
  return { id, secret: token }
}

/** The application may not read the hash, so the columns are named. */
const COLUMNS = {
  id: invitations.id,
  organisationId: invitations.organisationId,
  role: invitations.role,
  email: invitations.email,
  personName: invitations.personName,
  state: invitations.state,
  createdAt: invitations.createdAt,
  expiresAt: invitations.expiresAt,
  decidedAt: invitations.decidedAt,
}
type Card = { [K in keyof typeof COLUMNS]: (typeof invitations.$inferSelect)[K] }

const presentInvitation = (row: Card, now: Date) => ({
  id: row.id,
  organisationId: row.organisationId,
  role: row.role,
  email: row.email,
  ...(row.personName ? { name: row.personName } : {}),
  state: row.state === 'pending' && row.expiresAt <= now ? ('expired' as const) : row.state,
  createdAt: row.createdAt.toISOString(),
  expiresAt: row.expiresAt.toISOString(),
  ...(row.decidedAt ? { decidedAt: row.decidedAt.toISOString() } : {}),
})

export const readInvitation = async (tx: Tx, deps: Pick<Deps, 'clock'>, id: string) => {
  const [row] = await tx.select(COLUMNS).from(invitations).where(eq(invitations.id, id))
  if (!row) throw notFound()
  return presentInvitation(row, deps.clock.now())
}

/** The invitations that the actor's organisation made, newest first. */
export const listInvitations = async (
  tx: Tx,
  deps: Pick<Deps, 'clock'>,
  actor: Member,
  query: PageQuery & { state?: InvitationState | 'expired' | undefined },
) => {
  const now = deps.clock.now()
  const stored = query.state === 'expired' ? 'pending' : query.state
  const rows = await tx
    .select(COLUMNS)
    .from(invitations)
    .where(
      and(
        eq(invitations.madeById, actor.organisationId),
        stored ? eq(invitations.state, stored) : undefined,
        query.state === 'expired' ? sql`${invitations.expiresAt} <= ${now.toISOString()}::timestamptz` : undefined,
        query.state === 'pending' ? gt(invitations.expiresAt, now) : undefined,
        query.cursor ? lt(invitations.id, query.cursor) : undefined,
      ),
    )
    .orderBy(desc(invitations.id))
    .limit(query.limit + 1)
  return pageOfRows(
    rows.map(row => presentInvitation(row, now)),
    query,
    row => row.id,
  )
}

/** Takes an invitation back. Doing it again changes nothing. @throws 403, 404, 409 where it was accepted */
export const revokeInvitation = async (tx: Tx, deps: Recording, actor: Member, id: string): Promise<void> => {
  const row = await lockOwn(tx, actor, id)
  const state = takeInvitationStep(row.state, 'revoke')
  if (state === 'accepted') throw conflict('邀请已被接受', 'The invitation was accepted')
  if (state === row.state) return
  await tx.update(invitations).set({ state, decidedAt: deps.clock.now() }).where(eq(invitations.id, id))
  await record(tx, deps, actor, { action: 'invitation.revoked', objectId: id })
}

/** A new token for an invitation whose link was lost or has run out; the old one opens nothing any more. @throws 403, 404, 409 */
export const renewInvitation = async (
  tx: Tx,
  deps: Recording,
  actor: Member,
  id: string,
): Promise<Stored & { secret: string }> => {
  const row = await lockOwn(tx, actor, id)
  if (row.state !== 'pending') throw conflict('邀请已被接受或撤回', 'The invitation was accepted or taken back')
  const token = deps.random(32).toString('base64url')
  const expiresAt = new Date(deps.clock.now().getTime() + INVITATION_DAYS * DAY_MS)
  await tx
    .update(invitations)
    .set({ hash: sha256(token), expiresAt, mailHash: null, mailAttempts: 0, mailedAt: null })
    .where(eq(invitations.id, id))
  await record(tx, deps, actor, { action: 'invitation.renewed', objectId: id })
  return { id, secret: token }
}

const lockOwn = async (tx: Tx, actor: Member, id: string) => {
  const [row] = await tx
    .select({ ...COLUMNS, madeById: invitations.madeById })
    .from(invitations)
    .where(eq(invitations.id, id))
    .for('update')
  if (!row) throw notFound()
  if (row.madeById !== actor.organisationId)
    throw forbidden('只有发出邀请的单位可以处理', 'Only the organisation that invited may do this')
  // Whoever makes a link can take the seat behind it: an editor would make himself an owner.
  if (row.organisationId === actor.organisationId && actor.role !== 'owner')
    throw forbidden('只有所有者可以处理同事的邀请', "Only an owner handles a colleague's invitation")
  return row
}

/** What somebody with the token may know before he accepts: who invites whom to what. @throws 401 link_used_up */
export const viewInvitation = async (deps: Pick<Deps, 'db' | 'clock'>, token: string) =>
  transaction(deps, WORKER, async tx => {
    const { row, organisation } = await findByToken(tx, deps, token)
    const [inviter] = await tx
      .select({ name: organisations.name })
      .from(organisations)
      .where(eq(organisations.id, row.madeById))
    return {
      email: row.email,
      ...(row.personName ? { name: row.personName } : {}),
      role: row.role,
      organisationName: organisation.name,
      invitedBy: inviter?.name ?? organisation.name,
      expiresAt: row.expiresAt.toISOString(),
    }
  })

const findByToken = async (tx: Tx, deps: Pick<Deps, 'clock'>, token: string) => {
  const [found] = await tx
    .select({ row: invitations, organisation: organisations })
    .from(invitations)
    .innerJoin(organisations, eq(organisations.id, invitations.organisationId))
    .where(
      and(
        or(eq(invitations.hash, sha256(token)), eq(invitations.mailHash, sha256(token))),
        eq(invitations.state, 'pending'),
        gt(invitations.expiresAt, deps.clock.now()),
      ),
    )
    .for('update', { of: invitations })
  if (!found) throw new ProblemError(identityProblems.linkUsedUp)
  return found
}

type Acceptance = {
  token: string
  name?: string | undefined
  language?: Language | undefined
  password?: string | undefined
}

/**
 * Takes the seat and signs in. An address that somebody has already stands for its owner: he shows that he is he, by his
 * session or his password, because whoever hands a link over could otherwise enter as him elsewhere.
 * @throws 401 link_used_up, 401 wrong_credentials, 403 prove_yourself, 429 locked_out
 */
export const acceptInvitation = async (
  deps: Recording & Pick<Deps, 'db'>,
  actor: Actor,
  input: Acceptance,
  browser: Browser,
): Promise<OpenedSession> => {
  const email = await transaction(deps, WORKER, async tx => (await findByToken(tx, deps, input.token)).row.email)
  const provenId =
    input.password === undefined
      ? isSignedIn(actor)
        ? actor.personId
        : undefined
      : await provePassword(deps, { email, password: input.password })
  return transaction(deps, WORKER, async tx => {
    const { row } = await findByToken(tx, deps, input.token)
    const personId = await findOrMakePerson(
      tx,
      deps,
      { ...input, ...row, name: input.name ?? row.personName },
      provenId,
    )
    const { organisationId, role } = row
    const seat = and(eq(positions.personId, personId), eq(positions.organisationId, organisationId))
    const [held] = await tx.select().from(positions).where(seat)
    if (!held) await insertPosition(tx, deps, { personId, organisationId, role })
    const state = takeInvitationStep(row.state, 'accept')
    await tx.update(invitations).set({ state, decidedAt: deps.clock.now() }).where(eq(invitations.id, row.id))
    await record(tx, deps, actor, { action: 'invitation.accepted', objectId: row.id })
    return openSession(tx, deps, { personId, organisationId, method: 'invitation', ...browser })
  })
}

const isSignedIn = (actor: Actor): actor is PersonActor =>
  actor.kind === 'member' && actor.personId !== undefined && actor.isBound !== true

const findOrMakePerson = async (
  tx: Tx,
  deps: Recording,
  invited: { email: string; name: string | null; language?: Language | undefined },
  provenId: string | undefined,
): Promise<string> => {
  const { email, name, language = 'zh' } = invited
  const [person] = await tx.select().from(people).where(eq(people.email, email))
  if (!person) return insertPerson(tx, deps, { email, name: name ?? email, language })
  if (person.id === provenId) return person.id
  const seats = await tx.select().from(positions).where(eq(positions.personId, person.id))
  if (seats.length > 0) throw new ProblemError(identityProblems.proveYourself)
  // Nobody is left in there to be taken for: whoever is invited anew starts afresh.
  await tx.delete(passwords).where(eq(passwords.personId, person.id))
  await revokeOtherSessions(tx, deps, person.id)
  return person.id
}

/** The park of an administration's own organisation by its short name in addresses. */
export const findParkBySlug = async (tx: Tx, slug: string) => {
  const [park] = await tx.select().from(parks).where(eq(parks.slug, slug))
  if (!park) throw notFound()
  return park
}

import { and, asc, eq, isNull, sql } from 'drizzle-orm'
import { type Recording, record } from '../audit/record.ts'
import type { Language } from '../engine/types.ts'
import type { Member, OrganisationKind, Role } from '../platform/actor.ts'
import { rowsOf, transaction, type Tx } from '../platform/db.ts'
import type { Deps } from '../platform/deps.ts'
import { forbidden, notFound, ProblemError } from '../platform/errors.ts'
import { newId } from '../platform/ids.ts'
import { hashPassword, isPassword } from './passwords.ts'
import { identityProblems } from './problems.ts'
import type { Stored } from './idempotency.ts'
import { type PersonActor, revokeOtherSessions } from './sessions.ts'
import { insertHandedLink } from './sign-in.ts'
import { passwords, people, positions, sessions } from './tables.ts'

type Making = Pick<Deps, 'clock' | 'random'>

/** The row of a person, without asking who wants it: for joining and for start-up commands. */
export const insertPerson = async (
  tx: Tx,
  deps: Making,
  person: { email: string; name: string; language: Language },
): Promise<string> => {
  const id = newId(deps, 'person')
  await tx.insert(people).values({ id, ...person, createdAt: deps.clock.now() })
  return id
}

export const insertPosition = async (
  tx: Tx,
  deps: Pick<Deps, 'clock'>,
  position: { personId: string; organisationId: string; role: Role },
): Promise<void> => {
  await tx.insert(positions).values({ ...position, createdAt: deps.clock.now() })
}

export const readPerson = async (tx: Tx, id: string) => {
  const [row] = await tx.select().from(people).where(eq(people.id, id))
  if (!row) throw notFound()
  return {
    id: row.id,
    email: row.email,
    isEmailVerified: row.emailVerifiedAt !== null,
    name: row.name,
    language: row.language,
    createdAt: row.createdAt.toISOString(),
  }
}

type MyPosition = { organisation_id: string; name: string; kind: OrganisationKind; role: Role }

/** The organisations that the person may act for in this session, the first joined first. */
export const listMyPositions = async (tx: Tx, actor: PersonActor) => {
  const rows = rowsOf<MyPosition>(await tx.execute(sql`select * from my_positions()`))
  return rows
    .filter(row => !actor.isBound || row.organisation_id === actor.organisationId)
    .map(row => ({
      organisationId: row.organisation_id,
      organisationName: row.name,
      organisationKind: row.kind,
      role: row.role,
    }))
}

export const changePerson = async (
  tx: Tx,
  actor: PersonActor,
  change: { name?: string | undefined; language?: Language | undefined },
): Promise<void> => {
  const given = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined))
  if (Object.keys(given).length === 0) return
  await tx.update(people).set(given).where(eq(people.id, actor.personId))
}

/**
 * Sets or replaces the person's own password and ends his other sessions. The old one is asked for where there is one,
 * unless he came by a link to his own address: that is how a forgotten password is replaced.
 * @throws 401 wrong_credentials for a wrong old password, 403 bound_session
 */
export const setPassword = async (
  deps: Recording & Pick<Deps, 'db'>,
  actor: PersonActor,
  input: { password: string; currentPassword?: string | undefined },
): Promise<void> => {
  const worker = { kind: 'worker' } as const
  const known = await transaction(deps, worker, async tx => {
    const [password] = await tx.select().from(passwords).where(eq(passwords.personId, actor.personId))
    const held = await tx.select().from(positions).where(eq(positions.personId, actor.personId))
    const [session] = await tx.select().from(sessions).where(eq(sessions.id, actor.sessionId))
    return { password, isElsewhere: held.length > 1, isByOwnLink: session?.method === 'link' && !session.isBound }
  })
  // Else an owner could hand a link to himself and take his colleague's place in another organisation.
  if (actor.isBound && known.isElsewhere) throw new ProblemError(identityProblems.boundSession)
  if (known.password && !known.isByOwnLink && !actor.isBound) {
    if (!(await isPassword(known.password.hash, input.currentPassword ?? '')))
      throw new ProblemError(identityProblems.wrongCredentials)
  }
  const hash = await hashPassword(input.password)
  const changedAt = deps.clock.now()
  await transaction(deps, worker, async tx => {
    await tx
      .insert(passwords)
      .values({ personId: actor.personId, hash, changedAt })
      .onConflictDoUpdate({ target: passwords.personId, set: { hash, changedAt } })
    await revokeOtherSessions(tx, deps, actor.personId, actor.sessionId)
    await record(tx, deps, actor, { action: 'person.password_set', objectId: actor.personId })
  })
}

/** The people of the actor's own organisation. @throws 404 for another */
export const listPeople = async (tx: Tx, actor: Member, organisationId: string) => {
  if (organisationId !== actor.organisationId) throw notFound()
  const rows = await tx
    .select({ person: people, position: positions })
    .from(positions)
    .innerJoin(people, eq(people.id, positions.personId))
    .where(eq(positions.organisationId, organisationId))
    .orderBy(asc(positions.createdAt), asc(people.id))
    .limit(500)
  return { items: rows.map(presentColleague) }
}

const presentColleague = ({
  person,
  position,
}: {
  person: typeof people.$inferSelect
  position: typeof positions.$inferSelect
}) => ({
  personId: person.id,
  organisationId: position.organisationId,
  name: person.name,
  email: person.email,
  role: position.role,
  joinedAt: position.createdAt.toISOString(),
})

export const readColleague = async (tx: Tx, actor: Member, target: { organisationId: string; personId: string }) => {
  const [row] = await tx
    .select({ person: people, position: positions })
    .from(positions)
    .innerJoin(people, eq(people.id, positions.personId))
    .where(and(eq(positions.organisationId, target.organisationId), eq(positions.personId, target.personId)))
  if (!row || target.organisationId !== actor.organisationId) throw notFound()
  return presentColleague(row)
}

/** Gives a colleague another role. @throws 403 unless an owner asks, 404, 409 last_owner */
export const changeRole = async (
  tx: Tx,
  deps: Recording,
  actor: Member,
  target: { organisationId: string; personId: string },
  role: Role,
) => {
  await checkOwner(tx, actor, target)
  if (role !== 'owner') await keepAnOwner(tx, target)
  await tx
    .update(positions)
    .set({ role })
    .where(and(eq(positions.organisationId, target.organisationId), eq(positions.personId, target.personId)))
  await record(tx, deps, actor, { action: 'person.role_changed', objectId: target.personId })
  return readColleague(tx, actor, target)
}

/** Takes a colleague out of the organisation and ends his sessions for it. @throws 403, 404, 409 last_owner */
export const removeColleague = async (
  tx: Tx,
  deps: Recording,
  actor: Member,
  target: { organisationId: string; personId: string },
): Promise<void> => {
  await checkOwner(tx, actor, target)
  await keepAnOwner(tx, target)
  const his = and(eq(sessions.organisationId, target.organisationId), eq(sessions.personId, target.personId))
  await tx
    .update(sessions)
    .set({ revokedAt: deps.clock.now() })
    .where(and(his, isNull(sessions.revokedAt)))
  await tx
    .delete(positions)
    .where(and(eq(positions.organisationId, target.organisationId), eq(positions.personId, target.personId)))
  await record(tx, deps, actor, { action: 'person.removed', objectId: target.personId })
}

/**
 * A sign-in link for a colleague, for an owner to hand over: good once, and for this organisation alone.
 * @throws 403, 404
 */
export const makeColleagueLink = async (
  tx: Tx,
  deps: Recording,
  actor: Member,
  target: { organisationId: string; personId: string },
): Promise<Stored & { secret: string; expiresAt: Date }> => {
  await checkOwner(tx, actor, target)
  const { id, token, expiresAt } = await insertHandedLink(tx, deps, target)
  await record(tx, deps, actor, { action: 'person.link_made', objectId: target.personId })
  return { id, secret: token, expiresAt }
}

/** @throws 404 for a stranger, 403 for a colleague who is no owner */
const checkOwner = async (
  tx: Tx,
  actor: Member,
  target: { organisationId: string; personId: string },
): Promise<void> => {
  await readColleague(tx, actor, target)
  if (actor.role !== 'owner') throw forbidden('只有所有者可以管理本单位人员', 'Only an owner manages its people')
}

/** Locks the owners in one order, so that two of them cannot take each other out at the same time. */
const keepAnOwner = async (tx: Tx, target: { organisationId: string; personId: string }): Promise<void> => {
  const owners = await tx
    .select({ personId: positions.personId })
    .from(positions)
    .where(and(eq(positions.organisationId, target.organisationId), eq(positions.role, 'owner')))
    .orderBy(asc(positions.personId))
    .for('update')
  if (owners.length === 1 && owners[0]?.personId === target.personId) throw new ProblemError(identityProblems.lastOwner)
}

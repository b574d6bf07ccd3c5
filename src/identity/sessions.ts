import { and, desc, eq, gt, isNull, ne } from 'drizzle-orm'
import { type Recording, record } from '../audit/record.ts'
import type { Member, OrganisationKind, Role } from '../platform/actor.ts'
import { askAsNobody, rowsOf, type Tx } from '../platform/db.ts'
import type { Deps } from '../platform/deps.ts'
import { notFound, ProblemError } from '../platform/errors.ts'
import { newId } from '../platform/ids.ts'
import { sha256 } from '../platform/secrets.ts'
import { identityProblems } from './problems.ts'
import { positions, sessions, type SignInMethod } from './tables.ts'

const HOUR_MS = 3_600_000
export const SESSION_HOURS_MAX = 14 * 24
export const IDLE_HOURS_MAX = 12
/** Seeing a session is written down this often at most: a page may ask ten times in a second. */
const TOUCH_MS = 60_000
const USER_AGENT_CHARACTERS = 200

export type OpenedSession = { token: string; expiresAt: Date }
type Options = {
  personId: string
  method: SignInMethod
  /** The organisation to act for; absent: the one that the person joined first. */
  organisationId?: string | undefined
  isBound?: boolean
  userAgent?: string | undefined
  /** The token that the browser came with: it ends, so that nobody waits inside a session that he planted. */
  replaces?: string | undefined
}

/**
 * Opens a session for a person who has proved himself, in a transaction of the worker. The token is always a new one.
 * @throws 403 no_organisation where he has no position (any more)
 */
export const openSession = async (tx: Tx, deps: Recording, options: Options): Promise<OpenedSession> => {
  const { personId, organisationId: wanted } = options
  const [position] = await tx
    .select()
    .from(positions)
    .where(and(eq(positions.personId, personId), wanted ? eq(positions.organisationId, wanted) : undefined))
    .orderBy(positions.createdAt, positions.organisationId)
    .limit(1)
  if (!position) throw new ProblemError(identityProblems.noOrganisation)
  const now = deps.clock.now()
  if (options.replaces !== undefined)
    await tx
      .update(sessions)
      .set({ revokedAt: now })
      .where(and(eq(sessions.hash, sha256(options.replaces)), isNull(sessions.revokedAt)))
  const token = deps.random(32).toString('base64url')
  const expiresAt = new Date(now.getTime() + SESSION_HOURS_MAX * HOUR_MS)
  const id = newId(deps, 'session')
  await tx.insert(sessions).values({
    id,
    personId,
    organisationId: position.organisationId,
    isBound: options.isBound ?? false,
    hash: sha256(token),
    method: options.method,
    userAgent: options.userAgent?.slice(0, USER_AGENT_CHARACTERS) ?? null,
    createdAt: now,
    lastSeenAt: now,
    expiresAt,
  })
  await record(tx, deps, { kind: 'worker' }, { action: 'session.opened', objectId: id })
  return { token, expiresAt }
}

type SessionRow = {
  session_id: string
  person_id: string
  is_bound: boolean
  last_seen_at: string
  organisation_id: string
  organisation_kind: OrganisationKind
  role: Role
  park_ids: string[]
  admin_park_ids: string[]
}

const AUTHENTICATE = `select * from authenticate_session(decode($1, 'hex'), $2::timestamptz, $3::timestamptz)`
const TOUCH = 'select touch_session($1, $2::timestamptz)'

/** Who is signed in with this token; nobody where the session has ended, run out, or lain idle for too long. */
export const findSessionMember = async (
  deps: Pick<Deps, 'db' | 'clock'>,
  token: string,
): Promise<Member | undefined> => {
  const now = deps.clock.now()
  const idleSince = new Date(now.getTime() - IDLE_HOURS_MAX * HOUR_MS).toISOString()
  const hash = sha256(token).toString('hex')
  const [row] = rowsOf<SessionRow>(await askAsNobody(deps, AUTHENTICATE, [hash, now.toISOString(), idleSince]))
  if (!row) return undefined
  if (now.getTime() - new Date(row.last_seen_at).getTime() >= TOUCH_MS)
    await askAsNobody(deps, TOUCH, [row.session_id, now.toISOString()])
  return {
    kind: 'member',
    organisationId: row.organisation_id,
    organisationKind: row.organisation_kind,
    role: row.role,
    personId: row.person_id,
    sessionId: row.session_id,
    isBound: row.is_bound,
    scopes: [],
    parkIds: row.park_ids,
    adminParkIds: row.admin_park_ids,
  }
}

const OWN_COLUMNS = {
  id: sessions.id,
  organisationId: sessions.organisationId,
  isBound: sessions.isBound,
  method: sessions.method,
  userAgent: sessions.userAgent,
  createdAt: sessions.createdAt,
  lastSeenAt: sessions.lastSeenAt,
  expiresAt: sessions.expiresAt,
}

export type PersonActor = Member & { personId: string; sessionId: string }

/** The sessions in which a person is still signed in, newest first, at most a hundred. */
export const listSessions = async (tx: Tx, deps: Pick<Deps, 'clock'>, actor: PersonActor) => {
  const now = deps.clock.now()
  const rows = await tx
    .select(OWN_COLUMNS)
    .from(sessions)
    .where(
      and(
        eq(sessions.personId, actor.personId),
        isNull(sessions.revokedAt),
        gt(sessions.expiresAt, now),
        gt(sessions.lastSeenAt, new Date(now.getTime() - IDLE_HOURS_MAX * HOUR_MS)),
        // What an organisation opened for somebody shows that organisation's part of him only.
        actor.isBound ? eq(sessions.organisationId, actor.organisationId) : undefined,
      ),
    )
    .orderBy(desc(sessions.id))
    .limit(100)
  return { items: rows.map(row => presentSession(row, actor.sessionId)) }
}

const presentSession = (
  row: { [K in keyof typeof OWN_COLUMNS]: (typeof sessions.$inferSelect)[K] },
  currentId: string,
) => ({
  id: row.id,
  organisationId: row.organisationId,
  isCurrent: row.id === currentId,
  isBound: row.isBound,
  method: row.method,
  ...(row.userAgent ? { userAgent: row.userAgent } : {}),
  createdAt: row.createdAt.toISOString(),
  lastSeenAt: row.lastSeenAt.toISOString(),
  expiresAt: row.expiresAt.toISOString(),
})

/** Ends one of the person's own sessions. Ending it twice changes nothing. @throws 404 */
export const revokeSession = async (tx: Tx, deps: Recording, actor: PersonActor, sessionId: string): Promise<void> => {
  const mine = and(
    eq(sessions.id, sessionId),
    eq(sessions.personId, actor.personId),
    actor.isBound ? eq(sessions.organisationId, actor.organisationId) : undefined,
  )
  const [known] = await tx.select({ id: sessions.id }).from(sessions).where(mine)
  if (!known) throw notFound()
  await tx
    .update(sessions)
    .set({ revokedAt: deps.clock.now() })
    .where(and(mine, isNull(sessions.revokedAt)))
  await record(tx, deps, actor, { action: 'session.revoked', objectId: sessionId })
}

/** Ends a person's sessions but one, as after a change of his password; in a transaction of the worker. */
export const revokeOtherSessions = async (
  tx: Tx,
  deps: Pick<Deps, 'clock'>,
  personId: string,
  keptId?: string,
): Promise<void> => {
  await tx
    .update(sessions)
    .set({ revokedAt: deps.clock.now() })
    .where(
      and(
        eq(sessions.personId, personId),
        isNull(sessions.revokedAt),
        keptId === undefined ? undefined : ne(sessions.id, keptId),
      ),
    )
}

/** Chooses the organisation that the session acts for from now on. @throws 403 bound_session, 404 for one without a position */
export const chooseOrganisation = async (tx: Tx, actor: PersonActor, organisationId: string): Promise<void> => {
  if (organisationId === actor.organisationId) return
  if (actor.isBound) throw new ProblemError(identityProblems.boundSession)
  const [position] = await tx
    .select({ organisationId: positions.organisationId })
    .from(positions)
    .where(and(eq(positions.personId, actor.personId), eq(positions.organisationId, organisationId)))
  if (!position) throw notFound()
  await tx.update(sessions).set({ organisationId }).where(eq(sessions.id, actor.sessionId))
}

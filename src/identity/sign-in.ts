import { and, eq, gt, isNull } from 'drizzle-orm'
import type { Recording } from '../audit/record.ts'
import { append } from '../events/outbox.ts'
import { transaction, type Tx } from '../platform/db.ts'
import type { Deps } from '../platform/deps.ts'
import { ProblemError } from '../platform/errors.ts'
import { newId } from '../platform/ids.ts'
import { sha256 } from '../platform/secrets.ts'
import { countTry, isPassword } from './passwords.ts'
import { identityProblems } from './problems.ts'
import { type OpenedSession, openSession, revokeOtherSessions } from './sessions.ts'
import { passwords, passwordTries, people, signInLinks } from './tables.ts'

/**
 * How a person proves himself. Nobody is signed in yet, so all of this runs as the worker; what a stranger learns is the
 * same for an address that is known and one that is not.
 */
const WORKER = { kind: 'worker' } as const
const MINUTE_MS = 60_000
/** A mailed link is used at once; one that is handed over may wait for the next morning. */
const MAILED_MINUTES = 30
const HANDED_MINUTES = 24 * 60
/** A person gets a mailed link at most this often, whoever asks for it. */
const BETWEEN_MAILS_MS = 60_000

export type Browser = { userAgent?: string | undefined; replaces?: string | undefined }

/**
 * Signs in by password. Five wrong tries in a quarter of an hour lock the address for another, whether anybody has it or not.
 * @throws 401 wrong_credentials, 429 locked_out, 403 no_organisation
 */
export const signInByPassword = async (
  deps: Recording & Pick<Deps, 'db'>,
  input: { email: string; password: string },
  browser: Browser,
): Promise<OpenedSession> => {
  const personId = await provePassword(deps, input)
  return transaction(deps, WORKER, tx => openSession(tx, deps, { personId, method: 'password', ...browser }))
}

/** Whose password it is. Counts as a try. @throws 401 wrong_credentials, 429 locked_out */
export const provePassword = async (
  deps: Pick<Deps, 'db' | 'clock'>,
  input: { email: string; password: string },
): Promise<string> => {
  const found = await transaction(deps, WORKER, async tx => {
    const lockedUntil = await countPasswordTry(tx, deps, input.email)
    if (lockedUntil) return { lockedUntil }
    const [row] = await tx
      .select({ personId: people.id, hash: passwords.hash })
      .from(people)
      .innerJoin(passwords, eq(passwords.personId, people.id))
      .where(eq(people.email, input.email))
    return { row }
  })
  if (found.lockedUntil) {
    const leftMs = found.lockedUntil.getTime() - deps.clock.now().getTime()
    throw new ProblemError(identityProblems.lockedOut, { retryAfterS: Math.max(1, Math.ceil(leftMs / 1_000)) })
  }
  // Outside of the transaction: a slow hash must not hold a connection.
  const isRight = await isPassword(found.row?.hash, input.password)
  if (!found.row || !isRight) throw new ProblemError(identityProblems.wrongCredentials)
  await transaction(deps, WORKER, tx =>
    tx.delete(passwordTries).where(eq(passwordTries.emailHash, sha256(input.email))),
  )
  return found.row.personId
}

/** Counts a try before it is checked, one after the other for each address. @returns until when it is locked */
const countPasswordTry = async (tx: Tx, deps: Pick<Deps, 'clock'>, email: string): Promise<Date | null> => {
  const now = deps.clock.now()
  const mine = eq(passwordTries.emailHash, sha256(email))
  await tx
    .insert(passwordTries)
    .values({ emailHash: sha256(email), tries: 0, since: now })
    .onConflictDoNothing()
  const [before] = await tx.select().from(passwordTries).where(mine).for('update')
  const after = countTry(before, now)
  await tx.update(passwordTries).set(after).where(mine)
  return after.lockedUntil
}

/** Signs in by a link, once. @throws 401 link_used_up, 403 no_organisation */
export const signInByLink = async (
  deps: Recording & Pick<Deps, 'db'>,
  token: string,
  browser: Browser,
): Promise<OpenedSession> => {
  const now = deps.clock.now()
  return transaction(deps, WORKER, async tx => {
    // One statement takes it, so that of two who bring the same link only one gets in.
    const [link] = await tx
      .update(signInLinks)
      .set({ usedAt: now })
      .where(and(eq(signInLinks.hash, sha256(token)), isNull(signInLinks.usedAt), gt(signInLinks.expiresAt, now)))
      .returning()
    if (!link?.personId) throw new ProblemError(identityProblems.linkUsedUp)
    const { personId, organisationId } = link
    if (organisationId === null) await markVerified(tx, deps, personId)
    return openSession(tx, deps, {
      personId,
      method: 'link',
      ...(organisationId === null ? {} : { organisationId, isBound: true }),
      ...browser,
    })
  })
}

/**
 * Notes that the person's address is proved to be his. The first time, what was set before goes: whoever had the account
 * made for that address could have left a password or a session behind.
 */
export const markVerified = async (tx: Tx, deps: Pick<Deps, 'clock'>, personId: string): Promise<void> => {
  const [first] = await tx
    .update(people)
    .set({ emailVerifiedAt: deps.clock.now() })
    .where(and(eq(people.id, personId), isNull(people.emailVerifiedAt)))
    .returning({ id: people.id })
  if (!first) return
  await tx.delete(passwords).where(eq(passwords.personId, personId))
  await revokeOtherSessions(tx, deps, personId)
}

/** A link as it is shown to whoever hands it over. */
export type HandedLink = { id: string; token: string; expiresAt: Date }

/**
 * Makes a link that its organisation hands over, good for that organisation alone. Asks nobody: the caller has checked
 * that the actor may, and row-level security checks again.
 */
export const insertHandedLink = async (
  tx: Tx,
  deps: Pick<Deps, 'clock' | 'random'>,
  target: { personId: string; organisationId: string },
): Promise<HandedLink> => insertLink(tx, deps, target)

/** A link for the first administrator, whom the one at the console of the server makes himself: it opens all that is his. */
export const insertOwnLink = async (
  tx: Tx,
  deps: Pick<Deps, 'clock' | 'random'>,
  personId: string,
): Promise<HandedLink> => insertLink(tx, deps, { personId, organisationId: null })

const insertLink = async (
  tx: Tx,
  deps: Pick<Deps, 'clock' | 'random'>,
  target: { personId: string; organisationId: string | null },
): Promise<HandedLink> => {
  const now = deps.clock.now()
  const token = deps.random(32).toString('base64url')
  const id = newId(deps, 'signInLink')
  const expiresAt = new Date(now.getTime() + HANDED_MINUTES * MINUTE_MS)
  await tx.insert(signInLinks).values({ id, ...target, hash: sha256(token), createdAt: now, expiresAt })
  return { id, token, expiresAt }
}

/**
 * Somebody asks for a link to an address. The same is written for an address that nobody has. The event carries the id
 * of the link and nothing else; whoever sends mail makes the token by `mintMailedLink` when he sends it.
 */
export const requestLink = async (deps: Pick<Deps, 'db' | 'clock' | 'random'>, email: string): Promise<void> =>
  transaction(deps, WORKER, async tx => {
    const [person] = await tx.select({ id: people.id }).from(people).where(eq(people.email, email))
    const now = deps.clock.now()
    const id = newId(deps, 'signInLink')
    const expiresAt = new Date(now.getTime() + MAILED_MINUTES * MINUTE_MS)
    await tx.insert(signInLinks).values({ id, personId: person?.id ?? null, createdAt: now, expiresAt })
    await append(tx, deps, WORKER, [{ type: 'sign_in_link.requested', data: { linkId: id } }])
  })

/**
 * The token of a link that was asked for, made now and kept as its SHA-256 only, with the address to send it to; in a
 * transaction of the worker. Nothing where nobody has the address, it is too late, it was made already, or the person
 * was sent another less than a minute ago.
 */
export const mintMailedLink = async (tx: Tx, deps: Pick<Deps, 'clock' | 'random'>, linkId: string) => {
  const now = deps.clock.now()
  const [found] = await tx
    .select({ link: signInLinks, person: people })
    .from(signInLinks)
    .innerJoin(people, eq(people.id, signInLinks.personId))
    .where(and(eq(signInLinks.id, linkId), isNull(signInLinks.hash), gt(signInLinks.expiresAt, now)))
    .for('update')
  if (!found) return undefined
  const { person } = found
  const minted = await tx
    .select({ createdAt: signInLinks.createdAt, hash: signInLinks.hash })
    .from(signInLinks)
    .where(
      and(
        eq(signInLinks.personId, person.id),
        isNull(signInLinks.organisationId),
        gt(signInLinks.createdAt, new Date(found.link.createdAt.getTime() - BETWEEN_MAILS_MS)),
      ),
    )
  if (minted.some(other => other.hash !== null)) return undefined
  const token = deps.random(32).toString('base64url')
  await tx
    .update(signInLinks)
    .set({ hash: sha256(token) })
    .where(eq(signInLinks.id, linkId))
  return { token, email: person.email, name: person.name, language: person.language, expiresAt: found.link.expiresAt }
}

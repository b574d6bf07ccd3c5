import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Member } from '../platform/actor.ts'
import { transaction } from '../platform/db.ts'
import type { Deps } from '../platform/deps.ts'
import { ProblemError, problems } from '../platform/errors.ts'
import { csrfTokenOf, readSessionToken, setSessionCookie } from './cookies.ts'
import { listMyPositions, readPerson } from './people.ts'
import { readOrganisation } from './service.ts'
import { findSessionMember, type OpenedSession } from './sessions.ts'

/** Who asks: the organisation, and the person where one is signed in. `sessionToken` is the one of his cookie. */
export const readMe = async (deps: Pick<Deps, 'db'>, actor: Member, sessionToken: string | undefined) =>
  transaction(deps, actor, async tx => {
    const { personId, sessionId, keyId, role, parkIds, adminParkIds } = actor
    const organisation = await readOrganisation(tx, actor.organisationId)
    const common = { organisation, role, parkIds, adminParkIds }
    if (personId === undefined || sessionId === undefined || sessionToken === undefined)
      return { ...common, ...(keyId === undefined ? {} : { keyId }) }
    const signedIn = { ...actor, personId, sessionId }
    return {
      ...common,
      person: await readPerson(tx, personId),
      positions: await listMyPositions(tx, signedIn),
      sessionId,
      isBound: actor.isBound ?? false,
      csrfToken: csrfTokenOf(sessionToken),
    }
  })

/** Hands a session that was just opened to the browser, and answers who is signed in now. */
export const answerSignedIn = async (
  deps: Pick<Deps, 'db' | 'clock' | 'config'>,
  reply: FastifyReply,
  opened: OpenedSession,
) => {
  const member = await findSessionMember(deps, opened.token)
  // It was ended between two statements, as by a change of the password in another window.
  if (!member) throw new ProblemError(problems.unauthenticated)
  setSessionCookie(deps, reply, opened.token, opened.expiresAt)
  reply.header('cache-control', 'no-store')
  return readMe(deps, member, opened.token)
}

/** What is kept of the browser that signs in, and the session that it had before. */
export const browserOf = (deps: Pick<Deps, 'config'>, request: FastifyRequest) => ({
  userAgent: request.headers['user-agent'],
  replaces: readSessionToken(deps, request),
})

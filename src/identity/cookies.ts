import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Deps } from '../platform/deps.ts'
import { ProblemError } from '../platform/errors.ts'
import { sha256 } from '../platform/secrets.ts'
import { identityProblems } from './problems.ts'

type Configured = Pick<Deps, 'config'>

/** 32 random bytes in base64url. */
const TOKEN_PATTERN = /^[A-Za-z0-9_-]{43}$/
const SAFE_METHODS = ['GET', 'HEAD', 'OPTIONS']

const isSecure = ({ config }: Configured): boolean => config.publicUrl?.startsWith('https:') ?? false
// The prefix makes browsers refuse the name from another host or over plain HTTP; it needs HTTPS.
const nameOf = (deps: Configured): string => (isSecure(deps) ? '__Host-duijie_session' : 'duijie_session')
const attributesOf = (deps: Configured) =>
  ({ path: '/', httpOnly: true, sameSite: 'lax', secure: isSecure(deps) }) as const

/** The session's token as the browser sent it, if it has the form of one. */
export const readSessionToken = (deps: Configured, request: FastifyRequest): string | undefined => {
  const token = request.cookies[nameOf(deps)]
  return token !== undefined && TOKEN_PATTERN.test(token) ? token : undefined
}

/** Hands the token to the browser: no script reads it, no other site's form sends it. */
export const setSessionCookie = (deps: Configured, reply: FastifyReply, token: string, expiresAt: Date): void => {
  reply.setCookie(nameOf(deps), token, { ...attributesOf(deps), expires: expiresAt })
}

export const clearSessionCookie = (deps: Configured, reply: FastifyReply): void => {
  reply.clearCookie(nameOf(deps), attributesOf(deps))
}

/** What a page of ours sends back as `X-CSRF-Token` or in a form: only who may read our answers knows it. */
export const csrfTokenOf = (sessionToken: string): string => sha256(`csrf ${sessionToken}`).toString('base64url')

/**
 * Refuses a write that rides on a browser's cookie from elsewhere: the page must be ours, and must know the token.
 * @throws 403 forged_request
 */
export const refuseForgery = (
  deps: Configured,
  request: FastifyRequest,
  sessionToken: string,
  given: unknown = request.headers['x-csrf-token'],
): void => {
  if (SAFE_METHODS.includes(request.method)) return
  refuseForeignOrigin(deps, request)
  if (given !== csrfTokenOf(sessionToken)) throw new ProblemError(identityProblems.forgedRequest)
}

/**
 * Refuses what the browser says a page of another site has sent. Programs say nothing, and hold no cookie of a victim.
 * @throws 403 forged_request
 */
export const refuseForeignOrigin = ({ config }: Configured, request: FastifyRequest): void => {
  const { origin, 'sec-fetch-site': site } = request.headers
  if (site === 'cross-site') throw new ProblemError(identityProblems.forgedRequest)
  if (origin === undefined) return
  const isOurs = origin === `${request.protocol}://${request.host}`
  const isPublic = config.publicUrl !== undefined && origin === new URL(config.publicUrl).origin
  if (!isOurs && !isPublic) throw new ProblemError(identityProblems.forgedRequest)
}

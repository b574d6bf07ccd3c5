import type { FastifyRequest } from 'fastify'
import type { Member, OrganisationKind, Role } from '../platform/actor.ts'
import type { Actor } from '../platform/actor.ts'
import { askAsNobody, rowsOf } from '../platform/db.ts'
import type { Deps } from '../platform/deps.ts'
import { ProblemError, problems } from '../platform/errors.ts'
import { sha256 } from '../platform/secrets.ts'
import { readSessionToken, refuseForgery } from './cookies.ts'
import { KEY_PATTERN } from './keys.ts'
import { identityProblems } from './problems.ts'
import { refuseBeyondScopes } from './scopes.ts'
import { findSessionMember, type PersonActor } from './sessions.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The route lets somebody in: it checks the origin itself, and a session that is there already is no hindrance. */
    letsIn?: boolean
  }
}

type KeyRow = {
  key_id: string
  organisation_id: string
  organisation_kind: OrganisationKind
  role: Role
  scopes: string[]
  park_ids: string[]
  admin_park_ids: string[]
}

/**
 * Who sends the request: by `Authorization: Bearer duijie_…`, else by the session's cookie. Neither is an anonymous actor.
 * A wrong, expired or revoked key is refused, so that nobody works with less than he thinks he has; a cookie that has run
 * out is a stranger, since the browser sends it without being asked. A write by cookie must come from a page of ours.
 * @throws 401 unauthenticated, 403 forged_request, 403 for a key beyond its scopes
 */
export const authenticate = async (
  deps: Pick<Deps, 'db' | 'clock' | 'config'>,
  request: FastifyRequest,
): Promise<Actor> => {
  const header = request.headers.authorization
  if (header !== undefined) {
    const member = await authenticateKey(deps, header)
    refuseBeyondScopes(request, member)
    return member
  }
  const token = readSessionToken(deps, request)
  const member = token === undefined ? undefined : await findSessionMember(deps, token)
  if (token === undefined || !member) return { kind: 'anonymous' }
  if (request.routeOptions.config.letsIn !== true) refuseForgery(deps, request, token)
  return member
}

const authenticateKey = async (deps: Pick<Deps, 'db' | 'clock'>, header: string): Promise<Member> => {
  const [, key] = /^Bearer +(\S+)$/i.exec(header) ?? []
  if (key === undefined || !KEY_PATTERN.test(key)) throw new ProblemError(problems.unauthenticated)
  const member = await findMember(deps, key)
  if (!member) throw new ProblemError(problems.unauthenticated)
  return member
}

// One statement, which also notes that the key was used: this goes before every request. It is asked of the row each
// time, so that a key that is revoked has ended with the very next request.
const RECOGNISE_KEY = `select * from recognise_key(decode($1, 'hex'), $2::timestamptz)`

const findMember = async (deps: Pick<Deps, 'db' | 'clock'>, key: string): Promise<Member | undefined> => {
  const parameters = [sha256(key).toString('hex'), deps.clock.now().toISOString()]
  const [row] = rowsOf<KeyRow>(await askAsNobody(deps, RECOGNISE_KEY, parameters))
  return (
    row && {
      kind: 'member',
      organisationId: row.organisation_id,
      organisationKind: row.organisation_kind,
      role: row.role,
      keyId: row.key_id,
      scopes: row.scopes,
      parkIds: row.park_ids,
      adminParkIds: row.admin_park_ids,
    }
  )
}

/** The member behind a request. @throws 401 for a stranger */
export const requireMember = (request: Pick<FastifyRequest, 'actor'>): Member => {
  if (request.actor.kind !== 'member') throw new ProblemError(problems.unauthenticated)
  return request.actor
}

/** The member behind a request that changes something. @throws 401, 403 for a reader */
export const requireEditor = (request: Pick<FastifyRequest, 'actor'>): Member => {
  const member = requireMember(request)
  if (member.role === 'reader')
    throw new ProblemError(problems.forbidden, {
      detail: { zh: '只读权限不能修改数据', en: 'A reader cannot change anything' },
    })
  return member
}

/** The person behind a request, whatever his role. @throws 401, 403 for a key */
export const requirePerson = (request: Pick<FastifyRequest, 'actor'>): PersonActor => {
  const { personId, sessionId, ...member } = requireMember(request)
  if (personId === undefined || sessionId === undefined) throw new ProblemError(identityProblems.needsSession)
  return { ...member, personId, sessionId }
}

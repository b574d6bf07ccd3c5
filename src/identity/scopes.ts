import type { FastifyRequest } from 'fastify'
import type { Member } from '../platform/actor.ts'
import { ProblemError, problems } from '../platform/errors.ts'
import { AREAS } from '../platform/openapi.ts'

const ACCESSES = ['read', 'write'] as const
const SAFE_METHODS = ['GET', 'HEAD', 'OPTIONS']

/** What a key may be used for: an area of the API (the tag of its routes) to read, or to read and write. */
export const SCOPES = AREAS.flatMap(area => ACCESSES.map(access => `${area}:${access}`))

/**
 * Holds a key to its scopes. One without any may do what its role may; `GET /v1/me` and `/v1/self` are open to every key.
 * A route whose area is not known is open to no key that has scopes.
 * @throws 403 that names the scope that is missing
 */
export const refuseBeyondScopes = (request: FastifyRequest, { scopes }: Member): void => {
  if (scopes.length === 0) return
  const area = request.routeOptions.schema?.tags?.[0] ?? ''
  const isRead = SAFE_METHODS.includes(request.method)
  if (area === 'identity' && isRead) return
  if (scopes.includes(`${area}:write`) || (isRead && scopes.includes(`${area}:read`))) return
  const needed = `${area}:${isRead ? 'read' : 'write'}`
  throw new ProblemError(problems.forbidden, {
    detail: { zh: `该密钥没有权限范围 ${needed}`, en: `This key lacks the scope ${needed}` },
  })
}

/** A key makes no key that may do more than itself. @throws 403 */
export const refuseWiderScopes = (maker: Member, wanted: string[]): void => {
  if (maker.scopes.length === 0) return
  if (wanted.length > 0 && wanted.every(scope => maker.scopes.includes(scope))) return
  throw new ProblemError(problems.forbidden, {
    detail: {
      zh: '新密钥的权限范围不能超过所用密钥',
      en: 'A new key cannot have wider scopes than the one that makes it',
    },
  })
}

import { sql } from 'drizzle-orm'
import type { FastifyRequest } from 'fastify'
import type { Member, OrganisationKind, Role } from '../platform/actor.ts'
import type { Actor } from '../platform/actor.ts'
import { rowsOf, transaction } from '../platform/db.ts'
import type { Deps } from '../platform/deps.ts'
import { ProblemError, problems } from '../platform/errors.ts'
import { sha256 } from '../platform/secrets.ts'
import { KEY_PATTERN } from './keys.ts'

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
 * Who sends the request, by `Authorization: Bearer duijie_…`. No header is an anonymous actor; a wrong, expired or
 * revoked key is refused, so that nobody works with less than he thinks he has.
 * @throws 401 unauthenticated
 */
export const authenticate = async (deps: Pick<Deps, 'db' | 'clock'>, request: FastifyRequest): Promise<Actor> => {
  const header = request.headers.authorization
  if (header === undefined) return { kind: 'anonymous' }
  const [, key] = /^Bearer +(\S+)$/i.exec(header) ?? []
  if (key === undefined || !KEY_PATTERN.test(key)) throw new ProblemError(problems.unauthenticated)
  const member = await findMember(deps, key)
  if (!member) throw new ProblemError(problems.unauthenticated)
  return member
}

const findMember = async (deps: Pick<Deps, 'db' | 'clock'>, key: string): Promise<Member | undefined> => {
  const now = deps.clock.now().toISOString()
  return transaction(deps, { kind: 'anonymous' }, async tx => {
    const [row] = rowsOf<KeyRow>(
      await tx.execute(
        sql`select * from authenticate_key(decode(${sha256(key).toString('hex')}, 'hex'), ${now}::timestamptz)`,
      ),
    )
    if (!row) return undefined
    await tx.execute(sql`select touch_key(${row.key_id}, ${now}::timestamptz)`)
    return {
      kind: 'member' as const,
      organisationId: row.organisation_id,
      organisationKind: row.organisation_kind,
      role: row.role,
      keyId: row.key_id,
      scopes: row.scopes,
      parkIds: row.park_ids,
      adminParkIds: row.admin_park_ids,
    }
  })
}

/** The member behind a request. @throws 401 for a stranger */
export const requireMember = (request: FastifyRequest): Member => {
  if (request.actor.kind !== 'member') throw new ProblemError(problems.unauthenticated)
  return request.actor
}

/** The member behind a request that changes something. @throws 401, 403 for a reader's key */
export const requireEditor = (request: FastifyRequest): Member => {
  const member = requireMember(request)
  if (member.role === 'reader')
    throw new ProblemError(problems.forbidden, {
      detail: { zh: '只读密钥不能修改数据', en: "A reader's key cannot change anything" },
    })
  return member
}

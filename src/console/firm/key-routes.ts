import type { FastifyReply, FastifyRequest } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { requireEditor } from '../../identity/authenticate.ts'
import { storeOnce } from '../../identity/idempotency.ts'
import { rotateKey } from '../../identity/rotation.ts'
import { KeyRotation, NewApiKey } from '../../identity/schemas.ts'
import { SCOPES } from '../../identity/scopes.ts'
import { createKey, listKeys, revokeKey } from '../../identity/service.ts'
import { ROLES } from '../../platform/actor.ts'
import { transaction } from '../../platform/db.ts'
import type { Deps } from '../../platform/deps.ts'
import type { ProblemError } from '../../platform/errors.ts'
import { Id } from '../../platform/schemas.ts'
import { AnyForm, listField, parseForm, answerForm, tellProblem } from '../forms.ts'
import { endOfDay } from '../format.ts'
import { sendPage } from '../render.ts'
import { textsIn } from '../texts.ts'
import { requireVisitor, timeZoneOf } from '../visit.ts'

const Params = z.object({ keyId: Id('key') })
const KeyForm = z.object({
  name: z.string().max(400).optional(),
  role: z.string().max(20).optional(),
  scopes: listField,
  until: z.iso.date().optional(),
})

/** The keys of one's organisation: made and rotated with the secret shown once, and revoked. */
export const keyPageRoutes =
  (deps: Deps): FastifyPluginAsyncZod =>
  async app => {
    const showKeys = async (
      req: FastifyRequest,
      reply: FastifyReply,
      shown: { secret?: string | undefined; error?: ProblemError } = {},
    ) => {
      const visit = requireVisitor(req)
      const { actor } = visit.signedIn
      const { items } = await transaction(deps, actor, tx => listKeys(tx, actor, actor.organisationId))
      const now = deps.clock.now().toISOString()
      return sendPage(reply, visit, {
        template: 'keys',
        title: textsIn(visit.language).apiKeys,
        status: shown.error?.problem.status ?? 200,
        data: {
          ...shown,
          error: tellProblem(shown.error, visit.language),
          keys: items.map(key => ({ ...key, standing: standingOf(key, now) })).reverse(),
          roles: ROLES,
          scopes: SCOPES,
          isOwner: actor.role === 'owner',
          key: deps.random(16).toString('base64url'),
        },
      })
    }
    const act = (req: FastifyRequest, reply: FastifyReply, work: () => Promise<string | undefined>) =>
      answerForm(
        async () => showKeys(req, reply, { secret: await work() }),
        error => showKeys(req, reply, { error }),
      )

    app.get('/company/keys', (req, reply) => showKeys(req, reply))

    app.post('/company/keys', { schema: { body: KeyForm } }, (req, reply) =>
      act(req, reply, async () => {
        const actor = requireEditor(req)
        const { name, role, scopes, until } = req.body
        const expiresAt = until && endOfDay(until, timeZoneOf(requireVisitor(req)))
        const input = parseForm(NewApiKey, { name, role, scopes, ...(expiresAt ? { expiresAt } : {}) })
        return storeOnce(deps, req, reply, {
          status: 201,
          work: tx => createKey(tx, deps, actor, actor.organisationId, input),
          render: async (_tx, _id, secret) => secret,
        })
      }),
    )
    app.post('/company/keys/:keyId/rotate', { schema: { params: Params, body: AnyForm } }, (req, reply) =>
      act(req, reply, async () => {
        const actor = requireEditor(req)
        const { overlapHours } = parseForm(KeyRotation, { overlapHours: Number(req.body['overlapHours']) })
        const target = { organisationId: actor.organisationId, keyId: req.params.keyId }
        return storeOnce(deps, req, reply, {
          status: 201,
          work: tx => rotateKey(tx, deps, actor, target, overlapHours),
          render: async (_tx, _id, secret) => secret,
        })
      }),
    )
    app.post('/company/keys/:keyId/revoke', { schema: { params: Params } }, (req, reply) =>
      act(req, reply, async () => {
        const actor = requireEditor(req)
        await transaction(deps, actor, tx => revokeKey(tx, deps, actor, req.params.keyId))
        return undefined
      }),
    )
  }

type Dates = { revokedAt?: string; expiresAt?: string; replacedById?: string }

const standingOf = ({ revokedAt, expiresAt, replacedById }: Dates, now: string) => {
  if (revokedAt !== undefined) return 'revoked'
  if (expiresAt !== undefined && expiresAt <= now) return 'expired'
  return replacedById === undefined ? 'inUse' : 'rotated'
}

import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { transaction } from '../platform/db.ts'
import type { Deps } from '../platform/deps.ts'
import { Id, IdempotencyHeaders, pageOf, problemsOf } from '../platform/schemas.ts'
import { requireEditor, requireMember } from './authenticate.ts'
import { storeOnce } from './idempotency.ts'
import { rotateKey } from './rotation.ts'
import { ApiKey, KeyRotation, NewApiKey } from './schemas.ts'
import { createKey, listKeys, readKey, revokeKey } from './service.ts'

const OrganisationParams = z.object({ organisationId: Id('organisation') })
const KeyParams = OrganisationParams.extend({ keyId: Id('key') })

/** The keys of an organisation. Mounted at /v1. */
export const keyRoutes =
  (deps: Deps): FastifyPluginAsyncZod =>
  async app => {
    app.post(
      '/organisations/:organisationId/keys',
      {
        schema: {
          summary: 'Make an API key',
          description: 'The key is shown in this answer and never again.',
          tags: ['organisations'],
          params: OrganisationParams,
          headers: IdempotencyHeaders,
          body: NewApiKey,
          response: { 201: ApiKey, ...problemsOf(403, 404, 409) },
        },
      },
      async (req, reply) => {
        const actor = requireEditor(req)
        return storeOnce(deps, req, reply, {
          status: 201,
          work: tx => createKey(tx, deps, actor, req.params.organisationId, req.body),
          render: (tx, id, secret) => readKey(tx, id, secret),
        })
      },
    )
    app.post(
      '/organisations/:organisationId/keys/:keyId/rotations',
      {
        schema: {
          summary: 'Rotate an API key',
          description:
            'Makes its successor, shown in this answer and never again; the old one works for `overlapHours` more. Of many who rotate a key at once one wins, the others get 409.',
          tags: ['organisations'],
          params: KeyParams,
          headers: IdempotencyHeaders,
          body: KeyRotation,
          response: { 201: ApiKey, ...problemsOf(403, 404, 409) },
        },
      },
      async (req, reply) => {
        const actor = requireEditor(req)
        reply.header('cache-control', 'no-store')
        return storeOnce(deps, req, reply, {
          status: 201,
          work: tx => rotateKey(tx, deps, actor, req.params, req.body.overlapHours),
          render: (tx, id, secret) => readKey(tx, id, secret),
        })
      },
    )
    app.get(
      '/organisations/:organisationId/keys',
      {
        schema: {
          summary: 'List API keys',
          tags: ['organisations'],
          params: OrganisationParams,
          response: { 200: pageOf(ApiKey), ...problemsOf(404) },
        },
      },
      async req => {
        const actor = requireMember(req)
        return transaction(deps, actor, tx => listKeys(tx, actor, req.params.organisationId))
      },
    )
    app.delete(
      '/organisations/:organisationId/keys/:keyId',
      {
        schema: {
          summary: 'Revoke an API key',
          tags: ['organisations'],
          params: KeyParams,
          response: { 204: z.undefined().describe('Revoked'), ...problemsOf(403, 404) },
        },
      },
      async (req, reply) => {
        const actor = requireEditor(req)
        await transaction(deps, actor, tx => revokeKey(tx, deps, actor, req.params.keyId))
        return reply.code(204).send(undefined)
      },
    )
  }

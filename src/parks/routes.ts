import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { requireEditor, requireMember } from '../identity/authenticate.ts'
import { storeOnce } from '../identity/idempotency.ts'
import { transaction } from '../platform/db.ts'
import type { Deps } from '../platform/deps.ts'
import { Id, IdempotencyHeaders, problemsOf } from '../platform/schemas.ts'
import { NewTarget, ParkSettings, ParkSettingsChange, Target, Targets } from './schemas.ts'
import { changeSettings, readSettings } from './service.ts'
import { termRoutes } from './term-routes.ts'
import { createTarget, deleteTarget, listTargets, readTarget } from './target-service.ts'

const ParkParams = z.object({ parkId: Id('park') })

/** What a park decides about matching. Mounted at /v1. */
export const parkRoutes =
  (deps: Deps): FastifyPluginAsyncZod =>
  async app => {
    await app.register(termRoutes(deps))
    app.get(
      '/parks/:parkId/settings',
      {
        schema: {
          summary: "Read a park's settings",
          tags: ['parks'],
          params: ParkParams,
          response: { 200: ParkSettings, ...problemsOf(403, 404) },
        },
      },
      async req => {
        const actor = requireMember(req)
        return transaction(deps, actor, tx => readSettings(tx, actor, req.params.parkId))
      },
    )
    app.patch(
      '/parks/:parkId/settings',
      {
        schema: {
          summary: "Change a park's settings",
          tags: ['parks'],
          params: ParkParams,
          body: ParkSettingsChange,
          response: { 200: ParkSettings, ...problemsOf(403, 404) },
        },
      },
      async req => changeSettings(deps, requireEditor(req), req.params.parkId, req.body),
    )

    app.get(
      '/parks/:parkId/targets',
      {
        schema: {
          summary: 'What a park wants to reach',
          tags: ['parks'],
          params: ParkParams,
          response: { 200: Targets, ...problemsOf(403, 404) },
        },
      },
      async req => {
        const actor = requireMember(req)
        return transaction(deps, actor, tx => listTargets(tx, actor, req.params.parkId))
      },
    )
    app.post(
      '/parks/:parkId/targets',
      {
        schema: {
          summary: 'Set a target',
          tags: ['parks'],
          params: ParkParams,
          headers: IdempotencyHeaders,
          body: NewTarget,
          response: { 201: Target, ...problemsOf(403, 404, 409) },
        },
      },
      async (req, reply) => {
        const actor = requireEditor(req)
        return storeOnce(deps, req, reply, {
          status: 201,
          work: tx => createTarget(tx, deps, actor, req.params.parkId, req.body),
          render: (tx, id) => readTarget(tx, id),
        })
      },
    )
    app.delete(
      '/parks/:parkId/targets/:targetId',
      {
        schema: {
          summary: 'Take a target back',
          tags: ['parks'],
          params: ParkParams.extend({ targetId: Id('target') }),
          response: { 204: z.undefined().describe('Gone'), ...problemsOf(403, 404) },
        },
      },
      async (req, reply) => {
        const actor = requireEditor(req)
        await transaction(deps, actor, tx => deleteTarget(tx, deps, actor, req.params.parkId, req.params.targetId))
        return reply.code(204).send(undefined)
      },
    )
  }

import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { transaction } from '../platform/db.ts'
import type { Deps } from '../platform/deps.ts'
import { Id, IdempotencyHeaders, pageOf, problemsOf } from '../platform/schemas.ts'
import { requireEditor, requireMember } from './authenticate.ts'
import { Exclusion, ExclusionCounts, ExclusionQuery, NewExclusion } from './exclusion-schemas.ts'
import { addExclusion, countExclusions, endExclusion, listExclusions, readExclusion } from './exclusions.ts'
import { storeOnce } from './idempotency.ts'

/** Do-not-match lists. Mounted at /v1. */
export const exclusionRoutes =
  (deps: Deps): FastifyPluginAsyncZod =>
  async app => {
    app.post(
      '/exclusions',
      {
        schema: {
          summary: 'Never match us with somebody',
          description:
            'A competitor or a former partner, by id, by credit code or by name. From then on the two are never matched, proposed in a team or a pool, or placed in a round, in either direction; what is proposed already is retracted. What people have begun themselves they end themselves. The other side, the park and the operator do not learn of it.',
          tags: ['organisations'],
          headers: IdempotencyHeaders,
          body: NewExclusion,
          response: { 201: Exclusion, ...problemsOf(403, 404, 409) },
        },
      },
      async (req, reply) => {
        const actor = requireEditor(req)
        return storeOnce(deps, req, reply, {
          status: 201,
          work: tx => addExclusion(tx, deps, actor, req.body),
          render: (tx, id) => readExclusion(tx, id),
        })
      },
    )
    app.get(
      '/exclusions',
      {
        schema: {
          summary: 'List whom we are never matched with',
          description: 'Your own list, for owners and editors.',
          tags: ['organisations'],
          querystring: ExclusionQuery,
          response: { 200: pageOf(Exclusion), ...problemsOf(403) },
        },
      },
      async req => {
        const actor = requireEditor(req)
        return transaction(deps, actor, tx => listExclusions(tx, actor, req.query))
      },
    )
    app.delete(
      '/exclusions/:exclusionId',
      {
        schema: {
          summary: 'Take somebody off the list',
          description: 'The pair may be matched again from then on.',
          tags: ['organisations'],
          params: z.object({ exclusionId: Id('exclusion') }),
          response: { 204: z.undefined().describe('It is off the list'), ...problemsOf(403, 404) },
        },
      },
      async (req, reply) => {
        const actor = requireEditor(req)
        await transaction(deps, actor, tx => endExclusion(tx, deps, actor, req.params.exclusionId))
        return reply.code(204).send(undefined)
      },
    )
    app.get(
      '/parks/:parkId/exclusions',
      {
        schema: {
          summary: 'How much is listed in a park',
          description: 'Numbers only: who lists whom is known to the listers alone.',
          tags: ['parks'],
          params: z.object({ parkId: Id('park') }),
          response: { 200: ExclusionCounts, ...problemsOf(403) },
        },
      },
      async req => {
        const actor = requireMember(req)
        return transaction(deps, actor, tx => countExclusions(tx, deps, actor, req.params.parkId))
      },
    )
  }

import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { requireEditor, requireMember } from '../../identity/authenticate.ts'
import { storeOnce } from '../../identity/idempotency.ts'
import { transaction } from '../../platform/db.ts'
import type { Deps } from '../../platform/deps.ts'
import { Id, IdempotencyHeaders, pageOf, problemsOf } from '../../platform/schemas.ts'
import { listPools, readPool } from './queries.ts'
import * as schemas from './schemas.ts'
import { answerPool, endPool, quotePool } from './service.ts'

const tags = ['consortia']
const params = z.object({ poolId: Id('pool') })
const SETTLED = 'A worker settles what follows; read the pool again, or wait for `consortium.pool_*`'

/** Demand pools: like scenarios of different manufacturers, served together. Mounted at /v1. */
export const poolRoutes =
  (deps: Deps): FastifyPluginAsyncZod =>
  async app => {
    const storing = { headers: IdempotencyHeaders, tags, params, description: SETTLED }
    const response = { 200: schemas.Pool, ...problemsOf(403, 404, 409) }

    app.get(
      '/pools',
      {
        schema: {
          summary: 'Find the pools that you were asked into, or of your park',
          tags,
          querystring: schemas.PoolQuery,
          response: { 200: pageOf(schemas.PoolCard), ...problemsOf() },
        },
      },
      async req => transaction(deps, requireMember(req), tx => listPools(tx, req.query)),
    )

    app.get(
      '/pools/:poolId',
      { schema: { summary: 'Read a pool', tags, params, response: { 200: schemas.Pool, ...problemsOf(404) } } },
      async req => {
        const actor = requireMember(req)
        return transaction(deps, actor, tx => readPool(tx, actor, req.params.poolId))
      },
    )

    app.post(
      '/pools/:poolId/membership',
      { schema: { ...storing, summary: 'Join, decline or leave a pool', body: schemas.NewPoolMembership, response } },
      async (req, reply) => {
        const actor = requireEditor(req)
        return storeOnce(deps, req, reply, {
          status: 200,
          work: tx => answerPool(tx, deps, actor, req.params.poolId, req.body),
          render: (tx, id) => readPool(tx, actor, id),
        })
      },
    )

    app.post(
      '/pools/:poolId/quotes',
      {
        schema: {
          ...storing,
          summary: 'Say what serving the pool together would cost',
          body: schemas.NewPoolQuote,
          response,
        },
      },
      async (req, reply) => {
        const actor = requireEditor(req)
        return storeOnce(deps, req, reply, {
          status: 200,
          work: tx => quotePool(tx, deps, actor, req.params.poolId, req.body),
          render: (tx, id) => readPool(tx, actor, id),
        })
      },
    )

    app.post(
      '/pools/:poolId/transitions',
      {
        schema: {
          ...storing,
          summary: 'Go on with those who have joined, or give a pool up',
          body: schemas.NewPoolTransition,
          response,
        },
      },
      async (req, reply) => {
        const actor = requireEditor(req)
        return storeOnce(deps, req, reply, {
          status: 200,
          work: tx => endPool(tx, deps, actor, req.params.poolId, req.body),
          render: (tx, id) => readPool(tx, actor, id),
        })
      },
    )
  }

import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { requireEditor, requireMember } from '../identity/authenticate.ts'
import { storeOnce } from '../identity/idempotency.ts'
import { transaction } from '../platform/db.ts'
import type { Deps } from '../platform/deps.ts'
import { Id, IdempotencyHeaders, pageBy, pageOf, problemsOf } from '../platform/schemas.ts'
import { cancelRun, listRuns, MatchRun, NewMatchRun, readRun, requestRun } from './runs.ts'

const tags = ['matches']
const RunParams = z.object({ runId: Id('matchRun') })

/** Re-scoring of a park or of everything. Mounted at /v1. */
export const runRoutes =
  (deps: Deps): FastifyPluginAsyncZod =>
  async app => {
    app.post(
      '/match-runs',
      {
        schema: {
          summary: 'Match again',
          description: 'After a change of the lexicon or the model. Live work goes first.',
          tags,
          headers: IdempotencyHeaders,
          body: NewMatchRun,
          response: { 202: MatchRun, ...problemsOf(403, 404, 409) },
        },
      },
      async (req, reply) => {
        const actor = requireEditor(req)
        return storeOnce(deps, req, reply, {
          status: 202,
          work: tx => requestRun(tx, deps, actor, req.body),
          render: (tx, id) => readRun(tx, id),
        })
      },
    )
    app.get(
      '/match-runs',
      {
        schema: {
          summary: 'List match runs',
          tags,
          querystring: pageBy('matchRun'),
          response: { 200: pageOf(MatchRun), ...problemsOf() },
        },
      },
      async req => transaction(deps, requireMember(req), tx => listRuns(tx, req.query)),
    )
    app.get(
      '/match-runs/:runId',
      {
        schema: {
          summary: 'Read a match run',
          tags,
          params: RunParams,
          response: { 200: MatchRun, ...problemsOf(404) },
        },
      },
      async req => transaction(deps, requireMember(req), tx => readRun(tx, req.params.runId)),
    )
    app.post(
      '/match-runs/:runId/cancel',
      {
        schema: {
          summary: 'Cancel a match run',
          description: 'What was scored stays.',
          tags,
          params: RunParams,
          headers: IdempotencyHeaders,
          response: { 200: MatchRun, ...problemsOf(403, 404, 409) },
        },
      },
      async (req, reply) => {
        const actor = requireEditor(req)
        return storeOnce(deps, req, reply, {
          status: 200,
          work: tx => cancelRun(tx, deps, actor, req.params.runId),
          render: (tx, id) => readRun(tx, id),
        })
      },
    )
  }

import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { requireEditor, requireMember } from '../identity/authenticate.ts'
import { storeOnce } from '../identity/idempotency.ts'
import { transaction } from '../platform/db.ts'
import type { Deps } from '../platform/deps.ts'
import { Id, IdempotencyHeaders, pageOf, problemsOf } from '../platform/schemas.ts'
import { listRounds, readRound } from './queries.ts'
import { DryRun, NewPreferences, NewRound, NewRoundTransition, Round, RoundCard, RoundQuery } from './schemas.ts'
import { changePreferences, dryRun, endRound, openRound } from './service.ts'

const tags = ['rounds']
const params = z.object({ roundId: Id('round') })

/** Time-boxed allocation with capacities. Mounted at /v1. */
export const roundRoutes =
  (deps: Deps): FastifyPluginAsyncZod =>
  async app => {
    app.post(
      '/rounds',
      {
        schema: {
          summary: 'Open a round',
          tags,
          headers: IdempotencyHeaders,
          body: NewRound,
          response: { 201: Round, ...problemsOf(403, 404, 409) },
        },
      },
      async (req, reply) => {
        const actor = requireEditor(req)
        return storeOnce(deps, req, reply, {
          status: 201,
          work: tx => openRound(tx, deps, actor, req.body),
          render: (tx, id) => readRound(tx, id),
        })
      },
    )

    app.get(
      '/rounds',
      {
        schema: {
          summary: 'Find rounds',
          tags,
          querystring: RoundQuery,
          response: { 200: pageOf(RoundCard), ...problemsOf() },
        },
      },
      async req => transaction(deps, requireMember(req), tx => listRounds(tx, req.query)),
    )

    app.get(
      '/rounds/:roundId',
      { schema: { summary: 'Read a round', tags, params, response: { 200: Round, ...problemsOf(404) } } },
      async req => transaction(deps, requireMember(req), tx => readRound(tx, req.params.roundId)),
    )

    app.post(
      '/rounds/:roundId/preferences',
      {
        schema: {
          summary: 'Adjust a list of preferences',
          tags,
          headers: IdempotencyHeaders,
          params,
          body: NewPreferences,
          response: { 200: Round, ...problemsOf(403, 404, 409) },
        },
      },
      async (req, reply) => {
        const actor = requireEditor(req)
        return storeOnce(deps, req, reply, {
          status: 200,
          work: tx => changePreferences(tx, deps, actor, req.params.roundId, req.body),
          render: (tx, id) => readRound(tx, id),
        })
      },
    )

    app.get(
      '/rounds/:roundId/dry-run',
      {
        schema: {
          summary: 'What the result would be now',
          tags,
          params,
          response: { 200: DryRun, ...problemsOf(403, 404, 409) },
        },
      },
      async req => {
        const actor = requireEditor(req)
        return transaction(deps, actor, tx => dryRun(tx, deps, actor, req.params.roundId))
      },
    )

    app.post(
      '/rounds/:roundId/transitions',
      {
        schema: {
          summary: 'Publish the result with its proof, or cancel',
          tags,
          headers: IdempotencyHeaders,
          params,
          body: NewRoundTransition,
          response: { 200: Round, ...problemsOf(403, 404, 409) },
        },
      },
      async (req, reply) => {
        const actor = requireEditor(req)
        return storeOnce(deps, req, reply, {
          status: 200,
          work: tx => endRound(tx, deps, actor, req.params.roundId, req.body),
          render: (tx, id) => readRound(tx, id),
        })
      },
    )
  }

import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { requireEditor, requireMember } from '../identity/authenticate.ts'
import { storeOnce } from '../identity/idempotency.ts'
import { transaction } from '../platform/db.ts'
import type { Deps } from '../platform/deps.ts'
import { languageOf } from '../platform/errors.ts'
import { Id, IdempotencyHeaders, problemsOf } from '../platform/schemas.ts'
import { outcomeRoutes } from './outcome-routes.ts'
import { listMatches } from './lists.ts'
import * as queries from './queries.ts'
import {
  Match,
  MatchCards,
  MatchList,
  MatchListQuery,
  MatchQuery,
  NewTransition,
  ScenarioMatches,
  Transitions,
} from './schemas.ts'
import { moveMatch } from './service.ts'

const tags = ['matches']
const MatchParams = z.object({ matchId: Id('match') })

/** Matches with their proof, and the moves of their parties. Mounted at /v1. */
export const matchingRoutes =
  (deps: Deps): FastifyPluginAsyncZod =>
  async app => {
    const reading = (req: FastifyRequest) => ({
      actor: requireMember(req),
      language: languageOf(req.headers['accept-language']),
      lexicon: deps.lexicon,
    })

    app.get(
      '/scenarios/:scenarioId/matches',
      {
        schema: {
          summary: 'The best capabilities for a scenario, with the explanation',
          tags,
          params: z.object({ scenarioId: Id('scenario') }),
          querystring: MatchQuery,
          response: { 200: ScenarioMatches, ...problemsOf(404) },
        },
      },
      async req =>
        transaction(deps, requireMember(req), tx =>
          queries.listScenarioMatches(tx, reading(req), req.params.scenarioId, req.query),
        ),
    )

    app.get(
      '/capabilities/:capabilityId/matches',
      {
        schema: {
          summary: 'Where a capability stands, with the explanation',
          tags,
          params: z.object({ capabilityId: Id('capability') }),
          querystring: MatchQuery,
          response: { 200: MatchList, ...problemsOf(404) },
        },
      },
      async req =>
        transaction(deps, requireMember(req), tx =>
          queries.listCapabilityMatches(tx, reading(req), req.params.capabilityId, req.query),
        ),
    )

    app.get(
      '/matches',
      {
        schema: {
          summary: 'List matches',
          description:
            'Those that you take part in or administer, without their proof. `waitingFor=me` with `order=deadline` is what you have to decide next.',
          tags,
          querystring: MatchListQuery,
          response: { 200: MatchCards, ...problemsOf() },
        },
      },
      async req => transaction(deps, requireMember(req), tx => listMatches(tx, reading(req), req.query)),
    )

    app.get(
      '/matches/:matchId',
      { schema: { summary: 'Read a match', tags, params: MatchParams, response: { 200: Match, ...problemsOf(404) } } },
      async req => transaction(deps, requireMember(req), tx => queries.readMatch(tx, reading(req), req.params.matchId)),
    )

    app.get(
      '/matches/:matchId/transitions',
      {
        schema: {
          summary: 'Every move of a match: who, when, why',
          tags,
          params: MatchParams,
          response: { 200: Transitions, ...problemsOf(404) },
        },
      },
      async req =>
        transaction(deps, requireMember(req), tx => queries.listTransitions(tx, reading(req), req.params.matchId)),
    )

    app.post(
      '/matches/:matchId/transitions',
      {
        schema: {
          summary: 'Move a match: interest, introduction, pilot … or put it off, or decline with a reason',
          tags,
          params: MatchParams,
          headers: IdempotencyHeaders,
          body: NewTransition,
          response: { 200: Match, ...problemsOf(403, 404, 409) },
        },
      },
      async (req, reply) => {
        const actor = requireEditor(req)
        return storeOnce(deps, req, reply, {
          status: 200,
          work: tx => moveMatch(tx, deps, actor, req.params.matchId, req.body),
          render: (tx, id) => queries.readMatch(tx, reading(req), id),
        })
      },
    )

    await app.register(outcomeRoutes(deps))
  }

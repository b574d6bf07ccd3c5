import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { requireEditor, requireMember } from '../identity/authenticate.ts'
import { storeOnce } from '../identity/idempotency.ts'
import { transaction } from '../platform/db.ts'
import type { Deps } from '../platform/deps.ts'
import { Id, IdempotencyHeaders, problemsOf } from '../platform/schemas.ts'
import { NewOutcome, Outcome, OutcomeDecision, Outcomes } from './outcome-schemas.ts'
import * as service from './outcome-service.ts'

const tags = ['matches']
const MatchParams = z.object({ matchId: Id('match') })
const OutcomeParams = z.object({ outcomeId: Id('outcome') })

/** What matches brought, as both parties say. Mounted at /v1. */
export const outcomeRoutes =
  (deps: Deps): FastifyPluginAsyncZod =>
  async app => {
    app.get(
      '/matches/:matchId/outcomes',
      {
        schema: {
          summary: 'What a match brought',
          tags,
          params: MatchParams,
          response: { 200: Outcomes, ...problemsOf(404) },
        },
      },
      async req => transaction(deps, requireMember(req), tx => service.listOutcomes(tx, req.params.matchId)),
    )

    app.post(
      '/matches/:matchId/outcomes',
      {
        schema: {
          summary: 'Report what a match brought: before, hoped for, reached, and how it was measured',
          description: 'It counts in reports once the other party has confirmed it.',
          tags,
          params: MatchParams,
          headers: IdempotencyHeaders,
          body: NewOutcome,
          response: { 201: Outcome, ...problemsOf(403, 404, 409) },
        },
      },
      async (req, reply) => {
        const actor = requireEditor(req)
        return storeOnce(deps, req, reply, {
          status: 201,
          work: tx => service.reportOutcome(tx, deps, actor, req.params.matchId, req.body),
          render: (tx, id) => service.readOutcome(tx, id),
        })
      },
    )

    app.get(
      '/outcomes/:outcomeId',
      {
        schema: {
          summary: 'Read an outcome',
          tags,
          params: OutcomeParams,
          response: { 200: Outcome, ...problemsOf(404) },
        },
      },
      async req => transaction(deps, requireMember(req), tx => service.readOutcome(tx, req.params.outcomeId)),
    )

    app.post(
      '/outcomes/:outcomeId/decisions',
      {
        schema: {
          summary: 'Confirm an outcome that the other party reported, or dispute it',
          tags,
          params: OutcomeParams,
          headers: IdempotencyHeaders,
          body: OutcomeDecision,
          response: { 200: Outcome, ...problemsOf(403, 404, 409) },
        },
      },
      async (req, reply) => {
        const actor = requireEditor(req)
        return storeOnce(deps, req, reply, {
          status: 200,
          work: tx => service.decideOnOutcome(tx, deps, actor, req.params.outcomeId, req.body),
          render: (tx, id) => service.readOutcome(tx, id),
        })
      },
    )
  }

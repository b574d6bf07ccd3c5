import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { requireEditor } from '../../identity/authenticate.ts'
import { storeOnce } from '../../identity/idempotency.ts'
import { NewOutcome, OutcomeDecision } from '../../matching/outcome-schemas.ts'
import { decideOnOutcome, readOutcome, reportOutcome } from '../../matching/outcome-service.ts'
import type { Deps } from '../../platform/deps.ts'
import { transaction } from '../../platform/db.ts'
import { Id } from '../../platform/schemas.ts'
import { AnyForm, answerForm, numbersIn, parseForm } from '../forms.ts'
import { showMatch } from '../match-routes.ts'

const FIGURES = ['baseline', 'target', 'actual']

/** What a match brought: one side reports, the other one confirms. */
export const outcomePageRoutes =
  (deps: Deps): FastifyPluginAsyncZod =>
  async app => {
    app.post(
      '/matches/:matchId/outcomes',
      { schema: { params: z.object({ matchId: Id('match') }), body: AnyForm } },
      async (req, reply) => {
        const { matchId } = req.params
        const report = async () => {
          const actor = requireEditor(req)
          const input = parseForm(NewOutcome, numbersIn(req.body, FIGURES))
          await storeOnce(deps, req, reply, {
            status: 201,
            work: tx => reportOutcome(tx, deps, actor, matchId, input),
            render: async () => undefined,
          })
          return reply.redirect(`/console/matches/${matchId}#outcomes`, 303)
        }
        return answerForm(report, error => showMatch(deps, req, reply, matchId, { error, outcome: req.body }))
      },
    )

    app.post(
      '/outcomes/:outcomeId/decisions',
      { schema: { params: z.object({ outcomeId: Id('outcome') }), body: AnyForm } },
      async (req, reply) => {
        const actor = requireEditor(req)
        const { outcomeId } = req.params
        const { matchId } = await transaction(deps, actor, tx => readOutcome(tx, outcomeId))
        const decide = async () => {
          const input = parseForm(OutcomeDecision, req.body)
          await storeOnce(deps, req, reply, {
            status: 200,
            work: tx => decideOnOutcome(tx, deps, actor, outcomeId, input),
            render: async () => undefined,
          })
          return reply.redirect(`/console/matches/${matchId}#outcomes`, 303)
        }
        return answerForm(decide, error => showMatch(deps, req, reply, matchId, { error }))
      },
    )
  }

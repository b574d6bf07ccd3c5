import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { requireEditor } from '../identity/authenticate.ts'
import { storeOnce } from '../identity/idempotency.ts'
import { listMatches } from '../matching/lists.ts'
import { DECLINE_REASONS, MATCH_ACTIONS, type MatchFacts } from '../matching/rules.ts'
import { NewTransition } from '../matching/schemas.ts'
import { moveMatch } from '../matching/service.ts'
import { DISCLOSING_ACTIONS } from '../matching/terms.ts'
import { listTerms } from '../parks/terms.ts'
import { transaction } from '../platform/db.ts'
import type { Deps } from '../platform/deps.ts'
import { Day, Id } from '../platform/schemas.ts'
import { listActions } from './actions.ts'
import { parseForm } from './forms.ts'
import { endOfDay } from './format.ts'
import { nextOf } from './list-routes.ts'
import { OPEN_STAGES_SHOWN } from './overview.ts'
import { sendPage } from './render.ts'
import { textsIn } from './texts.ts'
import { requireVisitor, safePath, timeZoneOf } from './visit.ts'

const SHOWN = 10

const Query = z.strictObject({
  cursor: z.string().max(200).optional(),
  state: z.enum(OPEN_STAGES_SHOWN).optional(),
})
const MoveForm = z.object({
  action: z.enum(MATCH_ACTIONS),
  reason: z.enum(DECLINE_REASONS).optional(),
  note: z.string().max(2_000).optional(),
  until: Day.optional(),
  termsVersion: z.coerce.number().int().min(1).optional(),
  next: z.string().max(500).optional(),
})

/** What somebody has to decide, the nearest deadline first, and the deciding. */
export const decisionRoutes =
  (deps: Deps): FastifyPluginAsyncZod =>
  async app => {
    app.get('/decisions', { schema: { querystring: Query } }, async (req, reply) => {
      const visit = requireVisitor(req)
      const { actor } = visit.signedIn
      const isPark = actor.adminParkIds.length > 0
      const state = req.query.state ?? (isPark ? 'mutual' : undefined)
      const reading = { actor, language: visit.language, lexicon: deps.lexicon }
      const { page, terms } = await transaction(deps, actor, async tx => {
        const found = await listMatches(tx, reading, {
          limit: SHOWN,
          order: 'deadline',
          ...(isPark ? {} : { waitingFor: 'me' as const }),
          ...(state === undefined ? {} : { state }),
          ...(req.query.cursor === undefined ? {} : { cursor: req.query.cursor }),
        })
        const parkIds = found.items.map(match => match.parkId)
        return { page: found, terms: await listTerms(tx, parkIds) }
      })
      return sendPage(reply, visit, {
        template: 'decisions',
        title: textsIn(visit.language).navDecisions,
        data: {
          items: page.items.map(match => ({
            match,
            actions: actor.role === 'reader' ? [] : listActions(factsIn(match), match.side),
          })),
          state,
          stages: OPEN_STAGES_SHOWN,
          reasons: DECLINE_REASONS,
          terms,
          disclosing: DISCLOSING_ACTIONS,
          isPark,
          now: deps.clock.now(),
          nextHref: nextOf('/console/decisions', req.query, page.nextCursor),
        },
      })
    })

    app.post(
      '/matches/:matchId/moves',
      { schema: { params: z.object({ matchId: Id('match') }), body: MoveForm } },
      async (req, reply) => {
        const visit = requireVisitor(req)
        const { next, until, reason, note, action, termsVersion } = req.body
        // The form of a page holds all of the fields; only those that belong to the action are sent on.
        const input = parseForm(NewTransition, {
          action,
          ...(termsVersion === undefined ? {} : { termsVersion }),
          ...(action === 'decline' ? { reason, note } : {}),
          ...(action === 'hold' && until !== undefined ? { until: endOfDay(until, timeZoneOf(visit)), note } : {}),
        })
        await storeOnce(deps, req, reply, {
          status: 200,
          work: tx => moveMatch(tx, deps, requireEditor(req), req.params.matchId, input),
          render: async () => undefined,
        })
        return reply.redirect(safePath(next ?? `/console/matches/${req.params.matchId}`), 303)
      },
    )
  }

type Card = Awaited<ReturnType<typeof listMatches>>['items'][number]

const factsIn = (card: Card): MatchFacts => ({
  state: card.state,
  factoryInterested: card.factoryInterested,
  vendorInterested: card.vendorInterested,
  factoryAccepted: card.factoryAccepted,
  vendorAccepted: card.vendorAccepted,
})

import type { FastifyReply, FastifyRequest } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { requireEditor } from '../../identity/authenticate.ts'
import { ExclusionQuery, NewExclusion } from '../../identity/exclusion-schemas.ts'
import { addExclusion, endExclusion, listExclusions } from '../../identity/exclusions.ts'
import { storeOnce } from '../../identity/idempotency.ts'
import { transaction } from '../../platform/db.ts'
import type { Deps } from '../../platform/deps.ts'
import type { ProblemError } from '../../platform/errors.ts'
import { Id } from '../../platform/schemas.ts'
import { AnyForm, answerForm, parseForm, tellProblem } from '../forms.ts'
import { endOfDay } from '../format.ts'
import { nextOf } from '../list-routes.ts'
import { sendPage } from '../render.ts'
import { textsIn } from '../texts.ts'
import { requireVisitor, timeZoneOf } from '../visit.ts'

/** Whom an organisation is never to be matched with. Only its own owners and editors ever see the list. */
export const exclusionPageRoutes =
  (deps: Deps): FastifyPluginAsyncZod =>
  async app => {
    const show = async (
      req: FastifyRequest,
      reply: FastifyReply,
      query: z.output<typeof ExclusionQuery>,
      error?: ProblemError,
      given: AnyForm = {},
    ) => {
      const visit = requireVisitor(req)
      const actor = requireEditor(req)
      const page = await transaction(deps, actor, tx => listExclusions(tx, actor, query))
      return sendPage(reply, visit, {
        template: 'exclusions',
        title: textsIn(visit.language).exclusions,
        status: error?.problem.status ?? 200,
        data: {
          items: page.items,
          given,
          key: deps.random(16).toString('base64url'),
          error: tellProblem(error, visit.language),
          nextHref: nextOf('/console/company/exclusions', query, page.nextCursor),
        },
      })
    }

    app.get('/company/exclusions', { schema: { querystring: ExclusionQuery } }, (req, reply) =>
      show(req, reply, req.query),
    )

    app.post('/company/exclusions', { schema: { body: AnyForm } }, async (req, reply) => {
      const add = async () => {
        const actor = requireEditor(req)
        const { until, ...body } = req.body
        const day = z.iso.date().safeParse(until)
        const ends = day.success ? { until: endOfDay(day.data, timeZoneOf(requireVisitor(req))) } : {}
        const input = parseForm(NewExclusion, { ...body, ...ends })
        await storeOnce(deps, req, reply, {
          status: 201,
          work: tx => addExclusion(tx, deps, actor, input),
          render: async () => undefined,
        })
        return reply.redirect('/console/company/exclusions', 303)
      }
      return answerForm(add, error => show(req, reply, ExclusionQuery.parse({}), error, req.body))
    })

    app.post(
      '/company/exclusions/:exclusionId/end',
      { schema: { params: z.object({ exclusionId: Id('exclusion') }) } },
      async (req, reply) => {
        const actor = requireEditor(req)
        await transaction(deps, actor, tx => endExclusion(tx, deps, actor, req.params.exclusionId))
        return reply.redirect('/console/company/exclusions', 303)
      },
    )
  }

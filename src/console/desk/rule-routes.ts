import type { FastifyReply, FastifyRequest } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { requireEditor } from '../../identity/authenticate.ts'
import { storeOnce } from '../../identity/idempotency.ts'
import { NewTarget } from '../../parks/schemas.ts'
import { createTarget, deleteTarget } from '../../parks/target-service.ts'
import { TARGET_METRICS } from '../../parks/targets.ts'
import { NewTerms } from '../../parks/term-schemas.ts'
import { listTermVersions, publishTerms } from '../../parks/terms.ts'
import { transaction } from '../../platform/db.ts'
import type { Deps } from '../../platform/deps.ts'
import type { ProblemError } from '../../platform/errors.ts'
import { Id } from '../../platform/schemas.ts'
import { scopeOf } from '../../reports/service.ts'
import { judgeTarget, readTargets } from '../../reports/targets.ts'
import { listFundingRules } from '../../resources/grants.ts'
import { answerForm, parseForm, tellProblem } from '../forms.ts'
import { sendPage } from '../render.ts'
import { CAPS } from '../texts/desk-names.ts'
import { textsIn } from '../texts.ts'
import { ParkParams, requireAdministration } from './park.ts'

const text = z.string().max(400).optional()
const TargetForm = z.object({
  metric: text,
  title: text,
  value: z.coerce.number().optional(),
  from: text,
  to: text,
  source: text,
})
const TermsForm = z.object({ zh: z.string().max(20_000).optional(), en: z.string().max(20_000).optional() })
const TargetParams = ParkParams.extend({ targetId: Id('target') })

type Shown = { parkId: string; error?: ProblemError; given?: object }

/** What a park wants to reach, what it asks the parties to accept, and what it pays for. */
export const ruleRoutes =
  (deps: Deps): FastifyPluginAsyncZod =>
  async app => {
    const showTargets = async (req: FastifyRequest, reply: FastifyReply, { parkId, error, given = {} }: Shown) => {
      const { visit, actor, park } = requireAdministration(req, parkId)
      const rows = await transaction(deps, actor, async tx =>
        readTargets(tx, await scopeOf(tx, deps, actor, { parkId: park.id, period: {} })),
      )
      const today = new Intl.DateTimeFormat('en-CA', { timeZone: park.timeZone }).format(deps.clock.now())
      return sendPage(reply, visit, {
        template: 'settings-targets',
        title: textsIn(visit.language).targets,
        status: error?.problem.status ?? 200,
        data: {
          park,
          tab: 'targets',
          items: rows.map(row => ({ ...row, ...judgeTarget(row, row.actual, today) })),
          metrics: TARGET_METRICS,
          given,
          year: today.slice(0, 4),
          key: deps.random(16).toString('base64url'),
          error: tellProblem(error, visit.language),
        },
      })
    }

    app.get('/parks/:parkId/settings/targets', { schema: { params: ParkParams } }, (req, reply) =>
      showTargets(req, reply, req.params),
    )

    app.post('/parks/:parkId/settings/targets', { schema: { params: ParkParams, body: TargetForm } }, (req, reply) => {
      const { parkId } = req.params
      const actor = requireEditor(req)
      return answerForm(
        async () => {
          const input = parseForm(NewTarget, req.body)
          await storeOnce(deps, req, reply, {
            status: 201,
            work: tx => createTarget(tx, deps, actor, parkId, input),
            render: async () => undefined,
          })
          return reply.redirect(`/console/parks/${parkId}/settings/targets`, 303)
        },
        error => showTargets(req, reply, { parkId, error, given: req.body }),
      )
    })

    app.post(
      '/parks/:parkId/settings/targets/:targetId/delete',
      { schema: { params: TargetParams } },
      async (req, reply) => {
        const { parkId, targetId } = req.params
        const actor = requireEditor(req)
        await transaction(deps, actor, tx => deleteTarget(tx, deps, actor, parkId, targetId))
        return reply.redirect(`/console/parks/${parkId}/settings/targets`, 303)
      },
    )

    const showTerms = async (req: FastifyRequest, reply: FastifyReply, { parkId, error, given = {} }: Shown) => {
      const { visit, actor, park } = requireAdministration(req, parkId)
      const versions = await transaction(deps, actor, tx => listTermVersions(tx, park.id))
      return sendPage(reply, visit, {
        template: 'settings-terms',
        title: textsIn(visit.language).terms,
        status: error?.problem.status ?? 200,
        data: {
          park,
          tab: 'terms',
          versions,
          given,
          key: deps.random(16).toString('base64url'),
          error: tellProblem(error, visit.language),
        },
      })
    }

    app.get('/parks/:parkId/settings/terms', { schema: { params: ParkParams } }, (req, reply) =>
      showTerms(req, reply, req.params),
    )

    app.post('/parks/:parkId/settings/terms', { schema: { params: ParkParams, body: TermsForm } }, (req, reply) => {
      const { parkId } = req.params
      const actor = requireEditor(req)
      return answerForm(
        async () => {
          const input = parseForm(NewTerms, req.body)
          await storeOnce(deps, req, reply, {
            status: 201,
            work: tx => publishTerms(tx, deps, actor, parkId, input),
            render: async () => undefined,
          })
          return reply.redirect(`/console/parks/${parkId}/settings/terms`, 303)
        },
        error => showTerms(req, reply, { parkId, error, given: req.body }),
      )
    })

    app.get('/parks/:parkId/settings/funding', { schema: { params: ParkParams } }, async (req, reply) => {
      const { visit, actor, park } = requireAdministration(req, req.params.parkId)
      const { items } = await transaction(deps, actor, tx => listFundingRules(tx, park.id))
      return sendPage(reply, visit, {
        template: 'settings-funding',
        title: textsIn(visit.language).funding,
        data: { park, tab: 'funding', items, caps: CAPS },
      })
    })
  }

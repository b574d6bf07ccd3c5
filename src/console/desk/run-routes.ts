import type { FastifyReply, FastifyRequest } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { requireEditor } from '../../identity/authenticate.ts'
import { storeOnce } from '../../identity/idempotency.ts'
import { cancelRun, listRuns, readRun, requestRun } from '../../matching/runs.ts'
import { transaction } from '../../platform/db.ts'
import type { Deps } from '../../platform/deps.ts'
import type { ProblemError } from '../../platform/errors.ts'
import { Id, pageBy } from '../../platform/schemas.ts'
import { formatsOf } from '../format.ts'
import { answerForm, tellProblem } from '../forms.ts'
import { nextOf } from '../list-routes.ts'
import { sendPage } from '../render.ts'
import { namesIn, textsIn } from '../texts.ts'
import type { Visit } from '../visit.ts'
import { ParkParams, requireAdministration } from './park.ts'
import { openProgress, type Progress } from './progress.ts'

const RunParams = ParkParams.extend({ runId: Id('matchRun') })
const RunForm = z.object({ quiet: z.literal('yes').optional() })

/** Scoring the whole park again, followed to its end. */
export const runPageRoutes =
  (deps: Deps): FastifyPluginAsyncZod =>
  async app => {
    const sendProgress = openProgress(app)

    app.get(
      '/parks/:parkId/runs',
      { schema: { params: ParkParams, querystring: pageBy('matchRun') } },
      async (req, reply) => {
        const { visit, actor, park } = requireAdministration(req, req.params.parkId)
        const page = await transaction(deps, actor, tx => listRuns(tx, req.query))
        return sendPage(reply, visit, {
          template: 'runs',
          title: textsIn(visit.language).navRuns,
          data: {
            park,
            tab: 'runs',
            items: page.items,
            key: deps.random(16).toString('base64url'),
            nextHref: nextOf(`/console/parks/${park.id}/runs`, req.query, page.nextCursor),
          },
        })
      },
    )

    app.post('/parks/:parkId/runs', { schema: { params: ParkParams, body: RunForm } }, async (req, reply) => {
      const { parkId } = req.params
      const actor = requireEditor(req)
      const { id } = await storeOnce(deps, req, reply, {
        status: 202,
        work: tx => requestRun(tx, deps, actor, { parkId, quiet: req.body.quiet === 'yes' }),
        render: async (_tx, runId) => ({ id: runId }),
      })
      return reply.redirect(`/console/parks/${parkId}/runs/${id}`, 303)
    })

    const show = async (
      req: FastifyRequest,
      reply: FastifyReply,
      { parkId, runId, error }: { parkId: string; runId: string; error?: ProblemError },
    ) => {
      const { visit, actor, park } = requireAdministration(req, parkId)
      const run = await transaction(deps, actor, tx => readRun(tx, runId))
      return sendPage(reply, visit, {
        template: 'run',
        title: textsIn(visit.language).matchRun,
        status: error?.problem.status ?? 200,
        data: { park, run, progress: tellRun(run, visit), error: tellProblem(error, visit.language) },
      })
    }

    app.get('/parks/:parkId/runs/:runId', { schema: { params: RunParams } }, (req, reply) =>
      show(req, reply, req.params),
    )

    app.get('/parks/:parkId/runs/:runId/progress', { schema: { params: RunParams } }, (req, reply) => {
      const { visit, actor } = requireAdministration(req, req.params.parkId)
      return sendProgress(reply, () =>
        transaction(deps, actor, async tx => tellRun(await readRun(tx, req.params.runId), visit)),
      )
    })

    app.post('/parks/:parkId/runs/:runId/cancel', { schema: { params: RunParams } }, (req, reply) => {
      const { parkId, runId } = req.params
      const actor = requireEditor(req)
      return answerForm(
        async () => {
          await transaction(deps, actor, tx => cancelRun(tx, deps, actor, runId))
          return reply.redirect(`/console/parks/${parkId}/runs/${runId}`, 303)
        },
        error => show(req, reply, { parkId, runId, error }),
      )
    })
  }

type Run = Awaited<ReturnType<typeof readRun>>

const tellRun = ({ state, scored, scenarios }: Run, visit: Visit): Progress => {
  const { number } = formatsOf(visit)
  const isOver = state === 'completed' || state === 'cancelled'
  const share = scenarios === 0 ? 0 : Math.round((scored / scenarios) * 100)
  return {
    percent: state === 'completed' ? 100 : share,
    text: `${namesIn(visit.language).runState[state]} · ${number(scored)} / ${number(scenarios)}`,
    isOver,
  }
}

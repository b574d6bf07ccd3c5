import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { readChecklist } from '../../consortia/checklist.ts'
import { transaction } from '../../platform/db.ts'
import type { Deps } from '../../platform/deps.ts'
import { Id } from '../../platform/schemas.ts'
import { sendPage } from '../render.ts'
import { textsIn } from '../texts.ts'
import { requireVisitor } from '../visit.ts'

/** The five elements of a scenario: what is there, what is missing, and who could lend it. A part of the scenario's page. */
export const checklistPageRoutes =
  (deps: Deps): FastifyPluginAsyncZod =>
  async app => {
    app.get(
      '/scenarios/:scenarioId/checklist',
      { schema: { params: z.object({ scenarioId: Id('scenario') }) } },
      async (req, reply) => {
        const visit = requireVisitor(req)
        const { actor } = visit.signedIn
        const reading = { actor, language: visit.language, lexicon: deps.lexicon, now: deps.clock.now() }
        const checklist = await transaction(deps, actor, tx => readChecklist(tx, reading, req.params.scenarioId))
        const isPart = req.headers['hx-request'] === 'true'
        return sendPage(reply, visit, {
          template: isPart ? 'checklist' : 'checklist-page',
          title: textsIn(visit.language).checklist,
          data: checklist,
        })
      },
    )
  }

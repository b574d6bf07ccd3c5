import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { record } from '../audit/record.ts'
import { isOperator, type Member } from '../platform/actor.ts'
import { transaction } from '../platform/db.ts'
import type { Deps } from '../platform/deps.ts'
import { forbidden } from '../platform/errors.ts'
import { QUEUES } from '../platform/queues.ts'
import { sendPage } from './render.ts'
import { textsIn } from './texts.ts'
import { requireVisitor } from './visit.ts'

const STEPS = ['retry', 'pause', 'resume'] as const
const RECORDED = { retry: 'queue.retried', pause: 'queue.paused', resume: 'queue.resumed' } as const

/** @throws 403 for everybody but those who run the deployment */
const requireOperator = (actor: Member): void => {
  if (!isOperator(actor)) throw forbidden('只有平台运营方可以查看运行状况', 'Only operators see how the platform runs')
}

/** How the background runs, for those who run it: a queue holds ids only, so this shows nobody's data. */
export const operationRoutes =
  (deps: Deps): FastifyPluginAsyncZod =>
  async app => {
    app.get('/operations', async (req, reply) => {
      const visit = requireVisitor(req)
      requireOperator(visit.signedIn.actor)
      const now = deps.clock.now()
      return sendPage(reply, visit, {
        template: 'operations',
        title: textsIn(visit.language).navOperations,
        data: { queues: await Promise.all(QUEUES.map(name => deps.queues.describe(name))), now },
      })
    })

    app.post(
      '/operations/:queue/:step',
      { schema: { params: z.object({ queue: z.enum(QUEUES), step: z.enum(STEPS) }) } },
      async (req, reply) => {
        const { actor } = requireVisitor(req).signedIn
        requireOperator(actor)
        const { queue, step } = req.params
        await deps.queues[step](queue)
        // Afterwards, since a queue is no part of the transaction: what was not done is not recorded.
        await transaction(deps, actor, tx => record(tx, deps, actor, { action: RECORDED[step], objectId: queue }))
        req.log.warn({ organisationId: actor.organisationId, by: actor.personId, queue, step }, 'queue changed by hand')
        return reply.redirect('/console/operations', 303)
      },
    )
  }

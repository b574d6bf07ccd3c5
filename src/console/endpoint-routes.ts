import type { FastifyReply, FastifyRequest } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { requireEditor } from '../identity/authenticate.ts'
import { EVENT_PATTERNS, PUBLIC_EVENT_TYPES } from '../events/catalog.ts'
import { transaction } from '../platform/db.ts'
import type { Deps } from '../platform/deps.ts'
import type { ProblemError } from '../platform/errors.ts'
import { Id } from '../platform/schemas.ts'
import { listDeliveries, readDelivery, resendDelivery } from '../webhooks/deliveries.ts'
import { requestDrains } from '../webhooks/drains.ts'
import { testEndpoint } from '../webhooks/ping.ts'
import { releaseHeld } from '../webhooks/recoveries.ts'
import { DeliveryQuery, Enabling, TestRequest } from '../webhooks/schemas.ts'
import { disableEndpoint, enableEndpoint, listEndpoints } from '../webhooks/service.ts'
import { DELIVERY_STATES } from '../webhooks/tables.ts'
import { tellProblem } from './forms.ts'
import { nextOf } from './list-routes.ts'
import { sendPage } from './render.ts'
import { textsIn } from './texts.ts'
import { requireVisitor } from './visit.ts'

const ENDPOINTS_SHOWN = 50
const DELIVERIES_SHOWN = 20
const EndpointParams = z.object({ endpointId: Id('endpoint') })
const DeliveryParams = z.object({ deliveryId: Id('delivery') })

/** What stands on the page of endpoints beside them: what a test brought, a secret that is shown once, what was refused. */
type Shown = {
  query?: z.output<typeof DeliveryQuery>
  test?: Awaited<ReturnType<typeof testEndpoint>>
  secret?: string
  error?: ProblemError
  given?: object
}

/** The page of endpoints and their deliveries. */
export const showEndpoints = async (
  deps: Deps,
  req: FastifyRequest,
  reply: FastifyReply,
  { query = { limit: DELIVERIES_SHOWN }, error, ...shown }: Shown = {},
): Promise<FastifyReply> => {
  const visit = requireVisitor(req)
  const { actor } = visit.signedIn
  const found = await transaction(deps, actor, async tx => ({
    endpoints: await listEndpoints(tx, deps, { limit: ENDPOINTS_SHOWN }),
    deliveries: await listDeliveries(tx, query),
  }))
  return sendPage(reply, visit, {
    template: 'endpoints',
    title: textsIn(visit.language).navEndpoints,
    status: error?.problem.status ?? 200,
    data: {
      given: {},
      ...shown,
      error: tellProblem(error, visit.language),
      endpoints: found.endpoints.items,
      deliveries: found.deliveries.items,
      query,
      states: ['undelivered', ...DELIVERY_STATES],
      patterns: EVENT_PATTERNS,
      types: PUBLIC_EVENT_TYPES,
      key: deps.random(16).toString('base64url'),
      mayEdit: actor.role !== 'reader',
      nextHref: nextOf('/console/endpoints', query, found.deliveries.nextCursor),
    },
  })
}

/** Where an organisation is told of events: the health of its endpoints, and what became of each delivery. */
export const endpointPageRoutes =
  (deps: Deps): FastifyPluginAsyncZod =>
  async app => {
    app.get('/endpoints', { schema: { querystring: DeliveryQuery } }, (req, reply) =>
      showEndpoints(deps, req, reply, { query: req.query }),
    )

    app.get('/deliveries/:deliveryId', { schema: { params: DeliveryParams } }, async (req, reply) => {
      const visit = requireVisitor(req)
      const { actor } = visit.signedIn
      const delivery = await transaction(deps, actor, tx => readDelivery(tx, req.params.deliveryId))
      return sendPage(reply, visit, {
        template: 'delivery',
        title: delivery.eventType,
        data: { delivery, mayEdit: actor.role !== 'reader' && !delivery.isTest },
      })
    })

    app.post(
      '/endpoints/:endpointId/test',
      { schema: { params: EndpointParams, body: TestRequest } },
      async (req, reply) => {
        requireVisitor(req)
        const test = await testEndpoint(deps, requireEditor(req), req.params.endpointId, req.body.type)
        return showEndpoints(deps, req, reply, { test })
      },
    )

    app.post('/endpoints/:endpointId/disable', { schema: { params: EndpointParams } }, async (req, reply) => {
      const { actor } = requireVisitor(req).signedIn
      requireEditor(req)
      const drain = await transaction(deps, actor, tx => disableEndpoint(tx, deps, actor, req.params.endpointId))
      if (drain) await requestDrains(deps, [drain])
      return reply.redirect('/console/endpoints', 303)
    })

    app.post(
      '/endpoints/:endpointId/enable',
      { schema: { params: EndpointParams, body: Enabling } },
      async (req, reply) => {
        const { actor } = requireVisitor(req).signedIn
        requireEditor(req)
        const { drain } = await transaction(deps, actor, async tx => {
          const row = await enableEndpoint(tx, deps, actor, req.params.endpointId)
          return releaseHeld(tx, deps, row, req.body.replay)
        })
        await requestDrains(deps, [drain])
        return reply.redirect('/console/endpoints', 303)
      },
    )

    app.post('/deliveries/:deliveryId/resend', { schema: { params: DeliveryParams } }, async (req, reply) => {
      const { actor } = requireVisitor(req).signedIn
      requireEditor(req)
      const { drain } = await transaction(deps, actor, tx => resendDelivery(tx, deps, actor, req.params.deliveryId))
      await requestDrains(deps, [drain])
      return reply.redirect(`/console/deliveries/${req.params.deliveryId}`, 303)
    })
  }

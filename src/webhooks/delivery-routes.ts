import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { requireEditor, requireMember } from '../identity/authenticate.ts'
import { storeOnce } from '../identity/idempotency.ts'
import { transaction } from '../platform/db.ts'
import type { Deps } from '../platform/deps.ts'
import { Id, IdempotencyHeaders, pageBy, pageOf, problemsOf } from '../platform/schemas.ts'
import { listDeliveries, readDelivery, resendDelivery } from './deliveries.ts'
import { type DrainRequest, requestDrains } from './drains.ts'
import { cancelRecovery, listRecoveries, readRecovery, startRecovery } from './recoveries.ts'
import { Delivery, DeliveryDetail, DeliveryQuery, NewRecovery, Recovery } from './schemas.ts'
import { findEndpoint } from './service.ts'

const EndpointParams = z.object({ endpointId: Id('endpoint') })
const DeliveryParams = z.object({ deliveryId: Id('delivery') })
const RecoveryParams = z.object({ recoveryId: Id('recovery') })
const tags = ['webhooks']

/** What became of each event at each endpoint, and sending again. */
export const deliveryRoutes =
  (deps: Deps): FastifyPluginAsyncZod =>
  async app => {
    app.get(
      '/deliveries',
      {
        schema: {
          summary: 'List deliveries',
          description:
            'Your own, newest first. `state=undelivered` is everything that has not arrived, with the reason.',
          tags,
          querystring: DeliveryQuery,
          response: { 200: pageOf(Delivery), ...problemsOf() },
        },
      },
      async req => transaction(deps, requireMember(req), tx => listDeliveries(tx, req.query)),
    )
    app.get(
      '/deliveries/:deliveryId',
      {
        schema: {
          summary: 'Read a delivery with its attempts',
          tags,
          params: DeliveryParams,
          response: { 200: DeliveryDetail, ...problemsOf(404) },
        },
      },
      async req => transaction(deps, requireMember(req), tx => readDelivery(tx, req.params.deliveryId)),
    )
    app.post(
      '/deliveries/:deliveryId/resend',
      {
        schema: {
          summary: 'Send a delivery again',
          description: 'Under the same id, and retried from the beginning of the schedule.',
          tags,
          params: DeliveryParams,
          headers: IdempotencyHeaders,
          response: { 202: DeliveryDetail, ...problemsOf(403, 404, 409) },
        },
      },
      async (req, reply) => {
        const actor = requireEditor(req)
        const drains: DrainRequest[] = []
        const delivery = await storeOnce(deps, req, reply, {
          status: 202,
          work: async tx => noteDrain(drains, await resendDelivery(tx, deps, actor, req.params.deliveryId)),
          render: (tx, id) => readDelivery(tx, id),
        })
        await requestDrains(deps, drains)
        return delivery
      },
    )
    app.post(
      '/webhook-endpoints/:endpointId/recover',
      {
        schema: {
          summary: 'Send again what an endpoint has missed',
          description:
            'A stored job that survives restarts. Events of up to 30 days, those before the endpoint existed too.',
          tags,
          params: EndpointParams,
          headers: IdempotencyHeaders,
          body: NewRecovery,
          response: { 202: Recovery, ...problemsOf(403, 404, 409) },
        },
      },
      async (req, reply) => {
        const actor = requireEditor(req)
        const drains: DrainRequest[] = []
        const recovery = await storeOnce(deps, req, reply, {
          status: 202,
          work: async tx => noteDrain(drains, await startRecovery(tx, deps, actor, req.params.endpointId, req.body)),
          render: (tx, id) => readRecovery(tx, id),
        })
        await requestDrains(deps, drains)
        reply.header('location', `/v1/webhook-recoveries/${recovery.id}`)
        return recovery
      },
    )
    app.get(
      '/webhook-endpoints/:endpointId/recoveries',
      {
        schema: {
          summary: "List an endpoint's recoveries",
          tags,
          params: EndpointParams,
          querystring: pageBy('recovery'),
          response: { 200: pageOf(Recovery), ...problemsOf(404) },
        },
      },
      async req =>
        transaction(deps, requireMember(req), async tx => {
          const { id } = await findEndpoint(tx, req.params.endpointId)
          return listRecoveries(tx, id, req.query)
        }),
    )
    app.get(
      '/webhook-recoveries/:recoveryId',
      {
        schema: {
          summary: 'Read how far a recovery has come',
          tags,
          params: RecoveryParams,
          response: { 200: Recovery, ...problemsOf(404) },
        },
      },
      async req => transaction(deps, requireMember(req), tx => readRecovery(tx, req.params.recoveryId)),
    )
    app.post(
      '/webhook-recoveries/:recoveryId/cancel',
      {
        schema: {
          summary: 'Cancel a recovery',
          description: 'What it has taken up so far is sent all the same. Repeating it changes nothing.',
          tags,
          params: RecoveryParams,
          response: { 200: Recovery, ...problemsOf(403, 404) },
        },
      },
      async req => {
        const actor = requireEditor(req)
        return transaction(deps, actor, tx => cancelRecovery(tx, deps, actor, req.params.recoveryId))
      },
    )
  }

/** A drain is asked for after the commit, and not for a request that was answered before. */
const noteDrain = (drains: DrainRequest[], made: { id: string; drain: DrainRequest }): { id: string } => {
  drains.push(made.drain)
  return { id: made.id }
}

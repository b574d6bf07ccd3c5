import type { FastifyRequest } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { requireEditor, requireMember } from '../identity/authenticate.ts'
import { storeOnce } from '../identity/idempotency.ts'
import { credentialOf } from '../platform/actor.ts'
import { checkConcepts, type ConceptFields, listConceptRefs } from '../platform/concepts.ts'
import { transaction } from '../platform/db.ts'
import type { Deps } from '../platform/deps.ts'
import { languageOf } from '../platform/errors.ts'
import { Id, IdempotencyHeaders, IfMatchHeaders, pageBy, pageOf, problemsOf } from '../platform/schemas.ts'
import { deliveryRoutes } from './delivery-routes.ts'
import { requestDrains } from './drains.ts'
import { testEndpoint } from './ping.ts'
import { readRecovery, releaseHeld } from './recoveries.ts'
import {
  Enabled,
  Enabling,
  Endpoint,
  EndpointPatch,
  NewEndpoint,
  Rotation,
  Secret,
  TestRequest,
  TestResult,
} from './schemas.ts'
import { revealSecret } from './secrets.ts'
import * as service from './service.ts'
import type { EndpointFilters } from './tables.ts'
import { checkUrl } from './url.ts'

const Params = z.object({ endpointId: Id('endpoint') })
const tags = ['webhooks']
/** Which schemes of the lexicon the filters take. */
const FILTER_CONCEPTS = {
  '/filters/industries/*': ['industry'],
  '/filters/problems/*': ['problem', 'defect'],
} as const satisfies ConceptFields

/** Endpoints, and below them deliveries and recoveries. Mounted at /v1. */
export const webhookRoutes =
  (deps: Deps): FastifyPluginAsyncZod =>
  async app => {
    await app.register(endpointRoutes(deps))
    await app.register(endpointActionRoutes(deps))
    await app.register(deliveryRoutes(deps))
  }

/** A filter on a word that the lexicon does not know would let nothing pass, for ever and without a word. @throws 422 */
const checkFilters = (
  deps: Pick<Deps, 'lexicon'>,
  body: { filters?: EndpointFilters | undefined },
  req: FastifyRequest,
) => checkConcepts(deps.lexicon, listConceptRefs(body, FILTER_CONCEPTS), languageOf(req.headers['accept-language']))

const endpointRoutes =
  (deps: Deps): FastifyPluginAsyncZod =>
  async app => {
    app.post(
      '/webhook-endpoints',
      {
        schema: {
          summary: 'Register a webhook endpoint',
          description: 'The secret is shown in this answer. Deliveries are signed as Standard Webhooks 1.0.0 says.',
          tags,
          headers: IdempotencyHeaders,
          body: NewEndpoint,
          response: { 201: Endpoint, ...problemsOf(403, 409, 413) },
        },
      },
      async (req, reply) => {
        const actor = requireEditor(req)
        checkFilters(deps, req.body, req)
        await checkUrl(deps, req.body.url)
        const endpoint = await storeOnce(deps, req, reply, {
          status: 201,
          work: tx => service.createEndpoint(tx, deps, actor, req.body),
          render: (tx, id, secret) => service.readEndpoint(tx, deps, id, secret),
        })
        reply.header('location', `/v1/webhook-endpoints/${endpoint.id}`).header('etag', endpoint.etag)
        return endpoint
      },
    )
    app.get(
      '/webhook-endpoints',
      {
        schema: {
          summary: 'List webhook endpoints',
          description: 'Your own, newest first.',
          tags,
          querystring: pageBy('endpoint'),
          response: { 200: pageOf(Endpoint), ...problemsOf() },
        },
      },
      async req => transaction(deps, requireMember(req), tx => service.listEndpoints(tx, deps, req.query)),
    )
    app.get(
      '/webhook-endpoints/:endpointId',
      {
        schema: {
          summary: 'Read a webhook endpoint',
          tags,
          params: Params,
          response: { 200: Endpoint, ...problemsOf(404) },
        },
      },
      async (req, reply) => {
        const actor = requireMember(req)
        const endpoint = await transaction(deps, actor, tx => service.readEndpoint(tx, deps, req.params.endpointId))
        reply.header('etag', endpoint.etag)
        return endpoint
      },
    )
    app.patch(
      '/webhook-endpoints/:endpointId',
      {
        schema: {
          summary: 'Change a webhook endpoint',
          description: 'A field that is left out stays. Needs `If-Match`.',
          tags,
          params: Params,
          headers: IfMatchHeaders,
          body: EndpointPatch,
          response: { 200: Endpoint, ...problemsOf(403, 404, 412, 413, 428) },
        },
      },
      async (req, reply) => {
        const actor = requireEditor(req)
        const target = { id: req.params.endpointId, ifMatch: req.headers['if-match'] }
        checkFilters(deps, req.body, req)
        if (req.body.url !== undefined) await checkUrl(deps, req.body.url)
        const endpoint = await transaction(deps, actor, async tx => {
          await service.changeEndpoint(tx, deps, actor, target, req.body)
          return service.readEndpoint(tx, deps, target.id)
        })
        reply.header('etag', endpoint.etag)
        return endpoint
      },
    )
    app.delete(
      '/webhook-endpoints/:endpointId',
      {
        schema: {
          summary: 'Delete a webhook endpoint',
          description: 'What was still to be sent to it is dropped.',
          tags,
          params: Params,
          response: { 204: z.undefined().describe('Deleted'), ...problemsOf(403, 404) },
        },
      },
      async (req, reply) => {
        const actor = requireEditor(req)
        const drain = await transaction(deps, actor, tx =>
          service.deleteEndpoint(tx, deps, actor, req.params.endpointId),
        )
        await requestDrains(deps, [drain])
        return reply.code(204).send(undefined)
      },
    )
  }

const endpointActionRoutes =
  (deps: Deps): FastifyPluginAsyncZod =>
  async app => {
    app.post(
      '/webhook-endpoints/:endpointId/rotate-secret',
      {
        schema: {
          summary: 'Rotate the secret',
          description: 'Deliveries carry a signature by the new and by each old secret until the old ones end.',
          tags,
          params: Params,
          headers: IdempotencyHeaders,
          body: Rotation,
          response: { 200: Endpoint, ...problemsOf(403, 404, 409) },
        },
      },
      async (req, reply) => {
        const actor = requireEditor(req)
        const endpoint = await storeOnce(deps, req, reply, {
          status: 200,
          work: tx => service.rotateEndpointSecret(tx, deps, actor, req.params.endpointId, req.body),
          render: (tx, id, secret) => service.readEndpoint(tx, deps, id, secret),
        })
        reply.header('etag', endpoint.etag)
        return endpoint
      },
    )
    app.post(
      '/webhook-endpoints/:endpointId/reveal-secret',
      {
        schema: {
          summary: 'Show the secret again',
          description: 'For owners. That it was shown, and to which key, is kept.',
          tags,
          params: Params,
          response: { 200: Secret, ...problemsOf(403, 404) },
        },
      },
      async (req, reply) => {
        const actor = requireMember(req)
        const { endpointId } = req.params
        const secret = await transaction(deps, actor, async tx => {
          await service.findEndpoint(tx, endpointId)
          return revealSecret(tx, deps, actor, endpointId)
        })
        req.log.info(
          { organisationId: actor.organisationId, by: credentialOf(actor), endpointId },
          'webhook secret revealed',
        )
        reply.header('cache-control', 'no-store')
        return { secret }
      },
    )
    app.post(
      '/webhook-endpoints/:endpointId/disable',
      {
        schema: {
          summary: 'Disable a webhook endpoint',
          description: 'Deliveries are held until it is enabled. Repeating it changes nothing.',
          tags,
          params: Params,
          response: { 200: Endpoint, ...problemsOf(403, 404) },
        },
      },
      async (req, reply) => {
        const actor = requireEditor(req)
        const { drain, endpoint } = await transaction(deps, actor, async tx => ({
          drain: await service.disableEndpoint(tx, deps, actor, req.params.endpointId),
          endpoint: await service.readEndpoint(tx, deps, req.params.endpointId),
        }))
        if (drain) await requestDrains(deps, [drain])
        reply.header('etag', endpoint.etag)
        return endpoint
      },
    )
    app.post(
      '/webhook-endpoints/:endpointId/enable',
      {
        schema: {
          summary: 'Enable a webhook endpoint',
          description:
            'What was held is sent in the order of its creation, or dropped, as a recovery whose progress can be read. An endpoint that is enabled already releases what it holds.',
          tags,
          params: Params,
          body: Enabling,
          response: { 200: Enabled, ...problemsOf(403, 404, 409) },
        },
      },
      async (req, reply) => {
        const actor = requireEditor(req)
        const { drain, ...enabled } = await transaction(deps, actor, async tx => {
          const row = await service.enableEndpoint(tx, deps, actor, req.params.endpointId)
          const started = await releaseHeld(tx, deps, row, req.body.replay)
          return {
            drain: started.drain,
            endpoint: await service.readEndpoint(tx, deps, row.id),
            recovery: await readRecovery(tx, started.id),
          }
        })
        await requestDrains(deps, [drain])
        reply.header('etag', enabled.endpoint.etag)
        return enabled
      },
    )
    app.post(
      '/webhook-endpoints/:endpointId/test',
      {
        schema: {
          summary: 'Send a test now',
          description: 'A signed `endpoint.ping`, or an example of another type. Answers what came of it.',
          tags,
          params: Params,
          body: TestRequest.nullish(),
          response: { 200: TestResult, ...problemsOf(403, 404) },
        },
      },
      async req => testEndpoint(deps, requireEditor(req), req.params.endpointId, req.body?.type ?? 'endpoint.ping'),
    )
  }

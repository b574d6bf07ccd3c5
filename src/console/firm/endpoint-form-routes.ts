import type { FastifyReply, FastifyRequest } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { requireEditor } from '../../identity/authenticate.ts'
import { storeOnce } from '../../identity/idempotency.ts'
import { transaction } from '../../platform/db.ts'
import type { Deps } from '../../platform/deps.ts'
import { Id } from '../../platform/schemas.ts'
import { requestDrains } from '../../webhooks/drains.ts'
import { EndpointPatch, NewEndpoint, Rotation } from '../../webhooks/schemas.ts'
import {
  changeEndpoint,
  createEndpoint,
  deleteEndpoint,
  readEndpoint,
  rotateEndpointSecret,
} from '../../webhooks/service.ts'
import { checkUrl } from '../../webhooks/url.ts'
import { showEndpoints } from '../endpoint-routes.ts'
import { AnyForm, answerForm, listField, numbersIn, parseForm } from '../forms.ts'
import { requireVisitor } from '../visit.ts'

const Params = z.object({ endpointId: Id('endpoint') })
const EndpointForm = z.object({
  url: z.string().max(3_000).optional(),
  description: z.string().max(400).optional(),
  eventTypes: listField,
  totalMin: z.coerce.number().optional(),
  etag: z.string().max(60).optional(),
})
type EndpointForm = z.output<typeof EndpointForm>

/** Registering, changing and deleting webhook endpoints; their secrets are shown in the answer that made them. */
export const endpointFormRoutes =
  (deps: Deps): FastifyPluginAsyncZod =>
  async app => {
    const answer = (
      req: FastifyRequest,
      reply: FastifyReply,
      work: () => Promise<string | undefined>,
      given: object = {},
    ) => {
      requireVisitor(req)
      return answerForm(
        async () => {
          const secret = await work()
          if (secret !== undefined) return showEndpoints(deps, req, reply, { secret })
          return reply.redirect('/console/endpoints', 303)
        },
        error => showEndpoints(deps, req, reply, { error, given }),
      )
    }

    app.post('/endpoints', { schema: { body: EndpointForm } }, (req, reply) =>
      answer(
        req,
        reply,
        async () => {
          const actor = requireEditor(req)
          const { url, description, eventTypes } = req.body
          const input = parseForm(NewEndpoint, {
            url,
            ...(description === undefined ? {} : { description }),
            eventTypes,
            filters: filtersOf(req.body),
          })
          await checkUrl(deps, input.url)
          return storeOnce(deps, req, reply, {
            status: 201,
            work: tx => createEndpoint(tx, deps, actor, input),
            render: async (_tx, _id, secret) => secret,
          })
        },
        req.body,
      ),
    )

    app.post('/endpoints/:endpointId/change', { schema: { params: Params, body: EndpointForm } }, (req, reply) =>
      answer(req, reply, async () => {
        const actor = requireEditor(req)
        const { url, description, eventTypes, etag } = req.body
        const target = { id: req.params.endpointId, ifMatch: etag }
        const { filters } = await transaction(deps, actor, tx => readEndpoint(tx, deps, target.id))
        const { totalMin: _, ...others } = filters
        const patch = parseForm(EndpointPatch, {
          url,
          description: description ?? null,
          eventTypes,
          filters: { ...others, ...filtersOf(req.body) },
        })
        if (patch.url !== undefined) await checkUrl(deps, patch.url)
        await transaction(deps, actor, tx => changeEndpoint(tx, deps, actor, target, patch))
        return undefined
      }),
    )

    app.post('/endpoints/:endpointId/rotate', { schema: { params: Params, body: AnyForm } }, (req, reply) =>
      answer(req, reply, async () => {
        const actor = requireEditor(req)
        const input = parseForm(Rotation, numbersIn(req.body, ['overlapHours']))
        return storeOnce(deps, req, reply, {
          status: 200,
          work: tx => rotateEndpointSecret(tx, deps, actor, req.params.endpointId, input),
          render: async (_tx, _id, secret) => secret,
        })
      }),
    )

    app.post('/endpoints/:endpointId/delete', { schema: { params: Params } }, (req, reply) =>
      answer(req, reply, async () => {
        const actor = requireEditor(req)
        const drain = await transaction(deps, actor, tx => deleteEndpoint(tx, deps, actor, req.params.endpointId))
        await requestDrains(deps, [drain])
        return undefined
      }),
    )
  }

const filtersOf = ({ totalMin }: EndpointForm) => (totalMin === undefined ? {} : { totalMin })

import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { requireEditor, requireMember } from '../identity/authenticate.ts'
import { storeOnce } from '../identity/idempotency.ts'
import { transaction } from '../platform/db.ts'
import type { Deps } from '../platform/deps.ts'
import { languageOf } from '../platform/errors.ts'
import { Id, IdempotencyHeaders, pageOf, problemsOf } from '../platform/schemas.ts'
import { NewResource, Resource, ResourceFilters } from './schemas.ts'
import { createResource, listResources, readResource } from './service.ts'

/** What a park and its partners lend. Mounted at /v1. */
export const resourceRoutes =
  (deps: Deps): FastifyPluginAsyncZod =>
  async app => {
    app.post(
      '/resources',
      {
        schema: {
          summary: 'List a resource',
          tags: ['resources'],
          headers: IdempotencyHeaders,
          body: NewResource,
          response: { 201: Resource, ...problemsOf(403, 404, 409) },
        },
      },
      async (req, reply) => {
        const actor = requireEditor(req)
        const language = languageOf(req.headers['accept-language'])
        return storeOnce(deps, req, reply, {
          status: 201,
          work: tx => createResource(tx, deps, actor, req.body, language),
          render: (tx, id) => readResource(tx, id),
        })
      },
    )
    app.get(
      '/resources',
      {
        schema: {
          summary: 'Find resources',
          tags: ['resources'],
          querystring: ResourceFilters,
          response: { 200: pageOf(Resource), ...problemsOf() },
        },
      },
      async req => transaction(deps, requireMember(req), tx => listResources(tx, req.query)),
    )
    app.get(
      '/resources/:resourceId',
      {
        schema: {
          summary: 'Read a resource',
          tags: ['resources'],
          params: z.object({ resourceId: Id('resource') }),
          response: { 200: Resource, ...problemsOf(404) },
        },
      },
      async req => transaction(deps, requireMember(req), tx => readResource(tx, req.params.resourceId)),
    )
  }

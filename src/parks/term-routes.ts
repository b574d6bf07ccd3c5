import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { requireEditor, requireMember } from '../identity/authenticate.ts'
import { storeOnce } from '../identity/idempotency.ts'
import { transaction } from '../platform/db.ts'
import type { Deps } from '../platform/deps.ts'
import { Id, IdempotencyHeaders, problemsOf } from '../platform/schemas.ts'
import { NewTerms, Terms } from './term-schemas.ts'
import { publishTerms, readTerms } from './terms.ts'

const ParkParams = z.object({ parkId: Id('park') })

/** The confidentiality terms that the parties of a match accept before anything is disclosed. */
export const termRoutes =
  (deps: Deps): FastifyPluginAsyncZod =>
  async app => {
    app.get(
      '/parks/:parkId/terms',
      {
        schema: {
          summary: "Read a park's confidentiality terms",
          description: 'The version in force, for every member of the platform: a match may join two parks.',
          tags: ['parks'],
          params: ParkParams,
          response: { 200: Terms, ...problemsOf(404) },
        },
      },
      async req => transaction(deps, requireMember(req), tx => readTerms(tx, req.params.parkId)),
    )
    app.post(
      '/parks/:parkId/terms',
      {
        schema: {
          summary: 'Publish confidentiality terms',
          description:
            'As the next version. From then on whoever opens a tier of a match in the park accepts it first.',
          tags: ['parks'],
          params: ParkParams,
          headers: IdempotencyHeaders,
          body: NewTerms,
          response: { 201: Terms, ...problemsOf(403, 404, 409) },
        },
      },
      async (req, reply) => {
        const actor = requireEditor(req)
        return storeOnce(deps, req, reply, {
          status: 201,
          work: tx => publishTerms(tx, deps, actor, req.params.parkId, req.body),
          render: tx => readTerms(tx, req.params.parkId),
        })
      },
    )
  }

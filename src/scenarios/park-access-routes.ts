import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { requireEditor, requireMember } from '../identity/authenticate.ts'
import { transaction } from '../platform/db.ts'
import type { Deps } from '../platform/deps.ts'
import { Id, problemsOf } from '../platform/schemas.ts'
import { readParkAccess, setParkAccess } from './park-access.ts'

const params = z.object({ scenarioId: Id('scenario') })
const sealed = z.boolean().describe("Whether the park's administration may read the sealed tier")
const NewParkAccess = z.strictObject({ sealed }).meta({ id: 'NewParkAccess', examples: [{ sealed: true }] })
const ParkAccess = z.object({ parkId: Id('park'), sealed }).meta({ id: 'ParkAccess' })

/** What the owner of a scenario opens to its park beyond the shared tier. Mounted at /v1. */
export const parkAccessRoutes =
  (deps: Deps): FastifyPluginAsyncZod =>
  async app => {
    app.get(
      '/scenarios/:scenarioId/park-access',
      {
        schema: {
          summary: 'Whether the park may read the sealed tier',
          description: "For the scenario's owner and the park.",
          tags: ['scenarios'],
          params,
          response: { 200: ParkAccess, ...problemsOf(404) },
        },
      },
      async req => {
        const actor = requireMember(req)
        return transaction(deps, actor, tx => readParkAccess(tx, actor, req.params.scenarioId))
      },
    )
    app.put(
      '/scenarios/:scenarioId/park-access',
      {
        schema: {
          summary: 'Open the sealed tier to the park, or close it',
          description: "A park's administration reads the public and shared tiers; the sealed one only by this grant.",
          tags: ['scenarios'],
          params,
          body: NewParkAccess,
          response: { 200: ParkAccess, ...problemsOf(403, 404) },
        },
      },
      async req => {
        const actor = requireEditor(req)
        const { scenarioId } = req.params
        return transaction(deps, actor, async tx => {
          await setParkAccess(tx, deps, actor, scenarioId, req.body.sealed)
          return readParkAccess(tx, actor, scenarioId)
        })
      },
    )
  }

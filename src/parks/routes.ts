import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { requireEditor, requireMember } from '../identity/authenticate.ts'
import { transaction } from '../platform/db.ts'
import type { Deps } from '../platform/deps.ts'
import { Id, problemsOf } from '../platform/schemas.ts'
import { ParkSettings, ParkSettingsChange } from './schemas.ts'
import { changeSettings, readSettings } from './service.ts'

const ParkParams = z.object({ parkId: Id('park') })

/** What a park decides about matching. Mounted at /v1. */
export const parkRoutes =
  (deps: Deps): FastifyPluginAsyncZod =>
  async app => {
    app.get(
      '/parks/:parkId/settings',
      {
        schema: {
          summary: "Read a park's settings",
          tags: ['parks'],
          params: ParkParams,
          response: { 200: ParkSettings, ...problemsOf(403, 404) },
        },
      },
      async req => {
        const actor = requireMember(req)
        return transaction(deps, actor, tx => readSettings(tx, actor, req.params.parkId))
      },
    )
    app.patch(
      '/parks/:parkId/settings',
      {
        schema: {
          summary: "Change a park's settings",
          tags: ['parks'],
          params: ParkParams,
          body: ParkSettingsChange,
          response: { 200: ParkSettings, ...problemsOf(403, 404) },
        },
      },
      async req => changeSettings(deps, requireEditor(req), req.params.parkId, req.body),
    )
  }

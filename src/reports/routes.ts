import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { requireMember } from '../identity/authenticate.ts'
import { transaction } from '../platform/db.ts'
import type { Deps } from '../platform/deps.ts'
import { languageOf } from '../platform/errors.ts'
import { Id, problemsOf } from '../platform/schemas.ts'
import { Report, ReportPeriod } from './schemas.ts'
import { readReport } from './service.ts'

/** What a park's administration decides from. Mounted at /v1. */
export const reportRoutes =
  (deps: Deps): FastifyPluginAsyncZod =>
  async app => {
    app.get(
      '/parks/:parkId/report',
      {
        schema: {
          summary: "Read a park's report",
          description:
            'Every number is of one moment and carries ids behind it, or the address of a list that shows them.',
          tags: ['reports'],
          params: z.object({ parkId: Id('park') }),
          querystring: ReportPeriod,
          response: { 200: Report, ...problemsOf(403, 404, 503) },
        },
      },
      async req => {
        const actor = requireMember(req)
        const request = {
          parkId: req.params.parkId,
          period: req.query,
          language: languageOf(req.headers['accept-language']),
        }
        return transaction(deps, actor, tx => readReport(tx, deps, actor, request))
      },
    )
  }

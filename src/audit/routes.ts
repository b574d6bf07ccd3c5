import type { FastifyReply, FastifyRequest } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Member } from '../platform/actor.ts'
import { transaction } from '../platform/db.ts'
import type { Deps } from '../platform/deps.ts'
import { notFound, ProblemError, problems } from '../platform/errors.ts'
import { Id, problemsOf } from '../platform/schemas.ts'
import { EXPORT_TYPES, type ExportFormat, exportEntries } from './export.ts'
import { OwnAuditPage, OwnAuditQuery, ParkAuditPage, ParkAuditQuery } from './schemas.ts'
import { type Entry, readOwnAudit, readParkAudit, walkOwnAudit, walkParkAudit } from './service.ts'

const memberOf = (request: FastifyRequest): Member => {
  if (request.actor.kind !== 'member') throw new ProblemError(problems.unauthenticated)
  return request.actor
}

/** One address, three forms: a page of JSON, or everything as lines or as a table. */
const inEveryForm = <T extends z.ZodType>(page: T) => ({
  description: 'A page, or the whole as the query wishes',
  content: {
    'application/json': { schema: page },
    'application/x-ndjson': { schema: z.string().describe('One AuditEntry a line') },
    'text/csv': { schema: z.string().describe('The fields of AuditEntry, with a header line') },
  },
})

const sendExport = (reply: FastifyReply, format: ExportFormat, pages: AsyncIterable<Entry[]>): FastifyReply =>
  reply
    .type(EXPORT_TYPES[format])
    .header('content-disposition', `attachment; filename="audit.${format}"`)
    .send(exportEntries(pages, format))

/** The record of actions, for those whom it is about. Mounted at /v1. */
export const auditRoutes =
  (deps: Deps): FastifyPluginAsyncZod =>
  async app => {
    app.get(
      '/parks/:parkId/audit',
      {
        schema: {
          summary: "Read or export a park's audit record",
          description:
            "Every action in the park, sealed into a chain of hashes, for the park's own organisation. Keep `head` elsewhere now and then.",
          tags: ['audit'],
          params: z.object({ parkId: Id('park') }),
          querystring: ParkAuditQuery,
          response: { 200: inEveryForm(ParkAuditPage), ...problemsOf(404) },
        },
      },
      async (req, reply) => {
        const actor = memberOf(req)
        const { parkId } = req.params
        const { format, after, limit } = req.query
        if (!actor.adminParkIds.includes(parkId)) throw notFound()
        if (format !== 'json') return sendExport(reply, format, walkParkAudit(deps, actor, parkId, after))
        return transaction(deps, actor, tx => readParkAudit(tx, actor, parkId, { after, limit }))
      },
    )
    app.get(
      '/audit',
      {
        schema: {
          summary: 'Read or export what your organisation did',
          description: 'In every park, oldest first.',
          tags: ['audit'],
          querystring: OwnAuditQuery,
          response: { 200: inEveryForm(OwnAuditPage), ...problemsOf() },
        },
      },
      async (req, reply) => {
        const actor = memberOf(req)
        const { format, after, limit } = req.query
        if (format !== 'json') return sendExport(reply, format, walkOwnAudit(deps, actor, after))
        return transaction(deps, actor, tx => readOwnAudit(tx, actor, { after, limit }))
      },
    )
  }

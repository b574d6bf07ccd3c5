import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { requireEditor, requireMember } from '../identity/authenticate.ts'
import { storeOnce } from '../identity/idempotency.ts'
import { readPark } from '../identity/service.ts'
import { transaction } from '../platform/db.ts'
import type { Deps } from '../platform/deps.ts'
import { languageOf } from '../platform/errors.ts'
import { Id, IdempotencyHeaders, problemsOf } from '../platform/schemas.ts'
import { readContent, readFileCard, requestFile } from './files.ts'
import { FORMAT_TYPES, type Format, renderReport } from './formats/render.ts'
import { FileQuery, NewReportFile, ReportFile } from './schemas.ts'
import { readReport } from './service.ts'

const tags = ['reports']
const ParkParams = z.object({ parkId: Id('park') })
const FileParams = z.object({ fileId: Id('reportFile') })
const File = z.any().describe('The file')

/** A file to keep, which no browser takes for a page of ours. */
const headersOf = (format: Format, name: string) => ({
  'content-type': FORMAT_TYPES[format],
  'content-disposition': `attachment; filename="${name}"`,
})

/** Reports as files: at once, or by a worker with progress and a link. Mounted at /v1. */
export const reportFileRoutes =
  (deps: Deps): FastifyPluginAsyncZod =>
  async app => {
    app.get(
      '/parks/:parkId/report/file',
      {
        schema: {
          summary: "A park's report as JSON, CSV, XLSX, PDF or HTML, at once",
          tags,
          params: ParkParams,
          querystring: FileQuery,
          response: { 200: File, ...problemsOf(403, 404, 503) },
        },
      },
      async (req, reply) => {
        const actor = requireMember(req)
        const { from, to, at, format } = req.query
        const language = req.query.language ?? languageOf(req.headers['accept-language'])
        const { parkId } = req.params
        const { report, park } = await transaction(deps, actor, async tx => ({
          report: await readReport(tx, deps, actor, { parkId, period: { from, to }, at, language }),
          park: await readPark(tx, parkId),
        }))
        const content = await renderReport(report, park.name, language, format)
        return reply.headers(headersOf(format, `report.${format}`)).send(content)
      },
    )

    app.post(
      '/parks/:parkId/report-files',
      {
        schema: {
          summary: 'Ask for a report as a file',
          description: 'A worker makes it: read its card for the progress and, once it is done, the link.',
          tags,
          params: ParkParams,
          headers: IdempotencyHeaders,
          body: NewReportFile,
          response: { 202: ReportFile, ...problemsOf(403, 404, 409) },
        },
      },
      async (req, reply) => {
        const actor = requireEditor(req)
        const language = languageOf(req.headers['accept-language'])
        const request = { parkId: req.params.parkId, input: req.body, language }
        return storeOnce(deps, req, reply, {
          status: 202,
          work: tx => requestFile(tx, deps, actor, request),
          render: (tx, id) => readFileCard(tx, id),
        })
      },
    )

    app.get(
      '/report-files/:fileId',
      {
        schema: {
          summary: 'How far a file has come',
          tags,
          params: FileParams,
          response: { 200: ReportFile, ...problemsOf(404) },
        },
      },
      async req => transaction(deps, requireMember(req), tx => readFileCard(tx, req.params.fileId)),
    )

    app.get(
      '/report-files/:fileId/content',
      {
        schema: {
          summary: 'Fetch a file that is done',
          tags,
          params: FileParams,
          response: { 200: File, ...problemsOf(404) },
        },
      },
      async (req, reply) => {
        const file = await transaction(deps, requireMember(req), tx => readContent(tx, req.params.fileId))
        return reply.headers(headersOf(file.format, file.name)).send(file.content)
      },
    )
  }

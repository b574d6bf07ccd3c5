import { Readable } from 'node:stream'
import type { FastifyReply } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { requireEditor, requireMember } from '../identity/authenticate.ts'
import { storeOnce } from '../identity/idempotency.ts'
import { transaction } from '../platform/db.ts'
import type { Deps } from '../platform/deps.ts'
import { languageOf } from '../platform/errors.ts'
import { IdempotencyHeaders, pageOf, problemsOf } from '../platform/schemas.ts'
import { exportCsv, exportNdjson, exportXlsx } from './export.ts'
import { LIMITS } from './limits.ts'
import { followImport } from './progress.ts'
import { refusedCsv } from './refused.ts'
import {
  ColumnMapping,
  ExportParams,
  ExportQuery,
  Import,
  ImportParams,
  ImportPreview,
  ImportQuery,
  ImportStart,
  MappingParams,
  NewMapping,
  UploadQuery,
} from './schemas.ts'
import * as service from './service.ts'
import { openStage } from './stage.ts'
import type { ImportKind } from './tables.ts'
import { receiveUpload } from './upload.ts'

const tags = ['imports']
const RECEIVE_MS = 1_200_000
const XLSX_TYPE = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'
const UPLOAD_TYPES = ['text/csv', 'text/plain', 'application/x-ndjson', 'application/octet-stream', XLSX_TYPE] as const
const TYPES = { csv: 'text/csv; charset=utf-8', ndjson: 'application/x-ndjson; charset=utf-8', xlsx: XLSX_TYPE }
const fileOf = (...types: string[]) => ({
  description: 'A file',
  content: Object.fromEntries(types.map(type => [type, { schema: z.string().meta({ format: 'binary' }) }])),
})
const uploadBody = z.unknown().meta({ type: 'string', format: 'binary', description: 'The file as it is' })

/** Lists in and out: spreadsheets and lines of JSON. Mounted at /v1. */
export const importRoutes =
  (deps: Deps): FastifyPluginAsyncZod =>
  async app => {
    const stage = openStage(deps)
    const closing = new AbortController()
    app.addHook('preClose', async () => closing.abort())
    app.addHook('onClose', () => stage.close())
    // The body is read by the handler itself, as it arrives.
    for (const type of UPLOAD_TYPES) app.addContentTypeParser(type, (_request, _payload, done) => done(null, undefined))

    app.post(
      '/imports',
      {
        config: { receiveMs: RECEIVE_MS },
        schema: {
          summary: 'Upload a list',
          description: `CSV (UTF-8 or GB18030; comma, tab or semicolon), NDJSON, or XLSX, as the body. Up to ${LIMITS.rowsMax} rows, as XLSX up to ${LIMITS.xlsxRowsMax} and 100 MB unpacked. Nothing is taken in before it is started. The same file again answers with the import that it made.`,
          tags,
          querystring: UploadQuery,
          consumes: [...UPLOAD_TYPES],
          body: uploadBody,
          response: { 200: Import, 201: Import, ...problemsOf(403, 404, 413, 415) },
        },
      },
      async (req, reply) => {
        const actor = requireEditor(req)
        const { id, isNew } = await receiveUpload({ ...deps, stage }, actor, req.query, req.raw)
        reply.code(isNew ? 201 : 200).header('location', `/v1/imports/${id}`)
        return transaction(deps, actor, tx => service.readImport(tx, id, languageOf(req.headers['accept-language'])))
      },
    )
    app.get(
      '/imports',
      {
        schema: {
          summary: 'List imports',
          tags,
          querystring: ImportQuery,
          response: { 200: pageOf(Import), ...problemsOf() },
        },
      },
      async req =>
        transaction(deps, requireMember(req), tx =>
          service.listImports(tx, req.query, languageOf(req.headers['accept-language'])),
        ),
    )
    app.get(
      '/imports/:importId',
      {
        schema: {
          summary: 'Read an import',
          tags,
          params: ImportParams,
          response: { 200: Import, ...problemsOf(404) },
        },
      },
      async req =>
        transaction(deps, requireMember(req), tx =>
          service.readImport(tx, req.params.importId, languageOf(req.headers['accept-language'])),
        ),
    )
    app.get(
      '/imports/:importId/preview',
      {
        schema: {
          summary: 'See how the first rows are understood',
          tags,
          params: ImportParams,
          response: { 200: ImportPreview, ...problemsOf(404) },
        },
      },
      async req =>
        transaction(deps, requireMember(req), tx =>
          service.previewImport(tx, deps, req.params.importId, languageOf(req.headers['accept-language'])),
        ),
    )
    app.post(
      '/imports/:importId/start',
      {
        schema: {
          summary: 'Take the rows in',
          description: 'All good rows go in, every bad one comes back with its reason in `rejected.csv`.',
          tags,
          params: ImportParams,
          headers: IdempotencyHeaders,
          body: ImportStart,
          response: { 202: Import, ...problemsOf(403, 404, 409) },
        },
      },
      async (req, reply) => {
        const actor = requireEditor(req)
        const language = languageOf(req.headers['accept-language'])
        return storeOnce(deps, req, reply, {
          status: 202,
          work: tx => service.startImport(tx, deps, actor, req.params.importId, req.body),
          render: (tx, id) => service.readImport(tx, id, language),
        })
      },
    )
    app.post(
      '/imports/:importId/cancel',
      {
        schema: {
          summary: 'Cancel an import',
          description: 'What was taken in by then stays.',
          tags,
          params: ImportParams,
          headers: IdempotencyHeaders,
          response: { 200: Import, ...problemsOf(403, 404, 409) },
        },
      },
      async (req, reply) =>
        storeOnce(deps, req, reply, {
          status: 200,
          work: tx => service.cancelImport(tx, deps, requireEditor(req), req.params.importId),
          render: (tx, id) => service.readImport(tx, id, languageOf(req.headers['accept-language'])),
        }),
    )
    app.get(
      '/imports/:importId/progress',
      {
        schema: {
          summary: 'Follow an import',
          description: 'Server-sent events: `progress` with the import as it stands, `end` when it is over.',
          tags,
          params: ImportParams,
          response: { 200: fileOf('text/event-stream'), ...problemsOf(404) },
        },
      },
      async (req, reply) => {
        const language = languageOf(req.headers['accept-language'])
        const actor = requireMember(req)
        const read = () => transaction(deps, actor, tx => service.readImport(tx, req.params.importId, language))
        const first = await read()
        return sendFile(reply, 'text/event-stream; charset=utf-8', followImport(first, read, closing.signal))
      },
    )
    app.get(
      '/imports/:importId/rejected.csv',
      {
        schema: {
          summary: 'Download the rows that were not taken in',
          description:
            'The columns as they came, with number and reason of each row: mend them and send the file again.',
          tags,
          params: ImportParams,
          response: { 200: fileOf('text/csv'), ...problemsOf(404) },
        },
      },
      async (req, reply) => {
        const actor = requireMember(req)
        const list = await transaction(deps, actor, tx => service.readImport(tx, req.params.importId, 'zh'))
        reply.header('content-disposition', `attachment; filename="${list.id}-rejected.csv"`)
        return sendFile(reply, TYPES.csv, refusedCsv(deps, actor, list))
      },
    )
    mappingRoutes(deps, app)
    exportRoutes(deps, app)
  }

type App = Parameters<FastifyPluginAsyncZod>[0]

const mappingRoutes = (deps: Deps, app: App): void => {
  app.get(
    '/import-mappings',
    {
      schema: {
        summary: 'List saved mappings',
        tags,
        response: { 200: z.object({ items: z.array(ColumnMapping) }), ...problemsOf() },
      },
    },
    async req => transaction(deps, requireMember(req), tx => service.listMappings(tx)),
  )
  app.put(
    '/import-mappings/:kind/:name',
    {
      schema: {
        summary: 'Save a mapping of columns',
        tags,
        params: MappingParams,
        body: NewMapping,
        response: { 200: ColumnMapping, ...problemsOf(403) },
      },
    },
    async req => {
      const actor = requireEditor(req)
      return transaction(deps, actor, tx => service.saveMapping(tx, deps, actor, req.params, req.body.columns))
    },
  )
  app.delete(
    '/import-mappings/:kind/:name',
    {
      schema: {
        summary: 'Delete a saved mapping',
        tags,
        params: MappingParams,
        response: { 204: z.undefined().describe('Deleted'), ...problemsOf(403) },
      },
    },
    async (req, reply) => {
      await transaction(deps, requireEditor(req), tx => service.deleteMapping(tx, req.params))
      return reply.code(204).send(undefined)
    },
  )
}

const exportRoutes = (deps: Deps, app: App): void => {
  app.get(
    '/exports/:kind',
    {
      schema: {
        summary: 'Download a list',
        description: 'Your own, or what you may read of a park, in the form that an import takes.',
        tags,
        params: ExportParams,
        querystring: ExportQuery,
        response: { 200: fileOf('text/csv', 'application/x-ndjson', XLSX_TYPE), ...problemsOf() },
      },
    },
    async (req, reply) => {
      const actor = requireMember(req)
      const { format, parkId } = req.query
      const place = { kind: req.params.kind satisfies ImportKind, parkId }
      const language = languageOf(req.headers['accept-language'])
      reply.header('content-disposition', `attachment; filename="${place.kind}.${format}"`)
      if (format === 'xlsx')
        return sendFile(reply, XLSX_TYPE, Readable.from([await exportXlsx(deps, actor, place, language)]))
      const pieces = format === 'csv' ? exportCsv(deps, actor, place, language) : exportNdjson(deps, actor, place)
      return sendFile(reply, TYPES[format], pieces)
    },
  )
}

/** A file that is written while it is sent. */
const sendFile = (reply: FastifyReply, type: string, pieces: AsyncIterable<string | Buffer>): FastifyReply =>
  reply
    .type(type)
    .header('cache-control', 'no-store')
    .send(Readable.from(pieces, { objectMode: false }))

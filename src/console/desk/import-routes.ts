import { Readable } from 'node:stream'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { requireEditor } from '../../identity/authenticate.ts'
import { storeOnce } from '../../identity/idempotency.ts'
import { ImportStart, UploadQuery } from '../../imports/schemas.ts'
import * as imports from '../../imports/service.ts'
import { openStage } from '../../imports/stage.ts'
import { IMPORT_KINDS } from '../../imports/tables.ts'
import { receiveUpload } from '../../imports/upload.ts'
import { transaction } from '../../platform/db.ts'
import type { Deps } from '../../platform/deps.ts'
import type { ProblemError } from '../../platform/errors.ts'
import { Id, Line, pageBy } from '../../platform/schemas.ts'
import { answerForm, parseForm, tellProblem } from '../forms.ts'
import { nextOf } from '../list-routes.ts'
import { sendPage } from '../render.ts'
import { namesIn, textsIn } from '../texts.ts'
import { formatsOf } from '../format.ts'
import type { Visit } from '../visit.ts'
import { ParkParams, requireAdministration } from './park.ts'
import { openProgress, type Progress } from './progress.ts'
import { acceptRawFiles } from './raw-files.ts'

const RECEIVE_MS = 1_200_000
const PASTED_CHARACTERS_MAX = 900_000
const ImportParams = ParkParams.extend({ importId: Id('import') })
const Upload = z.object({
  kind: UploadQuery.shape.kind,
  fileName: Line(200).default('upload'),
  mapping: z.string().max(100).optional(),
})
const Pasted = Upload.extend({ list: z.string().max(PASTED_CHARACTERS_MAX).default('') })
const flag = z.literal('yes').optional()
/** A column's field by the place of the column: its header may hold anything. */
const StartForm = z
  .object({ publish: flag, network: flag, keepDuplicates: flag, saveAs: z.string().max(100).optional() })
  .catchall(z.string().max(60))

type Given = z.output<typeof Upload>
type Shown = { parkId: string; query?: z.output<typeof Paging>; error?: ProblemError; given?: object }
const Paging = pageBy('import')

/** Lists of scenarios and capabilities: sent, looked at, mapped, taken in, and what was not taken. */
export const importPageRoutes =
  (deps: Deps): FastifyPluginAsyncZod =>
  async app => {
    const sendProgress = openProgress(app)
    const stage = openStage(deps)
    app.addHook('onClose', () => stage.close())

    const showAll = async (
      req: FastifyRequest,
      reply: FastifyReply,
      { parkId, query = { limit: 20 }, error, given = {} }: Shown,
    ) => {
      const { visit, actor, park } = requireAdministration(req, parkId)
      const { page, mappings } = await transaction(deps, actor, async tx => ({
        page: await imports.listImports(tx, query, visit.language),
        mappings: await imports.listMappings(tx),
      }))
      return sendPage(reply, visit, {
        template: 'imports',
        title: textsIn(visit.language).navImports,
        status: error?.problem.status ?? 200,
        data: {
          park,
          tab: 'imports',
          items: page.items,
          kinds: IMPORT_KINDS,
          mappings: mappings.items,
          given,
          error: tellProblem(error, visit.language),
          nextHref: nextOf(`/console/parks/${park.id}/imports`, query, page.nextCursor),
        },
      })
    }

    app.get('/parks/:parkId/imports', { schema: { params: ParkParams, querystring: Paging } }, (req, reply) =>
      showAll(req, reply, { ...req.params, query: req.query }),
    )

    const receive = (
      req: FastifyRequest,
      reply: FastifyReply,
      { parkId, upload, bytes }: { parkId: string; upload: Given; bytes: AsyncIterable<Buffer> },
    ) => {
      requireAdministration(req, parkId)
      const actor = requireEditor(req)
      return answerForm(
        async () => {
          const { id } = await receiveUpload({ ...deps, stage }, actor, { ...upload, parkId }, bytes)
          return reply.redirect(`/console/parks/${parkId}/imports/${id}`, 303)
        },
        error => showAll(req, reply, { parkId, error, given: upload }),
      )
    }

    app.post('/parks/:parkId/imports', { schema: { params: ParkParams, body: Pasted } }, (req, reply) => {
      const { list, ...upload } = req.body
      return receive(req, reply, { ...req.params, upload, bytes: Readable.from([Buffer.from(list)]) })
    })
    const fileRoutes: FastifyPluginAsyncZod = async files => {
      acceptRawFiles(files)
      files.post(
        '/parks/:parkId/imports/file',
        { config: { receiveMs: RECEIVE_MS }, schema: { params: ParkParams, querystring: Upload } },
        (req, reply) => receive(req, reply, { ...req.params, upload: req.query, bytes: req.raw }),
      )
    }
    await app.register(fileRoutes)

    const showOne = async (
      req: FastifyRequest,
      reply: FastifyReply,
      { parkId, importId, error }: { parkId: string; importId: string; error?: ProblemError },
    ) => {
      const { visit, actor, park } = requireAdministration(req, parkId)
      const { list, preview } = await transaction(deps, actor, async tx => {
        const read = await imports.readImport(tx, importId, visit.language)
        const isWaiting = read.state === 'staged'
        return {
          list: read,
          preview: isWaiting ? await imports.previewImport(tx, deps, importId, visit.language) : undefined,
        }
      })
      return sendPage(reply, visit, {
        template: 'import',
        title: list.fileName,
        status: error?.problem.status ?? 200,
        data: { park, list, preview, progress: tellImport(list, visit), error: tellProblem(error, visit.language) },
      })
    }

    app.get('/parks/:parkId/imports/:importId', { schema: { params: ImportParams } }, (req, reply) =>
      showOne(req, reply, req.params),
    )

    app.get('/parks/:parkId/imports/:importId/progress', { schema: { params: ImportParams } }, (req, reply) => {
      const { visit, actor } = requireAdministration(req, req.params.parkId)
      return sendProgress(reply, () =>
        transaction(deps, actor, async tx =>
          tellImport(await imports.readImport(tx, req.params.importId, visit.language), visit),
        ),
      )
    })

    app.post(
      '/parks/:parkId/imports/:importId/start',
      { schema: { params: ImportParams, body: StartForm } },
      (req, reply) => {
        const { parkId, importId } = req.params
        const actor = requireEditor(req)
        return answerForm(
          async () => {
            const { publish, network, keepDuplicates, saveAs, ...columns } = req.body
            await storeOnce(deps, req, reply, {
              status: 202,
              work: async tx => {
                const list = await imports.readImport(tx, importId, 'zh')
                const mapping = mappingOf(list.headers, columns)
                const input = parseForm(ImportStart, {
                  publish: publish === 'yes',
                  visibility: network === 'yes' ? 'network' : 'park',
                  keepDuplicates: keepDuplicates === 'yes',
                  ...(list.format === 'ndjson' ? {} : { mapping }),
                })
                if (saveAs) await imports.saveMapping(tx, deps, actor, { kind: list.kind, name: saveAs }, mapping)
                return imports.startImport(tx, deps, actor, importId, input)
              },
              render: async () => undefined,
            })
            return reply.redirect(`/console/parks/${parkId}/imports/${importId}`, 303)
          },
          error => showOne(req, reply, { parkId, importId, error }),
        )
      },
    )

    app.post('/parks/:parkId/imports/:importId/cancel', { schema: { params: ImportParams } }, (req, reply) => {
      const { parkId, importId } = req.params
      const actor = requireEditor(req)
      return answerForm(
        async () => {
          await transaction(deps, actor, tx => imports.cancelImport(tx, deps, actor, importId))
          return reply.redirect(`/console/parks/${parkId}/imports/${importId}`, 303)
        },
        error => showOne(req, reply, { parkId, importId, error }),
      )
    })
  }

/** Every column with its field; an empty one leaves the column out. */
const mappingOf = (headers: readonly string[], columns: Record<string, string>): Record<string, string> =>
  Object.fromEntries(headers.map((header, i) => [header, columns[`column-${i}`] ?? '']))

type List = Awaited<ReturnType<typeof imports.readImport>>

const tellImport = ({ state, rows }: List, visit: Visit): Progress => {
  const { number } = formatsOf(visit)
  return {
    percent: rows.staged === 0 ? 0 : Math.round((rows.decided / rows.staged) * 100),
    text: `${namesIn(visit.language).importState[state]} · ${number(rows.decided)} / ${number(rows.staged)}`,
    isOver: state !== 'running' && state !== 'uploading',
  }
}

import type { FastifyReply, FastifyRequest } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { requireEditor } from '../../identity/authenticate.ts'
import { storeOnce } from '../../identity/idempotency.ts'
import { transaction } from '../../platform/db.ts'
import type { Deps } from '../../platform/deps.ts'
import type { ProblemError } from '../../platform/errors.ts'
import { Day, Id } from '../../platform/schemas.ts'
import { listFileCards, readFileCard, requestFile } from '../../reports/files.ts'
import { FORMATS } from '../../reports/formats/render.ts'
import { ReportPeriod } from '../../reports/schemas.ts'
import { readReport, scopeOf } from '../../reports/service.ts'
import type { ReportTrends } from '../../reports/trend-schemas.ts'
import { readTrends } from '../../reports/trends.ts'
import { drawLines } from '../charts.ts'
import { answerForm, tellProblem } from '../forms.ts'
import { rowsHref, tellFigures } from '../overview.ts'
import { sendPage } from '../render.ts'
import { namesIn, textsIn } from '../texts.ts'
import type { Visit } from '../visit.ts'
import { ParkParams, requireAdministration } from './park.ts'
import { openProgress, type Progress } from './progress.ts'
import { PERIODS, periodOf, queryOf } from './periods.ts'

/** Made while one waits; the others are work for a worker. */
const QUICK_FORMATS = ['json', 'csv', 'html'] as const
const FILES_SHOWN = 8
const FileParams = ParkParams.extend({ fileId: Id('reportFile') })
const FileForm = z.object({ format: z.enum(FORMATS), from: Day.optional(), to: Day.optional() })

/** The report of a park: for any period, with trends, to keep in every form. */
export const reportPageRoutes =
  (deps: Deps): FastifyPluginAsyncZod =>
  async app => {
    const sendProgress = openProgress(app)

    const show = async (
      req: FastifyRequest,
      reply: FastifyReply,
      { parkId, period, error }: { parkId: string; period: ReportPeriod; error?: ProblemError },
    ) => {
      const { visit, actor, park } = requireAdministration(req, parkId)
      const files = await transaction(deps, actor, tx => listFileCards(tx, park.id))
      const now = deps.clock.now()
      const query = queryOf(period)
      return sendPage(reply, visit, {
        template: 'report',
        title: `${park.name} · ${textsIn(visit.language).navReport}`,
        status: error?.problem.status ?? 200,
        data: {
          park,
          period,
          query,
          presets: PERIODS.map(name => {
            const preset = queryOf(periodOf(name, now, park.timeZone))
            return { name, query: preset, isCurrent: preset === query }
          }),
          quick: QUICK_FORMATS.map(format => ({
            format,
            href: `/v1/parks/${park.id}/report/file${queryOf(period, { format, language: visit.language })}`,
          })),
          slow: FORMATS.filter(format => !QUICK_FORMATS.some(quick => quick === format)),
          files: files.slice(0, FILES_SHOWN),
          key: deps.random(16).toString('base64url'),
          error: tellProblem(error, visit.language),
        },
      })
    }

    app.get('/parks/:parkId/report', { schema: { params: ParkParams, querystring: ReportPeriod } }, (req, reply) =>
      show(req, reply, { ...req.params, period: req.query }),
    )

    app.get(
      '/parks/:parkId/report/trends',
      { schema: { params: ParkParams, querystring: ReportPeriod } },
      async (req, reply) => {
        const { visit, actor, park } = requireAdministration(req, req.params.parkId)
        const request = { parkId: park.id, period: req.query }
        const trends = await transaction(deps, actor, async tx =>
          readTrends(tx, await scopeOf(tx, deps, actor, request)),
        )
        return sendPage(reply, visit, {
          template: req.headers['hx-request'] === 'true' ? 'trends' : 'trends-page',
          title: textsIn(visit.language).trends,
          data: { park, ...(await tellTrends(trends, visit)) },
        })
      },
    )

    app.get(
      '/parks/:parkId/report/figures',
      { schema: { params: ParkParams, querystring: ReportPeriod } },
      async (req, reply) => {
        const { visit, actor, park } = requireAdministration(req, req.params.parkId)
        const request = { parkId: park.id, period: req.query, language: visit.language }
        const report = await transaction(deps, actor, tx => readReport(tx, deps, actor, request))
        const isPart = req.headers['hx-request'] === 'true'
        return sendPage(reply, visit, {
          template: isPart ? 'report-figures' : 'report-figures-page',
          title: textsIn(visit.language).navReport,
          data: { ...(await tellFigures(report, visit)), park },
        })
      },
    )

    app.post('/parks/:parkId/report/files', { schema: { params: ParkParams, body: FileForm } }, async (req, reply) => {
      const { visit } = requireAdministration(req, req.params.parkId)
      const { parkId } = req.params
      const { from, to } = req.body
      const actor = requireEditor(req)
      const work = async () => {
        const { id } = await storeOnce(deps, req, reply, {
          status: 202,
          work: tx => requestFile(tx, deps, actor, { parkId, input: req.body, language: visit.language }),
          render: async (_tx, fileId) => ({ id: fileId }),
        })
        return reply.redirect(`/console/parks/${parkId}/report/files/${id}`, 303)
      }
      return answerForm(work, error => show(req, reply, { parkId, period: { from, to }, error }))
    })

    app.get('/parks/:parkId/report/files/:fileId', { schema: { params: FileParams } }, async (req, reply) => {
      const { visit, actor, park } = requireAdministration(req, req.params.parkId)
      const file = await transaction(deps, actor, tx => readFileCard(tx, req.params.fileId))
      return sendPage(reply, visit, {
        template: 'report-file',
        title: textsIn(visit.language).reportFile,
        data: { park, file, progress: tellFile(file, visit) },
      })
    })

    app.get('/parks/:parkId/report/files/:fileId/progress', { schema: { params: FileParams } }, (req, reply) => {
      const { visit, actor } = requireAdministration(req, req.params.parkId)
      const read = async () =>
        tellFile(await transaction(deps, actor, tx => readFileCard(tx, req.params.fileId)), visit)
      return sendProgress(reply, read)
    })
  }

type Card = Awaited<ReturnType<typeof readFileCard>>

const tellFile = ({ state, progress }: Card, { language }: Visit): Progress => ({
  percent: progress,
  text: namesIn(language).fileState[state],
  isOver: state === 'done' || state === 'failed',
})

/** The months as lines, and as a table whose numbers open their rows. */
const tellTrends = async ({ months }: ReportTrends, { language }: Visit) => {
  const t = textsIn(language)
  const lines = [
    { name: t.trendPublished, values: months.map(row => row.published.count) },
    { name: t.trendMatched, values: months.map(row => row.matched.count) },
    { name: t.trendLanded, values: months.map(row => row.landed.count) },
  ]
  const linked = (figure: { count: number; url: string }) => ({ count: figure.count, href: rowsHref(figure) })
  return {
    trend: await drawLines(
      months.map(({ month }) => month),
      lines,
      { title: t.trends, description: t.trendsDescription },
    ),
    months: months.map(row => ({
      month: row.month,
      figures: [row.published, row.matched, row.landed].map(linked),
    })),
  }
}

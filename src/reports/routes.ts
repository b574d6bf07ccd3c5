import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { requireMember } from '../identity/authenticate.ts'
import { transaction } from '../platform/db.ts'
import type { Deps } from '../platform/deps.ts'
import { languageOf } from '../platform/errors.ts'
import { Id, problemsOf } from '../platform/schemas.ts'
import { reportFileRoutes } from './file-routes.ts'
import { readMatchReport } from './match-report.ts'
import { readRows } from './rows.ts'
import { MatchReport } from './match-report-schemas.ts'
import { Report, ReportQuery, ReportRows, RowsQuery } from './schemas.ts'
import { readReport, scopeOf } from './service.ts'
import { ReportTrends } from './trend-schemas.ts'
import { MONTHS_MAX, readTrends } from './trends.ts'

const tags = ['reports']
const ParkParams = z.object({ parkId: Id('park') })

/** What a park's administration decides from. Mounted at /v1. */
export const reportRoutes =
  (deps: Deps): FastifyPluginAsyncZod =>
  async app => {
    const reading = (req: FastifyRequest) => ({
      actor: requireMember(req),
      language: languageOf(req.headers['accept-language']),
      lexicon: deps.lexicon,
      now: deps.clock.now(),
    })

    app.get(
      '/parks/:parkId/report',
      {
        schema: {
          summary: "Read a park's report",
          description: 'Every number carries the address of the rows behind it.',
          tags,
          params: ParkParams,
          querystring: ReportQuery,
          response: { 200: Report, ...problemsOf(403, 404, 503) },
        },
      },
      async req => {
        const actor = requireMember(req)
        const request = {
          parkId: req.params.parkId,
          period: { from: req.query.from, to: req.query.to },
          at: req.query.at,
          language: languageOf(req.headers['accept-language']),
        }
        return transaction(deps, actor, tx => readReport(tx, deps, actor, request))
      },
    )

    app.get(
      '/parks/:parkId/report/trends',
      {
        schema: {
          summary: 'Month by month: published, matched, landed',
          description: `Whole months of the park's time zone: of the period, at most ${MONTHS_MAX}; without one the last twelve.`,
          tags,
          params: ParkParams,
          querystring: ReportQuery,
          response: { 200: ReportTrends, ...problemsOf(403, 404, 503) },
        },
      },
      async req => {
        const actor = requireMember(req)
        const { from, to, at } = req.query
        const request = { parkId: req.params.parkId, period: { from, to }, at }
        return transaction(deps, actor, async tx => readTrends(tx, await scopeOf(tx, deps, actor, request)))
      },
    )

    app.get(
      '/parks/:parkId/report/rows',
      {
        schema: {
          summary: 'The rows behind a number of the report',
          description: 'The report names the addresses: one does not put them together by hand.',
          tags,
          params: ParkParams,
          querystring: RowsQuery,
          response: { 200: ReportRows, ...problemsOf(403, 404, 503) },
        },
      },
      async req => {
        const actor = requireMember(req)
        const { from, to } = req.query
        const request = { parkId: req.params.parkId, period: { from, to } }
        return transaction(deps, actor, async tx => readRows(tx, await scopeOf(tx, deps, actor, request), req.query))
      },
    )

    app.get(
      '/scenarios/:scenarioId/report',
      {
        schema: {
          summary: 'Why a scenario is matched as it is, and what would change it',
          tags,
          params: z.object({ scenarioId: Id('scenario') }),
          response: { 200: MatchReport, ...problemsOf(404) },
        },
      },
      async req => transaction(deps, requireMember(req), tx => readMatchReport(tx, reading(req), req.params)),
    )

    app.get(
      '/capabilities/:capabilityId/report',
      {
        schema: {
          summary: 'Why a capability is matched as it is, and what would change it',
          tags,
          params: z.object({ capabilityId: Id('capability') }),
          response: { 200: MatchReport, ...problemsOf(404) },
        },
      },
      async req => transaction(deps, requireMember(req), tx => readMatchReport(tx, reading(req), req.params)),
    )

    await app.register(reportFileRoutes(deps))
  }

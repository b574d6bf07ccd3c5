import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { listMatches } from '../matching/lists.ts'
import { OPEN_STAGES_SHOWN, tellFigures } from './overview.ts'
import { transaction } from '../platform/db.ts'
import type { Deps } from '../platform/deps.ts'
import { Id } from '../platform/schemas.ts'
import { readRows } from '../reports/rows.ts'
import { ReportPeriod, type ReportRows, RowsQuery } from '../reports/schemas.ts'
import { readReport, scopeOf } from '../reports/service.ts'
import { queryOf } from './desk/periods.ts'
import { nextOf } from './list-routes.ts'
import { readPark } from '../identity/service.ts'
import { sendPage } from './render.ts'
import { namesIn, textsIn } from './texts.ts'
import { requireVisitor } from './visit.ts'

const Params = z.object({ parkId: Id('park') })
const STUCK_SHOWN = 8

/** What a park's administration opens in the morning. */
export const overviewRoutes =
  (deps: Deps): FastifyPluginAsyncZod =>
  async app => {
    app.get('/parks/:parkId', { schema: { params: Params, querystring: ReportPeriod } }, async (req, reply) => {
      const visit = requireVisitor(req)
      const { actor } = visit.signedIn
      const { parkId } = req.params
      const reading = { actor, language: visit.language, lexicon: deps.lexicon }
      const { park, stuck } = await transaction(deps, actor, async tx => ({
        park: await readPark(tx, parkId),
        stuck: (
          await Promise.all(
            OPEN_STAGES_SHOWN.map(state =>
              listMatches(tx, reading, { parkId, state, order: 'deadline', limit: STUCK_SHOWN }),
            ),
          )
        )
          .flatMap(page => page.items)
          .sort((a, b) => ((a.deadlineAt ?? '') < (b.deadlineAt ?? '') ? -1 : 1))
          .slice(0, STUCK_SHOWN),
      }))
      return sendPage(reply, visit, {
        template: 'overview',
        title: `${park.name} · ${textsIn(visit.language).navOverview}`,
        data: { park, stuck, period: req.query, query: queryOf(req.query), now: deps.clock.now() },
      })
    })

    // The numbers of a large park take a moment: the page stands meanwhile, and asks for them.
    app.get('/parks/:parkId/figures', { schema: { params: Params, querystring: ReportPeriod } }, async (req, reply) => {
      const visit = requireVisitor(req)
      const { actor } = visit.signedIn
      const report = await transaction(deps, actor, tx =>
        readReport(tx, deps, actor, {
          parkId: req.params.parkId,
          period: req.query,
          language: visit.language,
        }),
      )
      const isPart = req.headers['hx-request'] === 'true'
      return sendPage(reply, visit, {
        template: isPart ? 'figures' : 'figures-page',
        title: textsIn(visit.language).navOverview,
        data: await tellFigures(report, visit),
      })
    })

    app.get('/parks/:parkId/rows', { schema: { params: Params, querystring: RowsQuery } }, async (req, reply) => {
      const visit = requireVisitor(req)
      const { actor } = visit.signedIn
      const { parkId } = req.params
      const { from, to, state, problem, industry } = req.query
      const page = await transaction(deps, actor, async tx =>
        readRows(tx, await scopeOf(tx, deps, actor, { parkId, period: { from, to } }), req.query),
      )
      const { matchState, scenarioState, capabilityState, outcomeState } = namesIn(visit.language)
      const states: Record<string, string> = { ...outcomeState, ...capabilityState, ...scenarioState, ...matchState }
      const concepts = [industry, problem].filter(id => id !== undefined && id !== 'none')
      return sendPage(reply, visit, {
        template: 'rows',
        title: textsIn(visit.language).rowsBehind,
        data: {
          parkId,
          words: [
            ...(state === undefined ? [] : [states[state] ?? state]),
            ...concepts.map(id => deps.lexicon.label(id ?? '', visit.language)),
          ],
          items: page.items.map(row => ({ ...row, href: hrefOf(row), stateName: states[row.state ?? ''] })),
          nextHref: nextOf(`/console/parks/${parkId}/rows`, req.query, page.nextCursor),
        },
      })
    })
  }

/** Where a row of the report is read in full. */
const hrefOf = (row: Row): string | undefined => {
  if (row.matchId !== undefined) return `/console/matches/${row.matchId}`
  if (row.kind === 'match') return `/console/matches/${row.id}`
  if (row.kind === 'scenario') return `/console/scenarios/${row.id}`
  return row.kind === 'capability' ? `/console/capabilities/${row.id}` : undefined
}

type Row = z.infer<typeof ReportRows>['items'][number]

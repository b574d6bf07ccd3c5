import type { Report } from '../reports/schemas.ts'
import { drawFunnel, drawGroups } from './charts.ts'
import { formatsOf } from './format.ts'
import { textsIn } from './texts.ts'
import type { Visit } from './visit.ts'

/** Stages in which people have begun and somebody still has to go on. */
export const OPEN_STAGES_SHOWN = ['interest', 'mutual', 'introduced', 'pilot', 'contracted'] as const
const ROWS_SHOWN = 8
const LIST_SHOWN = 20

type Figure = { count: number; url: string }

/** The console's page of rows in the place of the API's. */
export const rowsHref = (figure: Figure): string =>
  figure.url.replace(/^\/v1\/parks\/([^/]+)\/report\/rows/, '/console/parks/$1/rows')
const told = (figure: Figure) => ({ count: figure.count, href: rowsHref(figure) })

/** The report as the page shows it: charts with their tables, and numbers with the way to the rows behind them. */
export const tellFigures = async (report: Report, visit: Visit) => {
  const [t, formats] = [textsIn(visit.language), formatsOf(visit)]
  const { scored, matched, unserved } = report.scenarios
  const steps = report.funnel.scenarios.map(step => ({ ...step, ...told(step.scenarios), label: begin(step.label) }))
  const landed = steps.find(step => step.stage === 'landed')
  const cells = report.map.slice(0, ROWS_SHOWN).map(cell => ({
    label: `${cell.industry.label ?? t.unnamed} · ${cell.problem.label}`,
    figures: [cell.demand, cell.supply, cell.matched, cell.landed].map(told),
  }))
  return {
    parkId: report.parkId,
    at: report.at,
    headline: [
      { label: t.published, ...told(report.scenarios.published) },
      { label: t.matched, ...told(matched), note: `${formats.share(matched.count, scored.count)} ${t.ofScored}` },
      { label: t.unserved, ...told(unserved) },
      ...(landed
        ? [{ label: landed.label, ...told(landed.scenarios), note: tellShare(landed.ofFirst, t.ofPublished) }]
        : []),
    ],
    steps,
    funnel: await drawFunnel(
      steps.map(step => ({ label: step.label, value: step.count })),
      { title: t.funnel, description: t.funnelDescription },
    ),
    cells,
    map: await drawMap(cells, visit),
    targets: report.targets.map(target => ({ ...target, ...told(target.actual) })),
    unserved: report.unserved.slice(0, LIST_SHOWN),
    unservedAll: told(unserved),
    idle: { ...told(report.idleSupply), items: report.idleSupply.items.slice(0, LIST_SHOWN) },
    dataGaps: report.dataGaps.map(gap => ({
      label: begin(gap.label),
      figures: [gap.scenarios, gap.required, gap.forbidden, gap.unlocks].map(told),
      resourceKinds: gap.resourceKinds,
    })),
    stages: report.funnel.stages
      .filter(stage => stage.waiting.count > 0 || stage.left.count > 0)
      .map(stage => ({
        ...stage,
        label: begin(stage.label),
        waiting: told(stage.waiting),
        left: told(stage.left),
      })),
    responses: report.responses.map(row => ({ ...row, answered: told(row.answered), silent: told(row.silent) })),
    silentOrganisations: report.silentOrganisations.slice(0, LIST_SHOWN),
    exposure: {
      ...report.exposure,
      top: report.exposure.top.map(row => ({ ...row, shown: told(row.shown) })),
    },
    outcomes: report.outcomes.map(row => ({ ...row, ...told(row) })),
    priorities: report.priorities.slice(0, LIST_SHOWN),
    resources: report.resources.map(({ element, count }) => ({
      element,
      count,
      href: `/console/parks/${report.parkId}/resources?element=${element}`,
    })),
  }
}

/** The report's names stand within sentences; here they begin a line. */
const begin = (label: string): string => label.charAt(0).toUpperCase() + label.slice(1)

const tellShare = (percent: number | null, of: string): string | undefined =>
  percent === null ? undefined : `${percent}% ${of}`

type Cell = { label: string; figures: { count: number }[] }

const drawMap = async (cells: readonly Cell[], visit: Visit): Promise<string | undefined> => {
  const t = textsIn(visit.language)
  if (cells.length === 0) return undefined
  const groups = cells.map(cell => ({
    label: cell.label,
    values: cell.figures.slice(0, 3).map(figure => figure.count),
  }))
  return drawGroups(groups, [t.demand, t.supply, t.matched], { title: t.map, description: t.mapDescription })
}

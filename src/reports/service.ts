import type { Lexicon } from '../engine/lexicon/lexicon.ts'
import { FIELD_NAMES } from '../engine/render/words.ts'
import type { Language } from '../engine/types.ts'
import { readPark } from '../identity/service.ts'
import { MATCH_STATES } from '../matching/rules.ts'
import { settingsOf } from '../parks/service.ts'
import { administers, type Member } from '../platform/actor.ts'
import type { Tx } from '../platform/db.ts'
import type { Deps } from '../platform/deps.ts'
import { forbidden } from '../platform/errors.ts'
import { ELEMENTS } from '../resources/tables.ts'
import { type Ids, type Numbers, readNumbers, type Scope } from './queries.ts'
import { type Report, type ReportPeriod, REPORTED_STATES } from './schemas.ts'

/**
 * The report of a park, as its administration may see it: one statement, so that all numbers are of one moment.
 * @throws 403 unless the park's administration asks, 404 for an unknown park
 */
export const readReport = async (
  tx: Tx,
  deps: Pick<Deps, 'clock' | 'lexicon'>,
  actor: Member,
  request: { parkId: string; period: ReportPeriod; language: Language },
): Promise<Report> => {
  const park = await readPark(tx, request.parkId)
  if (!administers(actor, park.id))
    throw forbidden('只有园区管理方可以查看报告', "Only the park's administration reads its report")
  const settings = await settingsOf(tx, park.id)
  const now = deps.clock.now()
  const scope: Scope = { park, period: request.period, settings, now }
  return present(await readNumbers(tx, scope), scope, deps.lexicon, request.language)
}

const NOTHING: Ids = { count: 0, ids: [] }

const present = (found: Numbers, scope: Scope, lexicon: Lexicon, language: Language): Report => {
  const parkId = scope.park.id
  const address = (path: string, query: Record<string, string>) =>
    `/v1/${path}?${new URLSearchParams({ parkId, ...query }).toString()}`
  const name = (id: string) => ({ id, label: lexicon.label(id, language) })
  const label = (id: string | null) => (id === null ? null : lexicon.label(id, language))
  return {
    parkId,
    at: scope.now.toISOString(),
    period: scope.period,
    threshold: scope.settings.matchThreshold,
    shortlistMax: scope.settings.shortlistMax,
    scenarios: {
      byState: REPORTED_STATES.map(state => ({
        ...(found.byState.find(row => row.state === state) ?? NOTHING),
        state,
        url: address('scenarios', { state }),
      })),
      ...found.demand,
    },
    matches: MATCH_STATES.map(state => ({
      ...(found.matches.find(row => row.state === state) ?? { ...NOTHING, medianHours: null, longestHours: null }),
      state,
    })),
    byProblem: found.byProblem.map(row => ({
      ...row,
      label: label(row.id),
      demand: { ...row.demand, url: address('scenarios', { state: 'published', problem: row.id ?? '' }) },
      supply: row.supply ?? NOTHING,
    })),
    byIndustry: found.byIndustry.map(row => ({
      ...row,
      label: label(row.id),
      demand: {
        ...row.demand,
        ...(row.id === null ? {} : { url: address('scenarios', { state: 'published', industry: row.id }) }),
      },
    })),
    unserved: found.unserved.map(row => ({
      ...row,
      problems: row.problems.map(name),
      publishedAt: new Date(row.publishedAt).toISOString(),
    })),
    dataGaps: found.dataGaps.map(row => ({
      ...row,
      label: FIELD_NAMES[row.field][language],
      needs: row.needs.map(need => ({ ...need, ...name(need.id) })),
      resourceKinds: (row.resourceKinds ?? []).map(name),
    })),
    resources: ELEMENTS.map(element => ({
      element,
      count: found.resources.find(row => row.element === element)?.count ?? 0,
      url: address('resources', { element }),
    })),
  }
}

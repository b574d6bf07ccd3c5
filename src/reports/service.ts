import type { Language } from '../engine/types.ts'
import { readPark } from '../identity/service.ts'
import { settingsOf } from '../parks/service.ts'
import { administers, type Member } from '../platform/actor.ts'
import type { Tx } from '../platform/db.ts'
import type { Deps } from '../platform/deps.ts'
import { forbidden, refuseContradictions } from '../platform/errors.ts'
import { presentReport } from './present.ts'
import { readResourceUses } from './resource-use.ts'
import { readNumbers } from './queries.ts'
import type { Report, ReportPeriod } from './schemas.ts'
import type { Scope } from './scope.ts'
import { readTargets } from './targets.ts'

/**
 * What a report of the park may be about.
 * @throws 403 unless the park's administration asks, 404 for an unknown park, 422 for a moment that has not come
 */
export const scopeOf = async (
  tx: Tx,
  deps: Pick<Deps, 'clock'>,
  actor: Member,
  request: { parkId: string; period: ReportPeriod; at?: string | undefined },
): Promise<Scope> => {
  const park = await readPark(tx, request.parkId)
  if (!administers(actor, park.id))
    throw forbidden('只有园区管理方可以查看报告', "Only the park's administration reads its report")
  const { from, to } = request.period
  const period = { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) }
  const now = deps.clock.now()
  const at = request.at === undefined ? now : new Date(request.at)
  refuseContradictions(
    at > now ? [{ pointer: '/at', detail: { zh: '不能晚于现在', en: 'It must not be in the future' } }] : [],
  )
  return { park, period, settings: await settingsOf(tx, park.id), now: at }
}

/**
 * The report of a park, as its administration may see it. Targets are counted right after the rest.
 * @throws 403 unless the park's administration asks, 404 for an unknown park
 */
export const readReport = async (
  tx: Tx,
  deps: Pick<Deps, 'clock' | 'lexicon'>,
  actor: Member,
  request: { parkId: string; period: ReportPeriod; at?: string | undefined; language: Language },
): Promise<Report> => {
  const scope = await scopeOf(tx, deps, actor, request)
  const found = {
    ...(await readNumbers(tx, scope)),
    targets: await readTargets(tx, scope),
    resourceUses: await readResourceUses(tx, scope),
  }
  return presentReport(found, scope, { lexicon: deps.lexicon, language: request.language })
}

import { type SQL, sql } from 'drizzle-orm'
import type { Settings } from '../parks/service.ts'
import type { ReportPeriod } from './schemas.ts'

/** What a report is about: the park, the days, and what counts as served there. */
export type Scope = {
  park: { id: string; timeZone: string; organisationId: string }
  period: ReportPeriod
  settings: Settings
  now: Date
}

/** Whether a moment lies on the days of the period, by the clocks of the park. */
export const within = (moment: SQL, { park, period }: Scope): SQL => {
  const startOf = (date: string) => sql`(${date}::date)::timestamp at time zone ${park.timeZone}`
  const from = period.from === undefined ? sql`true` : sql`${moment} >= ${startOf(period.from)}`
  const to = period.to === undefined ? sql`true` : sql`${moment} < ${startOf(period.to)} + interval '1 day'`
  return sql`(${from} and ${to})`
}

/** What a list of rows needs and a count does not: it would make a hundred thousand rows too wide to be kept in memory. */
const NAMES = sql`, s.title, t.shown`

/** Scenarios that were published in the period, with what stands of their matches. A draft never was. */
export const demandOf = (scope: Scope, names: 'named' | 'counted' = 'counted'): SQL => sql`
  select s.id, s.state, s.industry, s.problems, s.published_at, t.best_total as best, t.by_state, t.by_reached
    ${names === 'named' ? NAMES : sql``}, s.state = 'published' and s.scored_at is not null as is_scored,
    coalesce(t.best_total >= ${scope.settings.matchThreshold}, false) as is_near
  from scenarios s left join scenario_standings t on t.scenario_id = s.id
  where s.park_id = ${scope.park.id} and s.state <> 'draft' and ${within(sql`coalesce(s.published_at, s.created_at)`, scope)}`

/** Published capabilities that are offered in the park. */
export const supplyOf = ({ park }: Scope): SQL => sql`
  select c.id, c.organisation_id, c.title, c.problems, c.body -> 'industries' as industries, c.published_at
  from capabilities c where c.state = 'published' and c.audiences && array[${park.id}, 'network']`

/** The moves in the period that changed a state. */
export const movesOf = (scope: Scope, names: 'named' | 'counted' = 'counted'): SQL => sql`
  select t.action, t."from", t."to", t.waited_for, (extract(epoch from t.at - t.since) / 3600)::float as hours,
    case t.actor_id when t.factory_id then 'factory' when t.vendor_id then 'vendor' end as side,
    ${
      names === 'named'
        ? sql`t.id, t.match_id, t.at`
        : sql`case t.action when 'expire' then t.factory_id end as factory_id,
      case t.action when 'expire' then t.vendor_id end as vendor_id`
    }
  from match_transitions t where t.park_id = ${scope.park.id} and ${within(sql`t.at`, scope)}`

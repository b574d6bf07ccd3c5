import { type SQL, sql } from 'drizzle-orm'
import { MATCH_STATES, type MatchState } from '../matching/rules.ts'
import type { Settings } from '../parks/service.ts'
import { rowsOf, type Tx } from '../platform/db.ts'
import { IDS_MAX, type Report, type ReportPeriod, ROWS_MAX } from './schemas.ts'

/** A match in one of these serves nobody any more. */
const ENDED: readonly MatchState[] = ['declined', 'withdrawn', 'expired', 'retracted']
const LIVE = MATCH_STATES.filter(state => !ENDED.includes(state))

/** What a report is about: the park, the days, and what counts as served there. */
export type Scope = {
  park: { id: string; timeZone: string; organisationId: string }
  period: ReportPeriod
  settings: Settings
  now: Date
}

export type Ids = { count: number; ids: string[] }
type ByConcept = { id: string | null; demand: Ids; matched: Ids }
/** The report as the database answers it: only what there is, without names. */
export type Numbers = {
  byState: (Ids & { state: string })[]
  demand: { published: Ids; scored: Ids; matched: Ids; unserved: Ids }
  matches: (Ids & { state: string; medianHours: number; longestHours: number })[]
  byProblem: (ByConcept & { supply: Ids | null })[]
  byIndustry: ByConcept[]
  unserved: { id: string; title: string; problems: string[]; bestTotal: number | null; publishedAt: string }[]
  dataGaps: (Pick<Report['dataGaps'][number], 'field' | 'scenarios' | 'required' | 'forbidden'> & {
    needs: { id: string; scenarios: Ids }[]
    resourceKinds: string[] | null
  })[]
  resources: { element: string; count: number }[]
}

/** Every number of the report in one statement. The actor of the transaction decides what is there to be counted. */
export const readNumbers = async (tx: Tx, scope: Scope): Promise<Numbers> => {
  // What stands in a `with` has no statistics, so the planner may take it for a row or two and read it over and over.
  await tx.execute(sql`set local enable_nestloop = off`)
  const [found] = rowsOf<Numbers>(await tx.execute(reportStatement(scope)))
  if (!found) throw new Error('the report statement answered no row')
  return found
}

const reportStatement = (scope: Scope): SQL => sql`
  with pairs as materialized (${pairsOf(scope)}),
    demand as materialized (${demandOf(scope)}),
    supply as materialized (${supplyOf(scope)}),
    shortlist as materialized (${shortlistOf(scope)}),
    gaps as materialized (${gapsOf(scope)})
  select
    ${rowsAs(sql`select state, ${figureColumns()} from demand group by state`)} as "byState",
    (select json_build_object('published', ${figure(sql`state = 'published'`)}, 'scored', ${figure(sql`is_scored`)},
      'matched', ${figure(sql`is_matched`)}, 'unserved', ${figure(sql`is_scored and not is_matched`)}) from demand) as demand,
    ${rowsAs(matchesByState(scope))} as matches,
    ${rowsAs(sql`select problem as id, ${byConceptColumns},
        (select json_build_object('count', s.count, 'ids', s.ids) from supply s where s.problem = p.problem) as supply
      from demand d cross join lateral (select distinct unnest(d.problems)) as p(problem) where state = 'published'
      group by p.problem order by count(*) desc, 1 limit ${ROWS_MAX}`)} as "byProblem",
    ${rowsAs(sql`select industry as id, ${byConceptColumns} from demand where state = 'published'
      group by industry order by count(*) desc, 1 limit ${ROWS_MAX}`)} as "byIndustry",
    ${rowsAs(sql`select id, title, problems, best as "bestTotal", published_at as "publishedAt" from demand
      where is_scored and not is_matched order by published_at, id limit ${ROWS_MAX}`)} as unserved,
    ${rowsAs(sql`select field, ${figure(sql`true`)} as scenarios, ${figure(sql`is_required`)} as required,
        ${figure(sql`is_forbidden`)} as forbidden, (select array_agg(distinct kind order by kind)
          from gaps g cross join unnest(g.kinds) as kind where g.field = gaps.field) as "resourceKinds",
        ${rowsAs(sql`select need as id, ${figure(sql`true`)} as scenarios
          from gaps g cross join unnest(g.needs) as need where g.field = gaps.field
          group by need order by count(*) desc, need limit ${ROWS_MAX}`)} as needs
      from gaps group by field
      order by count(*) filter (where is_required) desc, count(*) desc, field`)} as "dataGaps",
    ${rowsAs(sql`select element, count(*)::int from resources where park_id = ${scope.park.id} group by element`)} as resources`

// The park's matches are read once and kept aside: joined to the table itself, the policy's conditions may lead the
// planner to look them up again for every scenario.
const pairsOf = ({ park }: Scope) =>
  sql`select id, scenario_id, state, rank, total, state_since from matches where park_id = ${park.id}`

/** Scenarios of the park and the period, with the best total among their matches that nobody has ended. */
const demandOf = ({ park, period, settings }: Scope) => {
  const day = sql`coalesce(s.published_at, s.created_at)`
  const startOf = (date: string) => sql`(${date}::date)::timestamp at time zone ${park.timeZone}`
  return sql`
    select s.id, s.state, s.title, s.industry, s.problems, s.published_at, b.best,
      s.state = 'published' and s.scored_at is not null as is_scored,
      s.state = 'published' and s.scored_at is not null
        and coalesce(b.best >= ${settings.matchThreshold}, false) as is_matched
    from scenarios s left join (
      select scenario_id, max(total) as best from pairs where state in ${LIVE} group by scenario_id) b on b.scenario_id = s.id
    where s.park_id = ${park.id}
      ${period.from === undefined ? sql`` : sql`and ${day} >= ${startOf(period.from)}`}
      ${period.to === undefined ? sql`` : sql`and ${day} < ${startOf(period.to)} + interval '1 day'`}`
}

const supplyOf = ({ park }: Scope) => sql`
  select p.problem, ${figureColumns(sql`c.id`)} from capabilities c cross join lateral (select distinct unnest(c.problems)) as p(problem)
  where c.state = 'published' and c.audiences && array[${park.id}, 'network'] group by p.problem`

/** Far pairs lack whatever one looks for, so they say nothing; the best one speaks where none comes near. */
const shortlistOf = ({ settings }: Scope) => sql`
  select m.id, m.scenario_id from demand d join pairs m on m.scenario_id = d.id
  where d.state = 'published' and m.state in ${LIVE} and m.rank <= ${settings.shortlistMax}
    and (m.total >= ${settings.matchThreshold} or (d.best < ${settings.matchThreshold} and m.total = d.best))`

/** What is missing or forbidden between a scenario and its shortlist, one row for each scenario and field. */
const gapsOf = ({ park }: Scope) => sql`
  select m.scenario_id as id, g.row ->> 'field' as field, bool_or(g.row ->> 'level' = 'required') as is_required,
    bool_or(g.row ->> 'verdict' = 'forbidden') as is_forbidden,
    array_agg(distinct g.row ->> 'resource') filter (where g.row ->> 'resource' is not null) as kinds,
    array_agg(distinct g.row ->> 'need')
      filter (where g.row ->> 'field' = 'modality' and g.row ->> 'need' is not null) as needs
  from shortlist m join match_explanations e on e.match_id = m.id
    cross join lateral jsonb_array_elements(e.body -> 'gaps') as g(row)
  where e.match_id = any(array(select id from shortlist)) and e.reader = 'park'
    and e.organisation_id = ${park.organisationId} and g.row ->> 'verdict' in ('missing', 'forbidden')
  group by m.scenario_id, g.row ->> 'field'`

const matchesByState = ({ now }: Scope) => {
  const hours = sql`extract(epoch from ${now.toISOString()}::timestamptz - m.state_since) / 3600`
  return sql`select m.state, ${figureColumns(sql`m.id`)},
      round((percentile_cont(0.5) within group (order by ${hours}))::numeric, 1) as "medianHours",
      round(max(${hours})::numeric, 1) as "longestHours"
    from demand d join pairs m on m.scenario_id = d.id group by m.state`
}

// Ids sort by time, so the newest stand first.
const idsOf = (id: SQL, condition: SQL) =>
  sql`coalesce((array_agg(${id} order by ${id} desc) filter (where ${condition}))[1:${sql.raw(String(IDS_MAX))}], '{}')`
const figureColumns = (id: SQL = sql`id`) => sql`count(*)::int as count, ${idsOf(id, sql`true`)} as ids`
const figure = (condition: SQL) =>
  sql`json_build_object('count', count(*) filter (where ${condition}), 'ids', ${idsOf(sql`id`, condition)})`
const byConceptColumns = sql`${figure(sql`true`)} as demand, ${figure(sql`is_matched`)} as matched`
const rowsAs = (query: SQL) => sql`(select coalesce(json_agg(to_json(r)), '[]') from (${query}) r)`

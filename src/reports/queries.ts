import { type SQL, sql } from 'drizzle-orm'
import type { GapField } from '../engine/types.ts'
import { LADDER_STATES, MATCH_STATES } from '../matching/rules.ts'
import { FOCUS_TIERS } from '../parks/focus.ts'
import { rowsOf, type Tx } from '../platform/db.ts'
import type { Shown } from './concentration.ts'
import { DEMAND_FIGURES, MOVE_FIGURES, placeOf, stateIndex } from './figures.ts'
import { ROWS_MAX } from './schemas.ts'
import { demandOf, movesOf, type Scope, supplyOf, within } from './scope.ts'

type Hours = { state: string; count: number; medianHours: number; p90Hours: number }
type Asked = {
  side: 'factory' | 'vendor'
  answered: number
  medianHours: number | null
  p90Hours: number | null
  silent: number
}
type Listed = {
  id: string
  title: string
  industry: string | null
  problems: string[]
  best: number | null
  publishedAt: string
  place: number
  placeWithout: number
  addition: number
}
type Counts = { published: number; scored: number; matched: number; unserved: number }

/** The report as the database answers it: only what there is, without names. */
export type Numbers = {
  byState: { state: string; count: number }[]
  demand: Counts
  funnel: { published: number; near: number; scenarios: number[]; matches: number[] }
  matchStates: number[]
  left: Hours[]
  waiting: { state: string; count: number; medianHours: number; longestHours: number }[]
  byProblem: { id: string; demand: number; matched: number; landed: number; supply: number }[]
  byIndustry: { id: string | null; demand: number; matched: number; landed: number }[]
  map: { industry: string | null; problem: string; demand: number; matched: number; landed: number; supply: number }[]
  unserved: Listed[]
  priorities: Listed[]
  idle: { count: number; items: { id: string; title: string; organisationId: string }[] }
  dataGaps: {
    field: GapField
    scenarios: number
    required: number
    forbidden: number
    unlocks: number
    kinds: string[]
    needs: { id: string; scenarios: number }[]
  }[]
  vendors: Shown[]
  asked: Asked[]
  silentOnes: { id: string; name: string | null; side: string; count: number }[]
  outcomes: { state: string; count: number }[]
  resources: { element: string; count: number }[]
}

/**
 * Every number of the report in one statement, and so of one moment. The actor of the transaction decides what is there
 * to be counted.
 */
export const readNumbers = async (tx: Tx, scope: Scope): Promise<Numbers> => {
  // What stands in a `with` has no statistics, so the planner may take it for a row or two and read it over and over;
  // and compiling so long a statement takes longer than running it.
  // The memory holds what the report keeps aside of a hundred thousand scenarios; else all of it goes through the disk.
  await tx.execute(sql`select set_config('enable_nestloop', 'off', true), set_config('jit', 'off', true),
    set_config('work_mem', '128MB', true)`)
  const [found] = rowsOf<Numbers>(await tx.execute(reportStatement(scope)))
  if (!found) throw new Error('the report statement answered no row')
  return found
}

const count = (condition: SQL) => sql`count(*) filter (where ${condition})::int`
const is = DEMAND_FIGURES
const rowsAs = (query: SQL) => sql`(select coalesce(json_agg(to_json(r)), '[]') from (${query}) r)`

const reportStatement = (scope: Scope): SQL => sql`
  with demand as materialized (${demandOf(scope)}),
    supply as materialized (${supplyOf(scope)}),
    moves as materialized (${movesOf(scope)}),
    shown as materialized (select u.id, count(*)::int as count from scenario_standings t
      join demand d on d.id = t.scenario_id and d.state = 'published' cross join lateral unnest(t.shown) as u(id)
      where t.park_id = ${scope.park.id} group by u.id),
    asked as materialized (select d.industry, d.is_scored, d.is_near, d.by_reached, p.problem from demand d cross join lateral (select distinct unnest(d.problems)) as p(problem)
      where d.state = 'published'),
    gaps as materialized (select g.field, g.is_required, g.is_forbidden, g.is_only, g.needs, g.kinds
      from scenario_gaps g join demand d on d.id = g.scenario_id and d.state = 'published' where g.park_id = ${scope.park.id})
  select ${rowsAs(sql`select state, count(*)::int from demand group by state`)} as "byState",
    ${demandCounts()} as demand,
    ${funnelCounts()} as funnel,
    (select array[${sql.join(
      MATCH_STATES.map(state => sql`coalesce(sum(by_state[${stateIndex(state)}]), 0)::int`),
      sql`, `,
    )}] from demand) as "matchStates",
    ${rowsAs(timesLeft())} as "left", ${rowsAs(waitingNow(scope))} as waiting,
    ${rowsAs(byProblem())} as "byProblem", ${rowsAs(byIndustry())} as "byIndustry", ${rowsAs(cells())} as map,
    ${rowsAs(listed(scope, is['scenarios.unserved']()))} as unserved,
    ${rowsAs(listed(scope, is['scenarios.matched']()))} as priorities,
    ${idleSupply()} as idle, ${rowsAs(dataGaps())} as "dataGaps", ${rowsAs(exposure(scope))} as vendors,
    ${rowsAs(responses())} as asked, ${rowsAs(silentOnes())} as "silentOnes",
    ${rowsAs(sql`select o.state, count(*)::int from match_outcomes o where o.park_id = ${scope.park.id} and ${within(sql`coalesce(o.decided_at, o.reported_at)`, scope)} group by o.state`)} as outcomes,
    ${rowsAs(sql`select element, count(*)::int from resources where park_id = ${scope.park.id} group by element`)} as resources`

const demandCounts = () => sql`(select json_build_object('published', ${count(is['scenarios.published']())},
  'scored', ${count(is['scenarios.scored']())}, 'matched', ${count(is['scenarios.matched']())},
  'unserved', ${count(is['scenarios.unserved']())}) from demand d)`

const funnelCounts =
  () => sql`(select json_build_object('published', ${count(is['scenarios.ever']())}, 'near', ${count(is['scenarios.near']())},
  'scenarios', array[${sql.join(
    LADDER_STATES.map(state => count(is['scenarios.reached']({ state }))),
    sql`, `,
  )}], 'matches', array[${sql.join(
    LADDER_STATES.map(state => sql`coalesce(sum(d.by_reached[${placeOf(state)}]), 0)::int`),
    sql`, `,
  )}]) from demand d)`

/** Both percentiles of one sorting. */
const hoursOf = (hours: SQL) => sql`percentile_cont(array[0.5, 0.9]) within group (order by ${hours}) as hours`
const roundedHours = sql`round((x.hours)[1]::numeric, 1)::float as "medianHours", round((x.hours)[2]::numeric, 1)::float as "p90Hours"`

const timesLeft = () => sql`select x.state, x.count, ${roundedHours} from (
  select t."from" as state, count(*)::int, ${hoursOf(sql`t.hours`)} from moves t
  where t."from" <> t."to" and t.hours is not null group by t."from") x`

/** Matches that people have touched and that wait for somebody now, of scenarios in the period. */
const waitingNow = ({ park, now }: Scope) => {
  const hours = sql`(extract(epoch from ${now.toISOString()}::timestamptz - m.state_since) / 3600)::float`
  return sql`select x.state, x.count, ${roundedHours}, round(x.longest::numeric, 1)::float as "longestHours" from (
    select m.state, count(*)::int, ${hoursOf(hours)}, max(${hours}) as longest
    from matches m join demand d on d.id = m.scenario_id
    where m.park_id = ${park.id} and m.state in ('interest', 'mutual', 'introduced', 'pilot', 'contracted') group by m.state) x`
}

const demandColumns = () => sql`count(*)::int as demand, ${count(is['scenarios.matched']())} as matched,
  ${count(is['scenarios.reached']({ state: 'landed' }))} as landed`

const byProblem = () => sql`select x.*, coalesce(c.count, 0) as supply
  from (select d.problem as id, ${demandColumns()} from asked d group by d.problem order by count(*) desc, 1 limit ${ROWS_MAX}) x
    left join (select p.problem, count(*)::int from supply c cross join lateral (select distinct unnest(c.problems)) as p(problem)
      group by p.problem) c on c.problem = x.id
  order by x.demand desc, x.id`

const byIndustry = () => sql`select d.industry as id, ${demandColumns()} from demand d where d.state = 'published'
  group by d.industry order by count(*) desc, 1 limit ${ROWS_MAX}`

/** Demand of an industry and a problem against the supply that solves the problem and is meant for that industry. */
const cells = () => sql`select x.*, coalesce(c.count, 0) as supply
  from (select d.industry, d.problem, ${demandColumns()} from asked d group by d.industry, d.problem
      order by count(*) desc, 1, 2 limit ${ROWS_MAX}) x
    left join lateral (select count(*)::int from supply c where x.problem = any(c.problems)
      and (x.industry is null or c.industries is null or c.industries = '[]' or c.industries @> jsonb_build_array(x.industry))) c on true
  order by x.demand desc, x.industry, x.problem`

/** A park's list in its own order: the best total and the addition of its focus; ties go to who has waited longest. */
const listed = ({ settings: { focus } }: Scope, condition: SQL) => {
  const tier = (
    name: keyof typeof focus.industries,
  ) => sql`when d.industry in (select jsonb_array_elements_text(${JSON.stringify(focus.industries[name])}::jsonb))
    then ${focus.additions[name]}::int`
  const total = sql`coalesce(d.best, 0)`
  const hasFocus = FOCUS_TIERS.some(name => focus.industries[name].length > 0)
  const shown = sql`d.id, d.industry, d.problems, d.best, d.published_at`
  // Where nothing is favoured the first hundred have to be found, and not the place of every scenario.
  const placed = hasFocus
    ? sql`select ${shown}, case ${tier('leading')} ${tier('pillar')} ${tier('emerging')} else 0 end as addition from demand d where ${condition}`
    : sql`select ${shown}, 0 as addition from demand d where ${condition} order by ${total} desc, d.published_at, d.id limit ${ROWS_MAX}`
  const order = (by: SQL) => sql`row_number() over (order by ${by} desc, d.published_at, d.id)`
  const place = order(sql`${total} + d.addition`)
  return sql`select x.id, s.title, x.industry, x.problems, x.best, x.published_at as "publishedAt", x.addition,
      x.place::int, x."placeWithout"::int
    from (select d.*, ${place} as place, ${hasFocus ? order(total) : place} as "placeWithout" from (${placed}) d) x
      join scenarios s on s.id = x.id
    where x.place <= ${ROWS_MAX} order by x.place`
}

const idleSupply = () => sql`(select json_build_object('count', count(*)::int, 'items',
    coalesce((json_agg(json_build_object('id', c.id, 'title', c.title, 'organisationId', c.organisation_id)
      order by c.published_at, c.id) filter (where c.nth <= ${ROWS_MAX})), '[]'))
  from (select c.*, row_number() over (order by c.published_at, c.id) as nth from supply c
    where c.id not in (select id from shown)) c)`

const dataGaps =
  () => sql`select x.*, ${rowsAs(sql`select need as id, count(*)::int as scenarios from gaps g cross join unnest(g.needs) as need
      where g.field = x.field group by need order by count(*) desc, need limit ${ROWS_MAX}`)} as needs,
    (select coalesce(array_agg(distinct kind order by kind), '{}') from gaps g cross join unnest(g.kinds) as kind where g.field = x.field) as kinds
  from (select g.field, count(*)::int as scenarios, count(*) filter (where g.is_required)::int as required,
      count(*) filter (where g.is_forbidden)::int as forbidden,
      count(*) filter (where g.is_only)::int as unlocks
    from gaps g group by g.field) x
  order by x.unlocks desc, x.required desc, x.scenarios desc, x.field`

/** How often each vendor is shown, with how many capabilities, and whether it came less than half a year ago. */
const exposure = ({ park, now }: Scope) => sql`select c.organisation_id as id, max(o.name) as name,
    coalesce(sum(s.count), 0)::int as count, count(*)::int as capabilities,
    coalesce(bool_or(coalesce(m.decided_at, m.created_at) > ${now.toISOString()}::timestamptz - interval '180 days'), false) as "isNew"
  from supply c left join shown s on s.id = c.id left join organisations o on o.id = c.organisation_id
    left join memberships m on m.organisation_id = c.organisation_id and m.park_id = ${park.id}
  group by c.organisation_id order by count desc, c.organisation_id`

const responses = () =>
  sql`${sql.join(
    (['factory', 'vendor'] as const).map(
      side => sql`select ${side} as side, x.answered, ${roundedHours}, (select count(*)::int from moves t where ${MOVE_FIGURES['moves.silent']({ side })}) as silent
        from (select count(*)::int as answered, ${hoursOf(sql`t.hours`)} from moves t where ${MOVE_FIGURES['moves.answered']({ side })}) x`,
    ),
    sql` union all `,
  )}`

const silentOnes = () => sql`select x.id, o.name, x.side, x.count from (
    select case s.side when 'factory' then t.factory_id else t.vendor_id end as id, s.side, count(*)::int
    from moves t cross join unnest(t.waited_for) as s(side) where t.action = 'expire' group by 1, 2) x
  left join organisations o on o.id = x.id order by x.count desc, x.id limit 20`

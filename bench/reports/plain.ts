import type postgres from 'postgres'
import { PARK } from './world.ts'

/**
 * The same main numbers by the plain SQL that one would write first, straight from the matches, as a role that no
 * policy holds back: demand by state, how far it came, matches by state, problems, unserved demand, who is shown.
 */
export const plainReport = (sql: postgres.Sql) =>
  sql.unsafe(`
    with best as (select scenario_id, max(total) as total, max(reached) as reached from matches
        where park_id = '${PARK}' group by scenario_id),
      live as (select scenario_id, max(total) as total from matches
        where park_id = '${PARK}' and state not in ('declined', 'withdrawn', 'expired', 'retracted') group by scenario_id)
    select (select json_agg(r) from (select state, count(*) from scenarios where park_id = '${PARK}' group by state) r) as demand,
      (select json_agg(r) from (select b.reached, count(*) from best b group by b.reached) r) as funnel,
      (select json_agg(r) from (select state, count(*) from matches where park_id = '${PARK}' group by state) r) as matches,
      (select json_agg(r) from (select p, count(*), count(*) filter (where l.total >= 4500) from scenarios s
        left join live l on l.scenario_id = s.id cross join unnest(s.problems) p
        where s.park_id = '${PARK}' and s.state = 'published' group by p) r) as problems,
      (select count(*) from scenarios s left join live l on l.scenario_id = s.id
        where s.park_id = '${PARK}' and s.state = 'published' and coalesce(l.total, 0) < 4500) as unserved,
      (select json_agg(r) from (select vendor_id, count(*) from matches where park_id = '${PARK}' and rank <= 10
        and total >= 4500 and state not in ('declined', 'withdrawn', 'expired', 'retracted')
        group by vendor_id order by count(*) desc limit 20) r) as shown,
      (select json_agg(r) from (select "from", count(*), percentile_cont(0.5) within group (order by at - since)
        from match_transitions where park_id = '${PARK}' group by "from") r) as times`)

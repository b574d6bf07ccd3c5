import type postgres from 'postgres'

export type Size = { scenarios: number; matchesEach: number; vendors: number; capabilities: number }
export const PARK = `prk_${'b'.repeat(26)}`
export const ADMINISTRATION = `org_${'b'.repeat(26)}`

const id = (prefix: string, number: string) => `'${prefix}_' || lpad(${number}::text, 26, '0')`

/**
 * A park of the given size, written by the database itself: a tenth of the matches was touched by people and stands
 * somewhere on the ladder or off it, each with its moves; every scenario has its standings and three fields of gaps on
 * average. What the product would have written one by one is written at once, by the same function where there is one.
 */
export const makePark = async (sql: postgres.Sql, size: Size): Promise<void> => {
  const { scenarios, matchesEach, vendors, capabilities } = size
  await sql.unsafe(`
    insert into organisations (id, kind, name, created_at) values ('${ADMINISTRATION}', 'park', '度量园区', now());
    insert into parks (id, slug, name, region, time_zone, organisation_id, created_at)
      values ('${PARK}', 'bench', '度量园区', '广东东莞', 'Asia/Shanghai', '${ADMINISTRATION}', now());
    insert into organisations (id, kind, name, created_at) select ${id('org', 'n')}, 'vendor', '供方 ' || n, now()
      from generate_series(1, ${vendors}) n;
    insert into organisations (id, kind, name, created_at) select ${id('org', '(1000000 + n)')}, 'manufacturer', '工厂 ' || n, now()
      from generate_series(1, ${vendors}) n;
    insert into memberships (park_id, organisation_id, state, created_at, decided_at)
      select '${PARK}', id, 'active', now() - random() * interval '2 years', null from organisations;
    insert into capabilities (id, organisation_id, state, title, problems, techniques, audiences, body, version, created_at, updated_at, published_at)
      select ${id('cap', 'n')}, ${id('org', `(1 + (n * n) % ${vendors})`)}, 'published', '能力 ' || n, array['pb.' || n % 120, 'pb.' || n % 77],
        '{}', array['${PARK}'], case n % 3 when 0 then '{}' else jsonb_build_object('industries', jsonb_build_array('ind.' || n % 40)) end, 1, now(), now(), now()
      from generate_series(1, ${capabilities}) n;
    insert into scenarios (id, park_id, organisation_id, state, visibility, title, industry, problems, body, version, created_at, updated_at, published_at, scored_at)
      select ${id('scn', 'n')}, '${PARK}', ${id('org', `(1000000 + 1 + n % ${vendors})`)}, case n % 20 when 0 then 'withdrawn' else 'published' end, 'park',
        '场景 ' || n, 'ind.' || n % 40, array['pb.' || n % 120, 'pb.' || n % 60], '{}', 1, now(), now(), now() - random() * interval '2 years', now()
      from generate_series(1, ${scenarios}) n;`)
  await makeMatches(sql, matchesEach, capabilities)
  await makeMoves(sql)
  await makeStandings(sql)
  await sql.unsafe('vacuum analyze')
}

const STATES = [
  'interest',
  'mutual',
  'introduced',
  'pilot',
  'contracted',
  'landed',
  'scaled',
  'declined',
  'withdrawn',
  'expired',
]

const makeMatches = (sql: postgres.Sql, matchesEach: number, capabilities: number) =>
  sql.unsafe(`
    insert into matches (id, scenario_id, capability_id, park_id, factory_id, vendor_id, state, rank, total, factory_score,
        vendor_score, version, created_at, updated_at, state_since, reached)
      select ${id('mat', `(s.n * ${matchesEach} + r)`)}, s.id, c.id, '${PARK}', s.organisation_id, c.organisation_id,
        case when k.pick % 10 = 0 then (array[${STATES.map(state => `'${state}'`).join(', ')}])[1 + k.pick / 10 % ${STATES.length}] else 'proposed' end,
        r, 9000 - r * 200 - k.pick % 3000, 5000, 5000, 1, now(), now(), now() - random() * interval '90 days',
        case when k.pick % 10 = 0 then least(1 + k.pick / 10 % ${STATES.length}, 7) else 0 end
      from (select *, substr(id, 5)::bigint as n from scenarios) s cross join generate_series(1, ${matchesEach}) r
        cross join lateral (select (('x' || substr(md5(s.id || r), 1, 6))::bit(24)::int) as pick) k
        join capabilities c on c.id = ${id('cap', `(1 + (s.n * 31 + r * 17) % ${capabilities})`)}`)

/** Every touched match left the stage before its own, half of them two stages. */
const makeMoves = (sql: postgres.Sql) =>
  sql.unsafe(`
    insert into match_transitions (id, match_id, park_id, factory_id, vendor_id, action, "from", "to", actor_id, since, waited_for, at)
      select 'mtr_' || substr(md5(m.id || k), 1, 26), m.id, m.park_id, m.factory_id, m.vendor_id,
        case m.state when 'expired' then 'expire' when 'declined' then 'decline' else 'express_interest' end,
        case k when 1 then 'proposed' else 'interest' end, m.state,
        case when m.state = 'expired' then null when k = 1 then m.vendor_id else m.factory_id end,
        m.state_since - random() * interval '20 days', array['factory', 'vendor'], m.state_since
      from matches m cross join generate_series(1, 2) k where m.state <> 'proposed'`)

const makeStandings = async (sql: postgres.Sql) => {
  const pages = await sql<{ ids: string[] }[]>`select array_agg(id) as ids from (
    select id, ntile(40) over (order by id) as page from scenarios) s group by page`
  for (const { ids } of pages) await sql`select refresh_standings(${ids}, 4500, 10)`
  await sql.unsafe(`
    insert into scenario_gaps (scenario_id, park_id, field, is_required, is_forbidden, is_only, needs, kinds)
      select id, park_id, (array['labels', 'volume', 'modality', 'reach', 'format', 'sampling'])[f], random() < 0.5, f = 4, random() < 0.1,
        case f when 3 then array['mod.vibration'] else '{}' end, case f when 1 then array['rs.labelbase'] else '{}' end
      from scenarios cross join generate_series(1, 6) f where random() < 0.5`)
}

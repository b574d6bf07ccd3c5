import { sql, type SQL } from 'drizzle-orm'
import type { LightMyRequestResponse } from 'fastify'
import t, { type Test } from 'tap'
import type { z } from 'zod'
import { capabilities } from '../../src/capabilities/tables.ts'
import type { Explanation } from '../../src/matching/explanation.ts'
import { LADDER_STATES, MATCH_STATES, type MatchState } from '../../src/matching/rules.ts'
import { refreshPark, refreshStandings } from '../../src/matching/standings.ts'
import { matches, matchExplanations, matchTransitions } from '../../src/matching/tables.ts'
import type { GapField, Verdict } from '../../src/engine/types.ts'
import { parkSettings } from '../../src/parks/tables.ts'
import { rowsOf, transaction } from '../../src/platform/db.ts'
import type { Deps } from '../../src/platform/deps.ts'
import { newId } from '../../src/platform/ids.ts'
import { reportRoutes } from '../../src/reports/routes.ts'
import type { Report, ReportRows as RowsSchema } from '../../src/reports/schemas.ts'
import type { ReportTrends } from '../../src/reports/trend-schemas.ts'
import { resources } from '../../src/resources/tables.ts'
import { SCENARIO_STATES, type ScenarioState, scenarios } from '../../src/scenarios/tables.ts'
import { bearer, makeOrganisation, makePark } from '../helper.ts'
import { buildRooms } from '../rooms.ts'

type ReportRows = z.infer<typeof RowsSchema>

const WORKER = { kind: 'worker' } as const
const PUBLISHED = ['2026-03-01T02:00:00Z', '2026-03-31T15:59:59Z', '2026-03-31T16:00:00Z', '2026-05-10T08:00:00Z']
const STATES: ScenarioState[] = ['published', 'published', 'published', 'published', 'draft', 'withdrawn']
const PROBLEMS = ['pb.defect-inspection', 'pb.scheduling', 'pb.pdm']
const INDUSTRIES = ['ind.C33', 'ind.C39', null]
const GAPS: { field: GapField; verdict: Verdict; level: 'required' | 'useful'; need?: string }[] = [
  { field: 'labels', verdict: 'missing', level: 'required' },
  { field: 'reach', verdict: 'forbidden', level: 'required' },
  { field: 'volume', verdict: 'missing', level: 'useful' },
  { field: 'format', verdict: 'convertible', level: 'required' },
  { field: 'modality', verdict: 'missing', level: 'required', need: 'mod.vibration' },
]

const pick = <T>(list: readonly T[], nth: number): T => list[nth % list.length] as T

const explanationOf = (nth: number): Explanation => ({
  versions: { engine: '1', lexicon: '1', weights: '1' },
  total: 0,
  factory: { score: 0, parts: [] },
  vendor: { score: 0, parts: [] },
  gates: [],
  gaps: GAPS.filter((_, i) => (nth >> i) % 2 === 0).map((gap, requirement) => ({
    need: null,
    ...gap,
    requirement,
    have: null,
    ...(gap.field === 'labels' ? { resource: 'rs.labelbase' } : {}),
  })),
  counterfactuals: [],
  hidden: 0,
})

type Place = { parkId: string; parkOrganisationId: string; factoryId: string; vendorId: string }

/** Forty scenarios in every state, with up to three matches each, written as the workers write them. */
const insertDemand = (deps: Deps, place: Place, capabilityIds: string[]) =>
  transaction(deps, WORKER, async tx => {
    for (let nth = 0; nth < 40; nth++) {
      const scenarioId = newId(deps, 'scenario')
      const state = pick(STATES, nth)
      const publishedAt = state === 'draft' ? null : new Date(pick(PUBLISHED, nth >> 1))
      await tx.insert(scenarios).values({
        id: scenarioId,
        parkId: place.parkId,
        organisationId: place.factoryId,
        state,
        visibility: 'park',
        title: `场景 ${nth}`,
        industry: pick(INDUSTRIES, nth),
        problems: PROBLEMS.slice(0, nth % 4),
        body: {},
        version: 1,
        createdAt: new Date('2026-02-20T00:00:00Z'),
        updatedAt: new Date('2026-02-20T00:00:00Z'),
        publishedAt,
        scoredAt: state === 'published' && nth % 5 !== 0 ? new Date('2026-06-01T00:00:00Z') : null,
      })
      for (let rank = 1; state !== 'draft' && rank <= (nth >> 1) % 4; rank++)
        await insertMatch(tx, { deps, place, scenarioId, nth, rank, capabilityIds })
      await refreshStandings(tx, [scenarioId])
    }
  })

type Pair = { deps: Deps; place: Place; scenarioId: string; nth: number; rank: number; capabilityIds: string[] }

const insertMatch = async (
  tx: Parameters<Parameters<typeof transaction>[2]>[0],
  { deps, place, scenarioId, nth, rank, capabilityIds }: Pair,
) => {
  const id = newId(deps, 'match')
  const at = new Date(`2026-06-0${1 + (nth % 9)}T00:00:00Z`)
  const state = pick<MatchState>(MATCH_STATES, nth * 5 + rank)
  await tx.insert(matches).values({
    id,
    scenarioId,
    capabilityId: pick(capabilityIds, rank),
    parkId: place.parkId,
    factoryId: place.factoryId,
    vendorId: place.vendorId,
    state,
    rank,
    total: (nth * 997 + rank * 1_531) % 10_000,
    factoryScore: 0,
    vendorScore: 0,
    version: 1,
    createdAt: at,
    updatedAt: at,
    stateSince: at,
    reached: Math.max(0, LADDER_STATES.indexOf(state)),
  })
  if (state !== 'proposed' && state !== 'retracted')
    await tx.insert(matchTransitions).values({
      id: newId(deps, 'transition'),
      matchId: id,
      parkId: place.parkId,
      factoryId: place.factoryId,
      vendorId: place.vendorId,
      action: state === 'expired' ? 'expire' : state === 'declined' ? 'decline' : 'express_interest',
      from: 'proposed',
      to: state,
      actorId: state === 'expired' ? null : pick([place.factoryId, place.vendorId], nth),
      since: new Date(at.getTime() - (nth + rank) * 3_600_000),
      waitedFor: nth % 3 === 0 ? ['factory', 'vendor'] : ['vendor'],
      at,
    })
  await tx.insert(matchExplanations).values(
    (['park', 'factory'] as const).map(reader => ({
      matchId: id,
      reader,
      organisationId: reader === 'park' ? place.parkOrganisationId : place.factoryId,
      body: explanationOf(reader === 'park' ? nth + rank : 0),
      writtenAt: at,
    })),
  )
}

const insertSupply = (deps: Deps, place: Place) =>
  transaction(deps, WORKER, async tx => {
    const at = deps.clock.now()
    const rows = [['network'], [place.parkId], ['prk_elsewhere'], ['network']].map((audiences, nth) => ({
      id: newId(deps, 'capability'),
      organisationId: place.vendorId,
      state: nth === 3 ? ('withdrawn' as const) : ('published' as const),
      title: `能力 ${nth}`,
      problems: PROBLEMS.slice(0, 1 + (nth % 2)),
      techniques: [],
      audiences,
      body: nth === 1 ? { industries: ['ind.C33'] } : {},
      version: 1,
      createdAt: at,
      updatedAt: at,
    }))
    await tx.insert(capabilities).values(rows)
    await tx.insert(resources).values(
      (['data', 'data', 'compute'] as const).map((element, nth) => ({
        id: newId(deps, 'resource'),
        parkId: place.parkId,
        organisationId: place.vendorId,
        element,
        kind: `rs.${element}`,
        title: `资源 ${nth}`,
        createdAt: at,
      })),
    )
    return rows.map(row => row.id)
  })

t.test("a park's report", async t => {
  const { app, deps } = await buildRooms(t, reportRoutes)
  const places: (Place & { key: string; factoryKey: string })[] = []
  for (let i = 0; i < 2; i++) {
    const park = await makePark(deps)
    const factory = await makeOrganisation(deps, 'manufacturer', [park.id])
    const vendor = await makeOrganisation(deps, 'vendor', [park.id])
    const place = {
      parkId: park.id,
      parkOrganisationId: park.organisationId,
      factoryId: factory.id,
      vendorId: vendor.id,
    }
    places.push({ ...place, key: park.key, factoryKey: factory.key })
    await insertDemand(deps, place, await insertSupply(deps, place))
  }
  const [place, other] = places
  if (!place || !other) throw new Error('two parks were made')
  const read = async (query = '') => {
    const answer = await app.inject({ url: `/v1/parks/${place.parkId}/report${query}`, headers: bearer(place.key) })
    t.equal(answer.statusCode, 200)
    return answer.json() as Report
  }
  // The plainest SQL that counts the same, as a role that sees everything.
  const idsOf = async (query: SQL): Promise<string[]> => {
    const rows = await transaction(deps, WORKER, async tx => rowsOf<{ id: string }>(await tx.execute(query)))
    return rows.map(row => row.id).sort()
  }
  const published = sql`select id from scenarios where park_id = ${place.parkId} and state = 'published'`
  const scored = sql`${published} and scored_at is not null`
  const served = sql`select scenario_id from matches where total >= 4500
    and state not in ('declined', 'withdrawn', 'expired', 'retracted')`
  // Every number is opened, and its rows are those of the plain SQL.
  const open = async (url: string): Promise<string[]> => {
    const ids: string[] = []
    for (let cursor: string | undefined = ''; cursor !== undefined; ) {
      const page: LightMyRequestResponse = await app.inject({
        url: `${url}&limit=7${cursor && `&cursor=${cursor}`}`,
        headers: bearer(place.key),
      })
      if (page.statusCode !== 200) throw new Error(`${url}: ${page.body}`)
      const { items, nextCursor }: ReportRows = page.json()
      ids.push(...items.map(row => row.id))
      cursor = nextCursor
    }
    return ids.sort()
  }
  const same = async (t: Test, figure: { count: number; url: string }, query: SQL, message: string) => {
    const rows = await open(figure.url)
    t.same(rows, await idsOf(query), message)
    t.equal(figure.count, rows.length, message)
  }

  t.test('counts demand by state and by how far it has come', async t => {
    const { scenarios: demand } = await read()
    await same(t, demand.published, published, 'published')
    await same(t, demand.scored, scored, 'scored')
    await same(t, demand.matched, sql`${scored} and id in (${served})`, 'matched')
    await same(t, demand.unserved, sql`${scored} and id not in (${served})`, 'unserved')
    t.ok(demand.matched.count > 0 && demand.unserved.count > 0, 'the rows show both')
    t.same(
      demand.byState.map(row => row.state),
      SCENARIO_STATES.filter(state => state !== 'draft'),
      'a draft is its owner’s alone',
    )
    for (const row of demand.byState)
      await same(
        t,
        row,
        sql`select id from scenarios where park_id = ${place.parkId} and state = ${row.state}`,
        row.state,
      )
  })

  t.test('counts matches by state', async t => {
    const report = await read()
    t.same(
      report.matches.map(row => row.state),
      MATCH_STATES,
    )
    for (const row of report.matches) {
      const mine = sql`from matches where park_id = ${place.parkId} and state = ${row.state}`
      await same(t, row, sql`select id ${mine}`, row.state)
    }
  })

  t.test('says how far scenarios and matches ever came, with the share of the step before', async t => {
    const { funnel } = await read()
    const any = sql`select id from scenarios where park_id = ${place.parkId} and state <> 'draft'`
    for (const [i, step] of funnel.scenarios.entries()) {
      const reached = sql`select scenario_id from matches where reached >= ${i - 1}`
      const query =
        i === 0
          ? any
          : i === 1
            ? sql`${any} and (id in (${served}) or id in (select scenario_id from matches where reached > 0))`
            : sql`${any} and id in (${reached})`
      await same(t, step.scenarios, query, step.stage)
      const before = funnel.scenarios[i - 1]?.scenarios.count ?? 0
      const share = i === 0 || before === 0 ? null : Math.round((step.scenarios.count / before) * 1_000) / 10
      t.equal(step.ofPrevious, share)
    }
    for (const [i, step] of funnel.matches.entries())
      await same(
        t,
        step.matches,
        sql`select id from matches where park_id = ${place.parkId} and reached >= ${i}`,
        step.stage,
      )
    t.ok(funnel.scenarios.at(-1)?.scenarios.count)
  })

  t.test('says month by month, by the clocks of the park, what was published, matched and landed', async t => {
    const url = `/v1/parks/${place.parkId}/report/trends?from=2026-03-15&to=2026-05-31`
    const { months } = (await app.inject({ url, headers: bearer(place.key) })).json<ReportTrends>()
    t.same(
      months.map(row => row.month),
      ['2026-03', '2026-04', '2026-05'],
      'whole months',
    )
    for (const { month, ...row } of months) {
      const inMonth = (moment: SQL) =>
        sql`to_char(${moment} at time zone 'Asia/Shanghai', 'YYYY-MM') = ${month} and park_id = ${place.parkId}`
      const posted = sql`select id from scenarios where state <> 'draft' and ${inMonth(sql`published_at`)}`
      await same(t, row.published, posted, month)
      const touched = sql`select scenario_id from matches where reached > 0`
      await same(t, row.matched, sql`${posted} and (id in (${served}) or id in (${touched}))`, `${month}: matched`)
      const landed = sql`select id from match_transitions where "to" = 'landed' and "from" <> 'landed'`
      await same(t, row.landed, sql`${landed} and ${inMonth(sql`at`)}`, `${month}: landed`)
    }
    t.ok(months.some(row => row.published.count > row.matched.count && row.matched.count > 0))
  })

  t.test('says how long matches rested in each stage, and how long they wait now', async t => {
    const { at, funnel } = await read()
    for (const stage of funnel.stages) {
      const moves = sql`from match_transitions where park_id = ${place.parkId} and "from" = ${stage.stage}`
      await same(t, stage.left, sql`select id ${moves}`, stage.stage)
      const [median] = await idsOf(sql`select round((percentile_cont(0.5) within group (
        order by extract(epoch from at - since) / 3600))::numeric, 1)::text as id ${moves}`)
      t.equal(stage.medianHours, median === null || median === undefined ? null : Number(median))
      const mine = sql`from matches where park_id = ${place.parkId} and state = ${stage.stage}`
      await same(t, stage.waiting, sql`select id ${mine}`, stage.stage)
      if (stage.stage === 'proposed' || stage.stage === 'landed') continue
      const [longest] = await idsOf(
        sql`select round((extract(epoch from ${at}::timestamptz - min(state_since)) / 3600)::numeric, 1)::text as id ${mine}`,
      )
      t.equal(stage.waitingLongestHours, longest === undefined || longest === null ? null : Number(longest))
    }
  })

  t.test('says who answers, how fast, and who stays silent', async t => {
    const report = await read()
    for (const row of report.responses) {
      const actor = row.side === 'factory' ? place.factoryId : place.vendorId
      const mine = sql`select id from match_transitions where park_id = ${place.parkId}`
      await same(t, row.answered, sql`${mine} and actor_id = ${actor}`, row.side)
      await same(
        t,
        row.silent,
        sql`${mine} and action = 'expire' and ${row.side} = any(waited_for)`,
        `${row.side}: silent`,
      )
      t.ok(row.answered.count > 0)
    }
    t.same(
      report.silentOrganisations
        .map(({ id, side, count }) => ({ id, side, count }))
        .sort((a, b) => a.side.localeCompare(b.side)),
      report.responses
        .filter(row => row.silent.count > 0)
        .map(row => ({
          id: row.side === 'factory' ? place.factoryId : place.vendorId,
          side: row.side,
          count: row.silent.count,
        })),
    )
  })

  t.test('sets each industry and problem against what is offered for it', async t => {
    const { map } = await read()
    t.ok(map.length > 4)
    for (const cell of map) {
      const asked = sql`and ${cell.problem.id} = any(problems) and industry is not distinct from ${cell.industry.id}`
      const name = `${cell.industry.id} × ${cell.problem.id}`
      await same(t, cell.demand, sql`${published} ${asked}`, name)
      await same(t, cell.matched, sql`${scored} ${asked} and id in (${served})`, name)
      const landed = sql`select scenario_id from matches where reached >= 6`
      await same(t, cell.landed, sql`${published} ${asked} and id in (${landed})`, name)
      const offered = sql`select id from capabilities where state = 'published' and ${cell.problem.id} = any(problems)
        and ('network' = any(audiences) or ${place.parkId} = any(audiences))
        and (body -> 'industries' is null or ${cell.industry.id}::text is null or body -> 'industries' @> to_jsonb(${cell.industry.id}::text))`
      await same(t, cell.supply, offered, name)
    }
    t.ok(
      map.some(cell => cell.supply.count !== map[0]?.supply.count),
      'supply may be meant for one industry',
    )
  })

  t.test('says who is shown how often, and which supply is shown to nobody', async t => {
    const { exposure, idleSupply } = await read()
    const shown = sql`select m.* from matches m join scenarios s on s.id = m.scenario_id and s.state = 'published'
      where m.park_id = ${place.parkId} and m.state not in ('declined', 'withdrawn', 'expired', 'retracted')
        and m.total >= 4500 and m.rank <= 10 and m.capability_id in (select id from capabilities where state = 'published'
          and ('network' = any(audiences) or ${place.parkId} = any(audiences)))`
    for (const vendor of exposure.top)
      await same(t, vendor.shown, sql`select id from (${shown}) x where vendor_id = ${vendor.id}`, vendor.name)
    t.ok(exposure.top[0]?.shown.count)
    const offered = sql`select id from capabilities where state = 'published' and ('network' = any(audiences) or ${place.parkId} = any(audiences))`
    await same(t, idleSupply, sql`${offered} and id not in (select capability_id from (${shown}) x)`, 'idle')
    t.same(idleSupply.items.map(item => item.id).sort(), await open(idleSupply.url))
  })

  t.test('sets demand against supply by problem and by industry', async t => {
    const report = await read()
    t.same(report.byProblem.map(row => String(row.id)).sort(), [...PROBLEMS].sort())
    for (const row of report.byProblem) {
      const asked = sql`and ${row.id} = any(problems)`
      await same(t, row.demand, sql`${published} ${asked}`, `${row.id}: demand`)
      await same(t, row.matched, sql`${scored} ${asked} and id in (${served})`, `${row.id}: matched`)
      const offered = sql`select id from capabilities where state = 'published' ${asked}
        and ('network' = any(audiences) or ${place.parkId} = any(audiences))`
      await same(t, row.supply, offered, `${row.id}: supply`)
    }
    t.equal(report.byIndustry.length, INDUSTRIES.length)
    for (const row of report.byIndustry)
      await same(t, row.demand, sql`${published} and industry is not distinct from ${row.id}`, `${row.id}: demand`)
    t.ok(report.byProblem.find(row => row.id === PROBLEMS[0])?.label?.includes('缺陷'), 'concepts have names')
  })

  t.test('lists unserved demand, the nearest first, with the best that came near', async t => {
    const report = await read()
    t.same(report.unserved.map(row => row.id).sort(), await open(report.scenarios.unserved.url))
    const totals = report.unserved.map(row => row.bestTotal ?? 0)
    t.same(
      totals,
      totals.toSorted((a, b) => b - a),
    )
    t.ok(report.unserved.every(row => row.order.addition === 0 && row.order.place === row.order.placeWithout))
    for (const row of report.unserved) {
      const [best] = await idsOf(sql`select max(total)::text as id from matches where scenario_id = ${row.id}
        and state not in ('declined', 'withdrawn', 'expired', 'retracted')`)
      t.equal(row.bestTotal, best === undefined || best === null ? null : Number(best))
    }
    const asked = report.unserved.flatMap(row => row.problems)
    t.ok(asked.length > 0, 'each says what would have to be solved')
    for (const { id, label } of asked) t.match(label, /\p{Script=Han}/u, `${id} has a name`)
  })

  t.test('ranks what data stands in the way, from explanations written for the park only', async t => {
    const { dataGaps } = await read()
    t.same(
      dataGaps.map(row => row.field).sort(),
      ['labels', 'modality', 'reach', 'volume'],
      'what can be converted is in nobody’s way',
    )
    const gapOf = (field: string, verdicts: SQL) => sql`
      select id from scenarios s where s.park_id = ${place.parkId} and s.state = 'published' and exists (
        select 1 from matches m join match_explanations e on e.match_id = m.id and e.reader = 'park'
        where m.scenario_id = s.id and m.state not in ('declined', 'withdrawn', 'expired', 'retracted')
          and m.total >= least(4500, (select max(total) from matches b where b.scenario_id = s.id
            and b.state not in ('declined', 'withdrawn', 'expired', 'retracted'))) and exists (
          select 1 from jsonb_array_elements(e.body::jsonb -> 'gaps') g where g ->> 'field' = ${field} and ${verdicts}))`
    for (const row of dataGaps) {
      await same(t, row.scenarios, gapOf(row.field, sql`g ->> 'verdict' in ('missing', 'forbidden')`), row.field)
      await same(t, row.forbidden, gapOf(row.field, sql`g ->> 'verdict' = 'forbidden'`), `${row.field}: forbidden`)
      const blocked = sql`g ->> 'verdict' in ('missing', 'forbidden') and g ->> 'level' = 'required'`
      const others = dataGaps.filter(gap => gap.field !== row.field)
      const alone = others.reduce(
        (query, more) => sql`${query} except ${gapOf(more.field, blocked)}`,
        gapOf(row.field, blocked),
      )
      await same(t, row.unlocks, alone, `${row.field}: what it would unlock`)
    }
    t.ok(dataGaps.some(row => row.unlocks.count > 0))
    const labels = dataGaps.find(row => row.field === 'labels')
    t.same(labels?.resourceKinds, [{ id: 'rs.labelbase', label: '数据标注基地' }])
    t.equal(labels?.label, '标注样本', 'codes have names')
    t.equal(dataGaps.at(-1)?.required.count, 0, 'what is only useful stands last')
    const kinds = dataGaps.find(row => row.field === 'modality')
    t.same(
      kinds?.needs,
      [
        {
          id: 'mod.vibration',
          label: '振动信号',
          scenarios: { ...kinds?.scenarios, url: kinds?.needs[0]?.scenarios.url },
        },
      ],
      'which kind is missing',
    )
    t.same(await open(kinds?.needs[0]?.scenarios.url ?? ''), await open(kinds?.scenarios.url ?? ''))
    t.same(labels?.needs, [])
  })

  t.test('counts what is lent by element', async t => {
    t.same(
      (await read()).resources.map(row => [row.element, row.count]),
      [
        ['scenario', 0],
        ['data', 2],
        ['compute', 1],
        ['capital', 0],
        ['talent', 0],
      ],
    )
  })

  t.test("takes days in the park's time zone, the last one included", async t => {
    const march = (await read('?from=2026-03-01&to=2026-03-31')).scenarios
    const inMarch = sql`and published_at between '2026-03-01T00:00:00+08:00' and '2026-03-31T23:59:59.999+08:00'`
    await same(t, march.published, sql`${published} ${inMarch}`, 'March')
    const april = (await read('?from=2026-04-01')).scenarios
    t.equal(march.published.count + april.published.count, (await read()).scenarios.published.count)
    t.ok(march.published.count > 0 && april.published.count > 0)
    const url = `/v1/parks/${place.parkId}/report?from=2026-04-01&to=2026-03-01`
    t.equal((await app.inject({ url, headers: bearer(place.key) })).statusCode, 422)
  })

  t.test("is read by the park's own administration only", async t => {
    const url = `/v1/parks/${place.parkId}/report`
    const rows = `${url}/rows?figure=scenarios.ever`
    for (const key of [other.key, place.factoryKey])
      t.equal((await app.inject({ url: rows, headers: bearer(key) })).statusCode, 403)
    const target = `${url}/rows?figure=target&targetId=tgt_${'0'.repeat(26)}`
    t.equal((await app.inject({ url: target, headers: bearer(place.key) })).statusCode, 404)
    const operator = await makeOrganisation(deps, 'operator')
    for (const key of [other.key, place.factoryKey, operator.key])
      t.equal((await app.inject({ url, headers: bearer(key) })).statusCode, 403)
    t.equal((await app.inject({ url })).statusCode, 401)
    const unknown = `/v1/parks/prk_${'0'.repeat(26)}/report`
    t.equal((await app.inject({ url: unknown, headers: bearer(place.key) })).statusCode, 404)
  })

  t.test('counts by the settings of the park', async t => {
    await transaction(deps, WORKER, tx =>
      tx
        .insert(parkSettings)
        .values({ parkId: place.parkId, matchThreshold: 9_000, shortlistMax: 1, updatedAt: deps.clock.now() }),
    )
    await refreshPark(deps, { eventId: 'evt_none', parkId: place.parkId })
    const report = await read()
    t.equal(report.threshold, 9_000)
    await same(t, report.scenarios.matched, sql`${scored} and id in (${served} and total >= 9000)`, 'matched')
    const firstOnly = sql`select s.id from scenarios s join matches m on m.scenario_id = s.id and m.rank = 1
      join match_explanations e on e.match_id = m.id and e.reader = 'park'
      where s.park_id = ${place.parkId} and s.state = 'published' and e.body::jsonb @> '{"gaps": [{"field": "labels"}]}'
        and m.state not in ('declined', 'withdrawn', 'expired', 'retracted')
        and m.total >= least(9000, (select max(total) from matches b where b.scenario_id = s.id
          and b.state not in ('declined', 'withdrawn', 'expired', 'retracted')))`
    const labels = report.dataGaps.find(row => row.field === 'labels')
    await same(t, labels?.scenarios ?? { count: 0, url: '' }, firstOnly, 'labels')
  })
})

import { sql } from 'drizzle-orm'
import t from 'tap'
import { rowsOf, transaction } from '../../src/platform/db.ts'
import type { Report } from '../../src/reports/schemas.ts'
import { bearer, build, createTestClock, makeOrganisation, makePark } from '../helper.ts'

const YEAR = 'from=2026-01-01&to=2026-12-31'
type Row = { id: string; amount?: number | null; unit?: string; kind: string }

t.test('what of the means of a park was taken up', async t => {
  const clock = createTestClock()
  const { app, deps } = await build(t, { clock })
  const park = await makePark(deps)
  const firm = await makeOrganisation(deps, 'manufacturer', [park.id])
  const other = await makeOrganisation(deps, 'vendor', [park.id])
  const call = async (key: string, method: 'GET' | 'POST' | 'PATCH', path: string, payload?: object) => {
    const answer = await app.inject({
      method,
      url: `/v1${path}`,
      headers: bearer(key),
      ...(payload ? { payload } : {}),
    })
    if (answer.statusCode >= 400) throw new Error(`${method} ${path}: ${answer.body}`)
    return answer.json()
  }
  const lend = (element: string, kind: string, title: string, more: object = {}) =>
    call(park.key, 'POST', '/resources', { parkId: park.id, element, kind, title, ...more })
  const reserve = (key: string, id: string, amount: number, fromDay: string, untilDay: string) =>
    call(key, 'POST', `/resources/${id}/reservations`, { amount, fromDay, untilDay, purpose: '验证' })
  const hours = (amount: number) => ({ quota: { amount, unit: '卡时' } })
  const domestic = await lend('compute', 'rs.computecenter', '国产专区', { ...hours(5_000), isDomestic: true })
  const foreign = await lend('compute', 'rs.dispatch', '调度', { ...hours(5_000), isDomestic: false })
  const unsaid = await lend('compute', 'rs.compute', '未说明', hours(5_000))
  const site = await lend('scenario', 'rs.pilotbase', '中试基地', { quota: { amount: 4, unit: '席' } })
  await lend('capital', 'rs.fund', '产业基金')
  await lend('data', 'rs.labelbase', '标注基地')
  await reserve(firm.key, domestic.id, 300, '2026-03-01', '2026-03-31')
  await reserve(other.key, domestic.id, 100, '2025-12-20', '2026-01-01')
  await reserve(firm.key, foreign.id, 500, '2026-12-31', '2027-02-01')
  await reserve(other.key, unsaid.id, 100, '2026-06-01', '2026-06-02')
  await reserve(firm.key, foreign.id, 900, '2027-01-01', '2027-01-02')
  await reserve(other.key, site.id, 2, '2026-05-01', '2026-05-10')
  const cancelled = await reserve(other.key, domestic.id, 777, '2026-05-01', '2026-05-10')
  await call(other.key, 'POST', `/reservations/${cancelled.id}/transitions`, { state: 'cancelled' })
  const rule = { parkId: park.id, source: '东府〔2025〕1号', share: 5_000 }
  await call(park.key, 'POST', '/funding-rules', { ...rule, title: '算力券', costs: ['compute'], poolYuan: 1_000_000 })
  await call(park.key, 'POST', '/funding-rules', { ...rule, title: '数据补贴', costs: ['data'] })
  const grant = (firmId: string, day: string, kind: string, amountYuan: number) =>
    call(park.key, 'POST', '/funding-grants', { parkId: park.id, firmId, day, costs: [{ kind, amountYuan }] })
  await grant(firm.id, '2026-02-01', 'compute', 100_000)
  await grant(other.id, '2026-12-31', 'compute', 60_000)
  await grant(firm.id, '2026-08-01', 'data', 10_000)
  await grant(firm.id, '2025-12-31', 'compute', 40_000)
  await call(park.key, 'PATCH', `/parks/${park.id}/settings`, { domesticComputeTarget: 5_000 })
  const read = async (query = YEAR): Promise<Report['resourceUse']> =>
    (await call(park.key, 'GET', `/parks/${park.id}/report?${query}`)).resourceUse
  const rowsAt = async (url: string): Promise<Row[]> => (await call(park.key, 'GET', `${url.slice(3)}&limit=100`)).items
  const asWorker = async <T>(query: ReturnType<typeof sql>): Promise<T[]> =>
    transaction(deps, { kind: 'worker' }, async tx => rowsOf<T>(await tx.execute(query)))

  await t.test('is counted by use and unit, on the days of the period, without what was cancelled', async t => {
    const { uses } = await read()
    const of = (use: string) => uses.find(row => row.use === use)
    t.match(of('compute'), { resources: { count: 3 }, reservations: { count: 4 }, organisations: 2 })
    t.match(of('compute')?.amounts, [{ unit: '卡时', quota: 15_000, reserved: 1_000 }])
    t.match(of('sites'), {
      resources: { count: 1 },
      reservations: { count: 1 },
      amounts: [{ unit: '席', reserved: 2 }],
    })
    t.match(of('funds'), { resources: { count: 1 }, reservations: { count: 0 }, amounts: [] })
    t.match(of('vouchers'), { resources: { count: 0 } })
    t.match((await read('from=2027-01-02&to=2027-12-31')).uses.find(row => row.use === 'compute')?.amounts, [
      { reserved: 1_400 },
    ])
  })

  await t.test(
    'shows the domestic share of compute against the target, where what says nothing counts as not',
    async t => {
      t.match((await read()).domesticCompute, [
        { unit: '卡时', reserved: 1_000, domestic: 400, percent: 40, targetPercent: 50, status: 'behind' },
      ])
      await call(park.key, 'PATCH', `/parks/${park.id}/settings`, { domesticComputeTarget: 4_000 })
      t.match((await read()).domesticCompute, [{ status: 'reached' }])
      await call(park.key, 'PATCH', `/parks/${park.id}/settings`, { domesticComputeTarget: null })
      t.match((await read()).domesticCompute, [{ targetPercent: null, status: null }])
    },
  )

  await t.test('shows what was granted, by rule and against its pool', async t => {
    const { funding } = await read()
    t.match(funding, { grants: { count: 3 }, firms: 2, costsYuan: 170_000, totalYuan: 85_000 })
    t.match(
      funding.rules.map(({ title, paidYuan, percentOfPool }) => ({ title, paidYuan, percentOfPool })),
      [
        { title: '数据补贴', paidYuan: 5_000, percentOfPool: null },
        { title: '算力券', paidYuan: 80_000, percentOfPool: 8 },
      ],
    )
  })

  await t.test('opens the rows behind each number, which add up to it', async t => {
    const { uses, domesticCompute, funding } = await read()
    const sum = (rows: Row[]) => rows.reduce((total, row) => total + (row.amount ?? 0), 0)
    for (const use of uses) {
      t.equal((await rowsAt(use.resources.url)).length, use.resources.count, use.use)
      t.equal((await rowsAt(use.reservations.url)).length, use.reservations.count, use.use)
      for (const amount of use.amounts) t.equal(sum(await rowsAt(amount.reservations.url)), amount.reserved)
    }
    for (const row of domesticCompute) t.equal(sum(await rowsAt(row.reservations.url)), row.domestic)
    t.equal(sum(await rowsAt(funding.grants.url)), funding.totalYuan)
    for (const one of funding.rules) t.equal(sum(await rowsAt(one.grants.url)), one.paidYuan)
  })

  await t.test('is the same by SQL that knows nothing of the report', async t => {
    const { uses, domesticCompute, funding } = await read()
    const [compute] = await asWorker<{ all: number; home: number; count: number }>(sql`select sum(v.amount)::int as all,
        count(*)::int as count, coalesce(sum(v.amount) filter (where r.is_domestic), 0)::int as home
      from resources r, reservations v where v.resource_id = r.id and r.park_id = ${park.id} and v.state in ('held', 'returned')
        and r.kind in ('rs.compute', 'rs.computecenter', 'rs.dispatch', 'rs.modelcenter')
        and daterange(v.from_day::date, v.until_day::date, '[]') && daterange('2026-01-01', '2026-12-31', '[]')`)
    const found = uses.find(row => row.use === 'compute')
    t.same(compute, {
      all: found?.amounts[0]?.reserved,
      home: domesticCompute[0]?.domestic,
      count: found?.reservations.count,
    })
    const paid = await asWorker<{
      id: string
      yuan: number
    }>(sql`select e.rule_id as id, sum(e.amount_yuan)::int as yuan
      from funding_entries e join funding_grants g on g.id = e.grant_id
      where g.park_id = ${park.id} and extract(year from g.day::date) = 2026 group by 1 order by 1`)
    t.same(
      Object.fromEntries(paid.map(row => [row.id, row.yuan])),
      Object.fromEntries(funding.rules.map(row => [row.ruleId, row.paidYuan])),
    )
  })

  await t.test(
    'the same moment gives the same report, however late it is asked for; one to come gives none',
    async t => {
      const at = clock.now().toISOString()
      const ask = (moment: string) =>
        app.inject({
          url: `/v1/parks/${park.id}/report/file?format=json&${YEAR}&at=${moment}`,
          headers: bearer(park.key),
        })
      const first = await ask(at)
      t.equal(first.statusCode, 200, first.body)
      clock.advance(40 * 86_400_000)
      t.equal((await ask(at)).body, first.body)
      t.not((await ask(clock.now().toISOString())).body, first.body)
      t.equal((await ask('2030-01-01T00:00:00.000Z')).statusCode, 422)
    },
  )
})

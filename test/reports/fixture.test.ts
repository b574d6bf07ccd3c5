import t from 'tap'
import { matches, matchTransitions } from '../../src/matching/tables.ts'
import { refreshStandings } from '../../src/matching/standings.ts'
import { memberships } from '../../src/identity/tables.ts'
import { transaction } from '../../src/platform/db.ts'
import { newId } from '../../src/platform/ids.ts'
import { concentrationOf, giniOf } from '../../src/reports/concentration.ts'
import type { Report } from '../../src/reports/schemas.ts'
import { judgeTarget } from '../../src/reports/targets.ts'
import { scenarios } from '../../src/scenarios/tables.ts'
import { makeCast } from '../flows/cast.ts'
import { bearer, build, createTestClock, makeOrganisation } from '../helper.ts'

const WORKER = { kind: 'worker' } as const
const PUBLISHED = 71
const LANDED = 34
const INDUSTRIES = ['ind.C33', 'ind.C39', 'ind.C26']

t.test('a park with 71 published and 34 landed scenarios', async t => {
  const { app, deps } = await build(t, { clock: createTestClock() })
  const cast = await makeCast(deps, app)
  const { park, factory, vendor } = cast
  const capability = await cast.publishCapability()
  await transaction(deps, WORKER, async tx => {
    const at = new Date('2026-09-01T02:00:00Z')
    const ids: string[] = []
    for (let nth = 0; nth < PUBLISHED; nth++) {
      const scenarioId = newId(deps, 'scenario')
      ids.push(scenarioId)
      const times = { createdAt: at, updatedAt: at }
      await tx.insert(scenarios).values({
        id: scenarioId,
        parkId: park.id,
        organisationId: factory.id,
        state: 'published',
        visibility: 'park',
        title: `场景 ${nth}`,
        industry: INDUSTRIES[nth % 3] ?? null,
        problems: ['pb.defect-inspection'],
        body: {},
        version: 1,
        ...times,
        publishedAt: at,
        scoredAt: at,
      })
      if (nth >= LANDED + 5) continue
      const parties = { parkId: park.id, factoryId: factory.id, vendorId: vendor.id }
      const state = nth < LANDED ? ('landed' as const) : ('proposed' as const)
      const id = newId(deps, 'match')
      const scores = { total: 5_000 + (nth - LANDED) * 50, factoryScore: 5_000, vendorScore: 5_000 }
      const pair = { scenarioId, capabilityId: capability.id, rank: 1, version: 1 }
      const reached = nth < LANDED ? 6 : 0
      await tx.insert(matches).values({ id, ...pair, ...parties, ...scores, ...times, stateSince: at, state, reached })
      if (nth < LANDED)
        await tx.insert(matchTransitions).values({
          id: newId(deps, 'transition'),
          matchId: id,
          ...parties,
          action: 'land',
          from: 'contracted',
          to: 'landed',
          at,
        })
    }
    await refreshStandings(tx, ids)
    for (let nth = 0; nth < 2; nth++) {
      const joined = await makeOrganisation(deps, nth === 0 ? 'vendor' : 'manufacturer')
      await tx.insert(memberships).values({
        parkId: park.id,
        organisationId: joined.id,
        state: 'active',
        createdAt: new Date('2026-05-02T00:00:00Z'),
        decidedAt: new Date('2026-05-02T00:00:00Z'),
      })
    }
  })
  const read = async (): Promise<Report> =>
    cast.call(park.key, 'GET', `/parks/${park.id}/report?from=2026-01-01&to=2026-12-31`)

  await t.test('shows 47.9 per cent', async t => {
    const { funnel } = await read()
    const landed = funnel.scenarios.find(step => step.stage === 'landed')
    t.match(funnel.scenarios[0], { stage: 'published', scenarios: { count: 71 }, ofFirst: null })
    t.match(landed, { scenarios: { count: 34 }, ofFirst: 47.9 })
    const rows = await cast.call(park.key, 'GET', `${landed?.scenarios.url.slice(3)}&limit=100`)
    t.equal(rows.items.length, 34, 'and opens them')
  })

  await t.test('flags targets of 10 and 5 firms with 2 and 1 reached as behind', async t => {
    const dates = { from: '2026-01-01', to: '2026-12-31' }
    const make = (target: object) => cast.call(park.key, 'POST', `/parks/${park.id}/targets`, target)
    // The cast itself joined in November: a vendor and a manufacturer.
    await make({ metric: 'vendors_joined', title: '引进供方', value: 10, ...dates, source: '东府〔2025〕1号' })
    const small = await make({
      metric: 'manufacturers_joined',
      title: '引进工厂',
      value: 5,
      from: '2026-01-01',
      to: '2026-10-31',
    })
    await make({ metric: 'scenarios_landed', title: '落地场景', value: 30, ...dates })
    await make({ metric: 'vendors_landed', title: '落地供方', value: 1, from: '2026-11-02', to: '2027-11-01' })
    const { targets } = await read()
    t.match(Object.fromEntries(targets.map(target => [target.metric, target])), {
      vendors_joined: { title: '引进供方', value: 10, actual: { count: 2 }, percent: 20, status: 'behind' },
      manufacturers_joined: { value: 5, actual: { count: 1 }, percent: 20, status: 'behind', expected: 5 },
      scenarios_landed: { actual: { count: 34 }, status: 'reached' },
      vendors_landed: { actual: { count: 0 }, expected: 0, status: 'behind' },
    })
    for (const target of targets) {
      const { items } = await cast.call(park.key, 'GET', `${target.actual.url.slice(3)}&limit=100`)
      t.equal(items.length, target.actual.count, target.title)
    }
    const url = `/v1/parks/${park.id}/targets/${small.id}`
    t.equal((await app.inject({ method: 'DELETE', url, headers: bearer(factory.key) })).statusCode, 403)
    t.equal((await app.inject({ method: 'DELETE', url, headers: bearer(park.key) })).statusCode, 204)
    t.equal((await read()).targets.length, 3)
  })

  await t.test(
    'a focus moves near ties in the lists of the park, says by how much, and leaves scores alone',
    async t => {
      const before = await read()
      const change = (focus: object) =>
        app.inject({
          method: 'PATCH',
          url: `/v1/parks/${park.id}/settings`,
          headers: { ...bearer(park.key), 'accept-language': 'en' },
          payload: { focus },
        })
      const industries = { leading: ['ind.C26'], pillar: ['ind.C39'], emerging: [] }
      const additions = { leading: 300, pillar: 200, emerging: 100 }
      t.equal((await change({ industries, additions })).statusCode, 200)
      const after = await read()
      const totalOf = (report: Report) => new Map(report.priorities.map(row => [row.id, row.bestTotal]))
      t.same(
        totalOf(after),
        new Map([...totalOf(after).keys()].map(id => [id, totalOf(before).get(id)])),
        'scores stay',
      )
      const placeBefore = new Map(before.priorities.map(row => [row.id, row.order.place]))
      for (const row of after.priorities) {
        const tier = row.industry?.id === 'ind.C26' ? 'leading' : row.industry?.id === 'ind.C39' ? 'pillar' : null
        t.equal(row.order.tier, tier)
        t.equal(row.order.addition, tier === null ? 0 : additions[tier])
        t.equal(row.order.placeWithout, placeBefore.get(row.id))
      }
      const keys = after.priorities.map(row => (row.bestTotal ?? 0) + row.order.addition)
      t.same(
        keys,
        keys.toSorted((a, b) => b - a),
      )
      t.ok(
        after.priorities.some(row => row.order.place !== row.order.placeWithout),
        'something moved',
      )
      for (const wrong of [
        { industries, additions: { ...additions, leading: 501 } },
        { industries: { ...industries, leading: ['ind.C26', 'ind.C39'] }, additions },
        { industries: { ...industries, emerging: ['ind.C26'] }, additions },
        { industries: { ...industries, emerging: ['pb.pdm'] }, additions },
      ])
        t.equal((await change(wrong)).statusCode, 422)
    },
  )
})

t.test('a target is behind when less is done than time has passed', async t => {
  const target = { value: 10, from: '2026-01-01', to: '2026-12-31' }
  t.match(judgeTarget(target, 0, '2025-12-31'), { status: 'on_track', expected: 0 })
  t.match(judgeTarget(target, 5, '2026-07-01'), { status: 'on_track', expected: 5 })
  t.match(judgeTarget(target, 4, '2026-07-01'), { status: 'behind' })
  t.match(judgeTarget(target, 9, '2027-03-01'), { status: 'behind', expected: 10, percent: 90 })
  t.match(judgeTarget(target, 10, '2026-01-01'), { status: 'reached' })
})

t.test('concentration is known at its ends', async t => {
  t.equal(giniOf([3, 3, 3, 3]), 0)
  t.equal(giniOf([0, 0, 0, 8]), 0.75)
  t.equal(giniOf([0, 0]), undefined)
  const vendor = { name: 'v', capabilities: 3, isNew: false }
  t.match(
    concentrationOf([
      { ...vendor, id: 'a', count: 6 },
      { ...vendor, id: 'b', count: 2, capabilities: 1, isNew: true },
    ]),
    {
      vendors: 2,
      total: 8,
      topPercent: 75,
      gini: 0.25,
      newVendors: { percent: 25 },
      smallVendors: { vendors: 1, shown: 2 },
    },
  )
})

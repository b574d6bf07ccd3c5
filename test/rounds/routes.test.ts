import t from 'tap'
import { matches } from '../../src/matching/tables.ts'
import { transaction } from '../../src/platform/db.ts'
import { newId } from '../../src/platform/ids.ts'
import { CAPABILITY, SCENARIO } from '../flows/cast.ts'
import { bearer, build, createTestClock, makeOrganisation, makePark } from '../helper.ts'

const DEADLINE = '2026-11-10T08:00:00.000Z'

t.test('a round from opening to its published result', async t => {
  const clock = createTestClock('2026-11-02T08:00:00.000Z')
  const { app, deps } = await build(t, { clock })
  const park = await makePark(deps)
  const elsewhere = await makePark(deps)
  const call = async (key: string, method: 'GET' | 'POST', url: string, payload?: object) => {
    const answer = await app.inject({ method, url: `/v1${url}`, headers: bearer(key), ...(payload ? { payload } : {}) })
    return { status: answer.statusCode, body: answer.json() }
  }
  const factories = [
    await makeOrganisation(deps, 'manufacturer', [park.id]),
    await makeOrganisation(deps, 'manufacturer', [park.id]),
    await makeOrganisation(deps, 'manufacturer', [park.id]),
  ] as const
  const vendors = [
    await makeOrganisation(deps, 'vendor', [park.id]),
    await makeOrganisation(deps, 'vendor', [park.id]),
  ] as const
  const stranger = await makeOrganisation(deps, 'vendor', [elsewhere.id])
  const scenarioIds: string[] = []
  for (const [i, factory] of factories.entries()) {
    const made = await call(factory.key, 'POST', '/scenarios', {
      ...SCENARIO,
      title: `S${i}`,
      parkId: park.id,
      publish: true,
    })
    scenarioIds.push(made.body.id)
  }
  const capabilityIds: string[] = []
  for (const [i, vendor] of vendors.entries()) {
    const made = await call(vendor.key, 'POST', '/capabilities', {
      ...CAPABILITY,
      title: `C${i}`,
      audiences: [park.id],
      publish: true,
    })
    capabilityIds.push(made.body.id)
  }
  const now = clock.now()
  // Every scenario with every capability: the first vendor is better for all, the first scenario better for both.
  await transaction(deps, { kind: 'worker' }, async tx => {
    for (const [s, scenarioId] of scenarioIds.entries())
      for (const [v, capabilityId] of capabilityIds.entries())
        await tx.insert(matches).values({
          id: newId(deps, 'match'),
          scenarioId,
          capabilityId,
          parkId: park.id,
          factoryId: factories[s]?.id ?? '',
          vendorId: vendors[v]?.id ?? '',
          state: 'proposed',
          rank: v + 1,
          total: 6_000,
          factoryScore: 7_000 - 500 * v,
          vendorScore: 7_000 - 500 * s,
          version: 1,
          createdAt: now,
          updatedAt: now,
          stateSince: now,
        })
  })
  const [first = '', second = '', third = ''] = scenarioIds
  const [best, other] = vendors
  const round = {
    parkId: park.id,
    title: '机器视觉对接会',
    deadlineAt: DEADLINE,
    scenarios: scenarioIds.map(scenarioId => ({ scenarioId })),
    vendors: vendors.map(({ id }) => ({ vendorId: id, capacity: 1 })),
  }

  await t.test('is opened by the park only, with limits that can be', async t => {
    t.equal((await call(factories[0].key, 'POST', '/rounds', round)).status, 403)
    const crossing = { side: 'vendor', name: 'both', members: [best.id, other.id], seatsMax: 1 }
    const third1 = { side: 'scenario', name: 'a', members: [first, second], seatsMax: 1 }
    const third2 = { side: 'scenario', name: 'b', members: [second, third], seatsMax: 1 }
    const refused = await call(park.key, 'POST', '/rounds', { ...round, limits: [crossing, third1, third2] })
    t.equal(refused.status, 422)
    const unknown = await call(park.key, 'POST', '/rounds', { ...round, vendors: [{ vendorId: stranger.id }] })
    t.equal(unknown.status, 422)
    t.match(unknown.body.errors, [{ pointer: '/vendors/0' }])
  })

  const opened = await call(park.key, 'POST', '/rounds', round)
  t.equal(opened.status, 201, opened.body.title)
  const id: string = opened.body.id

  await t.test('everybody sees his own part', async t => {
    t.equal(opened.body.entries.length, 5)
    const mine = await call(factories[1].key, 'GET', `/rounds/${id}`)
    t.same(mine.body.entries, [{ subjectId: second, side: 'scenario', capacity: 1 }])
    t.notOk('advice' in mine.body)
    t.equal((await call(stranger.key, 'GET', `/rounds/${id}`)).status, 404)
    t.equal((await call(factories[1].key, 'GET', `/rounds/${id}/dry-run`)).status, 403)
  })

  await t.test('a dry run stores nothing, proves its result, and says where a seat would help', async t => {
    const run = await call(park.key, 'GET', `/rounds/${id}/dry-run`)
    t.equal(run.status, 200)
    t.match(run.body.pairs, [
      { scenarioId: first, vendorId: best.id },
      { scenarioId: second, vendorId: other.id },
    ])
    t.match(run.body.proof, { blocking: 0, broken: 0, misplaced: 0 })
    t.match(run.body.advice[0], { side: 'vendor', pairsAdded: 1, scenariosServed: 1 })
    t.same((await call(park.key, 'GET', `/rounds/${id}`)).body.pairs, [])
  })

  await t.test('a participant adjusts his own list before the deadline, nobody else', async t => {
    const preferences = [third, second]
    const adjusted = await call(best.key, 'POST', `/rounds/${id}/preferences`, { subjectId: best.id, preferences })
    t.same(adjusted.body.entries, [{ subjectId: best.id, side: 'vendor', capacity: 1, preferences }])
    const foreign = await call(other.key, 'POST', `/rounds/${id}/preferences`, {
      subjectId: best.id,
      preferences: null,
    })
    t.equal(foreign.status, 404)
    clock.advance(9 * 86_400_000)
    const late = await call(best.key, 'POST', `/rounds/${id}/preferences`, { subjectId: best.id, preferences: null })
    t.equal(late.status, 409)
  })

  await t.test('the published result is final, proved, and told to both sides of each pair', async t => {
    const published = await call(park.key, 'POST', `/rounds/${id}/transitions`, { action: 'publish' })
    t.equal(published.status, 200, published.body.title)
    t.match(published.body, { state: 'published', proof: { blocking: 0, broken: 0, pairs: 2 } })
    t.match(
      published.body.pairs.find((pair: { scenarioId: string }) => pair.scenarioId === third),
      { vendorId: best.id },
    )
    t.equal((await call(park.key, 'POST', `/rounds/${id}/transitions`, { action: 'publish' })).status, 409)
    const mine = await call(factories[2].key, 'GET', `/rounds/${id}`)
    t.equal(mine.body.pairs.length, 1, 'a factory sees its own pair')
    t.equal((await call(factories[1].key, 'GET', `/rounds/${id}`)).body.pairs.length, 0)
    const match = await call(factories[2].key, 'GET', `/matches/${mine.body.pairs[0].matchId}`)
    t.match(match.body, { state: 'proposed', scenarioId: third }, 'the pair is a match that its parties now move')
    for (const key of [factories[2].key, best.key]) {
      const events = (await call(key, 'GET', '/events?types=round.paired')).body.items
      t.match(events, [{ data: { scenarioId: third } }])
    }
  })
})

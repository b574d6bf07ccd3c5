import { eq } from 'drizzle-orm'
import t from 'tap'
import { applyExclusions } from '../../src/consortia/exclusions.ts'
import { findPools } from '../../src/consortia/pools/find.ts'
import { organisations } from '../../src/identity/tables.ts'
import { transaction } from '../../src/platform/db.ts'
import { listPossible } from '../../src/rounds/participants.ts'
import { startWorkers } from '../../workers/start.ts'
import { sweepOnce } from '../../workers/sweep.ts'
import { bearer, build, createTestClock, eventually, makeOrganisation } from '../helper.ts'
import { CAPABILITY, makeCast } from './cast.ts'

const CODE = '91350100M000100Y43'
const WORKER = { kind: 'worker' } as const

t.test('who is on a do-not-match list is met nowhere, and never learns why', async t => {
  const clock = createTestClock()
  const { app, deps } = await build(t, { clock })
  const workers = await startWorkers(deps)
  t.teardown(() => workers.close())
  const cast = await makeCast(deps, app)
  const { park, factory, vendor, call } = cast
  const control = await makeOrganisation(deps, 'vendor', [park.id])
  const bystander = await makeOrganisation(deps, 'vendor', [park.id])
  const reader = await makeOrganisation(deps, 'vendor', [park.id], { role: 'reader' })
  const send = (key: string, method: 'GET' | 'POST' | 'DELETE', url: string, payload?: object) =>
    app.inject({ method, url: `/v1${url}`, headers: bearer(key), ...(payload ? { payload } : {}) })
  const capability = await cast.publishCapability()
  await call(control.key, 'POST', '/capabilities', { ...CAPABILITY, audiences: [park.id], publish: true })
  const scenario = await cast.publishScenario()
  const statesOf = async (): Promise<Record<string, string>> => {
    const { items } = await call(park.key, 'GET', `/scenarios/${scenario.id}/matches`)
    return Object.fromEntries(items.map((match: { vendorId: string; state: string }) => [match.vendorId, match.state]))
  }
  const becomes = (state: string, who = vendor) =>
    eventually(async () => ((await statesOf())[who.id] ?? 'retracted') === state)
  await becomes('proposed')
  await becomes('proposed', control)

  let entryId = ''
  await t.test('the vendor lists the factory by its name: the proposal is retracted like any other', async t => {
    const made = await send(vendor.key, 'POST', '/exclusions', {
      name: ` ${`manufacturer ${factory.id}`.toUpperCase()} `,
      reason: 'SECRET-REASON 抄袭过我们的方案',
    })
    t.equal(made.statusCode, 201, made.body)
    entryId = made.json<{ id: string }>().id
    t.notOk(made.body.includes(factory.id.slice(4)) && made.json<{ organisationId?: string }>().organisationId)
    await becomes('retracted')
    t.equal((await statesOf())[control.id], 'proposed', 'the others are not touched')
    const matches = await call(factory.key, 'GET', `/scenarios/${scenario.id}/matches`)
    t.notOk(JSON.stringify(matches.nearMisses ?? []).includes(capability.id), 'and it is no near miss either')
  })

  await t.test('nobody but the lister reads a byte of it', async t => {
    for (const key of [factory.key, park.key, bystander.key])
      for (const url of [
        '/exclusions',
        '/events?limit=100',
        '/audit',
        `/scenarios/${scenario.id}`,
        `/scenarios/${scenario.id}/matches`,
        `/parks/${park.id}/exclusions`,
        `/parks/${park.id}/audit`,
        '/notices',
      ]) {
        const { body } = await send(key, 'GET', url)
        t.notMatch(body, /SECRET-REASON|"exclusion\.|exc_[0-9a-z]{26}/, url)
      }
    const retracted = (await call(factory.key, 'GET', '/events?limit=100')).items.find(
      (event: { type: string }) => event.type === 'match.retracted',
    )
    t.equal(retracted?.data.reason, 'outranked', 'the reason is the one of every pair that left a list')
    t.equal((await send(bystander.key, 'DELETE', `/exclusions/${entryId}`)).statusCode, 404)
    t.equal((await send(factory.key, 'DELETE', `/exclusions/${entryId}`)).statusCode, 404)
    t.equal((await send(reader.key, 'GET', '/exclusions')).statusCode, 403, 'a reader of the lister does not see it')
    t.same((await send(park.key, 'GET', `/parks/${park.id}/exclusions`)).json(), { organisations: 1, entries: 1 })
    t.equal((await send(vendor.key, 'GET', `/parks/${park.id}/exclusions`)).statusCode, 403)
    const own = (await send(vendor.key, 'GET', '/exclusions')).json<{ items: { reason: string }[] }>()
    t.match(own.items, [{ reason: /SECRET-REASON/ }])
  })

  await t.test('taken off the list, the pair comes back', async () => {
    await send(vendor.key, 'DELETE', `/exclusions/${entryId}`)
    await becomes('proposed')
  })

  await t.test('the factory lists a code before its owner is here, for a time', async t => {
    const until = new Date(clock.now().getTime() + 86_400_000).toISOString()
    const made = await send(factory.key, 'POST', '/exclusions', { creditCode: CODE, until })
    t.equal(made.statusCode, 201, made.body)
    t.equal((await send(factory.key, 'POST', '/exclusions', { creditCode: CODE })).statusCode, 409, 'once is enough')
    const late = await makeOrganisation(deps, 'vendor', [park.id])
    await transaction(deps, WORKER, tx =>
      tx.update(organisations).set({ creditCode: CODE }).where(eq(organisations.id, late.id)),
    )
    await call(late.key, 'POST', '/capabilities', { ...CAPABILITY, audiences: [park.id], publish: true })
    const later = await makeOrganisation(deps, 'vendor', [park.id])
    await call(later.key, 'POST', '/capabilities', { ...CAPABILITY, audiences: [park.id], publish: true })
    await becomes('proposed', later)
    t.notOk((await statesOf())[late.id], 'its offer was scored before, and is in no list')
    clock.advance(2 * 86_400_000)
    await sweepOnce(deps)
    await becomes('proposed', late)
  })

  await t.test('a team and a round keep them apart, even where people had begun', async t => {
    const [match] = (await call(vendor.key, 'GET', `/capabilities/${capability.id}/matches`)).items
    await call(vendor.key, 'POST', `/matches/${match.id}/transitions`, { action: 'express_interest' })
    const asked = await call(factory.key, 'POST', '/consortia', {
      scenarioId: scenario.id,
      facets: [{ id: 'role.vendor' }],
      required: [vendor.id],
      deadlineAt: new Date(clock.now().getTime() + 86_400_000).toISOString(),
    })
    const briefed = async () => (await call(factory.key, 'GET', `/consortia/${asked.id}`)).proposal?.team.members
    await eventually(async () => (await briefed())?.includes(vendor.id))
    const possible = () =>
      transaction(deps, WORKER, tx =>
        listPossible(
          tx,
          deps,
          [{ subjectId: scenario.id, capacity: 1, preferences: null }],
          [vendor, control].map(({ id }) => ({ subjectId: id, capacity: 1, preferences: null })),
        ),
      )
    t.same((await possible()).map(pair => pair.vendorId).sort(), [vendor.id, control.id].sort())
    await send(vendor.key, 'POST', '/exclusions', { name: `manufacturer ${factory.id}` })
    t.same(
      (await possible()).map(pair => pair.vendorId),
      [control.id],
      'the round knows of no such pair',
    )
    await eventually(async () => (await briefed())?.includes(vendor.id) === false)
    t.pass('the proposal was made anew without it')
    const invited = await send(factory.key, 'POST', `/consortia/${asked.id}/invitations`, {
      also: [{ organisationId: vendor.id, facets: [] }],
    })
    t.equal(invited.statusCode, 409)
    await call(park.key, 'PATCH', `/parks/${park.id}/memberships/${control.id}`, { state: 'suspended' })
    const suspended = await send(factory.key, 'POST', `/consortia/${asked.id}/invitations`, {
      also: [{ organisationId: control.id, facets: [] }],
    })
    t.equal(suspended.json<{ detail: string }>().detail, invited.json<{ detail: string }>().detail, 'in the same words')
    t.equal((await statesOf())[vendor.id], 'interest', 'what people began, people end')
  })
})

t.test('an entry names exactly one, not oneself, and not the past', async t => {
  const { app, deps } = await build(t)
  const cast = await makeCast(deps, app)
  const add = async (payload: object) =>
    (await app.inject({ method: 'POST', url: '/v1/exclusions', headers: bearer(cast.vendor.key), payload })).statusCode
  t.equal(await add({}), 422)
  t.equal(await add({ name: '甲', creditCode: CODE }), 422)
  t.equal(await add({ organisationId: cast.vendor.id }), 422)
  t.equal(await add({ name: '甲', until: '2020-01-01T00:00:00Z' }), 422)
  t.equal(await add({ organisationId: cast.factory.id }), 404, 'a factory that it may not see')
  t.equal(await add({ name: '没有这家' }), 201, 'a name answers alike, whether it is here or not')
})

t.test('in a question, who is in stays, then the owner, then who was asked for first', async t => {
  const pairs = [
    ['a', 'b'],
    ['b', 'c'],
    ['d', 'e'],
  ] as const
  t.same(applyExclusions(pairs, { staying: [], required: ['a', 'b', 'c'] }), {
    required: ['a', 'c'],
    exclusions: pairs,
  })
  t.same(applyExclusions(pairs, { staying: ['a', 'b'], required: ['c'] }), {
    required: ['a', 'b'],
    exclusions: [
      ['b', 'c'],
      ['d', 'e'],
    ],
  })
})

t.test('a pool joins nobody with whom he must not meet', async t => {
  const like = { problems: ['pb.energy'], processes: [], modalities: ['mod.timeseries'] }
  const scenarios = ['a', 'b', 'c'].map(id => ({ id, organisationId: id, ...like }))
  t.same(
    findPools(scenarios).map(pool => pool.scenarioIds),
    [['a', 'b', 'c']],
  )
  const apart = (one: string, other: string) => [one, other].sort().join() === 'a,b'
  t.same(
    findPools(scenarios, apart).map(pool => pool.scenarioIds.includes('a') && pool.scenarioIds.includes('b')),
    [false],
  )
})

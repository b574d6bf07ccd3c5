import { eq, sql } from 'drizzle-orm'
import t from 'tap'
import { auditEntries } from '../../src/audit/tables.ts'
import type { Member } from '../../src/platform/actor.ts'
import { sqlState, transaction } from '../../src/platform/db.ts'
import { startWorkers } from '../../workers/start.ts'
import { makeCast } from '../flows/cast.ts'
import { bearer, build, eventually, makeOrganisation, receiver } from '../helper.ts'

const WORKER = { kind: 'worker' } as const

t.test(
  'where a park looks first, no author publishes past it, not even with the application out of the way',
  async t => {
    const { app, deps } = await build(t)
    const cast = await makeCast(deps, app)
    const { park, factory, call } = cast
    await call(park.key, 'PATCH', `/parks/${park.id}/settings`, { publication: 'park' })
    const scenario = await cast.publishScenario()
    const stateOf = async () => (await call(factory.key, 'GET', `/scenarios/${scenario.id}`)).state
    t.equal(await stateOf(), 'submitted')
    const author: Member = {
      kind: 'member',
      organisationId: factory.id,
      organisationKind: 'manufacturer',
      role: 'owner',
      keyId: 'key',
      scopes: [],
      parkIds: [park.id],
      adminParkIds: [],
    }
    const tryTo = (statement: ReturnType<typeof sql>) =>
      transaction(deps, author, tx => tx.execute(statement)).then(
        () => 'done',
        (error: unknown) => sqlState(error).code,
      )
    t.equal(await tryTo(sql`update scenarios set state = 'published' where id = ${scenario.id}`), '42501')
    t.equal(
      await tryTo(sql`insert into scenarios (id, park_id, organisation_id, state, visibility, title, problems, body, version,
        created_at, updated_at)
      values ('scn_00000000000000000000000009', ${park.id}, ${factory.id}, 'published', 'park', 'x', '{}', '{}', 1, now(), now())`),
      '42501',
    )
    t.equal(
      await tryTo(sql`update scenarios set state = 'withdrawn' where id = ${scenario.id}`),
      'done',
      'he may take it back',
    )
    t.equal(await tryTo(sql`update scenarios set state = 'submitted' where id = ${scenario.id}`), 'done')
    const read = await app.inject({ url: `/v1/scenarios/${scenario.id}`, headers: bearer(park.key) })
    await call(park.key, 'POST', `/scenarios/${scenario.id}/approve`, undefined, {
      'if-match': String(read.headers['etag']),
    })
    t.equal(await stateOf(), 'published', 'the park publishes it')
  },
)

t.test('the park reads the sealed tier where the owner grants it, and nowhere else', async t => {
  const { app, deps } = await build(t)
  const cast = await makeCast(deps, app)
  const { park, factory, vendor, call } = cast
  const scenario = await cast.publishScenario({ details: 'CANARY-SEALED' })
  const other = await cast.publishScenario({ title: '另一个', details: 'CANARY-OTHER' })
  const path = `/scenarios/${scenario.id}/park-access`
  const put = (key: string, sealed: boolean) =>
    app.inject({ method: 'PUT', url: `/v1${path}`, headers: bearer(key), payload: { sealed } })
  const seenBy = async (key: string, id = scenario.id) =>
    JSON.stringify(await call(key, 'GET', `/scenarios/${id}`)).includes('CANARY')
  t.notOk(await seenBy(park.key))
  t.ok([403, 404].includes((await put(park.key, true)).statusCode), 'the park does not grant it to itself')
  t.ok([403, 404].includes((await put(vendor.key, true)).statusCode))
  t.notOk(await seenBy(park.key))
  t.same((await put(factory.key, true)).json(), { parkId: park.id, sealed: true })
  t.same((await put(factory.key, true)).json(), { parkId: park.id, sealed: true }, 'twice is once')
  t.ok(await seenBy(park.key))
  t.notOk(await seenBy(park.key, other.id), 'of this scenario alone')
  t.notOk(await seenBy(vendor.key))
  t.same(await call(park.key, 'GET', path), { parkId: park.id, sealed: true })
  t.equal((await app.inject({ url: `/v1${path}`, headers: bearer(vendor.key) })).statusCode, 404)
  await put(factory.key, false)
  t.notOk(await seenBy(park.key), 'and is closed again')
  const actions = (await call(park.key, 'GET', '/events?limit=100')).items.map((event: { type: string }) => event.type)
  t.same(
    actions.filter((type: string) => type.startsWith('scenario.sealed')),
    ['scenario.sealed_granted', 'scenario.sealed_revoked'],
  )
  const recorded = await transaction(deps, WORKER, tx =>
    tx.select().from(auditEntries).where(eq(auditEntries.objectId, scenario.id)),
  )
  t.ok(recorded.some(entry => entry.action === 'scenario.sealed_granted' && entry.organisationId === factory.id))
})

t.test('an endpoint that the platform disables is in the record', async t => {
  const { app, deps } = await build(t)
  const workers = await startWorkers(deps)
  t.teardown(() => workers.close())
  const cast = await makeCast(deps, app)
  const hook = await receiver(t, () => ({ status: 410 }))
  const endpoint = await cast.registerEndpoint(hook.url)
  await cast.call(cast.vendor.key, 'POST', `/webhook-endpoints/${endpoint.id}/test`)
  await cast.publishCapability()
  await cast.publishScenario()
  const [entry] = await eventually(async () => {
    const rows = await transaction(deps, WORKER, tx =>
      tx.select().from(auditEntries).where(eq(auditEntries.objectId, endpoint.id)),
    )
    const found = rows.filter(row => row.action === 'endpoint.disabled')
    return found.length > 0 && found
  })
  t.match(entry, { organisationId: null, credentialId: null }, 'as what nobody did by hand')
})

t.test('a plan tells a firm nothing of what a vendor was granted before', async t => {
  const { app, deps } = await build(t)
  const { park, factory, vendor, call } = await makeCast(deps, app)
  const rival = await makeOrganisation(deps, 'manufacturer', [park.id])
  await call(park.key, 'POST', '/funding-rules', {
    parkId: park.id,
    title: '服务商上限',
    source: 'test',
    costs: ['compute'],
    share: 5_000,
    vendorCapYuan: 100_000,
  })
  const application = (firmId: string) => ({
    parkId: park.id,
    firmId,
    vendorId: vendor.id,
    day: '2026-11-02',
    costs: [{ kind: 'compute', amountYuan: 160_000 }],
  })
  const planOf = async (key: string, firmId: string) =>
    (await call(key, 'POST', '/funding-plans', application(firmId))).totalYuan
  t.equal(await planOf(rival.key, rival.id), 80_000)
  await call(park.key, 'POST', '/funding-grants', application(factory.id))
  t.equal(await planOf(rival.key, rival.id), 80_000, 'a rival reads from it nothing that was not there before')
  t.equal(await planOf(park.key, rival.id), 20_000, 'the park knows')
})

import { Webhook } from 'standardwebhooks'
import t from 'tap'
import { startWorkers } from '../../workers/start.ts'
import { backendOf, backends, build, cloneDatabase, eventually, receiver } from '../helper.ts'
import { makeCast } from './cast.ts'

const env = { JOB_LOCK_MS: '1000', JOB_STALLED_MS: '1000' }

for (const kind of backends())
  t.test(`on ${kind}: a published scenario ends as a signed match at the vendor's endpoint`, async t => {
    const databaseUrl = await cloneDatabase(t)
    const { app, deps } = await build(t, { databaseUrl, backend: backendOf(kind, databaseUrl), env })
    const workers = await startWorkers(deps)
    t.teardown(() => workers.close())
    const cast = await makeCast(deps, app)
    const hook = await receiver(t)
    const endpoint = await cast.registerEndpoint(hook.url)
    const capability = await cast.publishCapability()
    const scenario = await cast.publishScenario()

    const created = await eventually(async () => hook.requests.find(request => request.body.includes('match.created')))
    const event = new Webhook(endpoint.secret).verify(created.body, created.headers) as {
      id: string
      type: string
      data: Record<string, unknown>
    }
    t.equal(event.type, 'match.created')
    t.match(event.data, { scenarioId: scenario.id, capabilityId: capability.id, rank: 1 })
    t.equal(created.headers['webhook-id'], event.id)
    t.notMatch(created.body, '密封情报', 'nothing of the sealed tier travels')
    t.notMatch(created.body, '20000', 'nor a figure of the shared tier')

    const { items } = await cast.call(cast.factory.key, 'GET', `/scenarios/${scenario.id}/matches`)
    t.equal(items.length, 1)
    t.match(items[0], { state: 'proposed', capabilityId: capability.id, side: 'factory' })
    const { explanation } = items[0]
    const sum = explanation.factory.parts.reduce(
      (total: number, part: { contribution: number }) => total + part.contribution,
      0,
    )
    t.equal(sum, explanation.factory.score)
    t.ok(
      explanation.gaps.some(
        (gap: { field: string; verdict: string }) => gap.field === 'labels' && gap.verdict !== 'ok',
      ),
    )
    t.ok(explanation.reasons.length > 0)

    await t.test('the vendor sees the pair without what the factory has not shared', async t => {
      const page = await cast.call(cast.vendor.key, 'GET', `/capabilities/${capability.id}/matches`)
      t.equal(page.items[0].side, 'vendor')
      t.ok(page.items[0].explanation.hidden > 0)
      t.notMatch(JSON.stringify(page), '密封情报')
    })

    await t.test('both sides say yes, are introduced, and only then the sealed part opens', async t => {
      const move = (key: string, action: string) =>
        cast.call(key, 'POST', `/matches/${items[0].id}/transitions`, { action })
      const sealed = async () => (await cast.call(cast.vendor.key, 'GET', `/scenarios/${scenario.id}`)).details
      t.equal((await move(cast.vendor.key, 'express_interest')).state, 'interest')
      t.equal((await move(cast.factory.key, 'express_interest')).state, 'mutual')
      t.equal(await sealed(), undefined)
      await move(cast.vendor.key, 'accept_introduction')
      t.equal(await sealed(), undefined)
      t.equal((await move(cast.factory.key, 'accept_introduction')).state, 'introduced')
      t.match(await sealed(), '密封情报')
      await eventually(async () => hook.requests.some(request => request.body.includes('"to":"introduced"')))
    })

    await t.test('a withdrawn scenario ends nothing that people have touched', async t => {
      await cast.call(cast.factory.key, 'POST', `/scenarios/${scenario.id}/withdraw`)
      const match = await eventually(async () => {
        const read = await cast.call(cast.factory.key, 'GET', `/matches/${items[0].id}`)
        return read.rank === undefined && read
      })
      t.equal(match.state, 'introduced')
    })
  })

t.test('a capability that is published later finds the scenarios that wait for it', async t => {
  const { app, deps } = await build(t, { env })
  const workers = await startWorkers(deps)
  t.teardown(() => workers.close())
  const cast = await makeCast(deps, app)
  const hook = await receiver(t)
  await cast.call(cast.park.key, 'POST', '/webhook-endpoints', { url: hook.url, eventTypes: ['*'] })
  const scenario = await cast.publishScenario()
  await eventually(async () => hook.requests.some(request => request.body.includes('scenario.unserved')))
  await cast.publishCapability()
  const created = await eventually(async () => hook.requests.find(request => request.body.includes('match.created')))
  t.match(created.body, scenario.id)

  await t.test('and a scenario that is taken back retracts what was announced', async t => {
    await cast.call(cast.factory.key, 'POST', `/scenarios/${scenario.id}/withdraw`)
    const retracted = await eventually(async () =>
      hook.requests.find(request => request.body.includes('match.retracted')),
    )
    t.match(JSON.parse(retracted.body).data, { scenarioId: scenario.id, reason: 'scenario_closed' })
  })
})

t.test('an old transaction held open while both sides publish does not cost their match', async t => {
  const { app, deps } = await build(t, { env })
  const cast = await makeCast(deps, app)
  const { default: postgres } = await import('postgres')
  const other = postgres(deps.db.url, { max: 1 })
  t.teardown(() => other.end())
  let release = () => {}
  const held = new Promise<void>(resolve => {
    release = resolve
  })
  const old = other.begin(async tx => {
    await tx`select pg_current_xact_id()`
    await held
  })
  const workers = await startWorkers(deps)
  t.teardown(() => workers.close())
  const scenario = await cast.publishScenario()
  await cast.publishCapability()
  await eventually(async () => {
    const { items } = await cast.call(cast.factory.key, 'GET', `/scenarios/${scenario.id}/matches`)
    return items.length === 1
  })
  t.pass('the match stands while the old transaction still runs')
  release()
  await old
})

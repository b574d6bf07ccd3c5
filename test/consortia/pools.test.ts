import t from 'tap'
import { proposePools } from '../../src/consortia/pools/propose.ts'
import { settleDuePools } from '../../src/consortia/pools/settle.ts'
import { startWorkers } from '../../workers/start.ts'
import { CAPABILITY, makeCast, SCENARIO } from '../flows/cast.ts'
import { bearer, build, createTestClock, eventually, makeOrganisation } from '../helper.ts'

const DAY_MS = 86_400_000
const LIMIT = 100
/** Four hundred images each: too few alone for a model that asks for a thousand. */
const DEMAND = {
  ...SCENARIO,
  processes: ['proc.stamping'],
  datasets: [
    { name: '产线相机图片', modality: 'mod.image', volume: { value: 400, unit: 'samples' }, labelCoverage: 0.5 },
  ],
}
const SUPPLY = {
  ...CAPABILITY,
  dataRequirements: [
    { name: '图像', level: 'required', modality: 'mod.image', volumeMin: { value: 1_000, unit: 'samples' } },
  ],
}

type Pool = {
  id: string
  state: string
  size: number
  joined: number
  sharing: string
  quoteYuan?: number
  consortiumId?: string
  unlocked: { capabilityId: string; field: string; minimum: number }[]
  mine: { scenarioId: string; state: string; aloneYuan?: number; shareYuan?: number }[]
  members: { organisationId: string; organisationName: string }[]
}

t.test('like demand of different factories, from the first proposal to a consortium', async t => {
  const clock = createTestClock()
  const { app, deps } = await build(t, { clock })
  const workers = await startWorkers(deps)
  t.teardown(() => workers.close())
  const { park, factory, vendor, call } = await makeCast(deps, app)
  const names = ['东莞甲冲压厂', '东莞乙冲压厂', '东莞丙冲压厂', '东莞丁冲压厂']
  const others: { id: string; key: string }[] = []
  for (const name of names) others.push(await makeOrganisation(deps, 'manufacturer', [park.id], { name }))
  const [second, third, foe, late] = others as [typeof factory, typeof factory, typeof factory, typeof factory]
  const send = (key: string, method: 'GET' | 'POST', url: string, payload?: object) =>
    app.inject({ method, url: `/v1${url}`, headers: bearer(key), ...(payload ? { payload } : {}) })
  // Ids sort by time, and of two that must not meet the first is asked.
  const publish = (key: string, more: object = {}): Promise<{ id: string }> => {
    clock.advance(1)
    return call(key, 'POST', '/scenarios', { ...DEMAND, ...more, parkId: park.id, publish: true })
  }
  const list = async (key: string): Promise<Pool[]> => (await call(key, 'GET', '/pools')).items
  const read = (key: string, id: string): Promise<Pool> => call(key, 'GET', `/pools/${id}`)
  const settled = (key: string, id: string, isSo: (pool: Pool) => boolean): Promise<Pool> =>
    eventually(async () => {
      clock.advance(1)
      await settleDuePools(deps, LIMIT)
      const pool = await read(key, id)
      return isSo(pool) && pool
    })

  await call(vendor.key, 'POST', '/capabilities', { ...SUPPLY, audiences: [park.id], publish: true })
  await call(foe.key, 'POST', '/exclusions', { name: names[0] })
  const mine = await publish(factory.key)
  await publish(second.key, { title: '冲压外观不良靠人挑' })
  await publish(third.key)
  await publish(foe.key)
  const unlike = await publish(factory.key, {
    title: '空压站电费高',
    summary: '空压站电费高',
    problems: ['pb.energy'],
    processes: [],
    datasets: [],
  })
  // The sweep looks by itself as well; whoever comes second finds nothing to do.
  let pool = await eventually(async () => {
    await proposePools(deps, LIMIT)
    return (await list(factory.key))[0]
  })

  await t.test('each is asked for its own scenario, and learns how many there are but not who', async t => {
    t.equal(pool.state, 'proposed')
    t.equal(pool.size, 3, 'the one whom another must not meet is not among them')
    const asked = await read(factory.key, pool.id)
    t.same(
      asked.mine.map(({ scenarioId, state }) => [scenarioId, state]),
      [[mine.id, 'proposed']],
    )
    t.same(asked.members, [])
    const { body } = await send(factory.key, 'GET', '/events?limit=100')
    t.match(body, 'consortium.pool_proposed')
    for (const other of [second, third]) t.notMatch(asked, other.id)
    for (const other of [second, third]) t.notOk(body.includes(other.id), 'nor by an event')
    t.equal((await send(foe.key, 'GET', `/pools/${pool.id}`)).statusCode, 404)
    t.equal((await send(vendor.key, 'GET', `/pools/${pool.id}`)).statusCode, 404)
    t.notOk(
      (await list(factory.key)).some(({ id }) => id !== pool.id),
      `${unlike.id} is in none`,
    )
    const seen = await read(park.key, pool.id)
    t.equal(seen.members.length, 3, 'the park sees who was asked')
  })

  await t.test('it shows the data minimum that none reaches alone, and nobody\u2019s amount', async t => {
    const { unlocked } = await settled(factory.key, pool.id, found => found.unlocked.length > 0)
    t.match(unlocked, [{ field: 'volume', minimum: 1_000 }])
    t.notMatch(JSON.stringify(unlocked), /400|1200/)
  })

  await t.test('one who joins alone learns nothing, of two each learns the other\u2019s name', async t => {
    t.equal((await send(factory.key, 'POST', `/pools/${pool.id}/transitions`, { action: 'form' })).statusCode, 403)
    await call(factory.key, 'POST', `/pools/${pool.id}/membership`, { action: 'join', aloneYuan: 300_000 })
    const alone = await settled(factory.key, pool.id, ({ joined }) => joined === 1)
    t.equal(alone.state, 'proposed')
    t.same(alone.members, [])
    t.equal((await send(factory.key, 'POST', `/pools/${pool.id}/transitions`, { action: 'form' })).statusCode, 409)
    await call(second.key, 'POST', `/pools/${pool.id}/membership`, { action: 'join' })
    const open = await settled(factory.key, pool.id, ({ state }) => state === 'open')
    t.match(open.members, [{ organisationId: second.id, organisationName: names[0] }])
    t.equal(open.members.length, 1, 'whoever has not joined stays unnamed')
    t.same((await read(third.key, pool.id)).members, [], 'and learns of nobody')
    const foreign = (await read(second.key, pool.id)).members
    t.match(foreign, [{ organisationId: factory.id }])
    const theirScenario = await send(second.key, 'GET', `/scenarios/${mine.id}`)
    t.notOk(theirScenario.body.includes('产线相机图片'), 'the data stays apart')
  })

  await t.test('the cost is shared once all have said what alone costs, and nobody pays more than that', async t => {
    t.equal((await send(third.key, 'POST', `/pools/${pool.id}/quotes`, { costYuan: 1 })).statusCode, 403)
    await call(factory.key, 'POST', `/pools/${pool.id}/quotes`, { costYuan: 480_000, note: '两家合用' })
    await settled(factory.key, pool.id, ({ sharing }) => sharing === 'incomplete')
    await call(second.key, 'POST', `/pools/${pool.id}/membership`, { action: 'join', aloneYuan: 100_000 })
    await settled(factory.key, pool.id, ({ sharing }) => sharing === 'dearer')
    await call(factory.key, 'POST', `/pools/${pool.id}/quotes`, { costYuan: 200_001 })
    const shared = await settled(factory.key, pool.id, ({ sharing }) => sharing === 'shared')
    const theirs = await read(second.key, pool.id)
    const shares = [shared.mine[0]?.shareYuan ?? 0, theirs.mine[0]?.shareYuan ?? 0]
    t.equal((shares[0] ?? 0) + (shares[1] ?? 0), 200_001)
    t.ok((shares[0] ?? 0) <= 300_000 && (shares[1] ?? 0) <= 100_000)
    t.notMatch(JSON.stringify(theirs), /300000/, 'what another would pay alone is not shown')
    t.match((await read(park.key, pool.id)).sharing, 'shared')
  })

  await t.test('a factory that comes later is asked into the same pool; one that left is not asked again', async t => {
    await publish(late.key)
    const asked = await eventually(async () => {
      await proposePools(deps, LIMIT)
      return (await list(late.key))[0]
    })
    t.equal(asked.id, pool.id)
    await call(late.key, 'POST', `/pools/${pool.id}/membership`, { action: 'decline' })
    await settled(factory.key, pool.id, ({ size }) => size === 3)
  })

  await t.test('when nobody is left to answer, it becomes a consortium of those who joined', async t => {
    await call(third.key, 'POST', `/pools/${pool.id}/membership`, { action: 'join' })
    pool = await settled(factory.key, pool.id, ({ state }) => state === 'formed')
    const consortium = await eventually(async () => {
      const found = await call(factory.key, 'GET', `/consortia/${pool.consortiumId ?? ''}`)
      return found.state === 'proposed' && found
    })
    t.equal(consortium.origin, 'pooled')
    t.equal(consortium.scenarioId, mine.id, 'on the scenario of who joined first')
    for (const { id } of [factory, second, third]) t.ok(consortium.proposal.team.members.includes(id))
    t.equal((await send(second.key, 'POST', `/pools/${pool.id}/membership`, { action: 'leave' })).statusCode, 409)
  })

  await t.test('one in which too few join lapses with its deadline, and the park may give one up', async t => {
    const like = { problems: ['pb.energy'], processes: ['proc.stamping'], datasets: [], title: '喷涂线电费高' }
    await publish(second.key, { ...like, summary: '喷涂线电费高' })
    await publish(third.key, { ...like, summary: '喷涂线电费高' })
    const next = await eventually(async () => {
      await proposePools(deps, LIMIT)
      return (await list(third.key)).find(({ id }) => id !== pool.id)
    })
    await call(third.key, 'POST', `/pools/${next.id}/membership`, { action: 'join' })
    clock.advance(31 * DAY_MS)
    t.equal((await settled(third.key, next.id, ({ state }) => state === 'lapsed')).state, 'lapsed')
    await publish(factory.key, { ...like, problems: ['pb.traceability'], summary: '喷涂线追溯不了' })
    await publish(late.key, { ...like, problems: ['pb.traceability'], summary: '喷涂线追溯不了' })
    const last = await eventually(async () => {
      await proposePools(deps, LIMIT)
      return (await list(late.key)).find(({ id }) => id !== pool.id)
    })
    t.equal((await send(late.key, 'POST', `/pools/${last.id}/transitions`, { action: 'dissolve' })).statusCode, 403)
    const ended = await send(park.key, 'POST', `/pools/${last.id}/transitions`, { action: 'dissolve' })
    t.match(ended.json(), { state: 'dissolved' })
  })
})

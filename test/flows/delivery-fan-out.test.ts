import t from 'tap'
import { transaction } from '../../src/platform/db.ts'
import { fanOut } from '../../src/webhooks/fan-out.ts'
import { answered, createPeers, createWorld } from '../webhooks/world.ts'

t.test('two fan-outs of overlapping events at the same time write each pair once and number without a gap', async t => {
  const peers = createPeers(() => answered(200))
  const world = await createWorld(t, { egress: peers.egress })
  const eventIds = await world.announceMany(100)
  const mine = []
  for (let i = 0; i < 3; i++) mine.push(await world.addEndpoint(`https://h${i}.example.com/hook`))
  const run = (ids: string[]) => transaction(world.deps, { kind: 'worker' }, tx => fanOut(tx, world.deps, ids))
  const drains = await Promise.all([run(eventIds.slice(0, 70)), run(eventIds.slice(30)), run(eventIds)])
  for (const { id } of mine) {
    const deliveries = await world.deliveries(`&endpointId=${id}`)
    t.same(
      deliveries.map(delivery => delivery.sequence).sort((a, b) => a - b),
      Array.from({ length: 100 }, (_, i) => i + 1),
    )
    t.equal(new Set(deliveries.map(delivery => delivery.eventId)).size, 100)
  }
  const ids = drains.flat().map(drain => `${drain.causeId}-${drain.attempt}-${drain.generation}`)
  t.equal(new Set(ids).size, ids.length, 'each drain has an id of its own')
})

t.test('only readers get an event, and only as their endpoints ask for it', async t => {
  const peers = createPeers(() => answered(200))
  const world = await createWorld(t, { egress: peers.egress })
  const add = (name: string, more: object, key?: string) => world.addEndpoint(`https://${name}.example.com/`, more, key)
  const wanted = [
    await add('all', {}),
    await add('noun', { eventTypes: ['match.*'] }),
    await add('good', { filters: { totalMin: 7_000, industries: ['ind.C33'], parkIds: [world.park.id] } }),
    await add('factory', {}, world.factory.key),
  ]
  await add('other-type', { eventTypes: ['match.retracted'] })
  await add('better', { filters: { totalMin: 8_000 } })
  await add('other-problem', { filters: { problems: ['pb.scheduling'] } })
  const stranger = await add('stranger', {}, (await world.stranger()).key)
  await world.announce()
  const found = [...(await world.deliveries()), ...(await world.deliveries('', world.factory.key))]
  t.same(found.map(delivery => delivery.endpointId).sort(), wanted.map(endpoint => endpoint.id).sort())
  t.notOk(found.some(delivery => delivery.endpointId === stranger.id))
})

t.test('a body above the limit is not sent; its delivery says so and a poll still answers it', async t => {
  const peers = createPeers(() => answered(200))
  const world = await createWorld(t, { egress: peers.egress })
  const endpoint = await world.addEndpoint('https://vendor.example.com/hook')
  await world.announce(1, { scenarioTitle: '长'.repeat(90_000) })
  await world.drain(endpoint.id)
  t.equal(peers.posted.length, 0)
  t.match(await world.deliveries(), [{ state: 'exhausted', reason: 'body_too_large' }])
  const [event] = await world.told('match.created')
  t.equal(String(event?.data['scenarioTitle']).length, 90_000)
})

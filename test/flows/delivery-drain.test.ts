import t from 'tap'
import { eventually } from '../helper.ts'
import { answered, createPeers, createWorld } from '../webhooks/world.ts'

t.test('answers that come one after another are all kept, each as soon as it is there', async t => {
  const delivered = async () => (await world.deliveries('&state=delivered')).length
  // Each answer waits until the one before has been written down.
  const peers = createPeers(async (_, nth) => {
    await eventually(async () => (await delivered()) === nth - 1)
    return answered(204)
  })
  const world = await createWorld(t, { egress: peers.egress })
  const endpoint = await world.addEndpoint('https://vendor.example.com/hook')
  await world.announceMany(4)
  await world.drain(endpoint.id)
  t.equal(await delivered(), 4)
  t.equal(peers.posted.length, 4, 'and none was sent twice')
})

t.test('what was claimed ahead is given back, unsent, when an answer asks for a pause', async t => {
  const peers = createPeers((_, nth) => (nth === 15 ? answered(429, { 'retry-after': '60' }) : answered(204)))
  const world = await createWorld(t, { egress: peers.egress })
  const endpoint = await world.addEndpoint('https://vendor.example.com/hook')
  await world.announceMany(60)
  await world.drain(endpoint.id)
  t.ok(peers.posted.length < 15 + 10, 'only those in flight were sent besides')
  world.clock.advance(61_000)
  await world.drain(endpoint.id)
  t.equal((await world.deliveries('&state=delivered')).length, 60)
  t.equal(peers.posted.length, 61, 'each once, and the refused one twice')
})

t.test('what was claimed ahead is held when the endpoint says that it is gone', async t => {
  const peers = createPeers((_, nth) => answered(nth === 15 ? 410 : 204))
  const world = await createWorld(t, { egress: peers.egress })
  const endpoint = await world.addEndpoint('https://vendor.example.com/hook')
  await world.announceMany(60)
  await world.drain(endpoint.id)
  const held = await world.deliveries('&state=held')
  t.equal(held.length + peers.posted.length, 60 + 1, 'all that was not sent, and the one that was refused')
  t.ok(held.length > 60 - 15 - 10)
})

t.test('what has waited too long behind slow answers is claimed anew before it is sent', async t => {
  const peers = createPeers((_, nth) => {
    if (nth % 10 === 0) world.clock.advance(9_000)
    return answered(204)
  })
  const world = await createWorld(t, { egress: peers.egress })
  const endpoint = await world.addEndpoint('https://vendor.example.com/hook')
  await world.announceMany(60)
  await world.drain(endpoint.id)
  t.equal((await world.deliveries('&state=delivered')).length, 60)
  t.equal(peers.posted.length, 60, 'each once')
})

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

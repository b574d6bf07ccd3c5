import t from 'tap'
import { advance } from '../../src/webhooks/advance.ts'
import { purgeOld, requeueDue } from '../../src/webhooks/sweep.ts'
import { answered, createPeers, createWorld } from '../webhooks/world.ts'

const HOUR_MS = 3_600_000

t.test('a recovery gives an endpoint that was added later what it has missed, and goes on after a restart', async t => {
  const peers = createPeers(() => answered(200))
  const world = await createWorld(t, { egress: peers.egress })
  const since = world.clock.now().toISOString()
  const eventIds = await world.announceMany(700)
  world.clock.advance(HOUR_MS)
  const endpoint = await world.addEndpoint('https://late.example.com/hook', { eventTypes: ['scenario.*'] })
  const started = await world.call('POST', `/webhook-endpoints/${endpoint.id}/recover`, { since })
  t.equal(started.status, 202)
  const url = `/webhook-recoveries/${started.body.id}`

  // The first step is made, then the process dies before it sends anything and the queue forgets the drain.
  await advance(world.deps, endpoint.id, [], 0)
  t.match((await world.call('GET', url)).body, { state: 'running', written: 500 })
  world.clock.advance(60_000)
  t.equal(await requeueDue(world.deps, 10), 1, 'the sweep finds it')
  await world.drain(endpoint.id)
  await world.drain(endpoint.id)
  t.match((await world.call('GET', url)).body, { state: 'done', written: 700, takenUp: 0 })
  t.same(peers.posted.map(post => post.headers['webhook-id'] ?? '').sort(), [...eventIds].sort())
  const sequences = peers.posted.map(post => Number(post.headers['duijie-sequence'])).sort((a, b) => a - b)
  t.same(
    sequences,
    Array.from({ length: 700 }, (_, i) => i + 1),
    'the numbers have no gap',
  )
})

t.test('a recovery that is cancelled takes up nothing more', async t => {
  const peers = createPeers(() => answered(200))
  const world = await createWorld(t, { egress: peers.egress })
  const since = world.clock.now().toISOString()
  await world.announceMany(600)
  world.clock.advance(HOUR_MS)
  const endpoint = await world.addEndpoint('https://late.example.com/hook')
  const started = await world.call('POST', `/webhook-endpoints/${endpoint.id}/recover`, { since })
  await advance(world.deps, endpoint.id, [], 0)
  const cancelled = await world.call('POST', `/webhook-recoveries/${started.body.id}/cancel`)
  t.match(cancelled.body, { state: 'cancelled', written: 500 })
  await world.drain(endpoint.id)
  t.equal(peers.posted.length, 500)
  const again = await world.call('POST', `/webhook-recoveries/${started.body.id}/cancel`)
  t.same(again.body, cancelled.body, 'cancelling twice changes nothing')
})

t.test('a recovery sends again what was exhausted in its time, and leaves alone what has arrived', async t => {
  const peers = createPeers((_, nth) => answered(nth === 1 || nth === 3 ? 500 : 200))
  const world = await createWorld(t, { egress: peers.egress })
  const endpoint = await world.addEndpoint('https://vendor.example.com/hook', {
    retryScheduleS: [0],
    concurrencyMax: 1,
  })
  const [early] = await world.announceMany(1)
  await world.drain(endpoint.id)
  world.clock.advance(HOUR_MS)
  const since = world.clock.now().toISOString()
  await world.announceMany(1)
  const [late] = await world.announceMany(1)
  await world.drain(endpoint.id)
  t.equal(peers.posted.length, 3)
  world.clock.advance(HOUR_MS)
  await world.call('POST', `/webhook-endpoints/${endpoint.id}/recover`, { since, state: 'exhausted' })
  await world.drain(endpoint.id)
  t.equal(peers.posted.length, 4)
  t.equal(peers.posted.at(-1)?.headers['webhook-id'], late)
  t.match(await world.deliveries('&state=undelivered'), [{ eventId: early, reason: 'status_500' }])
})

t.test(
  'old attempts are forgotten after 30 days, deliveries that came to rest after 90, and held ones never',
  async t => {
    const peers = createPeers(() => answered(200))
    const world = await createWorld(t, { egress: peers.egress })
    const [sent, off] = [
      await world.addEndpoint('https://one.example.com/hook'),
      await world.addEndpoint('https://two.example.com/hook'),
    ]
    await world.call('POST', `/webhook-endpoints/${off.id}/disable`)
    await world.announceMany(1)
    await world.drain(sent.id)
    const [delivery] = await world.deliveries(`&endpointId=${sent.id}`)
    const attemptsLeft = async () => (await world.call('GET', `/deliveries/${delivery?.id}`)).body.attempts?.length
    world.clock.advance(29 * 24 * HOUR_MS)
    await purgeOld(world.deps)
    t.equal(await attemptsLeft(), 1)
    world.clock.advance(2 * 24 * HOUR_MS)
    await purgeOld(world.deps)
    t.equal(await attemptsLeft(), 0)
    world.clock.advance(60 * 24 * HOUR_MS)
    await purgeOld(world.deps)
    t.match(await world.deliveries(), [{ endpointId: off.id, state: 'held' }])
  },
)

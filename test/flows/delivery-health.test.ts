import t from 'tap'
import { requeueDue } from '../../src/webhooks/sweep.ts'
import { answered, createPeers, createWorld } from '../webhooks/world.ts'

const HALF_A_DAY_MS = 43_200_000
const once = { retryScheduleS: [0], eventTypes: ['match.*', 'scenario.*'] }

t.test('an endpoint that only fails is warned about, then disabled, and its owner and the park are told', async t => {
  const peers = createPeers(() => answered(500))
  const world = await createWorld(t, { egress: peers.egress })
  const endpoint = await world.addEndpoint('https://vendor.example.com/hook', once)
  const unending = await world.addEndpoint('https://other.example.com/hook', { ...once, autoDisable: false })
  for (let half = 0; half <= 10; half++) {
    t.match(await world.endpoint(endpoint.id), { state: 'active' })
    await world.announceMany(1)
    await world.drain(endpoint.id)
    await world.drain(unending.id)
    world.clock.advance(HALF_A_DAY_MS)
  }
  t.match(await world.endpoint(endpoint.id), { state: 'disabled', disabledReason: 'failing', failedDeliveries: 11 })
  t.match(await world.endpoint(unending.id), { state: 'active', failedDeliveries: 11 })
  const warnings = await world.told('endpoint.warned', { count: 3 })
  t.same(
    warnings.map(event => event.data),
    [50, 75, 90].map(percent => ({ endpointId: endpoint.id, percent })),
  )
  t.match(await world.told('endpoint.disabled', { key: world.park.key }), [{ data: { reason: 'failing' } }])
})

t.test('one success ends the failing, and who was warned is told so', async t => {
  const peers = createPeers((_, nth) => answered(nth === 7 ? 200 : 500))
  const world = await createWorld(t, { egress: peers.egress })
  const endpoint = await world.addEndpoint('https://vendor.example.com/hook', once)
  for (let half = 0; half < 7; half++) {
    await world.announceMany(1)
    await world.drain(endpoint.id)
    world.clock.advance(HALF_A_DAY_MS)
  }
  t.match(await world.endpoint(endpoint.id), { state: 'active', failedDeliveries: 0, failingSince: undefined })
  t.match(await world.told('endpoint.recovered'), [{ data: { endpointId: endpoint.id } }])
})

t.test('one delivery that fails again and again counts once', async t => {
  const peers = createPeers(() => answered(500))
  const world = await createWorld(t, { egress: peers.egress })
  const endpoint = await world.addEndpoint('https://vendor.example.com/hook', { retryScheduleS: [0, 1, 1, 1] })
  await world.announceMany(1)
  for (let attempt = 0; attempt < 4; attempt++) {
    await world.drain(endpoint.id)
    world.clock.advance(2_000)
  }
  t.match(await world.endpoint(endpoint.id), { failedDeliveries: 1 })
})

t.test('the metrics say what came of attempts, how long the first one took, what is held and what waits', async t => {
  const peers = createPeers((_, nth) => answered(nth === 1 ? 200 : 500))
  const world = await createWorld(t, { egress: peers.egress })
  const endpoint = await world.addEndpoint('https://vendor.example.com/hook', { concurrencyMax: 1 })
  const off = await world.addEndpoint('https://off.example.com/hook')
  await world.call('POST', `/webhook-endpoints/${off.id}/disable`)
  await world.announceMany(2)
  world.clock.advance(3_000)
  await world.drain(endpoint.id)
  world.clock.advance(60_000)
  await requeueDue(world.deps, 10)
  const text = await world.deps.metrics.registry.metrics()
  for (const line of [
    'duijie_webhook_attempts_total{outcome="delivered"} 1',
    'duijie_webhook_attempts_total{outcome="retry"} 1',
    'duijie_webhook_first_attempt_seconds_sum 6',
    'duijie_webhook_held_deliveries 2',
  ])
    t.ok(text.includes(line), line)
  const age = Number(/^duijie_webhook_queue_age_seconds (\S+)$/m.exec(text)?.[1])
  t.ok(age >= 54 && age <= 56, `the retry of about five seconds has been due for ${age}`)
})

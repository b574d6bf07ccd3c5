import { setImmediate as nextTurn } from 'node:timers/promises'
import t from 'tap'
import { requeueDue } from '../../src/webhooks/sweep.ts'
import { createDeliverHandler } from '../../workers/deliver.ts'
import { eventually, receiver } from '../helper.ts'
import { verifies } from '../webhooks/verify.ts'
import { answered, blockedBy, createPeers, createWorld, failed } from '../webhooks/world.ts'

t.test('an announced match arrives once, signed, with its id, its number and the text that was stored', async t => {
  const world = await createWorld(t)
  const peer = await receiver(t)
  const endpoint = await world.addEndpoint(peer.url, { headers: { 'X-Tenant': 'acme' } })
  const [eventId = ''] = await world.announce()
  await world.drain(endpoint.id)
  await world.drain(endpoint.id)

  t.equal(peer.requests.length, 1)
  const [request] = peer.requests
  t.match(request?.headers, {
    'webhook-id': eventId,
    'duijie-sequence': '1',
    'content-type': 'application/json; charset=utf-8',
    'accept-encoding': 'identity',
    'x-tenant': 'acme',
    traceparent: /^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/,
  })
  const nowS = Math.floor(world.clock.now().getTime() / 1_000)
  t.equal(request?.headers['webhook-timestamp'], String(nowS))
  t.match(JSON.parse(request?.body ?? ''), {
    id: eventId,
    type: 'match.created',
    timestamp: world.clock.now().toISOString(),
  })
  t.ok(verifies(endpoint.secret, request))

  const [delivery] = await world.deliveries()
  t.match(delivery, { state: 'delivered', attemptsMade: 1, sequence: 1, eventId })
  const detail = await world.call('GET', `/deliveries/${delivery?.id}`)
  t.equal(detail.body.body, request?.body)
  t.match(detail.body.attempts, [{ number: 1, trigger: 'schedule', outcome: 'delivered', status: 204 }])
})

const HOUR_MS = 3_600_000

t.test('a failure is retried on the schedule, each time with a fresh timestamp and the same id and body', async t => {
  const peers = createPeers((_, nth) => answered(nth < 4 ? 500 : 200))
  const world = await createWorld(t, { egress: peers.egress })
  const endpoint = await world.addEndpoint('https://vendor.example.com/hook')
  await world.announce()
  await world.drain(endpoint.id)
  for (let round = 0; round < 3; round++) {
    const [delivery] = await world.deliveries()
    t.match(delivery, { state: 'pending', reason: 'status_500', attemptsMade: round + 1 })
    const dueMs = new Date(delivery?.nextAttemptAt ?? '').getTime()
    const wake = world.jobs.at(-1)
    t.equal(wake?.delayMs, dueMs - world.clock.now().getTime(), 'a delayed drain waits for it')
    await world.drain(endpoint.id)
    t.equal(peers.posted.length, round + 1, 'and not before')
    world.clock.advance(dueMs - world.clock.now().getTime())
    await world.drain(endpoint.id)
  }
  t.match(await world.deliveries(), [{ state: 'delivered', attemptsMade: 4 }])
  t.equal(new Set(peers.posted.map(post => post.headers['webhook-id'])).size, 1)
  t.equal(new Set(peers.posted.map(post => post.body)).size, 1)
  t.equal(new Set(peers.posted.map(post => post.headers['webhook-timestamp'])).size, 4)
  t.ok(peers.posted.every(post => verifies(endpoint.secret, post)))
  t.equal(new Set(world.jobs.map(job => job.id)).size, world.jobs.length, 'no job id is used twice')
})

t.test('after the last attempt a delivery is exhausted and its owner and the park are told', async t => {
  const peers = createPeers(() => failed('connection_refused'))
  const world = await createWorld(t, { egress: peers.egress })
  const endpoint = await world.addEndpoint('https://vendor.example.com/hook', { retryScheduleS: [0, 10] })
  await world.announce()
  await world.drain(endpoint.id)
  world.clock.advance(20_000)
  await world.drain(endpoint.id)
  const [delivery] = await world.deliveries()
  t.match(delivery, { state: 'exhausted', reason: 'connection_refused', attemptsMade: 2 })
  t.match(await world.told('delivery.exhausted', { key: world.park.key }), [
    { data: { deliveryId: delivery?.id, endpointId: endpoint.id, eventType: 'match.created' } },
  ])
})

t.test('what is told about an endpoint is never told to that endpoint, nor told about again', async t => {
  const peers = createPeers(() => failed('connection_refused'))
  const world = await createWorld(t, { egress: peers.egress })
  const first = await world.addEndpoint('https://one.example.com/hook', { retryScheduleS: [0] })
  const second = await world.addEndpoint('https://two.example.com/hook', {
    retryScheduleS: [0],
    eventTypes: ['delivery.*', 'endpoint.*'],
  })
  await world.announce()
  await world.drain(first.id)
  t.same(await world.fanOutRest(), ['delivery.exhausted'])
  t.match(await world.deliveries(`&endpointId=${second.id}`), [{ eventType: 'delivery.exhausted' }])
  t.match(await world.deliveries(`&endpointId=${first.id}`), [{ eventType: 'match.created' }])
  await world.drain(second.id)
  t.match(await world.deliveries(`&endpointId=${second.id}`), [{ state: 'exhausted' }])
  t.same(await world.fanOutRest(), [], 'its own exhaustion is no news')
})

t.test('410 disables the endpoint at once; what is pending is held and what comes is held too', async t => {
  const peers = createPeers(() => answered(410))
  const world = await createWorld(t, { egress: peers.egress })
  const endpoint = await world.addEndpoint('https://vendor.example.com/hook', { concurrencyMax: 1 })
  await world.announce(3)
  await world.drain(endpoint.id)
  t.equal(peers.posted.length, 1)
  t.match(await world.endpoint(endpoint.id), { state: 'disabled', disabledReason: 'gone' })
  await world.announce()
  t.same((await world.deliveries()).map(({ state, reason }) => `${state} ${reason}`).sort(), [
    'held endpoint_disabled',
    'held endpoint_disabled',
    'held endpoint_disabled',
    'held gone',
  ])
  t.match(await world.told('endpoint.disabled'), [{ data: { endpointId: endpoint.id, reason: 'gone' } }])
})

t.test('429 with Retry-After leaves the whole endpoint alone until then', async t => {
  const peers = createPeers((_, nth) => (nth === 1 ? answered(429, { 'retry-after': '3600' }) : answered(200)))
  const world = await createWorld(t, { egress: peers.egress })
  const endpoint = await world.addEndpoint('https://vendor.example.com/hook')
  await world.announce()
  await world.drain(endpoint.id)
  await world.announce(2)
  await world.drain(endpoint.id)
  t.equal(peers.posted.length, 1, 'nothing goes out during the pause')
  t.equal(world.jobs.at(-1)?.delayMs ?? world.jobs.at(-2)?.delayMs, HOUR_MS)
  world.clock.advance(HOUR_MS)
  await world.drain(endpoint.id)
  t.equal(peers.posted.length, 4)
  t.ok((await world.deliveries()).every(delivery => delivery.state === 'delivered'))
})

t.test(
  'an endpoint that was disabled by its owner gets what was held, in the order of its creation, or never',
  async t => {
    const peers = createPeers(() => answered(200))
    const world = await createWorld(t, { egress: peers.egress })
    const [replayed, dropped] = [
      await world.addEndpoint('https://one.example.com/hook', { concurrencyMax: 1 }),
      await world.addEndpoint('https://two.example.com/hook'),
    ]
    await world.announce()
    for (const { id } of [replayed, dropped]) {
      await world.call('POST', `/webhook-endpoints/${id}/disable`)
      await world.drain(id)
    }
    await world.announce(5)
    for (const { id } of [replayed, dropped]) await world.drain(id)
    t.equal(peers.posted.length, 0)
    t.equal((await world.deliveries('&state=held')).length, 12)

    const enabled = await world.call('POST', `/webhook-endpoints/${replayed.id}/enable`, { replay: 'all' })
    t.match(enabled.body, { endpoint: { state: 'active' }, recovery: { action: 'replay', state: 'running' } })
    await world.call('POST', `/webhook-endpoints/${dropped.id}/enable`, { replay: 'none' })
    for (const { id } of [replayed, dropped]) await world.drain(id)
    t.same(
      peers.posted.map(post => post.headers['duijie-sequence']),
      ['1', '2', '3', '4', '5', '6'],
    )
    t.ok(peers.posted.every(post => post.url.includes('one')))
    t.ok((await world.deliveries(`&endpointId=${dropped.id}`)).every(delivery => delivery.state === 'dropped'))
    const progress = await world.call('GET', `/webhook-recoveries/${enabled.body.recovery.id}`)
    t.match(progress.body, { state: 'done', takenUp: 6, written: 0 })
  },
)

t.test('an endpoint that never answers holds up nobody else', async t => {
  let release = () => {}
  const silence = new Promise<void>(resolve => (release = resolve))
  const peers = createPeers(async ({ url }) => {
    if (url.includes('dead')) await silence
    return answered(200)
  })
  const world = await createWorld(t, { egress: peers.egress })
  const dead = await world.addEndpoint('https://dead.example.com/hook')
  const alive = await world.addEndpoint('https://alive.example.com/hook')
  await world.announce(30)
  const waiting = world.drain(dead.id)
  await world.drain(alive.id)
  t.equal((await world.deliveries(`&endpointId=${alive.id}&state=delivered`)).length, 30)
  t.equal(peers.posted.filter(post => post.url.includes('dead')).length, 10, 'no more than its slots are in flight')
  await world.drain(dead.id)
  t.pass('a second drain of it does not wait for the first')
  release()
  await waiting
  t.equal((await world.deliveries('&state=delivered')).length, 60)
})

t.test('a delivery whose sender died is sent again under the same id when its lease has ended', async t => {
  const first = createPeers(() => new Promise(() => {}))
  const second = createPeers(() => answered(200))
  let current = first.egress
  const world = await createWorld(t, {
    egress: { post: (url, request) => current.post(url, request), check: first.egress.check, close: () => {} },
  })
  const endpoint = await world.addEndpoint('https://vendor.example.com/hook')
  await world.announce()
  void world.drain(endpoint.id)
  await eventually(async () => first.posted.length === 1)
  current = second.egress
  const restarted = createDeliverHandler(world.deps)
  const drain = () => restarted({ id: 'job', data: { endpointId: endpoint.id } })
  await drain()
  t.equal(second.posted.length, 0, 'the lease is respected')
  world.clock.advance(40_000)
  t.equal(await requeueDue(world.deps, 10), 0, 'the sweep waits a little longer than the lease')
  world.clock.advance(10_000)
  t.equal(await requeueDue(world.deps, 10), 1)
  t.match(world.jobs.at(-1), { queue: 'deliver', data: { endpointId: endpoint.id } })
  await drain()
  t.equal(second.posted[0]?.headers['webhook-id'], first.posted[0]?.headers['webhook-id'])
  t.match(await world.deliveries(), [{ state: 'delivered' }])
})

t.test('what we break off ourselves is no attempt and no failure', async t => {
  const peers = createPeers(() => failed('aborted'))
  const world = await createWorld(t, { egress: peers.egress })
  const endpoint = await world.addEndpoint('https://vendor.example.com/hook')
  await world.announce()
  await world.drain(endpoint.id)
  t.equal(peers.posted.length, 1)
  t.match(await world.deliveries(), [{ state: 'pending', attemptsMade: 0 }])
  t.notOk((await world.endpoint(endpoint.id)).failingSince)
})

t.test('a resend goes out now and is retried if it fails', async t => {
  const peers = createPeers((_, nth) => answered(nth === 2 ? 500 : 200))
  const world = await createWorld(t, { egress: peers.egress })
  const endpoint = await world.addEndpoint('https://vendor.example.com/hook')
  await world.announce()
  await world.drain(endpoint.id)
  const [delivery] = await world.deliveries()
  const resent = await world.call('POST', `/deliveries/${delivery?.id}/resend`)
  t.equal(resent.status, 202)
  await world.drain(endpoint.id)
  t.match(await world.deliveries(), [{ state: 'pending', reason: 'status_500' }])
  world.clock.advance(10_000)
  await world.drain(endpoint.id)
  const { body } = await world.call('GET', `/deliveries/${delivery?.id}`)
  t.match(body, { state: 'delivered', attemptsMade: 3 })
  t.same(
    body.attempts.map((entry: { number: number; trigger: string }) => [entry.number, entry.trigger]),
    [
      [3, 'resend'],
      [2, 'resend'],
      [1, 'schedule'],
    ],
  )
})

t.test('a blocked address is held, and disables the endpoint after three dials over an hour', async t => {
  const peers = createPeers(() => blockedBy('private_address'))
  const world = await createWorld(t, { egress: peers.egress })
  const endpoint = await world.addEndpoint('https://vendor.example.com/hook')
  for (let dial = 0; dial < 2; dial++) {
    await world.announce()
    await world.drain(endpoint.id)
    world.clock.advance(HOUR_MS)
  }
  t.match(await world.endpoint(endpoint.id), { state: 'active' })
  await world.announce()
  await world.drain(endpoint.id)
  t.match(await world.endpoint(endpoint.id), { state: 'disabled', disabledReason: 'blocked_address' })
  t.equal(peers.posted.length, 3, 'none is retried')
  t.ok((await world.deliveries()).every(entry => entry.state === 'held' && entry.reason === 'blocked_private_address'))
})

t.test('a member that was suspended is told no more: the delivery is withdrawn and says why', async t => {
  const peers = createPeers((_, nth) => answered(nth === 1 ? 500 : 200))
  const world = await createWorld(t, { egress: peers.egress })
  const endpoint = await world.addEndpoint('https://vendor.example.com/hook')
  await world.announce()
  await world.drain(endpoint.id)
  const membership = `/parks/${world.park.id}/memberships/${world.vendor.id}`
  const suspended = await world.call('PATCH', membership, { state: 'suspended' }, { key: world.park.key })
  t.equal(suspended.status, 200)
  world.clock.advance(10_000)
  await world.drain(endpoint.id)
  t.equal(peers.posted.length, 1)
  t.match(await world.deliveries(), [{ state: 'withdrawn', reason: 'membership_suspended' }])
})

t.test('the old secret signs beside the new one until its overlap ends, or not at all', async t => {
  const peers = createPeers(() => answered(200))
  const world = await createWorld(t, { egress: peers.egress })
  const endpoint = await world.addEndpoint('https://vendor.example.com/hook')
  const rotated = await world.call('POST', `/webhook-endpoints/${endpoint.id}/rotate-secret`, {})
  const next = rotated.body.secret as string
  const sent = async () => {
    await world.announce()
    await world.drain(endpoint.id)
    return peers.posted.at(-1)
  }
  const during = await sent()
  t.same([verifies(endpoint.secret, during), verifies(next, during)], [true, true])
  world.clock.advance(24 * HOUR_MS)
  const after = await sent()
  t.same([verifies(endpoint.secret, after), verifies(next, after)], [false, true])
  await world.call('POST', `/webhook-endpoints/${endpoint.id}/rotate-secret`, { expireNow: true })
  t.notOk(verifies(next, await sent()))
})

t.test('no more attempts a second go out than the endpoint allows', async t => {
  const peers = createPeers(() => answered(200))
  const world = await createWorld(t, { egress: peers.egress })
  const endpoint = await world.addEndpoint('https://vendor.example.com/hook', { rateMax: 5 })
  await world.announce(12)
  const counts: number[] = []
  for (let second = 0; second < 3; second++) {
    await world.drain(endpoint.id)
    await world.drain(endpoint.id)
    counts.push(peers.posted.length)
    world.clock.advance(1_000)
  }
  t.same(counts, [5, 10, 12])
  t.equal(world.jobs.filter(job => job.delayMs === 1_000).length, 2, 'a drain waits for each next second')
})

t.test('three time-outs in a row leave one delivery in flight at a time', async t => {
  let inFlight = 0
  let most = 0
  const peers = createPeers(async () => {
    most = Math.max(most, ++inFlight)
    await new Promise(resolve => setImmediate(resolve))
    inFlight -= 1
    return failed('timeout')
  })
  const world = await createWorld(t, { egress: peers.egress })
  const endpoint = await world.addEndpoint('https://vendor.example.com/hook', { concurrencyMax: 3 })
  await world.announce(3)
  await world.drain(endpoint.id)
  t.equal(most, 3)
  most = 0
  await world.announce(5)
  await world.drain(endpoint.id)
  t.equal(most, 1)
})

t.test('a queue that has forgotten everything loses nothing: the sweep asks again, once, under a new id', async t => {
  const peers = createPeers(() => answered(200))
  const world = await createWorld(t, { egress: peers.egress })
  const endpoint = await world.addEndpoint('https://vendor.example.com/hook')
  await world.announce(3)
  const [forgotten] = world.jobs.splice(0)
  t.equal(await requeueDue(world.deps, 10), 0, 'a drain may still be on its way')
  world.clock.advance(16_000)
  t.equal(await requeueDue(world.deps, 10), 1)
  t.equal(await requeueDue(world.deps, 10), 0)
  t.not(world.jobs[0]?.id, forgotten?.id)
  await world.drain(endpoint.id)
  world.clock.advance(16_000)
  t.equal(await requeueDue(world.deps, 10), 0, 'nothing is open any more')
  t.equal((await world.deliveries('&state=delivered')).length, 3)
})

t.test('a drain with much to do makes room for others after 500 attempts and asks for the next one', async t => {
  const peers = createPeers(() => answered(200))
  const world = await createWorld(t, { egress: peers.egress })
  const endpoint = await world.addEndpoint('https://vendor.example.com/hook')
  await world.announceMany(510)
  world.jobs.splice(0)
  await world.drain(endpoint.id)
  t.equal(peers.posted.length, 500)
  t.match(world.jobs.at(-1), { queue: 'deliver', delayMs: undefined, data: { endpointId: endpoint.id } })
  await world.drain(endpoint.id)
  t.equal(peers.posted.length, 510)
})

t.test('a drain that comes while one runs gives it its turn, and nobody asks for more than that needs', async t => {
  const peers = createPeers(() => answered(200))
  const world = await createWorld(t, { egress: peers.egress })
  const endpoint = await world.addEndpoint('https://vendor.example.com/hook')
  await world.announceMany(510)
  world.jobs.splice(0)
  const first = world.drain(endpoint.id)
  while (peers.posted.length === 0) await nextTurn()
  await Promise.all([world.drain(endpoint.id), first])
  t.equal(peers.posted.length, 510)
  t.same(world.jobs, [], 'all is sent, so no further drain is asked for')
})

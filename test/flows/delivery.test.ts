import { Webhook } from 'standardwebhooks'
import t from 'tap'
import { receiver } from '../helper.ts'
import { createWorld } from '../webhooks/world.ts'

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

/** Whether the reference library accepts the request. It reads the real clock, so the time is checked by us. */
const verifies = (secret: string, request: { headers: Record<string, string>; body: string } | undefined) => {
  if (!request) return false
  const {
    'webhook-id': id = '',
    'webhook-timestamp': timestamp = '',
    'webhook-signature': signature = '',
  } = request.headers
  const expected = new Webhook(secret).sign(id, new Date(Number(timestamp) * 1_000), request.body)
  return signature.split(' ').includes(expected)
}

import t from 'tap'
import { transaction } from '../../src/platform/db.ts'
import { endpoints, endpointSecrets } from '../../src/webhooks/tables.ts'
import { makeOrganisation } from '../helper.ts'
import { verifies } from '../webhooks/verify.ts'
import { answered, createPeers, createWorld } from '../webhooks/world.ts'

const hook = 'https://vendor.example.com/hook'

t.test('endpoints', async t => {
  const peers = createPeers(() => answered(200))
  const world = await createWorld(t, { egress: peers.egress })
  const reader = await makeOrganisation(world.deps, 'vendor', [world.park.id], { role: 'reader' })
  const editor = await makeOrganisation(world.deps, 'vendor', [world.park.id], { role: 'editor' })

  t.test('one is registered with our defaults, and its secret is shown in that answer only', async t => {
    const made = await world.call('POST', '/webhook-endpoints', { url: hook })
    t.equal(made.status, 201)
    t.match(made.body, {
      eventTypes: ['*'],
      concurrencyMax: 10,
      rateMax: 0,
      autoDisable: true,
      state: 'active',
      secret: /^whsec_/,
      oldSecretsExpireAt: [],
    })
    t.equal(made.headers.location, `/v1/webhook-endpoints/${made.body.id}`)
    t.equal(made.headers.etag, made.body.etag)
    const read = await world.call('GET', `/webhook-endpoints/${made.body.id}`)
    t.equal(read.status, 200)
    t.notOk('secret' in read.body)
  })

  t.test('secrets and header values are sealed in the database, and header values never come back', async t => {
    const secret = `whsec_${Buffer.alloc(24, 9).toString('base64')}`
    const made = await world.addEndpoint(hook, { secret, headers: { 'X-Token': 'very-secret' } })
    t.equal(made.secret, secret)
    const rows = await transaction(world.deps, { kind: 'worker' }, async tx => [
      ...(await tx.select().from(endpoints)).map(row => row.headersSealed),
      ...(await tx.select().from(endpointSecrets)).map(row => row.sealed),
    ])
    const stored = Buffer.concat(rows.map(row => row ?? Buffer.alloc(0)))
    t.notOk(stored.includes('very-secret') || stored.includes(secret))
    const read = await world.endpoint(made.id)
    t.same(read.headerNames, ['x-token'])
    t.notOk(JSON.stringify(read).includes('very-secret'))
  })

  t.test('the same Idempotency-Key registers once and does not show the secret again', async t => {
    const headers = { 'idempotency-key': 'once' }
    const first = await world.call('POST', '/webhook-endpoints', { url: hook }, { headers })
    const again = await world.call('POST', '/webhook-endpoints', { url: hook }, { headers })
    t.equal(first.status, 201)
    t.match(again, { status: 409, body: { type: '/problems/secret_already_shown' } })
  })

  t.test('what is wrong is named by field', async t => {
    const wrong = async (payload: object) => {
      const answer = await world.call('POST', '/webhook-endpoints', { url: hook, ...payload })
      return [answer.status, answer.body.errors?.[0]?.pointer, answer.body.errors?.[0]?.code]
    }
    t.same(await wrong({ eventTypes: ['match.exploded'] }), [422, '/eventTypes/0', 'invalid_value'])
    t.same(await wrong({ secret: `whsec_${Buffer.alloc(23).toString('base64')}` }), [422, '/secret', 'invalid_secret'])
    t.same(await wrong({ headers: { Host: 'x' } }), [422, '/headers/host', 'refused_header'])
    t.same(await wrong({ concurrencyMax: 0 }), [422, '/concurrencyMax', 'too_small'])
    t.same(await wrong({ filters: { totalMin: 10_001 } }), [422, '/filters/totalMin', 'too_big'])
    t.same(await wrong({ retryScheduleS: [] }), [422, '/retryScheduleS', 'too_short'])
    t.same(await wrong({ filters: { problems: ['pb.nothing'] } }), [422, '/filters/problems/0', 'unknown_concept'])
    t.same(await wrong({ filters: { industries: ['pb.scheduling'] } }), [422, '/filters/industries/0', 'wrong_scheme'])
  })

  t.test('what is wrong is told in the language of the reader', async t => {
    const detail = async (url: string, payload: object, language: string): Promise<string> => {
      const answer = await world.call('POST', url, payload, { headers: { 'accept-language': language } })
      t.equal(answer.status, 422)
      return answer.body.errors[0].detail
    }
    const { id } = await world.addEndpoint(hook)
    const long = { 'x-a': 'a'.repeat(3_000), 'x-b': 'b'.repeat(3_000) }
    for (const [url, payload] of [
      ['/webhook-endpoints', { url: hook, secret: 'whsec_a' }],
      ['/webhook-endpoints', { url: hook, secret: 'sk_a' }],
      ['/webhook-endpoints', { url: hook, secret: `whsec_${Buffer.alloc(23).toString('base64')}` }],
      ['/webhook-endpoints', { url: hook, headers: { cookie: 'a' } }],
      ['/webhook-endpoints', { url: hook, headers: { 'x-a': '值' } }],
      ['/webhook-endpoints', { url: hook, headers: long }],
      [`/webhook-endpoints/${id}/rotate-secret`, { expireNow: true, overlapHours: 2 }],
      [`/webhook-endpoints/${id}/recover`, { since: '2001-01-01T00:00:00Z' }],
    ] as const) {
      t.match(await detail(url, payload, 'zh-CN'), /\p{Script=Han}/u)
      t.notMatch(await detail(url, payload, 'en'), /\p{Script=Han}/u)
    }
  })

  t.test('a test without a body is a ping', async t => {
    const { id } = await world.addEndpoint(hook)
    const tested = await world.call('POST', `/webhook-endpoints/${id}/test`)
    t.match(tested, { status: 200, body: { outcome: 'delivered' } })
    t.match(JSON.parse(tested.body.request.body), { type: 'endpoint.ping' })
  })

  t.test('a stranger gets 401, a reader 403, and another organisation 404', async t => {
    const { id, etag } = await world.addEndpoint(hook)
    t.equal((await world.app.inject({ url: '/v1/webhook-endpoints' })).statusCode, 401)
    t.equal((await world.call('POST', '/webhook-endpoints', { url: hook }, { key: reader.key })).status, 403)
    const { key } = editor
    const headers = { 'if-match': etag }
    for (const [method, path, payload] of [
      ['GET', '', undefined],
      ['PATCH', '', { rateMax: 1 }],
      ['DELETE', '', undefined],
      ['POST', '/disable', undefined],
      ['POST', '/enable', { replay: 'all' }],
      ['POST', '/test', {}],
      ['POST', '/rotate-secret', {}],
      ['POST', '/recover', { since: world.clock.now().toISOString() }],
      ['GET', '/recoveries', undefined],
    ] as const)
      t.equal(
        (await world.call(method, `/webhook-endpoints/${id}${path}`, payload, { key, headers })).status,
        404,
        `${method} ${path}`,
      )
    t.same((await world.call('GET', '/webhook-endpoints', undefined, { key })).body.items, [])
  })

  t.test('a change needs the entity tag that was read, and changes only what is given', async t => {
    const { id, etag } = await world.addEndpoint(hook, {
      description: 'ours',
      headers: { 'X-A': '1' },
      retryScheduleS: [0, 5],
    })
    const url = `/webhook-endpoints/${id}`
    t.equal((await world.call('PATCH', url, { rateMax: 3 })).status, 428)
    t.equal((await world.call('PATCH', url, { rateMax: 3 }, { headers: { 'if-match': '"99"' } })).status, 412)
    const change = { rateMax: 3, description: null, filters: { totalMin: 5_000 }, url: 'https://new.example.com/' }
    const changed = await world.call('PATCH', url, change, { headers: { 'if-match': etag } })
    t.equal(changed.status, 200)
    t.match(changed.body, { rateMax: 3, filters: { totalMin: 5_000 }, headerNames: ['x-a'], retryScheduleS: [0, 5] })
    t.notOk('description' in changed.body)
    t.not(changed.headers.etag, etag)
  })

  t.test('a deleted endpoint is gone, and what was still to be sent to it is dropped', async t => {
    const { id } = await world.addEndpoint(hook)
    await world.announce()
    t.equal((await world.call('DELETE', `/webhook-endpoints/${id}`)).status, 204)
    t.equal((await world.call('GET', `/webhook-endpoints/${id}`)).status, 404)
    t.equal((await world.call('DELETE', `/webhook-endpoints/${id}`)).status, 404)
    await world.drain(id)
    t.match(await world.deliveries(`&endpointId=${id}`), [{ state: 'dropped', reason: 'endpoint_deleted' }])
  })

  t.test('only an owner sees the secret again, and that he did is kept', async t => {
    const { id, secret } = await world.addEndpoint(hook)
    const shown = await world.call('POST', `/webhook-endpoints/${id}/reveal-secret`)
    t.same(shown.body, { secret })
    t.equal(shown.headers['cache-control'], 'no-store')
    const rows = await transaction(world.deps, { kind: 'worker' }, tx => tx.select().from(endpointSecrets))
    t.match(
      rows.find(row => row.endpointId === id),
      { revealedAt: world.clock.now(), revealedToKeyId: /^key_/ },
    )
    const edited = await world.addEndpoint(hook, {}, editor.key)
    const refused = await world.call('POST', `/webhook-endpoints/${edited.id}/reveal-secret`, undefined, {
      key: editor.key,
    })
    t.equal(refused.status, 403)
  })

  t.test('three old secrets may sign at the same time, a fourth must wait', async t => {
    const { id } = await world.addEndpoint(hook)
    const rotate = (wish: object) => world.call('POST', `/webhook-endpoints/${id}/rotate-secret`, wish)
    for (let i = 1; i <= 3; i++) {
      const rotated = await rotate({ overlapHours: 168 })
      t.equal(rotated.body.oldSecretsExpireAt.length, i)
    }
    t.equal((await rotate({})).status, 409)
    t.match(await rotate({ expireNow: true }), { status: 200, body: { oldSecretsExpireAt: [], secret: /^whsec_/ } })
    t.equal((await rotate({ overlapHours: 169 })).status, 422)
  })

  t.test('disabling and enabling again is told, and repeating it changes nothing', async t => {
    const { id } = await world.addEndpoint(hook)
    const off = await world.call('POST', `/webhook-endpoints/${id}/disable`)
    t.match(off.body, { state: 'disabled', disabledReason: 'manual' })
    const again = await world.call('POST', `/webhook-endpoints/${id}/disable`)
    t.same(again.body, off.body)
    t.equal(
      (await world.call('POST', `/webhook-endpoints/${id}/recover`, { since: '2026-11-01T00:00:00Z' })).status,
      409,
    )
    const on = await world.call('POST', `/webhook-endpoints/${id}/enable`, { replay: 'all' })
    t.match(on.body.endpoint, { state: 'active', disabledReason: undefined })
  })

  t.test('an organisation has at most twenty endpoints', async t => {
    const { key } = await makeOrganisation(world.deps, 'vendor', [world.park.id])
    for (let i = 0; i < 20; i++) await world.addEndpoint(hook, {}, key)
    t.equal((await world.call('POST', '/webhook-endpoints', { url: hook }, { key })).status, 409)
    const page = await world.call('GET', '/webhook-endpoints?limit=15', undefined, { key })
    const rest = await world.call('GET', `/webhook-endpoints?limit=15&cursor=${page.body.nextCursor}`, undefined, {
      key,
    })
    t.same([page.body.items.length, rest.body.items.length, rest.body.nextCursor], [15, 5, undefined])
  })
})

t.test('a URL is judged where it is registered and where it is changed, by its form and by its addresses', async t => {
  const addresses: Record<string, string[]> = { 'inside.example.com': ['93.184.216.34', '10.0.0.1'] }
  const world = await createWorld(t, {
    resolver: async name => addresses[name] ?? ['93.184.216.34'],
    env: { WEBHOOK_ALLOW_HTTP: '0', WEBHOOK_ALLOW_CIDRS: '' },
  })
  const refuse = async (url: string) => {
    const answer = await world.call('POST', '/webhook-endpoints', { url }, { headers: { 'accept-language': 'en' } })
    return [answer.status, answer.body.errors?.[0]]
  }
  t.match(await refuse('http://vendor.example.com/'), [422, { pointer: '/url', code: 'scheme' }])
  t.match(await refuse('https://127.0.0.1/'), [422, { code: 'loopback_address', detail: /the machine itself/ }])
  t.match(await refuse('https://169.254.169.254/latest'), [422, { code: 'metadata_address' }])
  t.match(
    await refuse('https://inside.example.com/'),
    [422, { code: 'private_address' }],
    'one private answer is enough',
  )
  const { id, etag } = await world.addEndpoint('https://vendor.example.com/')
  const changed = await world.call(
    'PATCH',
    `/webhook-endpoints/${id}`,
    { url: 'https://inside.example.com/' },
    { headers: { 'if-match': etag } },
  )
  t.match(changed.body.errors, [{ pointer: '/url', code: 'private_address', detail: /专用网络/ }])

  addresses['vendor.example.com'] = ['10.0.0.1']
  await world.announce()
  await world.drain(id)
  t.match(await world.deliveries(), [{ state: 'held', reason: 'blocked_private_address' }], 'and again at each dial')
  const tested = await world.call('POST', `/webhook-endpoints/${id}/test`, {})
  t.match(tested, { status: 200, body: { outcome: 'failed', errorCode: 'blocked_address' } })
})

t.test('a test sends one signed message now and tells everything about it', async t => {
  const peers = createPeers((_, nth) => answered(nth === 1 ? 200 : 404))
  const world = await createWorld(t, { egress: peers.egress })
  const { id, secret } = await world.addEndpoint(hook, { headers: { 'x-token': 'very-secret' } })
  const { status, body } = await world.call('POST', `/webhook-endpoints/${id}/test`, {})
  t.equal(status, 200)
  const [post] = peers.posted
  t.match(body, { outcome: 'delivered', status: 200, latencyMs: 1 })
  t.equal(
    body.signedText,
    `${post?.headers['webhook-id']}.${post?.headers['webhook-timestamp']}.${post?.body}`,
    'exactly what was signed',
  )
  t.ok(verifies(secret, post))
  t.notOk(JSON.stringify(body).includes('very-secret'))
  t.match(JSON.parse(post?.body ?? ''), { type: 'endpoint.ping', data: { endpointId: id } })

  const example = await world.call('POST', `/webhook-endpoints/${id}/test`, { type: 'match.created' })
  t.match(example.body, { outcome: 'failed', status: 404 })
  t.match(JSON.parse(peers.posted[1]?.body ?? ''), { type: 'match.created', data: { total: 7_120 } })
  const kept = await world.call('GET', `/deliveries/${example.body.deliveryId}`)
  t.match(kept.body, {
    isTest: true,
    state: 'exhausted',
    reason: 'status_404',
    attempts: [{ trigger: 'test', status: 404 }],
  })
  t.match(await world.endpoint(id), { failedDeliveries: 0 }, 'a test says nothing about health')
  t.equal((await world.call('POST', `/deliveries/${example.body.deliveryId}/resend`)).status, 409)
  t.equal((await world.call('POST', `/webhook-endpoints/${id}/test`, { type: 'scenario.published' })).status, 422)
  await world.fanOutRest()
  t.equal((await world.deliveries()).length, 2, 'an example is never announced')
})

t.test('deliveries', async t => {
  const peers = createPeers((_, nth) => answered(nth % 2 === 1 ? 200 : 500))
  const world = await createWorld(t, { egress: peers.egress })
  const { id } = await world.addEndpoint(hook, { concurrencyMax: 1, retryScheduleS: [0] })
  const eventIds = await world.announce(4)
  await world.drain(id)

  t.test('are listed by state, endpoint, event and type, in pages', async t => {
    const list = async (query: string) => (await world.deliveries(query)).length
    t.same(await Promise.all(['', '&state=delivered', '&state=undelivered', '&state=held'].map(list)), [4, 2, 2, 0])
    t.equal(await list(`&endpointId=${id}&eventId=${eventIds[0]}&eventType=match.created`), 1)
    const first = await world.call('GET', '/deliveries?limit=3')
    const second = await world.call('GET', `/deliveries?limit=3&cursor=${first.body.nextCursor}`)
    t.equal(new Set([...first.body.items, ...second.body.items].map((entry: { id: string }) => entry.id)).size, 4)
    t.notOk(second.body.nextCursor)
    t.equal((await world.call('GET', '/deliveries?state=lost')).status, 422)
  })

  t.test('show why they did not arrive, and are their owner’s only', async t => {
    const [failed] = await world.deliveries('&state=undelivered')
    t.match(failed, { state: 'exhausted', reason: 'status_500' })
    const { key } = await world.stranger()
    t.equal((await world.call('GET', `/deliveries/${failed?.id}`, undefined, { key })).status, 404)
    t.equal((await world.call('POST', `/deliveries/${failed?.id}/resend`, undefined, { key })).status, 404)
    t.same((await world.call('GET', '/deliveries', undefined, { key })).body.items, [])
  })

  t.test('are resent with 202, once per Idempotency-Key, and not while the endpoint is off', async t => {
    const [failed] = await world.deliveries('&state=undelivered')
    const url = `/deliveries/${failed?.id}/resend`
    const headers = { 'idempotency-key': 'resend' }
    const resent = await world.call('POST', url, undefined, { headers })
    t.match(resent, { status: 202, body: { state: 'pending', attemptsMade: 1 } })
    const jobs = world.jobs.length
    t.match(await world.call('POST', url, undefined, { headers }), { status: 202 })
    t.equal(world.jobs.length, jobs, 'the repeat asks for nothing')
    await world.call('POST', `/webhook-endpoints/${id}/disable`)
    t.equal((await world.call('POST', url)).status, 409)
  })
})

t.test('recoveries are bounded, listed, and their owner’s only', async t => {
  const peers = createPeers(() => answered(200))
  const world = await createWorld(t, { egress: peers.egress })
  const { id } = await world.addEndpoint(hook)
  const recover = (wish: object) => world.call('POST', `/webhook-endpoints/${id}/recover`, wish)
  const daysAgo = (days: number) => new Date(world.clock.now().getTime() - days * 86_400_000).toISOString()
  t.match(await recover({ since: daysAgo(31) }), {
    status: 422,
    body: { errors: [{ pointer: '/since', code: 'too_old' }] },
  })
  t.match(await recover({ since: daysAgo(1), until: daysAgo(2) }), {
    status: 422,
    body: { errors: [{ pointer: '/until' }] },
  })
  const started = await recover({ since: daysAgo(30), state: 'all' })
  t.match(started, {
    status: 202,
    body: { action: 'replay', state: 'running', states: ['delivered', 'held', 'exhausted', 'withdrawn'] },
  })
  t.equal(started.headers.location, `/v1/webhook-recoveries/${started.body.id}`)
  for (let i = 0; i < 4; i++) t.equal((await recover({ since: daysAgo(1) })).status, 202)
  t.equal((await recover({ since: daysAgo(1) })).status, 409, 'five at a time')
  const { key } = await world.stranger()
  t.equal((await world.call('GET', `/webhook-recoveries/${started.body.id}`, undefined, { key })).status, 404)
  t.equal((await world.call('POST', `/webhook-recoveries/${started.body.id}/cancel`, undefined, { key })).status, 404)
  const page = await world.call('GET', `/webhook-endpoints/${id}/recoveries?limit=2`)
  t.equal(page.body.items.length, 2)
  t.ok(page.body.nextCursor)
})

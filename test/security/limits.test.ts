import { connect } from 'node:net'
import type { AddressInfo } from 'node:net'
import t from 'tap'
import { buildApp } from '../../src/app.ts'
import { createSharedCounts } from '../../src/platform/limits/shared-counts.ts'
import {
  bearer,
  build,
  buildDeps,
  cloneDatabase,
  createTestClock,
  makeOrganisation,
  makePark,
  skipUnless,
} from '../helper.ts'
import { readDocument } from '../../bench/fuzz/document.ts'

const problemOf = (answer: { json: () => unknown }) => answer.json() as { type: string; status: number }

t.test('a key that asks too often is refused until the minute is over, and is told before', async t => {
  const clock = createTestClock()
  const { app, deps } = await build(t, { clock, env: { RATE_PER_KEY_MAX: '3' } })
  const park = await makePark(deps)
  const get = (key: string) => app.inject({ url: '/v1/self', headers: bearer(key) })
  const first = await get(park.key)
  t.match(first.headers, {
    'ratelimit-policy': '"key";q=3;w=60',
    ratelimit: /^"key";r=2;t=\d+$/,
    'ratelimit-limit': '3',
    'ratelimit-remaining': '2',
  })
  await get(park.key)
  t.equal((await get(park.key)).statusCode, 200)
  const refused = await get(park.key)
  t.equal(refused.statusCode, 429)
  t.match(problemOf(refused), { type: '/problems/too_many_requests', status: 429 })
  t.ok(Number(refused.headers['retry-after']) >= 1)
  const other = await makeOrganisation(deps, 'vendor')
  t.equal((await get(other.key)).statusCode, 200, 'another key has its own')
  clock.advance(60_000)
  t.equal((await get(park.key)).statusCode, 200)
})

t.test('an address that asks too often is refused, whoever it says it is', async t => {
  const { app } = await build(t, { clock: createTestClock(), env: { RATE_PER_ADDRESS_MAX: '2' } })
  const get = (url: string, remoteAddress: string) => app.inject({ url, remoteAddress })
  await get('/v1/self', '192.0.2.1')
  t.equal((await get('/v1/nothing', '192.0.2.1')).statusCode, 404)
  t.equal((await get('/v1/self', '192.0.2.1')).statusCode, 429)
  t.equal((await get('/v1/self', '192.0.2.2')).statusCode, 401, 'another address has its own')
  t.equal((await get('/livez', '192.0.2.1')).statusCode, 200, 'the machines around us are always answered')
  await get('/v1/self', '2001:db8::1')
  await get('/v1/self', '2001:db8::2')
  t.equal((await get('/v1/self', '2001:db8::3')).statusCode, 429, 'a network of IPv6 is one caller')
})

t.test('two processes without Redis hold one limit together once each has told the database', async t => {
  const clock = createTestClock()
  const deps = await buildDeps(t, { clock })
  const [one, two] = [createSharedCounts(deps), createSharedCounts(deps)]
  const currentOf = (counts: typeof one) => counts.count('key:a').current
  for (let i = 0; i < 10; i++) currentOf(one)
  for (let i = 0; i < 5; i++) currentOf(two)
  t.equal(currentOf(one), 11, 'before it has told, each counts for itself')
  await one.sync()
  await two.sync()
  await one.sync()
  t.equal(currentOf(one), 17)
  t.equal(currentOf(two), 17, 'what the other counted since is told a second later')
  await Promise.all([one.sync(), two.sync()])
  await one.sync()
  await two.sync()
  t.same([currentOf(one), currentOf(two)], [19, 19])
  clock.advance(60_000)
  t.equal(currentOf(one), 1, 'a new minute begins with nothing')
})

const redisUrl = process.env['TEST_REDIS_URL'] ?? ''
t.test('two processes share one limit through Redis', { skip: skipUnless(redisUrl !== '', 'redis') }, async t => {
  const databaseUrl = await cloneDatabase(t)
  const env = { REDIS_URL: redisUrl, RATE_PER_KEY_MAX: '3' }
  const [one, two] = [await build(t, { databaseUrl, env }), await build(t, { databaseUrl, env })]
  const park = await makePark(one.deps)
  const statuses: number[] = []
  for (const { app } of [one, two, one, two])
    statuses.push((await app.inject({ url: '/v1/self', headers: bearer(park.key) })).statusCode)
  t.same(statuses, [200, 200, 200, 429])
})

t.test('what is above the number of requests that can be worked on is refused at once', async t => {
  const { app, deps } = await build(t, { env: { REQUESTS_IN_FLIGHT_MAX: '5' } })
  const park = await makePark(deps)
  const answers = await Promise.all(
    Array.from({ length: 40 }, () => app.inject({ url: '/v1/self', headers: bearer(park.key) })),
  )
  const refused = answers.filter(answer => answer.statusCode === 503)
  t.ok(refused.length >= 30, `${refused.length} of 40 were refused`)
  t.equal(refused[0]?.headers['retry-after'], '2')
  t.match(refused[0] && problemOf(refused[0]), { type: '/problems/unavailable' })
  t.equal((await app.inject({ url: '/v1/self', headers: bearer(park.key) })).statusCode, 200, 'and then it goes on')
})

t.test('a method that an address does not have is answered 405 with those that it has', async t => {
  const { app } = await build(t)
  for (const [path, methods] of Object.entries(readDocument().paths)) {
    const url = path.replace(/\{[^}]+\}/g, 'x')
    const answer = await app.inject({ method: 'TRACE' as 'GET', url })
    t.equal(answer.statusCode, 405, path)
    const allowed = String(answer.headers.allow).split(', ')
    for (const method of Object.keys(methods)) t.ok(allowed.includes(method.toUpperCase()), `${method} ${path}`)
  }
  t.equal((await app.inject({ method: 'DELETE', url: '/v1/nothing' })).statusCode, 404)
})

t.test('every list refuses a cursor that it never gave', async t => {
  const { app, deps } = await build(t)
  const park = await makePark(deps)
  let lists = 0
  for (const [path, methods] of Object.entries(readDocument().paths)) {
    const cursor = methods['get']?.parameters?.find(parameter => ['cursor', 'after'].includes(parameter.name))
    if (!cursor) continue
    lists += 1
    const url = path.replace(/\{(\w+?)Id\}/g, (_, kind: string) => `${kind}-id`)
    const answer = await app.inject({ url: `${url}?${cursor.name}=%27%3Bdrop`, headers: bearer(park.key) })
    t.equal(answer.statusCode, 422, path)
    t.match(answer.json<{ errors: object[] }>().errors, [{}], path)
  }
  t.ok(lists > 8)
})

t.test('headers that are too large, and what is no request, are problems too', async t => {
  const deps = await buildDeps(t)
  const app = await buildApp(deps)
  t.after(() => app.close())
  await app.listen({ port: 0, host: '127.0.0.1' })
  const { port } = app.server.address() as AddressInfo
  const say = (text: string) =>
    new Promise<string>((resolve, reject) => {
      const socket = connect(port, '127.0.0.1', () => socket.write(text))
      let answer = ''
      socket.on('data', data => (answer += data.toString()))
      socket.on('end', () => resolve(answer))
      socket.on('error', reject)
    })
  const large = await say(`GET /livez HTTP/1.1\r\nHost: x\r\nX-Large: ${'a'.repeat(20_000)}\r\n\r\n`)
  t.match(large, /^HTTP\/1\.1 431 [^]*application\/problem\+json[^]*headers_too_large/)
  t.match(await say('NONSENSE\r\n\r\n'), /^HTTP\/1\.1 400 [^]*malformed_request/)
})

t.test('every answer carries the headers that keep a browser from harm, and no cache keeps it', async t => {
  const { app, deps } = await build(t)
  const park = await makePark(deps)
  const answer = await app.inject({ url: '/v1/self', headers: { ...bearer(park.key), origin: 'https://evil.example' } })
  t.match(answer.headers, {
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'SAMEORIGIN',
    'strict-transport-security': /max-age/,
    'content-security-policy': /default-src 'self'/,
    'cache-control': 'no-store',
  })
  t.notOk(answer.headers['access-control-allow-origin'], 'no other origin may read unless one is set')
  const open = await build(t, { env: { CORS_ORIGINS: 'https://console.example' } })
  const preflight = (origin: string) =>
    open.app.inject({
      method: 'OPTIONS',
      url: '/v1/self',
      headers: { origin, 'access-control-request-method': 'GET' },
    })
  t.equal(
    (await preflight('https://console.example')).headers['access-control-allow-origin'],
    'https://console.example',
  )
  t.notOk((await preflight('https://evil.example')).headers['access-control-allow-origin'])
})

t.test('the metrics answer this machine only, or whoever holds the token', async t => {
  const here = await build(t)
  const get = (app: typeof here.app, remoteAddress: string, headers: Record<string, string> = {}) =>
    app.inject({ url: '/metrics', remoteAddress, headers }).then(answer => answer.statusCode)
  t.equal(await get(here.app, '127.0.0.1'), 200)
  t.equal(await get(here.app, '::1'), 200)
  t.equal(await get(here.app, '::ffff:127.0.0.1'), 200)
  t.equal(await get(here.app, '192.0.2.1'), 404)
  t.equal(await get(here.app, '127.0.0.1', { 'x-forwarded-for': '192.0.2.1' }), 404, 'a proxy on this machine')
  const guarded = await build(t, { env: { METRICS_TOKEN: 'correct-horse-battery' } })
  t.equal(await get(guarded.app, '127.0.0.1'), 404)
  t.equal(await get(guarded.app, '192.0.2.1', bearer('wrong-horse-battery')), 404)
  t.equal(await get(guarded.app, '192.0.2.1', bearer('correct-horse-battery')), 200)
})

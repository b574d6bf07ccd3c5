import t from 'tap'
import { bearer, build, createTestClock, makeOrganisation, makePark } from '../helper.ts'

const HOUR_MS = 3_600_000

t.test('API keys', async t => {
  const clock = createTestClock()
  const { app, deps } = await build(t, { clock })
  const park = await makePark(deps)
  const factory = await makeOrganisation(deps, 'manufacturer', [park.id])
  const keys = `/v1/organisations/${factory.id}/keys`
  const post = (url: string, key: string, payload: object, headers: Record<string, string> = {}) =>
    app.inject({ method: 'POST', url, headers: { ...bearer(key), ...headers }, payload })
  const get = (url: string, key: string) => app.inject({ url: `/v1${url}`, headers: bearer(key) })
  const make = async (payload: object) => (await post(keys, factory.key, { name: 'k', ...payload })).json()
  const rotate = (made: { id: string }, key: string, payload: object = {}) =>
    post(`${keys}/${made.id}/rotations`, key, payload)

  t.test('a key does what its scopes say and nothing else; writing includes reading', async t => {
    const made = await make({ scopes: ['scenarios:write', 'matches:read'] })
    t.same(made.scopes, ['scenarios:write', 'matches:read'])
    t.equal((await get('/scenarios', made.key)).statusCode, 200)
    const posted = await post('/v1/scenarios', made.key, { title: '划痕漏检', parkId: park.id })
    t.equal(posted.statusCode, 201, posted.body)
    t.equal((await get('/me', made.key)).statusCode, 200, 'who it is, every key may ask')
    for (const url of ['/parks', '/webhook-endpoints', `/organisations/${factory.id}`]) {
      const answer = await get(url, made.key)
      t.equal(answer.statusCode, 403, url)
      t.match(answer.json().detail, /权限范围 [a-z]+:read/)
    }
    const reader = await make({ scopes: ['scenarios:read'] })
    const refused = await post(
      '/v1/scenarios',
      reader.key,
      { title: 'x', parkId: park.id },
      { 'accept-language': 'en' },
    )
    t.equal(refused.json().detail, 'This key lacks the scope scenarios:write')
    t.equal((await post(keys, factory.key, { name: 'k', scopes: ['everything:write'] })).statusCode, 422)
  })

  t.test('a key makes no key that may do more than itself', async t => {
    const maker = await make({ role: 'owner', scopes: ['organisations:write', 'scenarios:read'] })
    t.equal((await post(keys, maker.key, { name: 'all' })).statusCode, 403)
    t.equal((await post(keys, maker.key, { name: 'more', scopes: ['scenarios:write'] })).statusCode, 403)
    t.equal((await post(keys, maker.key, { name: 'less', scopes: ['scenarios:read'] })).statusCode, 201)
  })

  t.test('a key ends when it expires, and says when it was last used', async t => {
    const expiresAt = new Date(clock.now().getTime() + HOUR_MS).toISOString()
    const made = await make({ expiresAt })
    t.equal((await post(keys, factory.key, { name: 'k', expiresAt: clock.now().toISOString() })).statusCode, 409)
    t.equal((await get('/me', made.key)).statusCode, 200)
    const listed = (await app.inject({ url: keys, headers: bearer(factory.key) })).json().items
    t.match(
      listed.find((row: { id: string }) => row.id === made.id),
      { expiresAt, lastUsedAt: clock.now().toISOString() },
    )
    clock.advance(HOUR_MS)
    t.equal((await get('/me', made.key)).statusCode, 401)
    t.equal((await rotate(made, factory.key)).statusCode, 409, 'what has expired has no successor')
  })

  t.test('a rotated key works on for its overlap, its successor from now on', async t => {
    const made = await make({ name: 'ERP', scopes: ['scenarios:read', 'organisations:write'] })
    t.equal((await rotate(made, factory.key, { overlapHours: 200 })).statusCode, 422)
    const stranger = await makeOrganisation(deps, 'vendor', [park.id])
    t.equal((await rotate(made, stranger.key)).statusCode, 404)
    const editor = await make({ role: 'editor' })
    t.equal((await rotate(made, editor.key)).statusCode, 403, 'an editor rotates no key but his own')
    const next = await rotate(made, made.key, { overlapHours: 2 })
    t.equal(next.statusCode, 201, next.body)
    t.match(next.json(), { name: 'ERP', scopes: ['scenarios:read', 'organisations:write'], role: 'editor' })
    t.same([(await get('/me', made.key)).statusCode, (await get('/me', next.json().key)).statusCode], [200, 200])
    t.equal((await rotate(made, factory.key)).statusCode, 409, 'it has a successor')
    clock.advance(2 * HOUR_MS)
    t.same([(await get('/me', made.key)).statusCode, (await get('/me', next.json().key)).statusCode], [401, 200])
  })

  t.test('of 500 rotations of one key at once exactly one wins', async t => {
    const made = await make({ name: 'raced' })
    const answers = await Promise.all(Array.from({ length: 500 }, () => rotate(made, factory.key)))
    const statuses = answers.map(answer => answer.statusCode)
    const won = answers.filter(answer => answer.statusCode === 201)
    t.equal(won.length, 1)
    // A server under such a burst may also put some off: those have changed nothing.
    t.same(
      [...new Set(statuses)].filter(status => ![201, 409, 429, 503].includes(status)),
      [],
    )
    const listed = (await app.inject({ url: keys, headers: bearer(factory.key) })).json().items
    t.equal(listed.filter((row: { name: string }) => row.name === 'raced').length, 2, 'the key and its one successor')
    const card = listed.find((row: { id: string }) => row.id === made.id)
    t.equal(card.replacedById, won[0]?.json().id)
    t.equal((await get('/me', won[0]?.json().key)).statusCode, 200)
  })

  t.test('an empty Idempotency-Key is answered with a sentence', async t => {
    for (const [language, sentence] of [
      ['zh', '应为 1 至 200 个可见的 ASCII 字符，不含空格'],
      ['en', 'must be 1 to 200 visible ASCII characters without blanks'],
    ] as const) {
      const headers = { 'idempotency-key': '', 'accept-language': language }
      const answer = await post(keys, factory.key, { name: 'k' }, headers)
      t.equal(answer.statusCode, 422, answer.body)
      t.same(
        answer.json().errors.map((error: { detail: string }) => error.detail),
        [sentence],
      )
    }
  })
})

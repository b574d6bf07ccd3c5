import t, { type Test } from 'tap'
import { bearer, build, makeOrganisation, makePark } from '../helper.ts'
import { clientOf, countRows } from './posting.ts'

const CHINESE = /[\u4e00-\u9fff]/

t.test('bad input', async t => {
  const { app, deps } = await build(t)
  const park = await makePark(deps)
  const elsewhere = await makePark(deps)
  const factory = await makeOrganisation(deps, 'manufacturer', [park.id])
  const vendor = await makeOrganisation(deps, 'vendor', [park.id])
  const plant = clientOf(app, factory.key)
  const draft = (await plant.post('/scenarios', { parkId: park.id, title: '底稿' })).json()
  const unknownScenario = `scn_${'0'.repeat(26)}`

  type Sent = { method?: 'POST' | 'PATCH'; path?: string; headers?: Record<string, string>; body: string | Buffer }
  const send = ({ method = 'POST', path = '/scenarios', headers = {}, body }: Sent, language: string) =>
    app.inject({
      method,
      url: `/v1${path}`,
      headers: {
        ...bearer(factory.key),
        'content-type': 'application/json',
        'accept-language': language,
        ...headers,
      },
      payload: body,
    })

  /** Refused with that status, in both languages, with a sentence that a person can use, and nothing written. */
  const refuses = async (t: Test, sent: Sent, status: number, expected: object = {}) => {
    const before = await countRows(deps)
    for (const language of ['zh-CN', 'en']) {
      const answer = await send(sent, language)
      t.equal(answer.statusCode, status, answer.body.slice(0, 300))
      t.match(answer.headers['content-type'], /^application\/problem\+json/)
      t.equal(answer.headers['content-language'], language)
      const problem = answer.json()
      t.match(problem, { status, type: /^\/problems\/\w+$/, ...expected })
      const sentences = [
        problem.title,
        problem.detail,
        ...(problem.errors ?? []).map((e: { detail: string }) => e.detail),
      ]
      for (const sentence of sentences.filter(text => text !== undefined))
        t.equal(CHINESE.test(sentence), language === 'zh-CN', sentence)
    }
    t.same(await countRows(deps), before, 'nothing is written')
  }
  const posted = (fields: object) => JSON.stringify({ parkId: park.id, title: '漏检', ...fields })

  t.test('a body that is no JSON', async t => {
    for (const body of ['{', '{"title":', 'null x', "{'title':1}", '[1,]', '{"a":NaN}'])
      await refuses(t, { body }, 400, { type: '/problems/malformed_request' })
  })

  t.test('is told to a reader of Chinese without the names that JSON and patterns have', async t => {
    const body = posted({ title: 5, problems: 'x', datasets: {}, publish: 'yes', parkId: 'prk_x' })
    const answer = await send({ body }, 'zh-CN')
    const told = answer.json().errors as { pointer: string; detail: string }[]
    t.equal(told.length, 5)
    for (const { pointer, detail } of told)
      t.notMatch(detail, /string|number|array|object|\^|\[/, `${pointer}: ${detail}`)
    t.match(told.find(error => error.pointer === '/parkId')?.detail, /prk_/)
  })

  t.test('that breaks a rule of ours is told in both languages', async t => {
    const path = `/matches/mat_${'0'.repeat(26)}/transitions`
    await refuses(t, { path, body: '{"action":"decline"}' }, 422, { errors: [{ pointer: '/reason' }] })
    await refuses(t, { path, body: '{"action":"decline","reason":"other"}' }, 422, { errors: [{ pointer: '/note' }] })
    const place = { slug: 'x', name: '园', region: '苏州', timeZone: 'Mars/Olympus' }
    await refuses(t, { path: '/parks', body: JSON.stringify(place) }, 422, { errors: [{ pointer: '/timeZone' }] })
    for (const address of ['/events?types=match.exploded', `/parks/${park.id}/report?from=2026-04-01&to=2026-03-01`]) {
      const headers = { ...bearer(factory.key), 'accept-language': 'zh-CN' }
      const answer = await app.inject({ url: `/v1${address}`, headers })
      t.equal(answer.statusCode, 422)
      for (const { detail } of answer.json().errors) t.match(detail, CHINESE)
    }
  })

  t.test('JSON of another shape', async t => {
    for (const body of ['null', '[]', '"text"', '12', 'true']) await refuses(t, { body }, 422)
    await refuses(t, { body: '' }, 422)
  })

  t.test('wrong types, each with its pointer', async t => {
    const wrong = {
      title: 12,
      summary: ['x'],
      problems: 'pb.defect-inspection',
      goals: [{ kpi: 'kp.escape', baseline: 'NaN' }],
      datasets: [{ name: 'x', modality: { words: 'x' } }],
      budget: { min: '1', currency: 'CNY' },
      startsOn: '2026-13-45',
      expiresAt: 'tomorrow',
      contact: { email: 'not an address' },
    }
    const before = await send({ body: posted(wrong) }, 'en')
    t.same(
      before
        .json()
        .errors.map((error: { pointer: string }) => error.pointer)
        .sort(),
      [
        '/budget/min',
        '/contact/email',
        '/datasets/0/modality',
        '/expiresAt',
        '/goals/0/baseline',
        '/problems',
        '/startsOn',
        '/summary',
        '/title',
      ],
    )
    for (const [field, value] of Object.entries(wrong)) await refuses(t, { body: posted({ [field]: value }) }, 422)
  })

  t.test('what is missing', async t => {
    await refuses(t, { body: '{}' }, 422)
    await refuses(t, { body: JSON.stringify({ parkId: park.id }) }, 422, {
      errors: [{ pointer: '/title', code: 'required' }],
    })
    await refuses(t, { body: posted({ title: '   ' }) }, 422)
  })

  t.test('absurd numbers', async t => {
    for (const value of ['1e308', '1e309', '-1', '"NaN"', 'null', '0.5'])
      await refuses(t, { body: `{"parkId":"${park.id}","title":"x","budget":{"max":${value},"currency":"CNY"}}` }, 422)
    const dataset = { name: 'x', modality: 'mod.image' }
    for (const attribute of [
      { labelCoverage: 1.01 },
      { negativeSamples: 2.5 },
      { samplingHz: -1 },
      { timeSpanDays: 1e9 },
      { industrialLevel: 4 },
      { volume: { value: 1e300, unit: 'rows' } },
    ])
      await refuses(t, { body: posted({ datasets: [{ ...dataset, ...attribute }] }) }, 422)
  })

  t.test('more than fits', async t => {
    await refuses(t, { body: posted({ summary: '长'.repeat(10 * 1024 * 1024) }) }, 413, { type: '/problems/too_large' })
    await refuses(t, { body: posted({ title: '长'.repeat(201) }) }, 422)
    await refuses(t, { body: posted({ problems: Array.from({ length: 21 }, () => ({ text: 'x' })) }) }, 422)
  })

  t.test('text that no database can hold', async t => {
    for (const title of ['a\u0000b', '\ud800', 'x\udc00y'])
      await refuses(t, { body: posted({ title }) }, 422, { errors: [{ pointer: '/title', code: 'bad_text' }] })
    await refuses(t, { body: `{"parkId":"${park.id}","title":"x","\\u0000":1}` }, 422)
    await refuses(
      t,
      { body: Buffer.concat([Buffer.from('{"title":"'), Buffer.from([0xc3, 0x28]), Buffer.from('"}')]) },
      400,
    )
  })

  t.test('fields that nobody knows', async t => {
    await refuses(t, { body: posted({ organisationId: vendor.id }) }, 422, { errors: [{ code: 'unrecognized_keys' }] })
    await refuses(t, { body: posted({ state: 'published', version: 9 }) }, 422)
    await refuses(t, { body: posted({ contact: { wechat: 'x' } }) }, 422)
  })

  t.test('prototype keys', async t => {
    for (const body of [
      '{"__proto__":{"admin":true},"title":"x"}',
      '{"contact":{"__proto__":{}}}',
      '{"constructor":{"prototype":{}}}',
    ])
      await refuses(t, { body }, 400)
  })

  t.test('nesting without end', async t => {
    for (const depth of [40, 100_000])
      await refuses(t, { body: `{"title":${'['.repeat(depth)}${']'.repeat(depth)}}` }, 422)
    await refuses(t, { body: `{"tiers":${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}}` }, 422)
  })

  t.test('another content type', async t => {
    for (const type of [
      'text/plain',
      'application/xml',
      'multipart/form-data; boundary=x',
      'application/x-www-form-urlencoded',
    ])
      await refuses(t, { headers: { 'content-type': type }, body: posted({}) }, 415)
  })

  t.test('a change without, or with a stale, entity tag', async t => {
    const path = `/scenarios/${draft.id}`
    await refuses(t, { method: 'PATCH', path, body: '{"title":"x"}' }, 428)
    await refuses(t, { method: 'PATCH', path, headers: { 'if-match': '"9"' }, body: '{"title":"x"}' }, 412)
    await refuses(t, { method: 'PATCH', path, headers: { 'if-match': 'x'.repeat(41) }, body: '{"title":"x"}' }, 422)
    await refuses(t, { method: 'PATCH', path, headers: { 'if-match': '"1"' }, body: '{"title":null}' }, 422)
    await refuses(
      t,
      { method: 'PATCH', path, headers: { 'if-match': '"1"' }, body: `{"parkId":"${elsewhere.id}"}` },
      422,
    )
  })

  t.test('ids that are unknown, foreign or none', async t => {
    await refuses(t, { path: `/scenarios/${unknownScenario}/publish`, body: '' }, 404)
    await refuses(t, { path: '/scenarios/1%27%3B--/publish', body: '' }, 422)
    await refuses(t, { path: '/scenarios/%ff/publish', body: '' }, 400)
    await refuses(t, { path: `/scenarios/${'x'.repeat(500)}/publish`, body: '' }, 404)
    await refuses(t, { body: posted({ parkId: elsewhere.id }) }, 403)
    await refuses(t, { body: posted({ parkId: `prk_${'0'.repeat(26)}` }) }, 404)
    await refuses(t, { body: posted({ parkId: draft.id }) }, 422)
    const foreign = await clientOf(app, vendor.key).post('/capabilities', { title: '别人的', publish: true })
    t.equal(foreign.statusCode, 201, foreign.body)
    await refuses(t, { path: `/capabilities/${foreign.json().id}/withdraw`, body: '' }, 403)
  })

  t.test('a key that is used for another request', async t => {
    const headers = { 'idempotency-key': 'one' }
    t.equal((await send({ headers, body: posted({}) }, 'zh')).statusCode, 201)
    await refuses(t, { headers, body: posted({ title: '别的' }) }, 422, { type: '/problems/idempotency_mismatch' })
    await refuses(t, { headers: { 'idempotency-key': '含中文' }, body: posted({}) }, 422)
  })

  t.test('queries', async t => {
    for (const query of [
      'limit=0',
      'limit=1e9',
      'limit=x',
      'state=gone',
      'parkId=1',
      'q=',
      'q=%00',
      `q=${'x'.repeat(101)}`,
      'limit=1&limit=2',
      `cursor=${'x'.repeat(201)}`,
    ]) {
      const answer = await plant.get(`/scenarios?${query}`)
      t.equal(answer.statusCode, 422, `${query}: ${answer.body}`)
    }
    t.equal((await plant.get('/scenarios?q=%ff')).statusCode < 500, true)
    t.same((await plant.get('/scenarios?cursor=nonsense%27--')).statusCode, 422)
  })

  t.test('the half-written: a request that fails at its last step leaves no row', async t => {
    const before = await countRows(deps)
    const refused = await plant.post(
      '/scenarios',
      { parkId: park.id, title: 'x', publish: true, goals: [{ kpi: 'kp.none' }] },
      { 'idempotency-key': 'half' },
    )
    t.equal(refused.statusCode, 422)
    t.same(await countRows(deps), before)
    const mended = await plant.post('/scenarios', { parkId: park.id, title: 'x' }, { 'idempotency-key': 'half' })
    t.equal(mended.statusCode, 201, 'and the key is free again')
  })
})

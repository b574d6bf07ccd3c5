import t from 'tap'
import { bearer, build, makeOrganisation, makePark } from '../helper.ts'

t.test('identity', async t => {
  const { app, deps } = await build(t)
  const park = await makePark(deps)
  const operator = await makeOrganisation(deps, 'operator')

  t.test('a request without a key is told that it needs one', async t => {
    const answer = await app.inject({ url: '/v1/parks' })
    t.equal(answer.statusCode, 401)
    t.match(answer.headers['content-type'], /^application\/problem\+json/)
    t.equal(answer.json().type, '/problems/unauthenticated')
  })

  t.test('the operator opens a park, nobody else does', async t => {
    const payload = { slug: 'suzhou', name: '苏州园区', region: '江苏苏州' }
    const made = await app.inject({ method: 'POST', url: '/v1/parks', headers: bearer(operator.key), payload })
    t.equal(made.statusCode, 201, made.body)
    t.match(made.json(), { ...payload, timeZone: 'Asia/Shanghai' })
    const twice = await app.inject({ method: 'POST', url: '/v1/parks', headers: bearer(operator.key), payload })
    t.equal(twice.statusCode, 409)
    const refused = await app.inject({
      method: 'POST',
      url: '/v1/parks',
      headers: bearer(park.key),
      payload: { ...payload, slug: 'x' },
    })
    t.equal(refused.statusCode, 403)
  })

  t.test('a park registers a company, hands it its first key, and that key works', async t => {
    const made = await app.inject({
      method: 'POST',
      url: '/v1/organisations',
      headers: bearer(park.key),
      payload: { kind: 'manufacturer', name: '恒泰冲压', parkId: park.id },
    })
    t.equal(made.statusCode, 201, made.body)
    const url = `/v1/organisations/${made.json().id}/keys`
    const key = await app.inject({
      method: 'POST',
      url,
      headers: bearer(park.key),
      payload: { name: 'first', role: 'owner' },
    })
    t.equal(key.statusCode, 201, key.body)
    const self = await app.inject({ url: '/v1/self', headers: bearer(key.json().key) })
    t.match(self.json(), { organisation: { name: '恒泰冲压' }, role: 'owner', parkIds: [park.id] })
    const second = await app.inject({ method: 'POST', url, headers: bearer(park.key), payload: { name: 'second' } })
    t.equal(second.statusCode, 403, 'a park cannot make keys for a company that has its own')
  })

  t.test('a park reads its members by name, decides on them, and a member reads itself alone', async t => {
    const vendor = await makeOrganisation(deps, 'vendor', [])
    const members = `/v1/parks/${park.id}/memberships`
    const payload = { organisationId: vendor.id }
    const asked = await app.inject({ method: 'POST', url: members, headers: bearer(vendor.key), payload })
    t.equal(asked.statusCode, 201, asked.body)
    const { organisationName } = asked.json()
    t.match(asked.json(), { organisationId: vendor.id, organisationKind: 'vendor', state: 'requested' })
    t.ok(organisationName)
    const listed = await app.inject({ url: `${members}?limit=100`, headers: bearer(park.key) })
    t.match(
      listed.json().items.find((row: { organisationId: string }) => row.organisationId === vendor.id),
      { organisationName, state: 'requested' },
      'also while it only asks',
    )
    const own = await app.inject({ url: members, headers: bearer(vendor.key) })
    t.equal(own.json().items.length, 1)
    const decided = await app.inject({
      method: 'PATCH',
      url: `${members}/${vendor.id}`,
      headers: bearer(park.key),
      payload: { state: 'active' },
    })
    t.match(decided.json(), { organisationName, state: 'active' })
    t.ok(decided.json().decidedAt)
  })

  t.test('the same Idempotency-Key makes one thing, refuses another body, and shows no secret twice', async t => {
    const headers = { ...bearer(park.key), 'idempotency-key': 'once' }
    const payload = { kind: 'vendor', name: '迅视', parkId: park.id }
    const first = await app.inject({ method: 'POST', url: '/v1/organisations', headers, payload })
    const second = await app.inject({ method: 'POST', url: '/v1/organisations', headers, payload })
    t.equal(second.statusCode, 201, second.body)
    t.equal(second.json().id, first.json().id)
    const other = await app.inject({
      method: 'POST',
      url: '/v1/organisations',
      headers,
      payload: { ...payload, name: '别家' },
    })
    t.equal(other.statusCode, 422)
    t.equal(other.json().type, '/problems/idempotency_mismatch')
    const keyUrl = `/v1/organisations/${first.json().id}/keys`
    const keyHeaders = { ...bearer(park.key), 'idempotency-key': 'key-once' }
    t.equal(
      (await app.inject({ method: 'POST', url: keyUrl, headers: keyHeaders, payload: { name: 'k' } })).statusCode,
      201,
    )
    const again = await app.inject({ method: 'POST', url: keyUrl, headers: keyHeaders, payload: { name: 'k' } })
    t.equal(again.statusCode, 409)
    t.equal(again.json().type, '/problems/secret_already_shown')
  })
})

import t from 'tap'
import { parkRoutes } from '../../src/parks/routes.ts'
import { bearer, makeOrganisation, makePark } from '../helper.ts'
import { buildRooms } from '../rooms.ts'

t.test("a park's settings", async t => {
  const { app, deps } = await buildRooms(t, parkRoutes)
  const park = await makePark(deps)
  const other = await makePark(deps)
  const member = await makeOrganisation(deps, 'vendor', [park.id])
  const url = `/v1/parks/${park.id}/settings`
  const read = (key: string) => app.inject({ url, headers: bearer(key) })
  const change = (key: string, payload: object) => app.inject({ method: 'PATCH', url, headers: bearer(key), payload })

  t.test('are the defaults until the park decides', async t => {
    const answer = await read(member.key)
    t.equal(answer.statusCode, 200, answer.body)
    const defaults = { parkId: park.id, matchThreshold: 4500, shortlistMax: 10, publication: 'author' }
    t.match(answer.json(), defaults)
    t.notOk(answer.json().updatedAt)
  })

  t.test('change field by field and for this park only', async t => {
    const first = await change(park.key, { matchThreshold: 6000 })
    t.equal(first.statusCode, 200, first.body)
    t.match(first.json(), { matchThreshold: 6000, shortlistMax: 10, updatedAt: String })
    const second = await change(park.key, { shortlistMax: 3 })
    t.match(second.json(), { matchThreshold: 6000, shortlistMax: 3 })
    t.match((await read(member.key)).json(), { matchThreshold: 6000, shortlistMax: 3 })
    const elsewhere = await app.inject({ url: `/v1/parks/${other.id}/settings`, headers: bearer(other.key) })
    t.match(elsewhere.json(), { matchThreshold: 4500, shortlistMax: 10 })
  })

  t.test("are read by the park's members and changed by its administration only", async t => {
    t.equal((await read(other.key)).statusCode, 403)
    t.equal((await change(member.key, { shortlistMax: 5 })).statusCode, 403)
    t.equal((await change(other.key, { shortlistMax: 5 })).statusCode, 403)
    const unknown = `/v1/parks/prk_${'0'.repeat(26)}/settings`
    t.equal((await app.inject({ url: unknown, headers: bearer(park.key) })).statusCode, 404)
    const payload = { shortlistMax: 5 }
    t.equal((await app.inject({ method: 'PATCH', url: unknown, headers: bearer(park.key), payload })).statusCode, 404)
    t.equal((await app.inject({ url })).statusCode, 401)
  })

  t.test('stay within their bounds', async t => {
    for (const payload of [
      { matchThreshold: 10_001 },
      { matchThreshold: 0.5 },
      { shortlistMax: 0 },
      { shortlistMax: 51 },
      { threshold: 1 },
    ])
      t.equal((await change(park.key, payload)).statusCode, 422, JSON.stringify(payload))
  })
})

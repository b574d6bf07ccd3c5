import { eq } from 'drizzle-orm'
import t from 'tap'
import { events } from '../../src/events/tables.ts'
import { transaction } from '../../src/platform/db.ts'
import { bearer, build, makeOrganisation, makePark } from '../helper.ts'

t.test('a park that looks first', async t => {
  const { app, deps } = await build(t)
  const park = await makePark(deps)
  const otherPark = await makePark(deps)
  const factory = await makeOrganisation(deps, 'manufacturer', [park.id])
  const vendor = await makeOrganisation(deps, 'vendor', [park.id])
  const operator = await makeOrganisation(deps, 'operator')
  const call = (
    method: 'GET' | 'POST' | 'PATCH',
    url: string,
    key: string,
    payload?: object,
    headers: Record<string, string> = {},
  ) =>
    app.inject({ method, url: `/v1${url}`, headers: { ...bearer(key), ...headers }, ...(payload ? { payload } : {}) })
  const typesOf = async () =>
    (
      await transaction(deps, { kind: 'worker' }, tx =>
        tx.select().from(events).where(eq(events.parkId, park.id)).orderBy(events.seq),
      )
    )
      .map(event => event.type)
      .filter(type => type.startsWith('scenario.'))
  const post = () => call('POST', '/scenarios', factory.key, { title: '划痕漏检', parkId: park.id, publish: true })
  const state = async (id: string, key: string) => {
    const answer = await call('GET', `/scenarios/${id}`, key)
    return answer.statusCode === 200 ? answer.json().state : answer.statusCode
  }

  t.equal((await post()).json().state, 'published', 'an author publishes unless the park decides otherwise')
  const settings = `/parks/${park.id}/settings`
  t.match((await call('GET', settings, factory.key)).json(), { publication: 'author' })
  t.equal((await call('PATCH', settings, factory.key, { publication: 'park' })).statusCode, 403)
  t.match((await call('PATCH', settings, park.key, { publication: 'park' })).json(), { publication: 'park' })

  const held = (await post()).json()
  const { id } = held
  t.equal(held.state, 'submitted', 'publishing hands it in')
  t.same(
    [
      await state(id, park.key),
      await state(id, vendor.key),
      await state(id, operator.key),
      await state(id, otherPark.key),
    ],
    ['submitted', 404, 404, 404],
    'the park sees it, and nobody else',
  )
  const approve = (key: string, etag?: string) =>
    call('POST', `/scenarios/${id}/approve`, key, undefined, etag ? { 'if-match': etag } : {})
  const giveBack = (key: string, payload: object = { reason: '请补充节拍' }) =>
    call('POST', `/scenarios/${id}/return`, key, payload)
  t.equal((await approve(factory.key, held.etag)).statusCode, 403, 'not by its author')
  t.equal((await approve(vendor.key, held.etag)).statusCode, 404)
  t.equal((await approve(otherPark.key, held.etag)).statusCode, 404)
  t.equal((await giveBack(park.key, {})).statusCode, 422, 'a return says why')

  const back = await giveBack(park.key)
  t.equal(back.statusCode, 200, back.body)
  t.match(back.json(), { state: 'returned', review: { decision: 'return', reason: '请补充节拍' } })
  t.match((await call('GET', `/scenarios/${id}`, factory.key)).json(), { review: { reason: '请补充节拍' } })
  const unasked = await approve(park.key, back.json().etag)
  t.equal(unasked.statusCode, 409, 'what was returned waits for its author')
  t.equal((await giveBack(park.key)).statusCode, 200, 'returning twice changes nothing')

  const again = await call('POST', `/scenarios/${id}/publish`, factory.key)
  t.equal(again.json().state, 'submitted')
  t.equal((await approve(park.key)).statusCode, 428)
  const edited = await call(
    'PATCH',
    `/scenarios/${id}`,
    factory.key,
    { title: '划痕与压伤' },
    { 'if-match': again.json().etag },
  )
  t.equal(edited.statusCode, 200, edited.body)
  t.equal((await approve(park.key, again.json().etag)).statusCode, 412, 'it approves what it has read')
  const races = await Promise.all(Array.from({ length: 6 }, () => approve(park.key, edited.json().etag)))
  t.ok(races.some(answer => answer.statusCode === 200))
  t.ok(races.every(answer => answer.statusCode === 200 || answer.statusCode === 412))
  t.equal(await state(id, vendor.key), 'published')
  t.notOk((await call('GET', `/scenarios/${id}`, vendor.key)).json().review, 'the review is for author and park')

  t.equal((await giveBack(park.key, { reason: '内容与批准时不符' })).json().state, 'returned', 'also what is published')
  t.equal(await state(id, vendor.key), 404)
  t.same(await typesOf(), [
    'scenario.published',
    'scenario.submitted',
    'scenario.returned',
    'scenario.submitted',
    'scenario.published',
    'scenario.approved',
    'scenario.withdrawn',
    'scenario.returned',
  ])
})

import t from 'tap'
import { rowsOf, transaction } from '../../src/platform/db.ts'
import { sql } from 'drizzle-orm'
import { makeCast } from '../flows/cast.ts'
import { bearer, build, makeOrganisation } from '../helper.ts'
import { openMatch } from '../routes/posting.ts'

t.test('a step that discloses accepts the terms in force, and says who accepted which version and when', async t => {
  const { app, deps } = await build(t)
  const cast = await makeCast(deps, app)
  const scenario = await cast.publishScenario()
  const capability = await cast.publishCapability()
  const sides = { factoryId: cast.factory.id, vendorId: cast.vendor.id }
  await openMatch(
    deps,
    { parkId: cast.park.id, scenarioId: scenario.id, capabilityId: capability.id, ...sides },
    'proposed',
  )
  const [match] = await transaction(deps, { kind: 'worker' }, async tx =>
    rowsOf<{ id: string }>(await tx.execute(sql`select id from matches`)),
  )
  const send = (key: string, method: 'GET' | 'POST', url: string, payload?: object) =>
    app.inject({ method, url: `/v1${url}`, headers: bearer(key), ...(payload ? { payload } : {}) })
  const move = (key: string, payload: object) => send(key, 'POST', `/matches/${match?.id}/transitions`, payload)
  const terms = `/parks/${cast.park.id}/terms`
  const text = { zh: '仅用于评估合作。', en: 'For evaluating the cooperation only.' }

  t.equal((await send(cast.vendor.key, 'GET', terms)).statusCode, 404, 'a park without terms asks nothing')
  t.equal((await send(cast.vendor.key, 'POST', terms, text)).statusCode, 403)
  t.match((await send(cast.park.key, 'POST', terms, text)).json(), { version: 1, ...text })

  const without = await move(cast.vendor.key, { action: 'express_interest' })
  t.equal(without.statusCode, 422)
  t.match(without.json(), { errors: [{ pointer: '/termsVersion', detail: /第 1 版/ }] })
  t.equal((await move(cast.vendor.key, { action: 'express_interest', termsVersion: 1 })).statusCode, 200)

  await send(cast.park.key, 'POST', terms, { ...text, zh: '新版。' })
  t.match((await send(cast.factory.key, 'GET', terms)).json(), { version: 2, zh: '新版。' })
  const stale = await move(cast.factory.key, { action: 'express_interest', termsVersion: 1 })
  t.equal(stale.statusCode, 409)
  t.match(stale.json(), { type: '/problems/terms_changed', detail: /第 2 版/ })
  t.equal((await send(cast.vendor.key, 'GET', `/matches/${match?.id}`)).json().state, 'interest', 'nothing was opened')
  t.equal((await move(cast.factory.key, { action: 'express_interest', termsVersion: 2 })).statusCode, 200)

  const { items } = (await send(cast.park.key, 'GET', `/matches/${match?.id}/transitions`)).json()
  t.match(items, [
    { action: 'express_interest', by: 'vendor', termsVersion: 1, at: /Z$/ },
    { action: 'express_interest', by: 'factory', termsVersion: 2, at: /Z$/ },
  ])
  const kept = await transaction(deps, { kind: 'worker' }, async tx =>
    rowsOf<{ credential_id: string }>(await tx.execute(sql`select credential_id from match_transitions`)),
  )
  t.ok(kept.every(row => row.credential_id.startsWith('key_')))
  t.equal(
    (await move(cast.vendor.key, { action: 'decline', reason: 'timing' })).statusCode,
    200,
    'a no accepts nothing',
  )
})

t.test('nobody changes the terms that somebody has accepted', async t => {
  const { app, deps } = await build(t)
  const cast = await makeCast(deps, app)
  await makeOrganisation(deps, 'vendor')
  const payload = { zh: '一', en: 'one' }
  await app.inject({
    method: 'POST',
    url: `/v1/parks/${cast.park.id}/terms`,
    headers: bearer(cast.park.key),
    payload,
  })
  for (const statement of [sql`update park_terms set zh = 'x'`, sql`delete from park_terms`])
    await t.rejects(transaction(deps, { kind: 'worker' }, tx => tx.execute(statement)))
})

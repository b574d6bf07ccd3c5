import { sql } from 'drizzle-orm'
import t from 'tap'
import { canonicalJson } from '../../src/audit/record.ts'
import { sealEntries } from '../../src/audit/seal.ts'
import { verifyAudit } from '../../src/audit/verify.ts'
import { rowsOf, transaction } from '../../src/platform/db.ts'
import { sha256 } from '../../src/platform/secrets.ts'
import type { Certificate } from '../../src/privacy/certificate.ts'
import { listTreatedTables, runErasures } from '../../src/privacy/erase.ts'
import { PERSONAL_DATA } from '../../src/privacy/inventory.ts'
import { applyRetention, RETENTION } from '../../src/privacy/retention.ts'
import type { Deps } from '../../src/platform/deps.ts'
import { startWorkers } from '../../workers/start.ts'
import { makeCast, SCENARIO } from '../flows/cast.ts'
import {
  bearer,
  build,
  createTestClock,
  eventually,
  makeOrganisation,
  makePark,
  makePerson,
  receiver,
  sessionOf,
  signIn,
} from '../helper.ts'

const WORKER = { kind: 'worker' } as const
const DAY_MS = 86_400_000

/** Every table but for what only the database's owner reads. */
const tablesOf = (deps: Deps) =>
  transaction(deps, WORKER, async tx =>
    rowsOf<{ name: string }>(
      await tx.execute(sql`select relname as name from pg_class
        where relkind in ('r', 'p') and relnamespace = 'public'::regnamespace order by 1`),
    ).map(row => row.name),
  )

/** The tables in which a text stands anywhere, in any column. */
const findEverywhere = async (deps: Deps, text: string): Promise<string[]> => {
  const found: string[] = []
  for (const table of await tablesOf(deps)) {
    if (table === 'disclosures') continue
    const [row] = await transaction(deps, WORKER, async tx =>
      rowsOf<{ count: number }>(
        await tx.execute(
          sql`select count(*)::int as count from ${sql.identifier(table)} x where strpos(lower(x::text), ${text.toLowerCase()}) > 0`,
        ),
      ),
    )
    if ((row?.count ?? 0) > 0) found.push(table)
  }
  return found
}

t.test('every table is classified, and every table with personal data is treated or has a rule', async t => {
  const { deps } = await build(t)
  t.same(Object.keys(PERSONAL_DATA).sort(), await tablesOf(deps), 'src/privacy/inventory.ts names every table')
  const treated = listTreatedTables()
  const ruled = new Set(RETENTION.flatMap(rule => (rule.keptDays === undefined ? [] : rule.tables)))
  const held = Object.entries(PERSONAL_DATA).filter(([, kind]) => kind === 'person' || kind === 'organisation')
  t.same(
    held.map(([table]) => table).filter(table => !treated.has(table) && !ruled.has(table)),
    [],
  )
  for (const rule of RETENTION) for (const table of rule.tables) t.ok(table in PERSONAL_DATA, table)
})

t.test('an organisation is forgotten everywhere, and what is left proves it', async t => {
  const clock = createTestClock()
  const { app, deps } = await build(t, { clock })
  const workers = await startWorkers(deps)
  t.teardown(() => workers.close())
  const cast = await makeCast(deps, app)
  const { park, vendor, call } = cast
  const hook = await receiver(t)
  const gone = await makeOrganisation(deps, 'manufacturer', [park.id], { name: 'CANARY-NAME 工厂' })
  const alone = await makePerson(deps, [{ organisationId: gone.id }], 'canary-alone@example.com')
  const shared = await makePerson(
    deps,
    [{ organisationId: gone.id, role: 'editor' }, { organisationId: vendor.id }],
    'both@example.com',
  )
  const session = await signIn(deps, app, alone.id)
  for (const key of [gone.key, vendor.key])
    await call(key, 'POST', '/webhook-endpoints', {
      url: hook.url,
      eventTypes: ['*'],
      ...(key === gone.key ? { description: 'CANARY-HOOK' } : {}),
    })
  const capability = await cast.publishCapability()
  await call(gone.key, 'POST', '/scenarios', {
    ...SCENARIO,
    title: 'CANARY-TITLE 冲压件表面划痕漏检',
    summary: `${SCENARIO.summary} CANARY-TEXT`,
    details: 'CANARY-SEALED',
    contact: { person: 'CANARY-PERSON', email: 'canary-contact@example.com' },
    parkId: park.id,
    publish: true,
  })
  await call(gone.key, 'POST', '/exclusions', { name: '没有这家', reason: 'CANARY-REASON' })
  await call(gone.key, 'POST', `/organisations/${gone.id}/invitations`, { email: 'canary-invited@example.com' })
  const matchOf = async () => (await call(vendor.key, 'GET', `/capabilities/${capability.id}/matches`)).items[0]
  const match = await eventually(matchOf)
  await call(gone.key, 'POST', `/matches/${match.id}/transitions`, { action: 'express_interest' })
  await eventually(async () => hook.requests.some(request => request.body.includes('CANARY-TITLE')))

  const ask = (key: string, payload: object, headers = bearer(key)) =>
    app.inject({ method: 'POST', url: '/v1/erasures', headers, payload })
  await t.test('only its owner and its only park may ask, by typing its name', async t => {
    const wanted = { organisationId: gone.id, confirm: 'CANARY-NAME 工厂' }
    t.equal((await ask(vendor.key, wanted)).statusCode, 404, 'a stranger does not even see it')
    t.equal((await ask(gone.key, { ...wanted, confirm: 'CANARY' })).statusCode, 422)
    const elsewhere = await makePark(deps)
    t.equal((await ask(elsewhere.key, wanted)).statusCode, 404)
    t.equal((await ask(park.key, { organisationId: park.organisationId, confirm: 'x' })).statusCode, 403)
    const first = await ask(park.key, wanted)
    t.equal(first.statusCode, 201, first.body)
    t.equal((await ask(gone.key, wanted)).statusCode, 409, 'once is enough')
    const url = `/v1/erasures/${first.json<{ id: string }>().id}`
    t.equal((await app.inject({ url, headers: bearer(gone.key) })).statusCode, 200, 'it sees what is asked of it')
    t.equal((await app.inject({ url, headers: bearer(vendor.key) })).statusCode, 404)
    t.equal((await app.inject({ method: 'DELETE', url, headers: bearer(gone.key) })).statusCode, 204, 'and cancels')
    t.equal((await app.inject({ method: 'DELETE', url, headers: bearer(gone.key) })).statusCode, 204, 'twice')
  })

  const answer = await ask(gone.key, { organisationId: gone.id, confirm: 'CANARY-NAME 工厂' })
  const { id, receipt, dueAt } = answer.json<{ id: string; receipt: string; dueAt: string }>()
  await t.test('nothing happens for seven days', async t => {
    t.equal(dueAt, new Date(clock.now().getTime() + 7 * DAY_MS).toISOString())
    clock.advance(7 * DAY_MS - 1)
    t.equal(await runErasures(deps, 10), 0)
    t.equal((await app.inject({ url: '/v1/self', headers: bearer(gone.key) })).statusCode, 200)
  })

  clock.advance(1)
  // Two workers at once, and one that comes later: none counts what another did.
  await Promise.all([runErasures(deps, 10), runErasures(deps, 10)])
  await runErasures(deps, 10)
  const fetched = await app.inject({ method: 'POST', url: '/v1/erasure-certificates', payload: { receipt } })
  const certificate = fetched.json<Certificate>()
  await t.test('nobody can act for it, and the other side knows that it left', async t => {
    t.equal((await app.inject({ url: '/v1/self', headers: bearer(gone.key) })).statusCode, 401)
    t.equal((await app.inject({ url: '/v1/me', headers: session })).statusCode, 401)
    t.equal((await call(vendor.key, 'GET', `/matches/${match.id}`)).state, 'withdrawn')
    const both = await signIn(deps, app, shared.id)
    const me = (await app.inject({ url: '/v1/me', headers: both })).json<{ positions: unknown[] }>()
    t.equal(me.positions.length, 1, 'who works elsewhere too keeps that seat')
  })

  await t.test('no byte of it stands in any table, also after the workers have seen it', async t => {
    await eventually(async () => {
      const [row] = await transaction(deps, WORKER, async tx =>
        rowsOf<{ open: number }>(await tx.execute(sql`select count(*)::int as open from events where done_at is null`)),
      )
      return row?.open === 0
    })
    for (const text of ['CANARY', 'canary-alone@example.com', alone.email, '冲压件表面划痕漏检 '])
      t.same(await findEverywhere(deps, text), [], text)
  })

  await t.test('the certificate says what was removed and kept, by table, and can be checked', async t => {
    t.equal(fetched.statusCode, 200, fetched.body)
    const { hash, ...content } = certificate
    t.equal(hash, sha256(canonicalJson(content)).toString('hex'))
    const rowsIn = (table: string) =>
      certificate.removed.filter(entry => entry.table === table).reduce((sum, { rows }) => sum + rows, 0)
    t.match(certificate, { id, requestedBy: 'subject', auditKeyDestroyed: true, subject: { people: 1 } })
    t.equal(rowsIn('people'), 1)
    t.equal(rowsIn('scenarios'), 1)
    t.equal(rowsIn('organisations'), 1)
    t.equal(rowsIn('exclusions'), 1)
    t.ok(rowsIn('deliveries') > 0 && rowsIn('events') > 0)
    t.same(
      certificate.kept.map(entry => entry.table),
      ['audit_entries', 'match_transitions', 'matches'],
    )
    t.ok(certificate.kept.every(entry => /《/.test(entry.why.zh) && entry.why.en.length > 10))
    for (const [language, word] of [
      ['zh', '个人信息删除证明'],
      ['en', 'Certificate of erasure'],
    ] as const) {
      const page = await app.inject({
        method: 'POST',
        url: '/v1/erasure-certificates?format=html',
        payload: { receipt },
        headers: { 'accept-language': language },
      })
      t.match(page.body, word)
      t.match(page.body, hash)
    }
    t.equal(
      (await app.inject({ method: 'POST', url: '/v1/erasure-certificates', payload: { receipt: 'other' } })).statusCode,
      404,
    )
  })

  await t.test('the audit chain is whole, and its digests say nothing any more', async t => {
    while ((await sealEntries(deps, 500)) > 0);
    t.same(
      (await verifyAudit(deps)).flatMap(report => report.faults),
      [],
    )
    const keys = await transaction(deps, WORKER, async tx =>
      rowsOf(await tx.execute(sql`select 1 from audit_keys where organisation_id = ${gone.id}`)),
    )
    t.same(keys, [])
  })
})

t.test('a person', async t => {
  const clock = createTestClock()
  const { app, deps } = await build(t, { clock })
  const cast = await makeCast(deps, app)
  const owner = await makePerson(deps, [{ organisationId: cast.factory.id }], 'owner@example.com')
  const leaving = await makePerson(
    deps,
    [{ organisationId: cast.factory.id, role: 'reader' }],
    'canary-leaving@example.com',
  )
  await cast.publishScenario({ contact: { person: '别人', email: 'Canary-Leaving@example.com' } })
  const put = async (person: { id: string }, confirm: string) => {
    const headers = await signInOwn(person.id)
    return app.inject({ method: 'PUT', url: '/v1/me/erasure', headers, payload: { confirm } })
  }
  const signInOwn = (personId: string) => signIn(deps, app, personId)

  await t.test('asks for himself whatever his role, but not as the last owner', async t => {
    t.equal((await put(owner, 'owner@example.com')).statusCode, 409)
    t.equal((await put(leaving, 'wrong@example.com')).statusCode, 422)
    const path = `/organisations/${cast.factory.id}/people/${leaving.id}/sign-in-links`
    const { token } = await cast.call(cast.factory.key, 'POST', path)
    const bound = sessionOf(await app.inject({ method: 'POST', url: '/v1/sign-in-links/use', payload: { token } }))
    const payload = { confirm: leaving.email }
    const handed = await app.inject({ method: 'PUT', url: '/v1/me/erasure', headers: bound, payload })
    t.equal(handed.statusCode, 403, 'not by a link that somebody else handed over')
    const made = await put(leaving, 'Canary-Leaving@example.com')
    t.equal(made.statusCode, 201, made.body)
    t.equal((await put(leaving, 'canary-leaving@example.com')).statusCode, 409)
    const headers = await signInOwn(leaving.id)
    t.match((await app.inject({ url: '/v1/me/erasure', headers })).json(), { state: 'waiting', kind: 'person' })
    t.equal((await app.inject({ method: 'DELETE', url: '/v1/me/erasure', headers })).statusCode, 204)
  })

  await t.test('or the owner of his park for him, and is gone with his contact details', async t => {
    const wanted = { personId: leaving.id, confirm: leaving.email }
    const ask = (key: string) =>
      app.inject({ method: 'POST', url: '/v1/erasures', headers: bearer(key), payload: wanted })
    t.equal((await ask(cast.vendor.key)).statusCode, 404, 'no stranger')
    t.equal((await ask(cast.park.key)).statusCode, 201)
    clock.advance(7 * DAY_MS)
    await runErasures(deps, 10)
    t.same(await findEverywhere(deps, 'canary-leaving'), [])
    t.same(
      await findEverywhere(deps, leaving.id),
      ['audit_entries', 'erasures'],
      'his id stays where nothing names him',
    )
  })
})

t.test('retention is applied once a night, and says what it removed', async t => {
  const clock = createTestClock('2026-11-02T17:00:00.000Z')
  const { app, deps } = await build(t, { clock })
  const cast = await makeCast(deps, app)
  const path = `/organisations/${cast.factory.id}/invitations`
  await cast.call(cast.factory.key, 'POST', path, { email: 'old@example.com' })
  const rules = async () => (await cast.call(cast.factory.key, 'GET', '/retention-rules')).items
  const lastOf = async (id: string) => (await rules()).find((rule: { id: string }) => rule.id === id)?.last
  await applyRetention(deps)
  t.equal(await lastOf('invitations'), undefined, 'at one in the morning it is not night enough')
  clock.advance(2 * 3_600_000)
  await applyRetention(deps)
  t.match(await lastOf('invitations'), { day: '2026-11-03', removed: 0 })
  clock.advance(220 * DAY_MS)
  await applyRetention(deps)
  await applyRetention(deps)
  t.match(await lastOf('invitations'), { removed: 1 })
  t.same(await findEverywhere(deps, 'old@example.com'), [])
  for (const rule of await rules()) t.ok(rule.source.zh && rule.source.en && rule.what.zh, rule.id)
})

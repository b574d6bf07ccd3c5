import { spawnSync } from 'node:child_process'
import { asc, eq, sql } from 'drizzle-orm'
import postgres from 'postgres'
import t, { type Test } from 'tap'
import { digestOf, findAuditKey, record } from '../../src/audit/record.ts'
import { sealEntries } from '../../src/audit/seal.ts'
import { auditEntries } from '../../src/audit/tables.ts'
import { verifyAudit } from '../../src/audit/verify.ts'
import type { Actor } from '../../src/platform/actor.ts'
import { sqlState, transaction } from '../../src/platform/db.ts'
import type { Deps } from '../../src/platform/deps.ts'
import { makeCast } from '../flows/cast.ts'
import { bearer, build, buildDeps, cloneDatabase, createTestClock, makePark, TEST_SECRETS_KEY } from '../helper.ts'
import { ROOT } from '../source.ts'

const WORKER: Actor = { kind: 'worker' }
const PARK = 'prk_00000000000000000000000001'

/** A record of so many sealed entries, and the one connection that may do what nobody else may: the owner's. */
const sealedRecord = async (t: Test, entries: number) => {
  const databaseUrl = await cloneDatabase(t)
  const clock = createTestClock()
  const deps = await buildDeps(t, { databaseUrl, clock })
  const owner = postgres(databaseUrl, { max: 1, connection: { role: 'duijie_owner' }, onnotice: () => {} })
  t.after(() => owner.end())
  await append(deps, entries)
  while ((await sealEntries(deps, 5)) > 0);
  return { deps, clock, owner }
}

const append = (deps: Deps, entries: number) =>
  transaction(deps, WORKER, async tx => {
    for (let i = 0; i < entries; i++)
      await record(tx, deps, WORKER, { action: 'scenario.expired', objectId: `scn_${i}`, parkId: PARK })
  })

const faultsOf = async (deps: Deps) => (await verifyAudit(deps, { chain: PARK })).flatMap(report => report.faults)

t.test('an untouched record is in order, and says where it ends', async t => {
  const { deps } = await sealedRecord(t, 12)
  const [report] = await verifyAudit(deps, { chain: PARK })
  t.match(report, { entries: 12, last: { position: 12, hash: /^[0-9a-f]{64}$/ }, unsealed: 0, faults: [] })
})

t.test('whatever is done to a sealed record is found', async t => {
  const changes: [string, (owner: postgres.Sql) => Promise<unknown>, object[]][] = [
    [
      'another action',
      owner => owner`update audit_entries set action = 'scenario.created' where position = 4`,
      [{ kind: 'altered', position: 4 }],
    ],
    [
      'another actor',
      owner => owner`update audit_entries set organisation_id = 'org_x' where position = 4`,
      [{ kind: 'altered', position: 4 }],
    ],
    [
      'another object',
      owner => owner`update audit_entries set object_id = 'scn_x' where position = 1`,
      [{ kind: 'altered', position: 1 }],
    ],
    [
      'another time',
      owner => owner`update audit_entries set at = at - interval '1 ms' where position = 12`,
      [{ kind: 'altered', position: 12 }],
    ],
    [
      'another digest',
      owner => owner`update audit_entries set digests = '{"content":"00"}' where position = 7`,
      [{ kind: 'altered', position: 7 }],
    ],
    [
      'a row taken out',
      owner => owner`delete from audit_entries where position = 5`,
      [{ kind: 'missing', from: 5, to: 5 }],
    ],
    [
      'the first row taken out',
      owner => owner`delete from audit_entries where position = 1`,
      [{ kind: 'missing', from: 1, to: 1 }],
    ],
    [
      'the last row taken out',
      owner => owner`delete from audit_entries where position = 12`,
      [{ kind: 'wrong_head', position: 12 }],
    ],
    [
      'the whole chain taken out',
      owner => owner`delete from audit_entries where position > 0`,
      [{ kind: 'wrong_head', position: 12 }],
    ],
    ['the head taken out', owner => owner`delete from audit_heads`, [{ kind: 'wrong_head', position: 0 }]],
    [
      'two rows that change places',
      async owner => {
        await owner`update audit_entries set position = 99 where position = 6`
        await owner`update audit_entries set position = 6 where position = 7`
        await owner`update audit_entries set position = 7 where position = 99`
      },
      [
        { kind: 'altered', position: 6 },
        { kind: 'altered', position: 7 },
        { kind: 'altered', position: 8 },
      ],
    ],
    [
      'a gap that is closed by moving the rest up',
      async owner => {
        await owner`delete from audit_entries where position = 5`
        for (let i = 6; i <= 12; i++) await owner`update audit_entries set position = ${i - 1} where position = ${i}`
      },
      [{ kind: 'altered', position: 5 }],
    ],
  ]
  for (const [what, change, expected] of changes)
    await t.test(what, async t => {
      const { deps, owner } = await sealedRecord(t, 12)
      await change(owner)
      t.match(await faultsOf(deps), expected)
    })
})

t.test('a chain that was wholly rewritten is found by a hash that was kept elsewhere', async t => {
  const { deps, owner } = await sealedRecord(t, 6)
  const [before] = await verifyAudit(deps, { chain: PARK })
  const kept = [{ chain: PARK, position: before?.last?.position ?? 0, hash: before?.last?.hash ?? '' }]
  t.same((await verifyAudit(deps, { chain: PARK, kept }))[0]?.faults, [])
  await owner`update audit_entries set object_id = 'scn_x' where position = 2`
  await owner`update audit_entries set position = null, hash = null`
  await owner`delete from audit_heads`
  while ((await sealEntries(deps, 100)) > 0);
  t.same(await faultsOf(deps), [], 'by itself the new chain is in order')
  t.match((await verifyAudit(deps, { chain: PARK, kept }))[0]?.faults, [{ kind: 'not_as_kept', position: 6 }])
})

t.test('a tail that stays unsealed is found after a minute', async t => {
  const { deps, clock } = await sealedRecord(t, 2)
  await append(deps, 3)
  t.match(await verifyAudit(deps, { chain: PARK }), [{ unsealed: 3, faults: [] }])
  clock.advance(61_000)
  t.match(await faultsOf(deps), [{ kind: 'unsealed', entries: 3 }])
  await sealEntries(deps, 100)
  t.match(await verifyAudit(deps, { chain: PARK }), [{ entries: 5, unsealed: 0, faults: [] }])
})

t.test('no role of the application may change, move or delete what is sealed', async t => {
  const { deps } = await sealedRecord(t, 3)
  const forbidden = async (work: Parameters<typeof transaction>[2], what: string) => {
    const failed = await transaction(deps, WORKER, work).then(
      () => 'nothing',
      (error: unknown) => sqlState(error).code,
    )
    t.equal(failed, '42501', what)
  }
  await forbidden(tx => tx.delete(auditEntries), 'deleting')
  await forbidden(tx => tx.update(auditEntries).set({ objectId: 'x' }), 'changing')
  const moved = await transaction(deps, WORKER, tx =>
    tx.execute(sql`update audit_entries set position = 9 returning id`),
  )
  t.same([...moved], [], 'what has its place is out of reach')
})

t.test('two sealers at once give each place once, and a late commit takes a later place', async t => {
  const { deps } = await sealedRecord(t, 1)
  let commit = () => {}
  const late = transaction(deps, WORKER, async tx => {
    await record(tx, deps, WORKER, { action: 'scenario.expired', objectId: 'late', parkId: PARK })
    await new Promise<void>(resolve => (commit = resolve))
  })
  await append(deps, 40)
  await Promise.all(Array.from({ length: 4 }, () => sealEntries(deps, 100)))
  commit()
  await late
  while ((await sealEntries(deps, 100)) > 0);
  const rows = await transaction(deps, WORKER, tx =>
    tx.select().from(auditEntries).where(eq(auditEntries.chain, PARK)).orderBy(asc(auditEntries.position)),
  )
  t.same(
    rows.map(row => row.position),
    Array.from({ length: 42 }, (_, i) => i + 1),
  )
  t.equal(rows.at(-1)?.objectId, 'late')
  t.same(await faultsOf(deps), [])
})

t.test('every write is in the record with its actor, and a park reads and exports its own chain', async t => {
  const { app, deps } = await build(t)
  const cast = await makeCast(deps, app)
  const stranger = await makePark(deps)
  const scenario = await cast.publishScenario({ title: 'CANARY-TITLE' })
  await cast.call(cast.factory.key, 'POST', `/scenarios/${scenario.id}/withdraw`)
  const endpoint = await cast.registerEndpoint('http://127.0.0.1:19999/CANARY-URL')
  await cast.call(cast.vendor.key, 'POST', `/webhook-endpoints/${endpoint.id}/reveal-secret`)
  await cast.call(cast.vendor.key, 'POST', `/webhook-endpoints/${endpoint.id}/rotate-secret`, {})
  while ((await sealEntries(deps, 100)) > 0);
  const get = (key: string, url: string) => app.inject({ url: `/v1${url}`, headers: bearer(key) })

  const page = (await get(cast.park.key, `/parks/${cast.park.id}/audit`)).json<Record<string, never>>()
  t.match(page, {
    items: [
      { position: 1, action: 'scenario.created', objectId: scenario.id, organisationId: cast.factory.id },
      { position: 2, action: 'scenario.published' },
      { position: 3, action: 'scenario.withdrawn' },
    ],
    head: { position: 3 },
    hasMore: false,
  })
  const own = (await get(cast.vendor.key, '/audit')).json<{ items: { action: string }[] }>()
  t.same(
    own.items.map(item => item.action),
    ['endpoint.created', 'endpoint.secret_revealed', 'endpoint.secret_rotated'],
  )
  const lines = await get(cast.park.key, `/parks/${cast.park.id}/audit?format=ndjson&after=1`)
  t.match(lines.headers['content-type'], /^application\/x-ndjson/)
  t.same(
    lines.body
      .trimEnd()
      .split('\n')
      .map(line => (JSON.parse(line) as { position: number }).position),
    [2, 3],
  )
  const table = await get(cast.vendor.key, '/audit?format=csv')
  t.match(table.body, /^\uFEFFposition,at,action,/)
  t.equal(table.body.trimEnd().split('\n').length, 4)
  for (const key of [cast.factory.key, cast.vendor.key, stranger.key])
    t.equal((await get(key, `/parks/${cast.park.id}/audit?format=csv`)).statusCode, 404, 'only its own park')
  t.equal((await app.inject({ url: '/v1/audit' })).statusCode, 401)
  const all = [page, own, lines.body, table.body].map(part => JSON.stringify(part)).join('')
  t.notMatch(all, /CANARY/, 'ids and digests only')

  const [created] = await transaction(deps, WORKER, tx =>
    tx.select().from(auditEntries).where(eq(auditEntries.action, 'endpoint.created')),
  )
  const key = await transaction(deps, WORKER, tx => findAuditKey(tx, deps, cast.vendor.id))
  t.equal(
    created?.digests['url'],
    digestOf(key ?? Buffer.alloc(0), 'http://127.0.0.1:19999/CANARY-URL'),
    'its owner can prove it',
  )
})

t.test('what is rolled back leaves no entry', async t => {
  const { app, deps } = await build(t)
  const cast = await makeCast(deps, app)
  const before = await transaction(deps, WORKER, tx => tx.$count(auditEntries))
  const refused = await app.inject({
    method: 'POST',
    url: '/v1/scenarios',
    headers: bearer(cast.vendor.key),
    payload: { title: 'x', summary: 'y', parkId: cast.park.id },
  })
  t.equal(refused.statusCode, 403)
  t.equal(await transaction(deps, WORKER, tx => tx.$count(auditEntries)), before)
})

t.test('npm run audit:verify prints a line for each chain and ends with 1 on a fault', async t => {
  const { deps, owner } = await sealedRecord(t, 3)
  const run = (...more: string[]) =>
    spawnSync(process.execPath, ['--import', 'tsx', 'src/commands/audit-verify.ts', ...more], {
      cwd: ROOT,
      encoding: 'utf8',
      env: { ...process.env, DATABASE_URL: deps.db.url, SECRETS_KEY: TEST_SECRETS_KEY },
    })
  const good = run('--chain', PARK)
  t.match(JSON.parse(good.stdout), { chain: PARK, entries: 3, last: { position: 3 }, faults: [] })
  t.equal(good.status, 0, good.stderr)
  await owner`delete from audit_entries where position = 2`
  const bad = run()
  t.equal(bad.status, 1)
  t.match(bad.stdout, /"missing"/)
})

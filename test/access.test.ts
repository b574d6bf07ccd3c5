import { sql } from 'drizzle-orm'
import t from 'tap'
import { apiKeys } from '../src/identity/tables.ts'
import { matches } from '../src/matching/tables.ts'
import type { Actor, Member } from '../src/platform/actor.ts'
import { rowsOf, sqlState, transaction, type Tx } from '../src/platform/db.ts'
import { newId } from '../src/platform/ids.ts'
import { build, makeOrganisation, makePark } from './helper.ts'
import { CAPABILITY, makeCast, SCENARIO } from './flows/cast.ts'

/** Everything that a role can read of a table, with no filter of the application in between. */
const readAll = (tx: Tx, table: string) =>
  tx.execute(sql`select * from ${sql.identifier(table)}`).then(rowsOf<Record<string, unknown>>)

const member = (organisationId: string, more: Partial<Member> = {}): Member => ({
  kind: 'member',
  organisationId,
  organisationKind: 'vendor',
  role: 'owner',
  keyId: 'key',
  scopes: [],
  parkIds: [],
  adminParkIds: [],
  ...more,
})

t.test('row-level security alone', async t => {
  const { app, deps } = await build(t)
  const cast = await makeCast(deps, app)
  const elsewhere = await makePark(deps)
  const stranger = await makeOrganisation(deps, 'vendor', [elsewhere.id])
  const operator = await makeOrganisation(deps, 'operator')
  const scenario = await cast.publishScenario({
    title: 'CANARY-S-PUBLIC',
    datasets: [{ ...SCENARIO.datasets[0], name: 'CANARY-S-SHARED' }],
    details: 'CANARY-S-SEALED',
  })
  const capability = await cast.publishCapability({
    title: 'CANARY-C-PUBLIC',
    price: { ...CAPABILITY.price, max: 987_654 },
    details: 'CANARY-C-SEALED',
  })
  await cast.call(cast.factory.key, 'POST', '/scenarios', { title: 'CANARY-S-DRAFT', parkId: cast.park.id })
  const pair = {
    id: newId(deps, 'match'),
    scenarioId: scenario.id,
    capabilityId: capability.id,
    parkId: cast.park.id,
    factoryId: cast.factory.id,
    vendorId: cast.vendor.id,
    rank: 1,
    total: 6000,
    factoryScore: 6000,
    vendorScore: 6000,
    version: 1,
    createdAt: new Date(),
    updatedAt: new Date(),
    stateSince: new Date(),
  }
  await transaction(deps, { kind: 'worker' }, tx => tx.insert(matches).values({ ...pair, state: 'proposed' }))

  const actors: Record<string, Actor> = {
    factory: member(cast.factory.id, { organisationKind: 'manufacturer', parkIds: [cast.park.id] }),
    vendor: member(cast.vendor.id, { parkIds: [cast.park.id] }),
    stranger: member(stranger.id, { parkIds: [elsewhere.id] }),
    park: member(cast.park.organisationId, {
      organisationKind: 'park',
      parkIds: [cast.park.id],
      adminParkIds: [cast.park.id],
    }),
    otherPark: member(elsewhere.organisationId, {
      organisationKind: 'park',
      parkIds: [elsewhere.id],
      adminParkIds: [elsewhere.id],
    }),
    operator: member(operator.id, { organisationKind: 'operator' }),
    anonymous: { kind: 'anonymous' },
  }
  const TABLES = [
    'scenarios',
    'scenario_shared',
    'scenario_sealed',
    'capabilities',
    'capability_shared',
    'capability_sealed',
    'matches',
  ]
  const dump = (actor: Actor) =>
    transaction(deps, actor, async tx => {
      const found: Record<string, unknown> = {}
      for (const table of TABLES) found[table] = await readAll(tx, table)
      return JSON.stringify(found)
    })
  const CANARIES = [
    'CANARY-S-PUBLIC',
    'CANARY-S-SHARED',
    'CANARY-S-SEALED',
    'CANARY-S-DRAFT',
    'CANARY-C-PUBLIC',
    '987654',
    'CANARY-C-SEALED',
  ]
  const seen = async (name: string) => {
    const text = await dump(actors[name] ?? { kind: 'anonymous' })
    return CANARIES.filter(canary => text.includes(canary))
  }

  await t.test('before the parties have said anything', async t => {
    t.same(await seen('factory'), [
      'CANARY-S-PUBLIC',
      'CANARY-S-SHARED',
      'CANARY-S-SEALED',
      'CANARY-S-DRAFT',
      'CANARY-C-PUBLIC',
    ])
    t.same(await seen('vendor'), ['CANARY-S-PUBLIC', 'CANARY-C-PUBLIC', '987654', 'CANARY-C-SEALED'])
    t.same(await seen('stranger'), [])
    t.same(await seen('park'), ['CANARY-S-PUBLIC', 'CANARY-S-SHARED', 'CANARY-C-PUBLIC'])
    t.same(await seen('otherPark'), [])
    t.same(await seen('operator'), ['CANARY-S-PUBLIC', 'CANARY-C-PUBLIC'])
    t.same(await seen('anonymous'), [])
  })

  await t.test(
    'the shared tier opens to the other party when both are interested, the sealed one when both are introduced',
    async t => {
      const move = (key: string, action: string) =>
        cast.call(key, 'POST', `/matches/${pair.id}/transitions`, { action })
      await move(cast.vendor.key, 'express_interest')
      t.notOk((await seen('vendor')).includes('CANARY-S-SHARED'), 'one yes opens nothing')
      await move(cast.factory.key, 'express_interest')
      t.ok((await seen('vendor')).includes('CANARY-S-SHARED'))
      t.notOk((await seen('vendor')).includes('CANARY-S-SEALED'))
      t.ok((await seen('factory')).includes('987654'))
      await move(cast.vendor.key, 'accept_introduction')
      await move(cast.factory.key, 'accept_introduction')
      t.ok((await seen('vendor')).includes('CANARY-S-SEALED'))
      t.ok((await seen('factory')).includes('CANARY-C-SEALED'))
      t.notOk((await seen('vendor')).includes('CANARY-S-DRAFT'))
      t.same(await seen('stranger'), [])
      t.notOk((await seen('park')).includes('CANARY-S-SEALED'), 'the park reads no sealed tier that was not granted')
      t.same(await seen('operator'), ['CANARY-S-PUBLIC', 'CANARY-C-PUBLIC'])
    },
  )

  await t.test('nobody moves a disclosure but the function that asks the match', async t => {
    for (const name of ['vendor', 'stranger', 'operator', 'park']) {
      const actor = actors[name] ?? { kind: 'anonymous' as const }
      const read = transaction(deps, actor, tx => readAll(tx, 'disclosures'))
      await t.rejects(
        read.catch(error => Promise.reject(new Error(sqlState(error).code))),
        { message: '42501' },
      )
    }
    const foreign = transaction(deps, actors['stranger'] ?? { kind: 'anonymous' }, tx =>
      tx.execute(sql`select disclose_match(${pair.id})`),
    )
    await t.rejects(
      foreign.catch(error => Promise.reject(new Error(sqlState(error).code))),
      { message: '42501' },
    )
  })

  await t.test('nobody writes for another organisation', async t => {
    const attempts: [string, (tx: Tx) => Promise<unknown>][] = [
      [
        'a scenario',
        tx =>
          tx.execute(
            sql`insert into scenarios (id, park_id, organisation_id, state, visibility, title, problems, body, version, created_at, updated_at) values ('scn_x', ${cast.park.id}, ${cast.factory.id}, 'published', 'park', 'x', '{}', '{}', 1, now(), now())`,
          ),
      ],
      [
        'a key',
        tx =>
          tx.insert(apiKeys).values({
            id: 'key_x',
            organisationId: cast.factory.id,
            madeById: stranger.id,
            name: 'x',
            role: 'owner',
            scopes: [],
            prefix: 'x',
            hash: Buffer.alloc(32),
            createdAt: new Date(),
          }),
      ],
      [
        'an endpoint',
        tx =>
          tx.execute(
            sql`insert into endpoints (id, organisation_id, url, event_types, filters, state, header_names, concurrency_max, rate_max, version, created_at, updated_at) values ('whe_x', ${cast.factory.id}, 'https://example.com', '{}', '{}', 'active', '{}', 1, 0, 1, now(), now())`,
          ),
      ],
      [
        'an event',
        tx =>
          tx.execute(
            sql`insert into events (id, type, actor_id, data, occurred_at) values ('evt_x', 'match.created', ${cast.factory.id}, '{}', now())`,
          ),
      ],
    ]
    for (const [what, work] of attempts) {
      const done = transaction(deps, actors['stranger'] ?? { kind: 'anonymous' }, work)
      await t.rejects(
        done.catch(error => Promise.reject(new Error(sqlState(error).code))),
        { message: '42501' },
        what,
      )
    }
    const changed = await transaction(deps, actors['stranger'] ?? { kind: 'anonymous' }, tx =>
      tx.execute(sql`update scenarios set title = 'x' returning id`),
    )
    t.same([...changed], [], 'an update finds no row')
  })

  await t.test('a query outside of a transaction of ours sees nothing instead of everything', async t => {
    t.same([...(await deps.db.app.db.execute(sql`select * from scenarios`))], [])
    t.same([...(await deps.db.app.db.execute(sql`select * from matches`))], [])
  })
})

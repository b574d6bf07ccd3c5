import { sql } from 'drizzle-orm'
import t from 'tap'
import type { Actor } from '../../src/platform/actor.ts'
import { rowsOf, sqlState, transaction, type Tx } from '../../src/platform/db.ts'
import { bearer } from '../helper.ts'
import { canariesIn, makeWorld, type Name, ORGANISATIONS, type Principal, READERS, type World } from './cast.ts'
import { readDocument } from '../../bench/fuzz/document.ts'
import { type Rule, RULES } from './route-rules.ts'

const RANK = { reader: 0, editor: 1, owner: 2 }
const REFUSED = [401, 403, 404]

/** Canaries in a text that the organisation may never read. */
const leaksTo = (organisation: Name | undefined, text: string): string[] =>
  canariesIn(text).filter(key => organisation === undefined || !READERS[key]?.includes(organisation))

const mayUse = (rule: Rule, { organisation, role }: Principal): boolean => {
  if (rule.who === 'open') return true
  if (rule.who === 'person' || organisation === undefined) return false
  return (rule.who === 'everyone' || rule.who.includes(organisation)) && RANK[role] >= RANK[rule.from ?? 'reader']
}

/** Paths whose parameters stand for several things: the same route on what is closed to more. */
const variantsOf = (path: string): Record<string, string>[] => [
  {},
  ...(path.includes('{scenarioId}') ? [{ scenarioId: 'movedId' }, { scenarioId: 'draftId' }] : []),
]

const QUERIES: Record<string, string[]> = {
  'GET /v1/exports/{kind}': ['?format=csv', '?format=ndjson', '?format=xlsx'],
  'GET /v1/parks/{parkId}/audit': ['?format=csv', '?format=ndjson'],
  'GET /v1/audit': ['?format=csv', '?format=ndjson'],
  'GET /v1/scenarios': ['?organisationId=mine&limit=100', '?q=CANARY'],
  'GET /v1/capabilities': ['?organisationId=mine&limit=100', '?q=CANARY'],
  'GET /v1/deliveries': ['?limit=100'],
}

const request = async (
  world: World,
  route: string,
  principal: Principal,
  more: { ids?: Record<string, string>; query?: string } = {},
) => {
  const [method = '', path = ''] = route.split(' ')
  const rule = RULES[route]
  const idOf = (name: string) => world.ids[more.ids?.[name] ?? name] ?? nobodysId(method, path, name)
  const needed = typeof rule?.query === 'function' ? rule.query(world) : rule?.query
  const url = path.replace(/\{(\w+)\}/g, (_, name: string) => idOf(name)) + (more.query ?? needed ?? '')
  const body = typeof rule?.body === 'function' ? rule.body(world) : rule?.body
  return world.app.inject({
    method: method as 'GET',
    url,
    headers: {
      ...(principal.key === undefined ? {} : bearer(principal.key)),
      ...(rule?.contentType === undefined ? {} : { 'content-type': rule.contentType }),
      ...(method === 'PATCH' ? { 'if-match': '"0"' } : {}),
    },
    ...(body === undefined ? {} : { payload: body }),
  })
}

/** An id of the form that a path asks for, of nothing that there is: so the right to it is asked, and not its form. */
const nobodysId = (method: string, path: string, name: string): string => {
  const parameters = readDocument().paths[path]?.[method.toLowerCase()]?.parameters ?? []
  const pattern = parameters.find(parameter => parameter.name === name)?.schema['pattern']
  const [, prefix = ''] = /^\^([a-z]{3}_)\[/.exec(typeof pattern === 'string' ? pattern : '') ?? []
  return prefix + '0'.repeat(26)
}

t.test('nobody sees, changes or fills what is not his', async t => {
  const world = await makeWorld(t)
  const routes = Object.entries(readDocument().paths).flatMap(([path, methods]) =>
    Object.keys(methods).map(method => `${method.toUpperCase()} ${path}`),
  )
  t.same(
    routes.filter(route => !RULES[route]),
    [],
    'every route of the document is classified in test/security/route-rules.ts',
  )
  t.same(
    Object.keys(RULES).filter(route => !routes.includes(route)),
    [],
    'nothing is classified that is no route',
  )
  const known = routes
    .filter(route => RULES[route])
    .sort((a, b) => Number(RULES[a]?.isLast ?? 0) - Number(RULES[b]?.isLast ?? 0))
  const wrong: string[] = []
  let requests = 0
  const note = (route: string, principal: Principal, answer: { statusCode: number; body: string; headers: object }) => {
    requests += 1
    const leaks = leaksTo(principal.organisation, `${answer.body}${JSON.stringify(answer.headers)}`)
    if (leaks.length > 0) wrong.push(`${route} shows ${leaks.join(', ')} to ${principal.name}`)
    if (answer.statusCode >= 500) wrong.push(`${route} by ${principal.name}: ${answer.statusCode}`)
  }

  await t.test('who may not is refused, and no answer shows what its reader may not see', async t => {
    for (const route of known)
      for (const principal of world.principals) {
        const rule = RULES[route]
        if (!rule || mayUse(rule, principal)) continue
        for (const ids of variantsOf(route)) {
          const answer = await request(world, route, principal, { ids })
          note(route, principal, answer)
          if (!REFUSED.includes(answer.statusCode))
            wrong.push(`${route} by ${principal.name}: ${answer.statusCode} ${answer.body.slice(0, 200)}`)
        }
      }
    t.same(wrong, [])
  })

  await t.test('who may, may: and sees no more than his tier', async t => {
    wrong.length = 0
    for (const route of known)
      for (const principal of world.principals) {
        const rule = RULES[route]
        if (!rule || !mayUse(rule, principal)) continue
        const answer = await request(world, route, principal)
        note(route, principal, answer)
        if (rule.who !== 'open' && REFUSED.includes(answer.statusCode) && !rule.isLast)
          wrong.push(`${route} by ${principal.name}: ${answer.statusCode} ${answer.body.slice(0, 200)}`)
        if (!route.startsWith('GET')) continue
        for (const query of QUERIES[route] ?? [])
          note(route, principal, await request(world, route, principal, { query }))
        for (const ids of variantsOf(route).slice(1))
          note(route, principal, await request(world, route, principal, { ids }))
      }
    t.same(wrong, [])
    t.comment(`${requests} requests on ${known.length} routes by ${world.principals.length} principals`)
  })

  await t.test('every planted thing is seen by somebody: a canary that nobody finds proves nothing', async t => {
    const seen = new Set<string>()
    const owners: Principal[] = world.principals.filter(one => one.role === 'owner')
    for (const route of [
      'GET /v1/scenarios/{scenarioId}',
      'GET /v1/organisations/{organisationId}',
      'GET /v1/matches/{matchId}/transitions',
      'GET /v1/matches/{matchId}/outcomes',
      'GET /v1/deliveries',
    ])
      for (const principal of owners)
        for (const ids of variantsOf(route))
          for (const key of canariesIn((await request(world, route, principal, { ids })).body)) seen.add(key)
    for (const principal of owners)
      for (const capabilityId of world.capabilities) {
        const answer = await world.app.inject({
          url: `/v1/capabilities/${capabilityId}`,
          headers: bearer(principal.key ?? ''),
        })
        for (const key of canariesIn(answer.body)) seen.add(key)
      }
    const keyOf = { 'endpoint-own': 1, 'key-own': 1 }
    t.same(
      Object.keys(READERS).filter(key => !seen.has(key) && !(key in keyOf)),
      [],
    )
  })

  await t.test('no webhook carries more than its receiver may see', async t => {
    t.ok(world.hook.requests.length > 10)
    const leaks = world.hook.requests.flatMap(received => {
      const organisation = received.url.split('/').at(-1) as Name
      const own = leaksTo(organisation, `${received.body}${JSON.stringify(received.headers)}`)
      return own.map(key => `${organisation}: ${key}`)
    })
    t.same([...new Set(leaks)], [])
  })

  await t.test('no event, job or audit entry holds anything above the public tier', async t => {
    const texts = await transaction(world.deps, { kind: 'worker' }, tx =>
      tx.execute(sql`select data::text as text from events union all select to_jsonb(a)::text from audit_entries a`),
    )
    const found = rowsOf<{ text: string }>(texts).flatMap(row => canariesIn(row.text))
    t.same(
      [...new Set(found)].filter(key => !key.endsWith('-public')),
      [],
    )
  })

  await t.test('no line of the log holds what was planted, nor any key', async t => {
    t.ok(world.log().length > 1_000)
    t.same(canariesIn(world.log()), [])
    for (const { key } of world.principals) if (key !== undefined) t.notOk(world.log().includes(key))
    t.notMatch(world.log(), /whsec_/)
  })

  await t.test('with every filter of the application off, row-level security alone shows no more', async t => {
    const tables = await listTables(world)
    t.ok(tables.length > 25)
    const actors: [string, Name | undefined, Actor][] = [
      ...ORGANISATIONS.map((name): [string, Name, Actor] => [name, name, world.actorOf(name)]),
      ['anonymous', undefined, { kind: 'anonymous' }],
    ]
    const leaks: string[] = []
    for (const [name, organisation, actor] of actors)
      for (const table of tables) {
        const text = await readWhole(world, actor, table)
        for (const key of leaksTo(organisation, text)) leaks.push(`${table} shows ${key} to ${name}`)
      }
    t.same(leaks, [])
  })

  await t.test('nor does it let anybody change or delete a row of another organisation', async t => {
    const owned = await listTables(world, 'organisation_id')
    const wrongs: string[] = []
    for (const name of ORGANISATIONS)
      for (const table of owned) {
        const actor = world.actorOf(name)
        for (const verb of ['update', 'delete'] as const) {
          const changed = await tryChange(world, actor, table, verb)
          const foreign = changed.filter(id => id !== actor.organisationId)
          // A park decides on its members and on what is lent in it.
          const isParks = name.startsWith('P') && verb === 'update' && ['memberships', 'resources'].includes(table)
          if (foreign.length > 0 && !isParks) wrongs.push(`${name} may ${verb} ${table}`)
        }
      }
    t.same(wrongs, [])
  })
})

const listTables = async (world: World, column = ''): Promise<string[]> =>
  rowsOf<{ name: string }>(
    await transaction(world.deps, { kind: 'worker' }, tx =>
      tx.execute(sql`select c.relname as name from pg_class c
        where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace and (${column} = '' or exists (
          select 1 from pg_attribute a where a.attrelid = c.oid and a.attname = ${column} and not a.attisdropped))
        order by 1`),
    ),
  ).map(row => row.name)

/** The whole of a table as a role sees it; nothing where it has no right to it at all. */
const readWhole = (world: World, actor: Actor, table: string): Promise<string> =>
  transaction(world.deps, actor, async tx =>
    JSON.stringify(rowsOf(await tx.execute(sql`select to_jsonb(x) from ${sql.identifier(table)} x`))),
  ).catch(refusedAs(''))

const tryChange = (world: World, actor: Actor, table: string, verb: 'update' | 'delete'): Promise<string[]> => {
  const name = sql.identifier(table)
  const statement =
    verb === 'update'
      ? sql`update ${name} set organisation_id = organisation_id returning organisation_id as id`
      : sql`delete from ${name} returning organisation_id as id`
  return undone(world, actor, async tx => rowsOf<{ id: string }>(await tx.execute(statement)).map(row => row.id))
}

/** Does the work, takes it back and hands out what it answered. */
const undone = async <T>(world: World, actor: Actor, work: (tx: Tx) => Promise<T[]>): Promise<T[]> => {
  let answer: T[] = []
  const stop = new Error('taken back')
  await transaction(world.deps, actor, async tx => {
    answer = await work(tx)
    throw stop
  }).catch((error: unknown) => {
    if (error !== stop) refusedAs(undefined)(error)
  })
  return answer
}

const refusedAs =
  <T>(instead: T) =>
  (error: unknown): T => {
    // 42501: no right; 23503: the row is one that others hang on.
    if (['42501', '23503'].includes(sqlState(error).code ?? '')) return instead
    throw error
  }

import { sql } from 'drizzle-orm'
import postgres from 'postgres'
import t from 'tap'
import { readDocument } from '../../bench/fuzz/document.ts'
import type { Actor } from '../../src/platform/actor.ts'
import { rowsOf, sqlState, transaction, type Tx } from '../../src/platform/db.ts'
import { ALL_RULES, type Answer, ask, listRoutes, mayUse, placesOf } from './asking.ts'
import { canariesIn, leaksTo, mailText, type Name, ORGANISATIONS, READERS } from './canaries.ts'
import { makeWorld, type World } from './cast.ts'
import type { Principal } from './principals.ts'
import type { Place } from './rule.ts'

const QUERIES: Record<string, string[]> = {
  'GET /v1/exports/{kind}': ['?format=csv', '?format=ndjson', '?format=xlsx'],
  'GET /v1/parks/{parkId}/audit': ['?format=csv', '?format=ndjson'],
  'GET /v1/audit': ['?format=csv', '?format=ndjson'],
  'GET /v1/parks/{parkId}/report/file': ['json', 'xlsx', 'pdf', 'html'].map(format => `?format=${format}`),
  'GET /v1/scenarios': ['?organisationId=mine&limit=100', '?q=CANARY'],
  'GET /v1/capabilities': ['?organisationId=mine&limit=100', '?q=CANARY'],
  'GET /v1/deliveries': ['?limit=100'],
}

t.test('nobody sees, changes or fills what is not his', async t => {
  const world = await makeWorld(t)
  const routes = listRoutes(world)
  const documented = Object.entries(readDocument().paths).flatMap(([path, methods]) =>
    Object.keys(methods).map(method => `${method.toUpperCase()} ${path}`),
  )
  t.same(
    documented.filter(route => !routes.includes(route)),
    [],
    'every route of the document is served',
  )
  t.same(
    routes.filter(route => !ALL_RULES[route]),
    [],
    'every route and every page says who may use it',
  )
  t.same(
    Object.keys(ALL_RULES).filter(route => !routes.includes(route)),
    [],
    'nothing is classified that is no route',
  )
  // In the order of the rules, so that what ends something comes after what needs it.
  const inOrder = Object.keys(ALL_RULES).filter(route => routes.includes(route))
  const isLast = (route: string) => ALL_RULES[route]?.isLast === true
  const known = [...inOrder.filter(route => !isLast(route)), ...inOrder.filter(isLast)]
  const wrong: string[] = []
  const seen = new Set<string>()
  let requests = 0
  const note = (what: string, answer: Answer) => {
    requests += 1
    for (const key of canariesIn(answer.text)) seen.add(key)
    if (answer.leaks.length > 0) wrong.push(`${what} shows ${answer.leaks.join(', ')}`)
    if (answer.statusCode >= 500) wrong.push(`${what}: ${answer.statusCode}`)
  }
  const placesWith = (route: string): (Place | undefined)[] => [undefined, ...placesOf(route)]
  const told = (route: string, place: Place | undefined, principal: Principal) =>
    `${route} ${place ? JSON.stringify(place.ids) : ''} by ${principal.name}`

  await t.test('who may not is refused, and no refusal shows anything', async t => {
    for (const route of known)
      for (const place of placesWith(route)) {
        const rule = ALL_RULES[route]
        const unable = world.principals.filter(one => rule && !mayUse(rule, place, one))
        // A refusal changes nothing, so all may be tried at once.
        const answers = await Promise.all(
          unable.map(async principal => ({
            principal,
            answer: await ask(world, route, principal, { ids: place?.ids }),
          })),
        )
        for (const { principal, answer } of answers) {
          note(told(route, place, principal), answer)
          if (!answer.isRefusal)
            wrong.push(`${told(route, place, principal)}: ${answer.statusCode} ${answer.text.slice(0, 200)}`)
        }
      }
    t.same(wrong, [])
  })

  await t.test('who may, may: and sees no more than his tier', async t => {
    wrong.length = 0
    for (const route of known) {
      const rule = ALL_RULES[route]
      let gotThrough = 0
      for (const place of placesWith(route)) {
        const able = place?.isQuiet ? [] : world.principals.filter(one => rule && mayUse(rule, place, one))
        const tryAs = async (principal: Principal) => {
          const what = told(route, place, principal)
          const answer = await ask(world, route, principal, { ids: place?.ids })
          note(what, answer)
          if (!answer.isRefusal) gotThrough++
          else if (rule?.who !== 'open' && !rule?.isLast)
            wrong.push(`${what}: ${answer.statusCode} ${answer.text.slice(0, 200)}`)
          for (const query of place === undefined ? (QUERIES[route] ?? []) : [])
            note(what, await ask(world, route, principal, { query }))
        }
        // Reading changes nothing, so all may at once.
        if (route.startsWith('GET')) await Promise.all(able.map(tryAs))
        else for (const principal of able) await tryAs(principal)
      }
      if (rule?.isLast && rule.who !== 'open' && gotThrough === 0) wrong.push(`${route}: nobody who may gets through`)
    }
    t.same(wrong, [])
    t.comment(`${requests} requests on ${known.length} routes by ${world.principals.length} principals`)
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

  await t.test('no mail carries anything above the public tier, nor what its reader may not know', async t => {
    t.ok(world.mails.length >= 5, `${world.mails.length} mails`)
    const texts = world.mails.map(({ raw }) => mailText(raw))
    t.ok(
      texts.some(text => text.includes('CANARY-scenario-public')),
      'they are read as their readers read them',
    )
    const leaks = world.mails.flatMap(({ to, raw }) =>
      leaksTo(world.organisationOf(to[0] ?? ''), mailText(raw))
        .concat(canariesIn(mailText(raw)).filter(key => /-(shared|sealed|own|members)$/.test(key)))
        // The address that it goes to.
        .filter(key => key !== 'person-own' || world.organisationOf(to[0] ?? '') !== 'F')
        .filter(key => !INVITED[to[0] ?? '']?.includes(key))
        .map(key => `${to[0]}: ${key}`),
    )
    t.same([...new Set(leaks)], [])
  })

  await t.test(
    'no event holds what one of its readers may not see; no job and no audit entry holds anything',
    async t => {
      const rows = await transaction(world.deps, { kind: 'worker' }, async tx => ({
        events: rowsOf<{ text: string; readers: string[] }>(
          await tx.execute(sql`select e.type || e.data::text as text,
          array(select r.organisation_id from event_readers r where r.event_id = e.id) as readers from events e`),
        ),
        audit: rowsOf<{ text: string }>(await tx.execute(sql`select to_jsonb(a)::text as text from audit_entries a`)),
      }))
      const names = new Map(ORGANISATIONS.map(name => [world.idOf(name), name]))
      const overheard = rows.events.flatMap(({ text, readers }) =>
        readers
          .filter(id => names.has(id))
          .flatMap(id => leaksTo(names.get(id), text).map(key => `${text.slice(0, 40)}: ${key} to ${names.get(id)}`)),
      )
      t.same([...new Set(overheard)], [])
      t.same(
        [...new Set(rows.events.flatMap(({ text }) => canariesIn(text)))].filter(key =>
          /-(shared|sealed|own)$/.test(key),
        ),
        [],
        'nor anything above the first tier, whoever reads it',
      )
      const jobs = await readQueues(world)
      t.ok(jobs.length > 1_000, 'there are jobs to look at')
      // Ids are no secret: what they name is not read by them.
      const found = [...rows.audit.map(row => row.text), jobs].flatMap(canariesIn)
      t.same(
        [...new Set(found)].filter(key => !['run-park', 'file-park'].includes(key)),
        [],
      )
    },
  )

  await t.test('no line of the log and no metric holds what was planted, nor any key', async t => {
    t.ok(world.log().length > 1_000)
    const metrics = await world.app.inject({
      url: '/metrics',
      headers: { authorization: 'Bearer a-token-for-the-figures' },
    })
    t.equal(metrics.statusCode, 200)
    const written = `${world.log()}${metrics.body}`
    t.same(
      canariesIn(written).filter(key => !['run-park', 'file-park'].includes(key)),
      [],
    )
    for (const { headers } of world.principals)
      for (const secret of Object.values(headers)) t.notOk(written.includes(secret.replace(/^Bearer |^[^=]*=/, '')))
    t.notMatch(written, /whsec_/)
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
        for (const key of canariesIn(text)) seen.add(key)
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
          if (foreign.length > 0 && !DECIDES[table]?.includes(name)) wrongs.push(`${name} may ${verb} ${table}`)
        }
      }
    t.same(wrongs, [])
  })

  await t.test('every planted thing is seen by somebody: a canary that nobody finds proves nothing', async t => {
    for (const principal of world.principals)
      for (const capabilityId of world.capabilities) {
        const answer = await world.app.inject({ url: `/v1/capabilities/${capabilityId}`, headers: principal.headers })
        for (const key of canariesIn(answer.body)) seen.add(key)
      }
    t.same(
      Object.keys(READERS).filter(key => !seen.has(key)),
      [],
    )
  })
})

/** What an invitation by mail tells whom it invites: his own name, and the organisation that he may act for. */
const INVITED: Record<string, string[]> = {
  'canary.contact@example.com': ['contact-park', 'company-park'],
  'canary.invited@example.com': ['invitation-own', 'factory-name'],
}

/** Who decides about rows of others: a park on members, loans and rounds; the owner of a demand on its consortium. */
const DECIDES: Record<string, Name[]> = {
  memberships: ['PA', 'PB'],
  resources: ['PA', 'PB'],
  reservations: ['PA'],
  round_entries: ['PA'],
  consortium_members: ['F', 'PA'],
  challenge_answers: ['F', 'PA'],
}

const listTables = async (world: World, column = ''): Promise<string[]> =>
  rowsOf<{ name: string }>(
    await transaction(world.deps, { kind: 'worker' }, tx =>
      tx.execute(sql`select c.relname as name from pg_class c
        where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace and (${column} = '' or exists (
          select 1 from pg_attribute a where a.attrelid = c.oid and a.attname = ${column} and not a.attisdropped))
        order by 1`),
    ),
  ).map(row => row.name)

/** Everything that the queues keep, which no role of ours reads and no policy guards. */
const readQueues = async (world: World): Promise<string> => {
  const owner = postgres(world.databaseUrl, { max: 1, onnotice: () => {} })
  try {
    const tables = await owner<{ schema: string; name: string }[]>`
      select n.nspname as schema, c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where c.relkind in ('r', 'p') and n.nspname !~ '^pg_' and n.nspname not in ('public', 'information_schema', 'drizzle')`
    let text = ''
    for (const { schema, name } of tables)
      text += JSON.stringify(await owner`select * from ${owner(schema)}.${owner(name)}`)
    return text
  } finally {
    await owner.end()
  }
}

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

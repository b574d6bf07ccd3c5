import { randomBytes } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import postgres from 'postgres'
import type { Test } from 'tap'
import { buildApp } from '../src/app.ts'
import { insertPerson, insertPosition } from '../src/identity/people.ts'
import { insertKey, insertPark } from '../src/identity/service.ts'
import { insertOwnLink } from '../src/identity/sign-in.ts'
import { memberships, organisations, parks } from '../src/identity/tables.ts'
import type { OrganisationKind, Role } from '../src/platform/actor.ts'
import type { Clock } from '../src/platform/clock.ts'
import { parseConfig } from '../src/platform/config.ts'
import { openDatabase, transaction } from '../src/platform/db.ts'
import type { Deps } from '../src/platform/deps.ts'
import { createEgress } from '../src/platform/egress/post.ts'
import { createResolver, type ResolveHost } from '../src/platform/egress/resolver.ts'
import { newId } from '../src/platform/ids.ts'
import { loadLexicon } from '../src/platform/lexicon.ts'
import { type Backend, createQueues } from '../src/platform/queues.ts'
import { createSecrets } from '../src/platform/secrets.ts'
import { createLog, createMetrics } from '../src/platform/telemetry.ts'

// Read once per process, as the product does.
const lexicon = loadLexicon()
const templateUrl = process.env['DATABASE_TEMPLATE_URL'] ?? ''

/** Seals in every test, so that another process can open it. */
export const TEST_SECRETS_KEY = `test:${Buffer.alloc(32, 7).toString('base64')}`

/** A clock that stands still until it is moved. */
export type TestClock = Clock & { advance: (ms: number) => void }

export const createTestClock = (start = '2026-11-02T08:00:00.000Z'): TestClock => {
  let now = new Date(start).getTime()
  return { now: () => new Date(now), advance: ms => void (now += ms) }
}

/** A database of its own for one test file, cloned from the migrated template and dropped afterwards. */
export const cloneDatabase = async (t: Test): Promise<string> => {
  if (templateUrl === '') throw new Error('run the tests with `npm test -- <file>`: they need a database')
  const name = `t_${randomBytes(8).toString('hex')}`
  const url = new URL(templateUrl)
  const template = url.pathname.slice(1)
  url.pathname = '/postgres'
  const admin = postgres(url.href, { max: 1, onnotice: () => {} })
  await admin.unsafe(`create database ${name} template ${template} strategy file_copy`)
  t.after(async () => {
    // What cannot be dropped now goes with the whole server at the end of the run, so it fails no test and is said.
    await admin
      .unsafe(`drop database if exists ${name} with (force)`)
      .catch(error => t.comment(`not dropped: ${error}`))
    await admin.end()
  })
  url.pathname = `/${name}`
  return url.href
}

export type BuildOptions = {
  clock?: Clock
  env?: Record<string, string>
  backend?: Backend
  databaseUrl?: string
  log?: NodeJS.WritableStream
  resolver?: ResolveHost
}

/** Everything that the product stands on, against a database of its own. Closed when the test ends. */
export const buildDeps = async (t: Test, options: BuildOptions = {}): Promise<Deps> => {
  const url = options.databaseUrl ?? (await cloneDatabase(t))
  const config = parseConfig({
    NODE_ENV: 'test',
    SECRETS_KEY: TEST_SECRETS_KEY,
    // A second at every start, which only the tests of the dictionary itself need.
    CEDICT_PATH: 'off',
    LOG_LEVEL: options.log ? 'trace' : 'silent',
    WEBHOOK_ALLOW_HTTP: '1',
    WEBHOOK_ALLOW_CIDRS: '127.0.0.0/8',
    // What is limited is tried where limits are tested; elsewhere a busy machine must not decide.
    RATE_PER_KEY_MAX: '0',
    RATE_PER_ADDRESS_MAX: '0',
    EVENT_LOOP_DELAY_MS_MAX: '0',
    ...options.env,
  })
  const db = openDatabase(url)
  const queues = createQueues(options.backend ?? { kind: 'postgres', url })
  const egress = createEgress({ ...config.webhook, resolver: options.resolver ?? createResolver() })
  t.after(async () => {
    egress.close()
    await queues.close()
    await db.close()
  })
  return {
    config,
    db,
    queues,
    egress,
    log: createLog(config.logLevel, options.log),
    metrics: createMetrics(),
    clock: options.clock ?? { now: () => new Date() },
    random: randomBytes,
    secrets: createSecrets(config.secretsKeys ?? []),
    lexicon,
  }
}

/** The API over those dependencies, answered without a socket by `app.inject`. */
export const build = async (t: Test, options: BuildOptions = {}) => {
  const deps = await buildDeps(t, options)
  const app = await buildApp(deps)
  t.after(() => app.close())
  await app.ready()
  return { app, deps }
}

/** A park with its administration's key. */
export const makePark = async (deps: Deps, slug = `park-${randomBytes(4).toString('hex')}`) =>
  transaction(deps, { kind: 'worker' }, async tx => {
    const park = await insertPark(tx, deps, {
      slug,
      name: `园区 ${slug}`,
      region: '广东东莞',
      timeZone: 'Asia/Shanghai',
    })
    const [row] = (await tx.select().from(parks)).filter(entry => entry.id === park.id)
    const organisationId = row?.organisationId ?? ''
    const key = await insertKey(
      tx,
      deps,
      { organisationId, madeById: organisationId },
      { name: 'admin', role: 'owner' },
    )
    return { id: park.id, organisationId, key: key.secret }
  })

/** An organisation, an active member of the given parks, with one key of the given role. */
export const makeOrganisation = async (
  deps: Deps,
  kind: OrganisationKind,
  parkIds: string[] = [],
  options: { role?: Role; name?: string } = {},
) =>
  transaction(deps, { kind: 'worker' }, async tx => {
    const id = newId(deps, 'organisation')
    const createdAt = deps.clock.now()
    await tx.insert(organisations).values({ id, kind, name: options.name ?? `${kind} ${id}`, createdAt })
    for (const parkId of parkIds)
      await tx
        .insert(memberships)
        .values({ parkId, organisationId: id, state: 'active', createdAt, decidedAt: createdAt })
    const key = await insertKey(
      tx,
      deps,
      { organisationId: id, madeById: id },
      { name: 'key', role: options.role ?? 'owner' },
    )
    return { id, key: key.secret }
  })

export const bearer = (key: string) => ({ authorization: `Bearer ${key}` })

/** The queue backends that can be tried here; in CI a missing one is a failure and not a skip. */
export const backends = (): ('postgres' | 'redis')[] => {
  const found: ('postgres' | 'redis')[] = process.env['TEST_REDIS_URL'] ? ['postgres', 'redis'] : ['postgres']
  if (found.length < 2 && process.env['CI'] === 'true') throw new Error('CI must have a redis-server')
  return found
}

export const backendOf = (kind: 'postgres' | 'redis', databaseUrl: string): Backend =>
  kind === 'postgres'
    ? { kind, url: databaseUrl }
    : { kind, url: process.env['TEST_REDIS_URL'] ?? '', prefix: `t${randomBytes(6).toString('hex')}` }

/** Skips with a message where something is missing; in CI that is a failure. */
export const skipUnless = (present: boolean, what: string): string | false => {
  if (present) return false
  if (process.env['CI'] === 'true') throw new Error(`CI must have ${what}`)
  return `${what} is not here`
}

/** Waits until `probe` answers something, asking again as soon as the event loop is free; bounded by the test's time. */
export const eventually = async <T>(probe: () => Promise<T | undefined | false>, withinMs = 60_000): Promise<T> => {
  const end = performance.now() + withinMs
  for (;;) {
    const found = await probe()
    if (found !== undefined && found !== false) return found
    if (performance.now() > end) throw new Error(`nothing came within ${withinMs} ms`)
    await new Promise(resolve => setTimeout(resolve, 20))
  }
}

export type Received = { method: string; url: string; headers: Record<string, string>; body: string }

/** A webhook receiver on loopback that keeps what it gets and answers as it is told. */
export const receiver = async (
  t: Test,
  answer: (
    received: Received,
    nth: number,
  ) => { status: number; headers?: Record<string, string>; body?: string } = () => ({ status: 204 }),
) => {
  const requests: Received[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]))
      const received = {
        method: request.method ?? '',
        url: request.url ?? '',
        headers,
        body: Buffer.concat(chunks).toString(),
      }
      requests.push(received)
      const { status, headers: extra, body } = answer(received, requests.length)
      response.writeHead(status, extra).end(body)
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return { requests, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook` }
}

/** A person with positions, the first of which he acts for when he signs in. */
export const makePerson = async (
  deps: Deps,
  seats: { organisationId: string; role?: Role }[],
  email = `p-${randomBytes(4).toString('hex')}@example.com`,
) =>
  transaction(deps, { kind: 'worker' }, async tx => {
    const id = await insertPerson(tx, deps, { email, name: '陈工', language: 'zh' })
    for (const { organisationId, role = 'owner' } of seats)
      await insertPosition(tx, deps, { personId: id, organisationId, role })
    return { id, email }
  })

/** Signs a person in over HTTP. @returns the headers with which he reads and writes */
export const signIn = async (deps: Deps, app: FastifyInstance, personId: string) => {
  const { token } = await transaction(deps, { kind: 'worker' }, tx => insertOwnLink(tx, deps, personId))
  return sessionOf(await app.inject({ method: 'POST', url: '/v1/sign-in-links/use', payload: { token } }))
}

type Answer = { statusCode: number; body: string; cookies: { name: string; value: string }[]; json: () => unknown }

/** The headers of a browser after an answer that signed it in. */
export const sessionOf = (answer: Answer) => {
  const cookie = answer.cookies.find(entry => entry.name.endsWith('duijie_session'))
  const { csrfToken } = answer.json() as { csrfToken?: string }
  if (answer.statusCode !== 201 || !cookie || csrfToken === undefined)
    throw new Error(`nobody was signed in: ${answer.statusCode} ${answer.body}`)
  return { cookie: `${cookie.name}=${cookie.value}`, 'x-csrf-token': csrfToken }
}

import { randomInt } from 'node:crypto'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import postgres from 'postgres'
import { openDatabase } from '../../src/platform/db.ts'
import { freePort } from '../../src/platform/embedded.ts'
import { migrateDatabase } from '../../src/platform/migrate.ts'
import { type Server, startServer, untilAnswers } from '../delivery/postgres.ts'
import { type Ends, type Process, startProcess } from '../delivery/processes.ts'
import { type RedisServer, startRedis } from '../delivery/redis.ts'
import { appendNews, makeWorld, type News, PROCESS_ENV, type World } from '../delivery/world.ts'
import { createRandom, pickEven, type Random } from '../province/random.ts'
import { type Balance, balance } from './ledger.ts'
import { type Fault, type FaultKind, planFaults } from './plan.ts'
import { type Receivers, startReceivers } from './receivers.ts'

export type FaultsOptions = {
  backend: 'redis' | 'postgres'
  events: number
  endpoints: number
  workers: number
  /** How long events are written and faults happen. */
  seconds: number
  /** Between two faults, on average. */
  gapMs: number
  kinds: readonly FaultKind[]
  seed: number
  /** Nothing new for so long means that what is missing will never come. */
  patienceS: number
}

export type FaultsReport = Balance & {
  backend: string
  seed: number
  events: number
  badSignatures: number
  /** Deliveries that the API still calls undelivered when all is settled. */
  undelivered: number
  kills: number
  flushes: number
  restarts: number
  /** Processes that ended by themselves after they had started: none may. */
  crashes: number
  /** Workers that are no longer woken by new events, though they live: none may. */
  deafWorkers: number
  answers: Receivers['answers']
  settleSeconds: number
  seconds: number
}

const RETRY_SCHEDULE = [0, ...Array.from({ length: 19 }, () => 1)].join(',')
const BATCH = 10
/** The database may fall between two tries, but not at each: then something else is wrong. */
const TRIES_MAX = 50
const READERS_MAX = 3
const API_PORTS = { first: 29_000, count: 500 }

type Stack = {
  server: Server
  redis: RedisServer | undefined
  api: Process
  workers: Process[]
  ends: Ends
  address: string
}

/**
 * Writes events while processes are killed, the queue is emptied and the database crashes, then waits until everything
 * has come to rest and compares what was committed with what arrived.
 */
export const runFaults = async (
  options: FaultsOptions,
  say: (line: string) => void = () => {},
): Promise<FaultsReport> => {
  const folder = mkdtempSync(join(tmpdir(), 'duijie-faults-'))
  // The database's user must be able to pass through.
  chmodSync(folder, 0o755)
  const closing: (() => unknown)[] = [() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 })]
  try {
    const server = await startServer(folder)
    closing.push(() => server.stop())
    await migrateDatabase(server.url)
    const db = openDatabase(server.url, 4)
    closing.push(() => db.close())
    const secrets: string[] = []
    const random = createRandom(options.seed)
    const receivers = await startReceivers(
      options.endpoints,
      createRandom(options.seed + 1),
      endpoint => secrets[endpoint],
    )
    closing.push(() => receivers.close())
    const world = await makeWorld(db, receivers.urls)
    secrets.push(...world.subscribers.map(subscriber => subscriber.secret))
    const stack = await startStack(server, options, folder, closing)
    return await measure({ options, random, db, world, receivers, stack, say })
  } finally {
    for (const close of closing.reverse()) await close()
  }
}

const startStack = async (
  server: Server,
  options: FaultsOptions,
  folder: string,
  closing: (() => unknown)[],
): Promise<Stack> => {
  const redis = options.backend === 'redis' ? await startRedis(folder) : undefined
  closing.push(() => redis?.stop())
  const ends = { crashes: 0, failedStarts: 0 }
  const port = await freePort(API_PORTS.first + randomInt(API_PORTS.count))
  const env = {
    ...PROCESS_ENV,
    DATABASE_URL: server.url,
    REDIS_URL: redis?.url ?? '',
    PORT: String(port),
    JOB_LOCK_MS: '1000',
    JOB_STALLED_MS: '1000',
    WEBHOOK_RETRY_SCHEDULE: RETRY_SCHEDULE,
  }
  const start = (kind: 'api' | 'worker', name: string) => {
    const started = startProcess(kind, { name, folder, env, ends })
    closing.push(() => started.stop())
    return started
  }
  const api = start('api', 'api')
  const workers = Array.from({ length: options.workers }, (_, i) => start('worker', `worker-${i}`))
  await Promise.all([api, ...workers].map(one => one.started()))
  return { server, redis, api, workers, ends, address: `http://127.0.0.1:${port}` }
}

type Run = {
  options: FaultsOptions
  random: Random
  db: ReturnType<typeof openDatabase>
  world: World
  receivers: Receivers
  stack: Stack
  say: (line: string) => void
}

const measure = async (run: Run): Promise<FaultsReport> => {
  const { options, receivers, stack, world } = run
  const startedAt = performance.now()
  const kinds = options.kinds.filter(kind => kind !== 'flush' || stack.redis)
  const faults = planFaults(run.random, { kinds, forMs: options.seconds * 1_000, gapMs: options.gapMs })
  const [sent] = await Promise.all([writeEvents(run, startedAt), causeFaults(run, faults, startedAt)])
  const quietAt = performance.now()
  await untilSettled(run)
  const settledAt = performance.now()
  const count = (...wanted: FaultKind[]) => faults.filter(({ kind }) => wanted.includes(kind)).length
  return {
    backend: options.backend,
    seed: options.seed,
    events: options.events,
    ...balance(sent, receivers.receipts),
    badSignatures: receivers.badSignatures(),
    undelivered: await countUndelivered(stack, world),
    kills: count('kill-worker', 'kill-api'),
    flushes: count('flush'),
    restarts: count('restart'),
    crashes: stack.ends.crashes,
    deafWorkers: await countDeaf(stack),
    answers: receivers.answers,
    settleSeconds: Math.round((settledAt - quietAt) / 100) / 10,
    seconds: Math.round((settledAt - startedAt) / 100) / 10,
  }
}

const causeFaults = async ({ random, stack, say }: Run, faults: readonly Fault[], startedAt: number) => {
  for (const { kind, atMs, pauseMs } of faults) {
    await untilTime(startedAt + atMs)
    say(`${Math.round((performance.now() - startedAt) / 1_000)} s: ${kind}`)
    if (kind === 'kill-worker') await pickEven(random, stack.workers).kill()
    if (kind === 'kill-api') await stack.api.kill()
    if (kind === 'flush') await stack.redis?.flush()
    if (kind === 'restart') await stack.server.crash(pauseMs)
  }
}

/** Spreads the events over the time. @returns endpoints by news, for what was committed */
const writeEvents = async (run: Run, startedAt: number): Promise<Map<string, number[]>> => {
  const { options, world } = run
  // A stream of its own, so that the events are the same whatever faults are chosen.
  const random = createRandom(options.seed + 2)
  const sent = new Map<string, number[]>()
  for (let number = 0; number < options.events; number += BATCH) {
    await untilTime(startedAt + (options.seconds * 1_000 * number) / options.events)
    const names = Array.from({ length: Math.min(BATCH, options.events - number) }, (_, i) => `scn_${number + i}`)
    const news: News[] = names.map(name => {
      const readers = Array.from({ length: 1 + Math.floor(random() * READERS_MAX) }, () =>
        pickEven(random, world.subscribers),
      )
      return { name, readers: [...new Set(readers)] }
    })
    await commit(run, news)
    for (const { name, readers } of news)
      sent.set(
        name,
        readers.map(reader => world.subscribers.indexOf(reader)),
      )
  }
  return sent
}

/** Writes until it stands. Whether a commit that was cut off has happened is asked of the database before it is repeated. */
const commit = async ({ db, world, stack }: Run, news: readonly News[]): Promise<void> => {
  let last: unknown
  for (let tries = 0; tries < TRIES_MAX; tries++) {
    try {
      await appendNews(db, world, news)
      return
    } catch (error) {
      last = error
      const [first] = news
      if (first && (await isWritten(stack.server.url, first.name))) return
    }
  }
  throw new Error(`events could not be written in ${TRIES_MAX} tries`, { cause: last })
}

const WORKER: Record<string, string> = { role: 'duijie_worker' }
const withClient = async <T>(url: string, work: (sql: postgres.Sql) => Promise<T>, connection = WORKER): Promise<T> => {
  const client = postgres(url, { max: 1, onnotice: () => {}, connection })
  try {
    return await work(client)
  } finally {
    await client.end({ timeout: 5 })
  }
}

/** Asks until somebody answers: the database may fall again between two questions. */
const isWritten = async (url: string, name: string): Promise<boolean> => {
  let last: unknown
  for (let tries = 0; tries < TRIES_MAX; tries++) {
    await untilAnswers(url)
    try {
      return await withClient(
        url,
        async sql => (await sql`select 1 from events where data->>'scenarioId' = ${name}`).length > 0,
      )
    } catch (error) {
      // It fell in between: ask again as soon as it answers.
      last = error
    }
  }
  throw new Error(`the database fell at each of ${TRIES_MAX} questions`, { cause: last })
}

const POLL_MS = 250

/** Nothing waits in the outbox, no delivery is pending; or nothing has moved for as long as patience lasts. */
const untilSettled = ({ options, receivers, stack }: Run): Promise<void> =>
  withClient(stack.server.url, async sql => {
    let last = ''
    let movedAt = performance.now()
    while (performance.now() - movedAt < options.patienceS * 1_000) {
      const [open] = await sql<{ events: number; deliveries: number }[]>`select
        (select count(*)::int from events where done_at is null) as events,
        (select count(*)::int from deliveries where state = 'pending') as deliveries`
      if (open?.events === 0 && open.deliveries === 0) return
      const now = `${open?.events} ${open?.deliveries} ${receivers.receipts.length}`
      if (now !== last) movedAt = performance.now()
      last = now
      await new Promise(resolve => setTimeout(resolve, POLL_MS))
    }
  })

/** Asks the API, as each subscriber, what has not arrived. It must still answer, whatever it has been through. */
const countUndelivered = async ({ address, api }: Stack, { subscribers }: World): Promise<number> => {
  await api.started()
  let count = 0
  for (const { apiKey } of subscribers) {
    const answer = await fetch(`${address}/v1/deliveries?state=undelivered&limit=100`, {
      headers: { authorization: `Bearer ${apiKey}` },
    })
    if (!answer.ok) throw new Error(`the API answered ${answer.status}: ${await answer.text()}`)
    const { items } = (await answer.json()) as { items: unknown[] }
    count += items.length
  }
  return count
}

/** Each relay keeps one connection that listens for new events. */
const countDeaf = async ({ server, workers }: Stack): Promise<number> => {
  await Promise.all(workers.map(worker => worker.started()))
  const listening = await withClient(
    server.url,
    // The login itself, since only it may read what its own connections have asked last.
    sql => sql`select 1 from pg_stat_activity where query ilike 'listen%' and datname = current_database()`,
    {},
  )
  return workers.length - listening.length
}

const untilTime = async (atMs: number): Promise<void> => {
  const leftMs = atMs - performance.now()
  if (leftMs > 0) await new Promise(resolve => setTimeout(resolve, leftMs))
}

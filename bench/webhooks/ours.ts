import { finish, settle } from '../../src/events/outbox.ts'
import { openDatabase, transaction } from '../../src/platform/db.ts'
import { parseConfig } from '../../src/platform/config.ts'
import { createQueues } from '../../src/platform/queues.ts'
import { type DrainRequest, drainJob } from '../../src/webhooks/drains.ts'
import { fanOut } from '../../src/webhooks/fan-out.ts'
import { startProcess } from '../delivery/processes.ts'
import { appendNews, makers, makeWorld, PROCESS_ENV, type Subscriber, type World } from '../delivery/world.ts'
import { perSecond } from './rivals.ts'
import type { Receiver } from './start-receiver.ts'

export type OursOptions = {
  databaseUrl: string
  redisUrl: string | undefined
  folder: string
  endpoints: number
  deadEndpoints: number
  deliveries: number
  livePerS: number
  liveS: number
  withinMs: number
  /** Where the worker writes a CPU profile. */
  profileTo: string | undefined
}

export type Ours = { deliveriesPerS: number; delivered: number; othersP99Ms: number; othersP99MsWithDead: number }

const WORKER = { kind: 'worker' } as const
const BATCH = 200

/** One worker process of the product: all deliveries pending at first, then news by the second, without and with dead endpoints. */
export const measureOurs = async (receiver: Receiver, options: OursOptions): Promise<Ours> => {
  const db = openDatabase(options.databaseUrl, 4)
  const { redisUrl, databaseUrl } = options
  const queues = createQueues(redisUrl ? { kind: 'redis', url: redisUrl } : { kind: 'postgres', url: databaseUrl })
  const live = Array.from({ length: options.endpoints }, (_, i) => `${receiver.url}/live/${i}`)
  const dead = Array.from({ length: options.deadEndpoints }, (_, i) => `${receiver.url}/dead/${i}`)
  const world = await makeWorld(db, [...live, ...dead])
  const subscribers = world.subscribers.slice(0, options.endpoints)
  const drains = await writePending(db, world, subscribers, options.deliveries)
  const ends = { crashes: 0, failedStarts: 0 }
  const nodeArgs = options.profileTo ? ['--cpu-prof', `--cpu-prof-dir=${options.profileTo}`] : []
  const env = { ...PROCESS_ENV, DATABASE_URL: databaseUrl, REDIS_URL: redisUrl ?? '' }
  const worker = startProcess('worker', { name: 'worker', folder: options.folder, env, nodeArgs, ends })
  try {
    await worker.started()
    await queues.add(drains.map(drainJob))
    const all = await receiver.take(options.deliveries, options.withinMs)
    const readersOf = (readers: readonly Subscriber[]) => ({ db, world, readers, receiver, options })
    const others = subscribers.slice(0, options.endpoints - options.deadEndpoints)
    const alone = await measureLive(readersOf(subscribers))
    const withDead = await measureLive(readersOf([...others, ...world.subscribers.slice(options.endpoints)]))
    return { deliveriesPerS: perSecond(all), delivered: all.count, othersP99Ms: alone, othersP99MsWithDead: withDead }
  } finally {
    await worker.stop(options.profileTo ? 'SIGTERM' : 'SIGKILL')
    await queues.close()
    await db.close()
  }
}

type Db = ReturnType<typeof openDatabase>

/** Writes events and their deliveries as relay and fan-out would have, evenly over the subscribers, and nothing sends. */
const writePending = async (db: Db, world: World, subscribers: readonly Subscriber[], count: number) => {
  const deps = { ...makers, config: parseConfig({}) }
  const drains = new Map<string, DrainRequest>()
  for (let number = 0; number < count; number += BATCH) {
    const news = Array.from({ length: Math.min(BATCH, count - number) }, (_, i) => {
      const reader = subscribers[(number + i) % subscribers.length]
      return { name: `scn_${number + i}`, readers: reader ? [reader] : [] }
    })
    const ids = await appendNews(db, world, news)
    const wanted = await transaction({ db }, WORKER, async tx => {
      await settle(tx, deps, { ids, doneIds: [] })
      const found = await fanOut(tx, deps, ids)
      await finish(tx, deps, ids)
      return found
    })
    for (const drain of wanted) drains.set(drain.endpointId, drain)
  }
  return [...drains.values()]
}

type Live = { db: Db; world: World; readers: readonly Subscriber[]; receiver: Receiver; options: OursOptions }

/** News at an even rate, each for one reader after the other. @returns p99 from event to arrival, in ms */
const measureLive = async ({ db, world, readers, receiver, options }: Live): Promise<number> => {
  const count = options.livePerS * options.liveS
  const startedAt = performance.now()
  let expected = 0
  for (let number = 0; number < count; number++) {
    const leftMs = startedAt + (number * 1_000) / options.livePerS - performance.now()
    if (leftMs > 0) await new Promise(resolve => setTimeout(resolve, leftMs))
    const reader = readers[number % readers.length]
    if (!reader) continue
    await appendNews(db, world, [{ name: `scn_live_${number}`, readers: [reader] }])
    if (world.subscribers.indexOf(reader) < options.endpoints) expected += 1
  }
  const { latenciesMs } = await receiver.take(expected, options.withinMs)
  latenciesMs.sort((a, b) => a - b)
  return latenciesMs[Math.floor(latenciesMs.length * 0.99)] ?? Number.NaN
}

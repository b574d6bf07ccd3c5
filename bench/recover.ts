import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { finish, settle } from '../src/events/outbox.ts'
import { openDatabase, transaction } from '../src/platform/db.ts'
import { freePort } from '../src/platform/embedded.ts'
import { migrateDatabase } from '../src/platform/migrate.ts'
import { startServer } from './delivery/postgres.ts'
import { startProcess } from './delivery/processes.ts'
import { appendNews, makers, makeWorld, PROCESS_ENV, type Subscriber, type World } from './delivery/world.ts'
import { startReceiver } from './webhooks/start-receiver.ts'

/**
 * Recovers what an endpoint has missed, with the real programs: a worker is killed in the middle, the recovery goes on,
 * and a second one is cancelled in the middle. Prints one JSON line. Nothing may be lost; what the killed worker had in
 * flight arrives twice under the same id.
 */
const { values } = parseArgs({ options: { deliveries: { type: 'string', default: '100000' } } })
const deliveries = Number(values.deliveries)
const POLL_MS = 200
const WITHIN_MS = 600_000
const BATCH = 1_000

type Progress = { id: string; state: string; written: number; takenUp: number }

const folder = mkdtempSync(join(tmpdir(), 'duijie-recover-'))
// The database's user must be able to pass through.
chmodSync(folder, 0o755)
const server = await startServer(folder)
const receiver = await startReceiver()
const ends = { crashes: 0, failedStarts: 0 }
try {
  await migrateDatabase(server.url)
  const db = openDatabase(server.url, 2)
  const since = new Date().toISOString()
  const world = await makeWorld(db, [`${receiver.url}/live/0`])
  const [reader] = world.subscribers
  if (!reader) throw new Error('the world has one subscriber')
  await writeMissed(db, world, reader)
  await db.close()
  const port = await freePort(29_500)
  const env = { ...PROCESS_ENV, DATABASE_URL: server.url, PORT: String(port) }
  const api = startProcess('api', { name: 'api', folder, env, ends })
  const worker = startProcess('worker', { name: 'worker', folder, env, ends })
  try {
    await Promise.all([api.started(), worker.started()])
    console.log(JSON.stringify(await measure(`http://127.0.0.1:${port}/v1`, reader, since, worker)))
  } finally {
    await Promise.all([api.stop(), worker.stop()])
  }
} finally {
  receiver.close()
  await server.stop()
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
}

/** Events of the subscriber for which no delivery was ever written. */
async function writeMissed(db: ReturnType<typeof openDatabase>, to: World, subscriber: Subscriber): Promise<void> {
  for (let number = 0; number < deliveries; number += BATCH) {
    const count = Math.min(BATCH, deliveries - number)
    const news = Array.from({ length: count }, (_, i) => ({ name: `scn_${number + i}`, readers: [subscriber] }))
    const ids = await appendNews(db, to, news)
    await transaction({ db }, { kind: 'worker' }, async tx => {
      await settle(tx, makers, { ids, doneIds: [] })
      await finish(tx, makers, ids)
    })
  }
}

async function measure(api: string, subscriber: Subscriber, since: string, worker: ReturnType<typeof startProcess>) {
  const call = async (method: 'GET' | 'POST', path: string, body?: object): Promise<Progress> => {
    const answer = await fetch(`${api}${path}`, {
      method,
      headers: { authorization: `Bearer ${subscriber.apiKey}`, 'content-type': 'application/json' },
      ...(body ? { body: JSON.stringify(body) } : {}),
    })
    if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`)
    return (await answer.json()) as Progress
  }
  const recover = (state: string) =>
    call('POST', `/webhook-endpoints/${subscriber.endpointId}/recover`, { since, state })
  const seen: number[] = []
  const watch = async (id: string, isReached: (progress: Progress) => boolean): Promise<Progress> => {
    for (const endMs = performance.now() + WITHIN_MS; performance.now() < endMs; await wait(POLL_MS)) {
      const progress = await call('GET', `/webhook-recoveries/${id}`)
      seen.push(progress.written + progress.takenUp)
      if (isReached(progress)) return progress
    }
    throw new Error(`the recovery ${id} did not come so far`)
  }
  const startedMs = performance.now()
  const first = await recover('undelivered')
  const killedAt = (await watch(first.id, progress => progress.written >= deliveries / 3)).written
  await worker.kill()
  const done = await watch(first.id, progress => progress.state === 'done')
  const arrived = await receiver.take(deliveries, WITHIN_MS)
  const seconds = (performance.now() - startedMs) / 1_000
  const isMonotone = seen.every((count, i) => i === 0 || count >= (seen[i - 1] ?? 0))
  const steps = new Set(seen).size
  const second = await recover('all')
  await watch(second.id, progress => progress.takenUp >= deliveries / 10)
  const cancelled = await call('POST', `/webhook-recoveries/${second.id}/cancel`)
  await wait(2_000)
  const later = await call('GET', `/webhook-recoveries/${second.id}`)
  return {
    bench: 'recover',
    deliveries,
    written: done.written,
    lost: Math.max(0, deliveries - arrived.count),
    twice: Math.max(0, arrived.count - deliveries),
    killedAt,
    stepsSeen: steps,
    isMonotone,
    cancelledAt: cancelled.takenUp,
    takenUpAfterCancel: later.takenUp - cancelled.takenUp,
    loadAverage: Math.round((loadavg()[0] ?? 0) * 10) / 10,
    seconds: Math.round(seconds * 10) / 10,
  }
}

import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { migrateDatabase } from '../src/platform/migrate.ts'
import { startServer } from './delivery/postgres.ts'
import { hasRedis, startRedis } from './delivery/redis.ts'
import { measureHostile } from './webhooks/hostile.ts'
import { measureOurs } from './webhooks/ours.ts'
import { measureBareLoop, measureInsertLoop } from './webhooks/rivals.ts'
import { startReceiver } from './webhooks/start-receiver.ts'

/**
 * How fast one worker process delivers, against two loops that send the same to the same receiver: a bare one, and one
 * that keeps a row for each attempt. Prints one JSON line for each queue backend, and one about hostile answers.
 */
const { values } = parseArgs({
  options: {
    backend: { type: 'string' },
    deliveries: { type: 'string', default: '10000' },
    endpoints: { type: 'string', default: '50' },
    dead: { type: 'string', default: '5' },
    'live-per-second': { type: 'string', default: '50' },
    'live-seconds': { type: 'string', default: '10' },
    profile: { type: 'string' },
  },
})
const GOAL = 0.7
/** As many as ours may have in flight: twenty endpoints at a time, ten deliveries each. */
const CONCURRENCY = 200
const WITHIN_MS = 120_000
const deliveries = Number(values.deliveries)
const found = hasRedis() ? (['postgres', 'redis'] as const) : (['postgres'] as const)

const receiver = await startReceiver()
for (const backend of found.filter(kind => values.backend === undefined || values.backend === kind))
  console.log(JSON.stringify(await measureBackend(backend)))
console.log(
  JSON.stringify({
    bench: 'webhooks-hostile',
    ...(await measureHostile(receiver, { requests: 2_000, concurrency: CONCURRENCY })),
  }),
)
receiver.close()

async function measureBackend(backend: 'postgres' | 'redis') {
  const folder = mkdtempSync(join(tmpdir(), 'duijie-webhooks-'))
  chmodSync(folder, 0o755)
  const server = await startServer(folder)
  const redis = backend === 'redis' ? await startRedis(folder) : undefined
  try {
    await migrateDatabase(server.url)
    const rival = { deliveries, concurrency: CONCURRENCY, withinMs: WITHIN_MS }
    // Before and after ours, so that a machine that gets busier or quieter meanwhile is not held against one side.
    const bareBefore = await measureBareLoop(receiver, rival)
    const insertBefore = await measureInsertLoop(receiver, server.url, rival)
    const ours = await measureOurs(receiver, {
      databaseUrl: server.url,
      redisUrl: redis?.url,
      folder,
      deliveries,
      endpoints: Number(values.endpoints),
      deadEndpoints: Number(values.dead),
      livePerS: Number(values['live-per-second']),
      liveS: Number(values['live-seconds']),
      withinMs: WITHIN_MS,
      profileTo: values.profile,
    })
    const insertLoopPerS = mean(insertBefore, await measureInsertLoop(receiver, server.url, rival))
    const bareLoopPerS = mean(bareBefore, await measureBareLoop(receiver, rival))
    const ratio = share(ours.deliveriesPerS, insertLoopPerS)
    return {
      bench: 'webhooks',
      backend,
      ...ours,
      bareLoopPerS,
      insertLoopPerS,
      ratio,
      ratioBare: share(ours.deliveriesPerS, bareLoopPerS),
      goal: GOAL,
      met: ratio >= GOAL && ours.delivered === deliveries,
      cores: cpus().length,
      loadAverage: Math.round((loadavg()[0] ?? 0) * 10) / 10,
    }
  } finally {
    await redis?.stop()
    await server.stop()
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  }
}

function mean(a: number, b: number): number {
  return Math.round((a + b) / 2)
}

function share(part: number, whole: number): number {
  return Math.round((part / whole) * 100) / 100
}

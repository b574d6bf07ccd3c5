import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import { backends, build, cloneDatabase, eventually, receiver, TEST_SECRETS_KEY } from '../helper.ts'
import { makeCast } from './cast.ts'

const STEPS = [
  'score.before-add',
  'score.after-add',
  'score.taken',
  'score.worked',
  'fan-out.before-add',
  'fan-out.after-add',
  'fan-out.taken',
  'fan-out.worked',
  'deliver.before-add',
  'deliver.after-add',
  'deliver.taken',
  'post.before',
  'post.after',
  'deliver.worked',
]
const STEPS_AT_ONCE = 4
// Beyond the lease of one attempt and the sweep behind it.
const ARRIVES_MS_MAX = 90_000
const WORKER = fileURLToPath(new URL('crash-worker.ts', import.meta.url))

const startWorker = (t: Test, databaseUrl: string, redisUrl: string, crashAt: string) => {
  const child = fork(WORKER, {
    execArgv: ['--import', 'tsx'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: {
      ...process.env,
      CRASH_AT: crashAt,
      DATABASE_URL: databaseUrl,
      REDIS_URL: redisUrl,
      NODE_OPTIONS: '',
      SECRETS_KEY: TEST_SECRETS_KEY,
      CEDICT_PATH: 'off',
      LOG_LEVEL: 'fatal',
      JOB_LOCK_MS: '1000',
      JOB_STALLED_MS: '1000',
      WEBHOOK_ALLOW_HTTP: '1',
      WEBHOOK_ALLOW_CIDRS: '127.0.0.0/8',
    },
  })
  t.teardown(() => child.kill('SIGKILL'))
  const ended = new Promise<NodeJS.Signals | null>(resolve => child.on('exit', (_code, signal) => resolve(signal)))
  return { ended }
}

for (const kind of backends())
  t.test(`on ${kind}: a worker killed at any step costs neither the match nor its delivery`, async t => {
    // Most of a step is waiting: for a lock to stall, or for the lease of an attempt whose sender died.
    t.jobs = STEPS_AT_ONCE
    for (const step of STEPS)
      void t.test(step, { buffered: true }, async t => {
        const databaseUrl = await cloneDatabase(t)
        const { app, deps } = await build(t, { databaseUrl })
        const cast = await makeCast(deps, app)
        const hook = await receiver(t)
        await cast.registerEndpoint(hook.url, { eventTypes: ['match.created'] })
        await cast.publishCapability()
        const scenario = await cast.publishScenario()
        const redisUrl =
          kind === 'redis' ? `${process.env['TEST_REDIS_URL']?.replace(/\/\d+$/, '')}/${redisDatabase()}` : ''
        const { ended } = startWorker(t, databaseUrl, redisUrl, step)
        t.equal(await ended, 'SIGKILL', 'it died where it was told to')
        startWorker(t, databaseUrl, redisUrl, '')
        await eventually(async () => hook.requests.length > 0, ARRIVES_MS_MAX)
        await eventually(async () => {
          const { items } = await cast.call(cast.vendor.key, 'GET', '/deliveries?limit=100')
          return items.length === 1 && items[0].state === 'delivered'
        }, ARRIVES_MS_MAX)
        t.equal(new Set(hook.requests.map(request => request.headers['webhook-id'])).size, 1, 'always the same id')
        const { items } = await cast.call(cast.factory.key, 'GET', `/scenarios/${scenario.id}/matches`)
        t.equal(items.length, 1)
      })
  })

let nextDatabase = 0
/** Redis has sixteen; each step takes its own, so that no job of another step is found there. */
const redisDatabase = () => 1 + (nextDatabase++ % 15)

import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import { backends, build, cloneDatabase, eventually, receiver, TEST_SECRETS_KEY } from '../helper.ts'
import { makeCast } from './cast.ts'

// Those that leave an attempt on lease come first, so that its lease ends while the others are tried.
const STEPS = [
  'post.before',
  'post.after',
  'deliver.taken',
  'deliver.worked',
  'deliver.before-add',
  'deliver.after-add',
  'score.before-add',
  'score.after-add',
  'score.taken',
  'score.worked',
  'fan-out.before-add',
  'fan-out.after-add',
  'fan-out.taken',
  'fan-out.worked',
]
// Beyond the lease of one attempt and the sweep behind it.
const ARRIVES_MS_MAX = 90_000
/** From the word to go to the end that the process makes of itself; it may have to wait for a lock to stall first. */
const DIES_MS_MAX = 60_000
const WORKER = fileURLToPath(new URL('crash-worker.ts', import.meta.url))

type Place = { databaseUrl: string; redisUrl: string }

/** A process that has loaded everything and does nothing until it is told to. */
const loadWorker = (t: Test, { databaseUrl, redisUrl }: Place, crashAt: string) => {
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
  let signal: NodeJS.Signals | null | undefined
  child.on('exit', (_code, by) => (signal = by))
  return {
    go: () => child.send('go'),
    /** @returns the signal by which it ended */
    ended: () => eventually(async () => signal, DIES_MS_MAX),
  }
}

// The two backends beside each other: most of the time is waiting, for a lock to stall or for the leases of attempts
// whose sender died.
t.jobs = 2
for (const kind of backends())
  void t.test(
    `on ${kind}: workers killed one after another, each at another step, cost neither a match nor its delivery`,
    {
      buffered: true,
    },
    async t => {
      const databaseUrl = await cloneDatabase(t)
      const { app, deps } = await build(t, { databaseUrl })
      const cast = await makeCast(deps, app)
      const hook = await receiver(t)
      await cast.registerEndpoint(hook.url, { eventTypes: ['match.created'] })
      await cast.publishCapability()
      const place = { databaseUrl, redisUrl: kind === 'redis' ? (process.env['TEST_REDIS_URL'] ?? '') : '' }
      const published: string[] = []
      let next = loadWorker(t, place, STEPS[0] ?? '')
      for (const [i, step] of STEPS.entries()) {
        const worker = next
        // The one that takes over loads while this one works and dies.
        next = loadWorker(t, place, STEPS[i + 1] ?? '')
        // What the one before left behind is lying there too, and may be what this one dies of.
        published.push((await cast.publishScenario({ title: `冲压件表面划痕漏检 ${i + 1}` })).id)
        worker.go()
        t.equal(await worker.ended(), 'SIGKILL', `it died where it was told to: ${step}`)
      }
      next.go()
      await eventually(async () => {
        const { items } = await cast.call(cast.vendor.key, 'GET', '/deliveries?limit=100')
        return items.length === STEPS.length && items.every((item: { state: string }) => item.state === 'delivered')
      }, ARRIVES_MS_MAX)
      const ids = new Set(hook.requests.map(request => request.headers['webhook-id']))
      t.equal(ids.size, STEPS.length, 'however often a delivery came, its id was the same')
      for (const scenarioId of published) {
        const { items } = await cast.call(cast.factory.key, 'GET', `/scenarios/${scenarioId}/matches`)
        t.equal(items.length, 1)
      }
    },
  )

// A worker process that ends itself at a named step: started by crash.test.ts, never part of the product.
import { once } from 'node:events'
import { boot } from '../../src/platform/boot.ts'
import { parseConfig } from '../../src/platform/config.ts'
import type { Deps } from '../../src/platform/deps.ts'
import type { Queues } from '../../src/platform/queues.ts'
import { startWorkers } from '../../workers/start.ts'

const step = process.env['CRASH_AT'] ?? ''
const dieAt = (name: string) => {
  if (name === step) process.kill(process.pid, 'SIGKILL')
}

/** The same queues, with a grave beside each door. */
const dying = (queues: Queues): Queues => ({
  ...queues,
  add: async jobs => {
    for (const { queue } of jobs) dieAt(`${queue}.before-add`)
    await queues.add(jobs)
    for (const { queue } of jobs) dieAt(`${queue}.after-add`)
  },
  work: (queue, handler, options) =>
    queues.work(
      queue,
      async job => {
        dieAt(`${queue}.taken`)
        await handler(job)
        dieAt(`${queue}.worked`)
      },
      options,
    ),
})

const { deps } = await boot(parseConfig(process.env))
const mortal: Deps = {
  ...deps,
  queues: dying(deps.queues),
  egress: {
    ...deps.egress,
    post: async (...request: Parameters<Deps['egress']['post']>) => {
      dieAt('post.before')
      const result = await deps.egress.post(...request)
      dieAt('post.after')
      return result
    },
  },
}
// Its parent waits for the process before it to die, and lets it load meanwhile.
await once(process, 'message')
await startWorkers(mortal)

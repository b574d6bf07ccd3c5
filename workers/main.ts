import { parseConfig } from '../src/platform/config.ts'
import { failStart, serve, stopOnSignal } from '../src/serve.ts'

/** A process that only works: for more of them beside the API. */
const main = async () => {
  const served = await serve(parseConfig({ ...process.env, SERVICES: 'worker' }))
  stopOnSignal(served.close)
  served.deps.log.info({ services: ['worker'], queue: served.deps.queues.backend }, 'started')
}

main().catch(failStart)

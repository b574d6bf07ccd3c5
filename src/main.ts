import { parseConfig } from './platform/config.ts'
import { failStart, serve, stopOnSignal } from './serve.ts'

/** The server: starts what SERVICES names and runs until it is told to stop. */
const main = async () => {
  const config = parseConfig(process.env)
  const served = await serve(config)
  stopOnSignal(served.close)
  served.deps.log.info(
    { services: config.services, queue: served.deps.queues.backend, address: served.address },
    'started',
  )
}

main().catch(failStart)

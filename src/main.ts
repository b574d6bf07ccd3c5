import { ConfigError, parseConfig } from './platform/config.ts'
import { serve, stopOnSignal } from './serve.ts'

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

main().catch((error: unknown) => {
  // A wrong configuration is for a person; anything else needs its stack.
  console.error(error instanceof ConfigError ? error.message : error)
  process.exit(1)
})

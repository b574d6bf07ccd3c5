import { startWorkers } from '../workers/start.ts'
import { buildApp } from './app.ts'
import { boot } from './platform/boot.ts'
import { ConfigError, parseConfig } from './platform/config.ts'

/** A stop that takes longer than this is no longer graceful: the database holds what was answered. */
const STOP_MS_MAX = 25_000

const main = async () => {
  const config = parseConfig(process.env)
  const booted = await boot(config)
  const { deps } = booted
  const running: { close: () => Promise<unknown> }[] = []
  if (config.services.includes('worker')) running.push(await startWorkers(deps))
  if (config.services.includes('api')) {
    const app = await buildApp(deps)
    await app.listen({ port: config.port, host: config.host })
    running.push({ close: () => app.close() })
  }
  deps.log.info({ services: config.services, queue: deps.queues.backend }, 'started')
  let isStopping = false
  const stop = async (signal: string) => {
    if (isStopping) return
    isStopping = true
    deps.log.info({ signal }, 'stopping')
    setTimeout(() => process.exit(1), STOP_MS_MAX).unref()
    // The API first: no new work comes in while the rest finishes.
    for (const part of running.reverse()) await part.close()
    await booted.close()
    process.exit(0)
  }
  process.on('SIGTERM', signal => void stop(signal))
  process.on('SIGINT', signal => void stop(signal))
}

main().catch((error: unknown) => {
  // A wrong configuration is for a person; anything else needs its stack.
  console.error(error instanceof ConfigError ? error.message : error)
  process.exit(1)
})

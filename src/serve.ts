import { startWorkers } from '../workers/start.ts'
import { buildApp } from './app.ts'
import { boot, type Booted, type Progress } from './platform/boot.ts'
import { type Config, ConfigError } from './platform/config.ts'

export type Served = Booted & { address: string | undefined }

/** A stop that takes longer is no longer graceful: what was answered is in the database either way. */
const STOP_MS_MAX = 25_000

/** Boots and starts the services that the configuration names. `close` finishes requests and jobs first. */
export const serve = async (
  config: Config,
  options: { onProgress?: Progress; beforeStart?: (booted: Booted) => Promise<void> } = {},
): Promise<Served> => {
  const booted = await boot(config, options.onProgress)
  await options.beforeStart?.(booted)
  const running: { close: () => Promise<unknown> }[] = []
  let address: string | undefined
  if (config.services.includes('worker')) running.push(await startWorkers(booted.deps))
  if (config.services.includes('api')) {
    const app = await buildApp(booted.deps)
    address = await app.listen({ port: config.port, host: config.host })
    running.push({ close: () => closeServer(app) })
  }
  return {
    ...booted,
    address,
    close: async () => {
      // The API first: no new work comes in while the rest finishes.
      for (const part of running.reverse()) await part.close()
      await booted.close()
    },
  }
}

// A request that was under way when closing began leaves its connection open and idle for as long as keep-alive lasts.
const IDLE_CHECK_MS = 50

const closeServer = async (app: Awaited<ReturnType<typeof buildApp>>): Promise<void> => {
  const idle = setInterval(() => app.server.closeIdleConnections(), IDLE_CHECK_MS)
  try {
    await app.close()
  } finally {
    clearInterval(idle)
  }
}

// A terminal and the program between may both pass the same interrupt on: only a later one is a second wish.
const REPEAT_MS = 1_000

/** Ends the process in good order when it is told to, or after a bound. A second signal ends it at once. */
export const stopOnSignal = (close: () => Promise<void>): void => {
  let since: number | undefined
  const stop = () => {
    if (since !== undefined) {
      if (performance.now() - since > REPEAT_MS) process.exit(1)
      return
    }
    since = performance.now()
    setTimeout(() => process.exit(1), STOP_MS_MAX).unref()
    close().then(
      () => process.exit(0),
      () => process.exit(1),
    )
  }
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)
}

/** Says on standard error why a start failed and ends the process. What is wrong comes first, not the query it was in. */
export const failStart = (error: unknown): never => {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  if (error instanceof ConfigError) console.error(error.message)
  else console.error(cause instanceof Error ? (cause.stack ?? cause.message) : cause)
  process.exit(1)
}

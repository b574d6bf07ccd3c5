import { createRandom, systemClock } from './clock.ts'
import type { Config } from './config.ts'
import { openDatabase } from './db.ts'
import type { Deps } from './deps.ts'
import { createEgress } from './egress/post.ts'
import { createResolver } from './egress/resolver.ts'
import { createEmbedder } from './embedder.ts'
import { createMailer } from './mail.ts'
import { type EmbeddedDatabase, startEmbedded } from './embedded.ts'
import { loadLexicon } from './lexicon.ts'
import { migrateDatabase } from './migrate.ts'
import { createQueues } from './queues.ts'
import { createSecrets, loadSealingKeys } from './secrets.ts'
import { startTracing } from './telemetry/tracing.ts'
import { createLog, createMetrics } from './telemetry.ts'

export type Booted = {
  deps: Deps
  /** The database that this process runs, where it was given none. */
  embedded: EmbeddedDatabase | undefined
  /** Closes in the reverse order of opening. What is answered with 2xx by then is in the database. */
  close: () => Promise<void>
}

/** Told what start-up is doing, for a person who waits. */
export type Progress = (step: string) => void

/**
 * Builds everything that the rooms stand on from the configuration: the given database or an embedded one, migrated;
 * queues on Redis or on the same database; keys, lexicon, log and metrics.
 */
export const boot = async (given: Config, onProgress: Progress = () => {}): Promise<Booted> => {
  const stopTracing =
    given.tracing && (await startTracing(given.tracing, reason => log.warn({ reason }, 'traces are not sent')))
  const log = createLog(given.logLevel)
  const embedded = given.databaseUrl ? undefined : await startOwn(given, onProgress)
  // Keys that are made here lie beside the data that they seal, wherever that came to be.
  const config = embedded ? { ...given, dataDir: embedded.folder } : given
  const url = config.databaseUrl ?? embedded?.url ?? ''
  onProgress('migrating')
  try {
    await migrateDatabase(url)
  } catch (error) {
    // Nobody else would stop it: the caller never gets to know of it.
    await embedded?.stop()
    throw error
  }
  const db = openDatabase(url)
  const onQueueError = (error: Error) => log.error({ err: error }, 'queue failed')
  const backend = config.redisUrl
    ? ({ kind: 'redis', url: config.redisUrl } as const)
    : ({ kind: 'postgres', url } as const)
  const queues = createQueues(backend, onQueueError)
  const egress = createEgress({ ...config.webhook, resolver: createResolver() })
  const deps: Deps = {
    config,
    log,
    db,
    queues,
    egress,
    metrics: createMetrics(),
    clock: systemClock,
    random: createRandom(),
    secrets: createSecrets(loadSealingKeys(config)),
    lexicon: loadLexicon(),
    embedder: config.embeddings && createEmbedder(config.embeddings),
    mailer: config.smtp && createMailer(config.smtp),
  }
  return {
    deps,
    embedded,
    close: async () => {
      await queues.close()
      egress.close()
      await deps.embedder?.close()
      deps.mailer?.close()
      await db.close()
      await stopTracing?.()
      await embedded?.stop()
    },
  }
}

const startOwn = async (config: Config, onProgress: Progress) => {
  onProgress('starting the embedded database')
  const embedded = await startEmbedded({ dataDir: config.dataDir })
  const words = { created: 'made', started: 'started', adopted: 'found running, adopted' }
  onProgress(`embedded database ${words[embedded.origin]} in ${embedded.folder}`)
  return embedded
}

import type { Lexicon } from '../engine/lexicon/lexicon.ts'
import type { Clock, RandomBytes } from './clock.ts'
import type { Config } from './config.ts'
import type { Database } from './db.ts'
import type { Embedder } from './embedder.ts'
import type { Egress } from './egress/post.ts'
import type { Mailer } from './mail.ts'
import type { Queues } from './queues.ts'
import type { Secrets } from './secrets.ts'
import type { Log, Metrics } from './telemetry.ts'

/** What the rooms stand on. A function asks for the part that it uses: `Pick<Deps, 'db' | 'clock'>`. */
export type Deps = {
  config: Config
  log: Log
  metrics: Metrics
  clock: Clock
  random: RandomBytes
  db: Database
  queues: Queues
  secrets: Secrets
  egress: Egress
  lexicon: Lexicon
  /** Absent where no endpoint for vectors is configured. */
  embedder?: Embedder | undefined
  /** Absent where no mail server is configured. */
  mailer?: Mailer | undefined
}

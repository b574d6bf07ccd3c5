import { pino, type DestinationStream, type Logger } from 'pino'
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'
import { isTracing, traceFields } from './telemetry/tracing.ts'

export type Log = Logger

/** Structured lines on standard output. What could hold a secret or a sealed text is never handed to it. */
export const createLog = (level: string, destination?: DestinationStream): Log => {
  const options = {
    level,
    base: undefined,
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    redact: { paths: ['*.authorization', '*.key', '*.secret', '*.password'], censor: '[hidden]' },
    serializers: { err: logError },
    // With traces on, a line is found from its trace and a trace from its line.
    ...(isTracing() ? { mixin: traceFields } : {}),
  }
  return destination ? pino(options, destination) : pino(options)
}

/** A database error carries the rows it was about: their text stays out of the log, so only name, code and place go in. */
const logError = (error: unknown) => {
  if (!(error instanceof Error)) return { type: typeof error }
  const cause = error.cause instanceof Error ? error.cause : undefined
  const code = 'code' in error ? error.code : cause && 'code' in cause ? cause.code : undefined
  const constraint = cause && 'constraint_name' in cause ? cause.constraint_name : undefined
  const isQuery = error.name === 'DrizzleQueryError' || error.message.startsWith('Failed query')
  const message = isQuery ? `query failed: ${cause && code ? cause.message : 'unknown'}` : error.message
  return { type: error.name, message, code, constraint, fields: wrongFields(cause), stack: stackWithoutMessage(error) }
}

/** Where an answer broke its own schema: paths and codes, never values. */
const wrongFields = (cause: Error | undefined): string[] | undefined =>
  cause && 'issues' in cause && Array.isArray(cause.issues)
    ? cause.issues.map(
        (issue: { path: PropertyKey[]; code: string }) => `${issue.path.map(String).join('/')}: ${issue.code}`,
      )
    : undefined

const stackWithoutMessage = (error: Error): string =>
  (error.stack ?? '')
    .split('\n')
    .filter(line => line.trimStart().startsWith('at '))
    .join('\n')

export type Metrics = ReturnType<typeof createMetrics>

/** The registry of one process. Names end in their unit. */
export const createMetrics = () => {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry, prefix: 'duijie_' })
  return {
    registry,
    requestSeconds: new Histogram({
      name: 'duijie_http_request_seconds',
      help: 'Time to answer, by route and status',
      labelNames: ['method', 'route', 'status'],
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
      registers: [registry],
    }),
    jobSeconds: new Histogram({
      name: 'duijie_job_seconds',
      help: 'Time of one job, by queue and outcome',
      labelNames: ['queue', 'outcome'],
      buckets: [0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 20],
      registers: [registry],
    }),
    relayedEvents: new Counter({
      name: 'duijie_events_relayed_total',
      help: 'Events handed to the queues',
      registers: [registry],
    }),
    attempts: new Counter({
      name: 'duijie_webhook_attempts_total',
      help: 'Webhook attempts by outcome',
      labelNames: ['outcome'],
      registers: [registry],
    }),
    firstAttemptSeconds: new Histogram({
      name: 'duijie_webhook_first_attempt_seconds',
      help: 'From the event to the first attempt',
      buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60],
      registers: [registry],
    }),
    heldDeliveries: new Gauge({
      name: 'duijie_webhook_held_deliveries',
      help: 'Deliveries that wait for the owner of their endpoint, as the sweep last counted',
      registers: [registry],
    }),
    embeddedTexts: new Counter({
      name: 'duijie_embedded_texts_total',
      help: 'Texts that the vector endpoint was asked for, by outcome',
      labelNames: ['outcome'],
      registers: [registry],
    }),
    outboxAgeSeconds: new Gauge({
      name: 'duijie_outbox_age_seconds',
      help: 'How long the oldest event that no relay has taken has been waiting, as the sweep last saw',
      registers: [registry],
    }),
    importedRows: new Counter({
      name: 'duijie_imported_rows_total',
      help: 'Rows of uploaded lists, by what became of them',
      labelNames: ['outcome'],
      registers: [registry],
    }),
    deliveryQueueAgeSeconds: new Gauge({
      name: 'duijie_webhook_queue_age_seconds',
      help: 'How long the oldest due delivery has been waiting, as the sweep last saw',
      registers: [registry],
    }),
  }
}

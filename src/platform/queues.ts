import { createPostgresBackend, Queue, Worker, type Job, type WorkerOptions } from 'bullmq'

/** The queues of the product. A name is also the name of the worker's file. */
export const QUEUES = ['score', 'fan-out', 'deliver', 'import', 'run', 'report', 'assemble'] as const
export type QueueName = (typeof QUEUES)[number]

/** One job: `id` makes adding it again harmless, `data` holds ids only, since a queue has no row-level security. */
export type NewJob = {
  queue: QueueName
  id: string
  data: Record<string, string | string[]>
  delayMs?: number
  priority?: number
  /** Traceparents of what caused it, one for each trace. */
  traces?: string[]
}

/** `signal` is aborted when the worker is told to stop. */
export type Handler = (job: {
  id: string
  data: unknown
  traces?: readonly string[]
  signal?: AbortSignal | undefined
}) => Promise<void>

export type Backend = { kind: 'redis'; url: string; prefix?: string } | { kind: 'postgres'; url: string }

export type Queues = {
  backend: Backend['kind']
  add: (jobs: NewJob[]) => Promise<void>
  work: (queue: QueueName, handler: Handler, options: WorkOptions) => Promise<{ close: () => Promise<void> }>
  counts: (queue: QueueName) => Promise<Record<string, number>>
  /** How a queue stands, for those who run the deployment: its counts, how long the oldest has waited, why jobs failed. */
  describe: (queue: QueueName) => Promise<QueueDescription>
  /** Gives every failed job another try. */
  retry: (queue: QueueName) => Promise<void>
  /** Lets no worker take a job of the queue until it is resumed; jobs still come in. */
  pause: (queue: QueueName) => Promise<void>
  resume: (queue: QueueName) => Promise<void>
  /** Rejects when the backend does not answer. */
  ping: () => Promise<void>
  /** Empties everything. For tests of what the database must be able to restore. */
  obliterate: () => Promise<void>
  close: () => Promise<void>
}
export type QueueDescription = {
  name: QueueName
  isPaused: boolean
  counts: Record<string, number>
  /** When the oldest waiting job was added; absent where none waits. */
  oldestAt?: string
  /** Reasons of the newest failed jobs, the most frequent first. */
  failures: { reason: string; count: number }[]
}
export type WorkOptions = {
  concurrency: number
  lockMs: number
  stalledMs: number
  onError: (error: Error) => void
}

// Kept for an hour, so that an outbox row that is sent twice within a crash finds its job still known. Never by
// count: on the PostgreSQL backend that retention deadlocks under load.
const KEEP = { age: 3_600 }
// Travels with the data, and is taken out before a handler sees it.
const TRACES = 'traces'
const ROLE = '-c role=duijie_worker'
const POSTGRES_POOL_MAX = 4

/**
 * One factory for both backends of BullMQ. Each queue and worker gets connection settings of its own: sharing one pool
 * between workers hangs without a word.
 */
export const createQueues = (backend: Backend, onError: (error: Error) => void = () => {}): Queues => {
  const queues = new Map<QueueName, Queue>()
  const queue = (name: QueueName): Queue => {
    const known = queues.get(name)
    if (known) return known
    const made = openQueue(backend, name)
    made.on('error', onError)
    queues.set(name, made)
    return made
  }
  return {
    backend: backend.kind,
    add: async jobs => {
      for (const name of QUEUES) {
        const mine = jobs.filter(job => job.queue === name)
        if (mine.length > 0) await queue(name).addBulk(mine.map(toBulk))
      }
    },
    work: async (name, handler, options) => {
      const stopping = new AbortController()
      const worker = openWorker(backend, name, job => handler({ ...job, signal: stopping.signal }), options)
      worker.on('error', options.onError)
      await worker.waitUntilReady()
      return {
        close: async () => {
          // A long job is told, so that it can end at its next step instead of being waited for.
          stopping.abort()
          await worker.close()
        },
      }
    },
    counts: name => queue(name).getJobCounts('wait', 'active', 'delayed', 'prioritized', 'failed', 'completed'),
    describe: name => describe(name, queue(name)),
    retry: async name => {
      await queue(name).retryJobs({ state: 'failed' })
    },
    pause: name => queue(name).pause(),
    resume: name => queue(name).resume(),
    ping: async () => {
      await queue('score').getJobCounts('active')
    },
    obliterate: async () => {
      for (const name of QUEUES) await queue(name).obliterate({ force: true })
    },
    close: async () => {
      await Promise.all([...queues.values()].map(open => open.close()))
    },
  }
}

const FAILED_READ = 500
const REASON_CHARACTERS = 200

const describe = async (name: QueueName, queue: Queue): Promise<QueueDescription> => {
  const [counts, isPaused, [oldest], failed] = await Promise.all([
    queue.getJobCounts('wait', 'active', 'delayed', 'failed', 'completed'),
    queue.isPaused(),
    queue.getJobs(['wait'], 0, 0, true),
    queue.getFailed(0, FAILED_READ - 1),
  ])
  const reasons = new Map<string, number>()
  for (const job of failed) {
    const reason = job.failedReason.split('\n')[0]?.slice(0, REASON_CHARACTERS) ?? ''
    reasons.set(reason, (reasons.get(reason) ?? 0) + 1)
  }
  return {
    name,
    isPaused,
    counts,
    ...(oldest ? { oldestAt: new Date(oldest.timestamp).toISOString() } : {}),
    failures: [...reasons].map(([reason, count]) => ({ reason, count })).sort((a, b) => b.count - a.count),
  }
}

const toBulk = (job: NewJob) => ({
  name: job.queue,
  data: job.traces && job.traces.length > 0 ? { ...job.data, [TRACES]: job.traces } : job.data,
  opts: {
    jobId: job.id,
    removeOnComplete: KEEP,
    removeOnFail: KEEP,
    ...(job.delayMs === undefined ? {} : { delay: job.delayMs }),
    ...(job.priority === undefined ? {} : { priority: job.priority }),
  },
})

const postgresConnection = (url: string) => ({ connectionString: url, max: POSTGRES_POOL_MAX, options: ROLE })

const openQueue = (backend: Backend, name: QueueName): Queue =>
  backend.kind === 'redis'
    ? new Queue(name, {
        connection: redisConnection(backend.url, 3),
        ...(backend.prefix ? { prefix: backend.prefix } : {}),
      })
    : (new Queue(name, { connection: postgresConnection(backend.url) }, createPostgresBackend) as unknown as Queue)

const openWorker = (backend: Backend, name: QueueName, handler: Handler, options: WorkOptions): Worker => {
  const process = (job: Job<Record<string, unknown>>) => {
    const { [TRACES]: traces, ...data } = job.data
    return handler({ id: job.id ?? '', data, traces: Array.isArray(traces) ? traces.map(String) : [] })
  }
  const common: Omit<WorkerOptions, 'connection'> = {
    concurrency: options.concurrency,
    lockDuration: options.lockMs,
    stalledInterval: options.stalledMs,
    // A crash is not the job's fault: the database decides how often a thing is tried, not the queue.
    maxStalledCount: 100,
  }
  return backend.kind === 'redis'
    ? new Worker(name, process, {
        ...common,
        connection: redisConnection(backend.url, null),
        ...(backend.prefix ? { prefix: backend.prefix } : {}),
      })
    : (new Worker(
        name,
        process,
        { ...common, connection: postgresConnection(backend.url) },
        createPostgresBackend,
      ) as unknown as Worker)
}

/** A worker waits for Redis for ever; a queue that adds gives up after a few tries, so that a caller is not held. */
const redisConnection = (url: string, retriesMax: number | null) => ({
  ...redisOptions(url),
  maxRetriesPerRequest: retriesMax,
})

const redisOptions = (url: string) => {
  const parsed = new URL(url)
  return {
    host: parsed.hostname,
    port: Number(parsed.port || 6379),
    ...(parsed.username ? { username: decodeURIComponent(parsed.username) } : {}),
    ...(parsed.password ? { password: decodeURIComponent(parsed.password) } : {}),
    db: Number(parsed.pathname.slice(1) || 0),
    ...(parsed.protocol === 'rediss:' ? { tls: {} } : {}),
  }
}

import { createSolver } from '../src/consortia/solver.ts'
import { createEngine } from '../src/engine/index.ts'
import { readCurrentBridge } from '../src/matching/bridge.ts'
import { createKeeper } from '../src/matching/keeper.ts'
import { createVectors } from '../src/matching/vectors.ts'
import type { Deps } from '../src/platform/deps.ts'
import { loadDictionary } from '../src/platform/dictionary.ts'
import type { Handler, QueueName } from '../src/platform/queues.ts'
import { inSpans } from '../src/platform/telemetry/tracing.ts'
import { createAssembleHandler } from './assemble.ts'
import { createDeliverHandler } from './deliver.ts'
import { createFanOutHandler } from './fan-out.ts'
import { startRelay } from './relay.ts'
import { createReportHandler } from './report.ts'
import type { Running } from './repeat.ts'
import { createImportHandler } from './import.ts'
import { createRunHandler } from './run.ts'
import { createScoreHandler } from './score.ts'
import { startSweep } from './sweep.ts'
import { startSealer } from './seal.ts'

/** For one model; a question solves up to four of them. */
const SOLVE_MS_MAX = 3_000

// One endpoint that hangs keeps one place in `deliver` until its deadline.
const CONCURRENCY: Record<QueueName, number> = {
  score: 1,
  'fan-out': 2,
  deliver: 64,
  import: 1,
  run: 1,
  report: 1,
  assemble: 1,
}

/**
 * The whole background system in one process: relay, queues, sweep. The index is filled before the first job is taken.
 * Closing lets running jobs finish.
 */
export const startWorkers = async (deps: Deps): Promise<Running> => {
  const dictionary = loadDictionary(deps.config.dictionaryPath)
  const bridge = await readCurrentBridge(deps)
  const vectors = deps.embedder && createVectors({ ...deps, embedder: deps.embedder })
  const keeper = createKeeper(deps, createEngine({ lexicon: deps.lexicon, dictionary, bridge }), vectors)
  await keeper.refresh()
  const handlers: Record<QueueName, Handler> = {
    score: createScoreHandler({ ...deps, keeper }),
    assemble: createAssembleHandler({ ...deps, solve: createSolver({ timeLimitMs: SOLVE_MS_MAX }) }),
    'fan-out': createFanOutHandler(deps),
    deliver: createDeliverHandler(deps),
    import: createImportHandler(deps),
    run: createRunHandler({ ...deps, keeper }),
    report: createReportHandler(deps),
  }
  const running: Running[] = []
  for (const [queue, handler] of Object.entries(handlers) as [QueueName, Handler][])
    running.push(
      await deps.queues.work(queue, traced(queue, measured(deps, queue, handler)), {
        concurrency: CONCURRENCY[queue],
        lockMs: deps.config.jobLockMs,
        stalledMs: deps.config.jobStalledMs,
        onError: error => deps.log.error({ err: error, queue }, 'worker failed'),
      }),
    )
  running.push(startSweep(deps), startSealer(deps), await startRelay(deps))
  return {
    close: async () => {
      // The relay first, so that nothing new is added while the queues run dry.
      for (const part of running.reverse()) await part.close()
    },
  }
}

/** A job stands in the trace of what caused it; one that a queue or the sweep began by itself stands in none. */
const traced =
  (queue: QueueName, handler: Handler): Handler =>
  job =>
    inSpans(
      `job ${queue}`,
      {
        kind: 'consumer',
        parents: job.traces ?? [],
        attributes: { 'messaging.destination.name': queue, 'messaging.message.id': job.id },
      },
      () => handler(job),
    )

const measured =
  (deps: Deps, queue: QueueName, handler: Handler): Handler =>
  async job => {
    const stop = deps.metrics.jobSeconds.startTimer({ queue })
    const log = deps.log.child({ queue, jobId: job.id })
    try {
      await handler(job)
      stop({ outcome: 'done' })
      log.debug('job done')
    } catch (error) {
      stop({ outcome: 'failed' })
      log.error({ err: error }, 'job failed')
      throw error
    }
  }

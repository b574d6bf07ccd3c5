import { z } from 'zod'
import { startThread } from '../platform/threads.ts'
import type { Solution, Solve } from './build.ts'

const Answer = z
  .object({ isOptimal: z.boolean(), objective: z.number(), columns: z.record(z.string(), z.number()) })
  .optional()
/** The solver's own limit ends it first; a thread that does not keep it is ended from outside. */
const GRACE_MS = 3_000
const HEAP_MB_MAX = 512

/**
 * HiGHS in a worker thread, one thread for each model, with a time limit. Answers undefined where there is no solution
 * or none was found in time, so that the caller can fall back; rejects what is a fault of the model.
 */
export const createSolver =
  (options: { timeLimitMs: number }): Solve =>
  model =>
    new Promise<Solution | undefined>((resolve, reject) => {
      const thread = startThread(import.meta.url, 'solver-thread', {
        workerData: { model, timeLimitMs: options.timeLimitMs },
        heapMbMax: HEAP_MB_MAX,
      })
      const timer = setTimeout(() => finish(() => resolve(undefined)), options.timeLimitMs + GRACE_MS)
      const finish = (settle: () => void) => {
        clearTimeout(timer)
        settle()
        void thread.terminate()
      }
      thread.once('message', (message: unknown) => finish(() => resolve(Answer.parse(message))))
      thread.once('error', error => finish(() => reject(error)))
      thread.once('exit', () => finish(() => resolve(undefined)))
    })

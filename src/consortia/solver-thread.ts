import { parentPort, workerData } from 'node:worker_threads'
import { z } from 'zod'
import { solveWithHighs } from './highs.ts'

/** Solves one model in a thread of its own, because the solver blocks until it is done. Started by `solver.ts` only. */
const { model, timeLimitMs } = z.object({ model: z.string(), timeLimitMs: z.number() }).parse(workerData)
parentPort?.postMessage(await solveWithHighs(model, timeLimitMs))

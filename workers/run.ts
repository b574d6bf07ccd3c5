import { z } from 'zod'
import { runSlice, type SliceDeps, startImportRun, startRun } from '../src/matching/runs-work.ts'
import type { Handler } from '../src/platform/queues.ts'

const Payload = z.union([
  z.strictObject({ eventId: z.string(), runId: z.string() }),
  z.strictObject({ eventId: z.string(), kind: z.enum(['scenarios', 'capabilities']), parkIds: z.array(z.string()) }),
  z.strictObject({ runId: z.string(), slice: z.string() }),
])

/** Starts match runs and does their slices. */
export const createRunHandler =
  (deps: SliceDeps): Handler =>
  async job => {
    const payload = Payload.parse(job.data)
    if ('slice' in payload) return runSlice(deps, { runId: payload.runId, number: Number(payload.slice) }, job.signal)
    if ('kind' in payload) return startImportRun(deps, payload)
    return startRun(deps, payload)
  }

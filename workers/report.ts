import { z } from 'zod'
import type { Deps } from '../src/platform/deps.ts'
import type { Handler } from '../src/platform/queues.ts'
import { makeFile } from '../src/reports/files.ts'

const Payload = z.strictObject({ eventId: z.string(), fileId: z.string() })

/** Makes one file that was asked for. */
export const createReportHandler =
  (deps: Pick<Deps, 'db' | 'clock' | 'lexicon' | 'log'>): Handler =>
  async job =>
    makeFile(deps, Payload.parse(job.data))

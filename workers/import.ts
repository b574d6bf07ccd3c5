import { z } from 'zod'
import type { ImportDeps } from '../src/imports/chunk.ts'
import { runImport } from '../src/imports/run.ts'
import type { Handler } from '../src/platform/queues.ts'

const Payload = z.strictObject({ eventId: z.string(), importId: z.string() })

/** Takes in the rows of the import that the job names. */
export const createImportHandler =
  (deps: ImportDeps): Handler =>
  async job =>
    runImport(deps, Payload.parse(job.data), job.signal)

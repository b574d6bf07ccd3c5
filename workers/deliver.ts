import { z } from 'zod'
import type { Handler } from '../src/platform/queues.ts'
import { createDrainer, type DrainDeps } from '../src/webhooks/drain.ts'

const Payload = z.strictObject({ endpointId: z.string() })

/** Drains the endpoint that the job names. */
export const createDeliverHandler = (deps: DrainDeps): Handler => {
  const drain = createDrainer(deps)
  return async job => drain(Payload.parse(job.data).endpointId, job.signal)
}

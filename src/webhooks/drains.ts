import { sql } from 'drizzle-orm'
import { rowsOf, type Tx } from '../platform/db.ts'
import type { Deps } from '../platform/deps.ts'
import type { NewJob } from '../platform/queues.ts'

/** A drain to ask for: of which endpoint, and what caused it. `attempt` is the next one of a delayed retry, else 0. */
export type DrainRequest = {
  endpointId: string
  causeId: string
  attempt: number
  generation: number
  delayMs?: number
}

/** The job's id is made of the cause, never of the endpoint: a queue ignores an id that it still remembers. */
export const drainJob = ({ endpointId, causeId, attempt, generation, delayMs }: DrainRequest): NewJob => ({
  queue: 'deliver',
  id: `${causeId}-${attempt}-${generation}`,
  data: { endpointId },
  ...(delayMs === undefined ? {} : { delayMs }),
})

/**
 * Says in the transaction that the endpoint has something to do now, so that the sweep knows of it even if the queue
 * never hears of the drain that this returns.
 */
export const wakeEndpoint = async (
  tx: Tx,
  deps: Pick<Deps, 'clock'>,
  endpointId: string,
  causeId: string,
): Promise<DrainRequest> => {
  const now = deps.clock.now().toISOString()
  const [row] = rowsOf<{ generation: number }>(
    await tx.execute(sql`update endpoints set generation = generation + 1,
      wake_at = least(wake_at, ${now}::timestamptz) where id = ${endpointId} returning generation`),
  )
  return { endpointId, causeId, attempt: 0, generation: row?.generation ?? 0 }
}

/** Adds drains to the queue after the commit. A queue that does not answer is no error: the sweep asks again. */
export const requestDrains = async (deps: Pick<Deps, 'queues' | 'log'>, drains: DrainRequest[]): Promise<void> => {
  try {
    await deps.queues.add(drains.map(drainJob))
  } catch (error) {
    deps.log.warn({ err: error }, 'the queue did not take a drain, the sweep will ask again')
  }
}

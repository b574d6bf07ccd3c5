import { and, eq, exists, inArray, or } from 'drizzle-orm'
import { capabilities } from '../capabilities/tables.ts'
import { append, finish, isDone } from '../events/outbox.ts'
import { listNamed } from '../identity/exclusions.ts'
import { transaction } from '../platform/db.ts'
import type { Deps } from '../platform/deps.ts'
import { scenarios } from '../scenarios/tables.ts'

const WORKER = { kind: 'worker' } as const
/** Published demand of two companies; more would be another kind of company. */
const SCENARIOS_MAX = 2_000

/**
 * Has all demand of either side scored anew after an entry of a do-not-match list began or ended to hold: pairs fall out
 * of the lists, and come back, in the way in which they do for any other reason.
 */
export const rescoreExcluded = async (
  deps: Pick<Deps, 'db' | 'clock' | 'random'>,
  job: { eventId: string; exclusionId: string },
): Promise<void> =>
  transaction(deps, WORKER, async tx => {
    if (await isDone(tx, job.eventId)) return
    const { listerId, namedIds } = await listNamed(tx, job.exclusionId)
    const offeredBy = (ids: string[]) =>
      exists(tx.select({ id: capabilities.id }).from(capabilities).where(inArray(capabilities.organisationId, ids)))
    const rows =
      namedIds.length === 0
        ? []
        : await tx
            .select({ id: scenarios.id, parkId: scenarios.parkId })
            .from(scenarios)
            .where(
              and(
                eq(scenarios.state, 'published'),
                or(
                  and(eq(scenarios.organisationId, listerId), offeredBy(namedIds)),
                  and(inArray(scenarios.organisationId, namedIds), offeredBy([listerId])),
                ),
              ),
            )
            .limit(SCENARIOS_MAX)
    await append(tx, deps, WORKER, [
      ...rows.map(({ id, parkId }) => ({ type: 'scenario.updated' as const, data: { scenarioId: id }, parkId })),
      ...(namedIds.length === 0
        ? []
        : [{ type: 'consortium.doubted' as const, data: { exclusionId: job.exclusionId } }]),
    ])
    await finish(tx, deps, [job.eventId])
  })

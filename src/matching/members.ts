import { and, arrayContains, eq, or } from 'drizzle-orm'
import { capabilities } from '../capabilities/tables.ts'
import { append, finish, isDone, type NewEvent } from '../events/outbox.ts'
import { type Tx, transaction } from '../platform/db.ts'
import type { Deps } from '../platform/deps.ts'
import { scenarios } from '../scenarios/tables.ts'

const WORKER = { kind: 'worker' } as const
/** One member's published work in one park; more would be another kind of member. */
const PUBLISHED_MAX = 1_000

/**
 * Has everything scored anew that a member published in a park, after the park suspended it or admitted it again: what is
 * withheld falls out of the lists, and comes back.
 */
export const rescoreMember = async (
  deps: Pick<Deps, 'db' | 'clock' | 'random'>,
  job: { eventId: string; parkId: string; organisationId: string },
): Promise<void> =>
  transaction(deps, WORKER, async tx => {
    if (await isDone(tx, job.eventId)) return
    await append(tx, deps, WORKER, [...(await listScenarios(tx, job)), ...(await listCapabilities(tx, job))])
    await finish(tx, deps, [job.eventId])
  })

type Member = { parkId: string; organisationId: string }

const listScenarios = async (tx: Tx, { parkId, organisationId }: Member): Promise<NewEvent[]> => {
  const rows = await tx
    .select({ id: scenarios.id })
    .from(scenarios)
    .where(
      and(eq(scenarios.organisationId, organisationId), eq(scenarios.parkId, parkId), eq(scenarios.state, 'published')),
    )
    .limit(PUBLISHED_MAX)
  return rows.map(row => ({ type: 'scenario.updated', data: { scenarioId: row.id }, parkId }))
}

const listCapabilities = async (tx: Tx, { parkId, organisationId }: Member): Promise<NewEvent[]> => {
  const rows = await tx
    .select({ id: capabilities.id })
    .from(capabilities)
    .where(
      and(
        eq(capabilities.organisationId, organisationId),
        eq(capabilities.state, 'published'),
        or(arrayContains(capabilities.audiences, [parkId]), arrayContains(capabilities.audiences, ['network'])),
      ),
    )
    .limit(PUBLISHED_MAX)
  return rows.map(row => ({ type: 'capability.updated', data: { capabilityId: row.id } }))
}

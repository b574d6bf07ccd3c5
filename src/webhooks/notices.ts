import { and, eq } from 'drizzle-orm'
import { append, type NewEvent } from '../events/outbox.ts'
import { memberships, parks } from '../identity/tables.ts'
import type { Actor } from '../platform/actor.ts'
import type { Tx } from '../platform/db.ts'
import type { Deps } from '../platform/deps.ts'

export type OperatorEvent = Extract<NewEvent, { type: `endpoint.${string}` | `delivery.${string}` }>

/** Tells the owner of an endpoint, and the administrations of its parks, what happened to it. */
export const tellOperators = async (
  tx: Tx,
  deps: Pick<Deps, 'clock' | 'random'>,
  actor: Actor,
  organisationId: string,
  news: OperatorEvent[],
): Promise<void> => {
  if (news.length === 0) return
  const rows = await tx
    .select({ organisationId: parks.organisationId })
    .from(memberships)
    .innerJoin(parks, eq(parks.id, memberships.parkId))
    .where(and(eq(memberships.organisationId, organisationId), eq(memberships.state, 'active')))
  const readers = [organisationId, ...rows.map(row => row.organisationId)]
  await append(
    tx,
    deps,
    actor,
    news.map(event => ({ ...event, readers })),
  )
}

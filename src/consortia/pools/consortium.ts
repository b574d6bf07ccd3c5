import { eq } from 'drizzle-orm'
import { record, type Recording } from '../../audit/record.ts'
import { append } from '../../events/outbox.ts'
import type { Tx } from '../../platform/db.ts'
import { newId } from '../../platform/ids.ts'
import { scenarios } from '../../scenarios/tables.ts'
import { consortia, consortiumBriefs, type poolMembers, type pools } from '../tables.ts'

const WORKER = { kind: 'worker' } as const
const DEADLINE_DAYS = 30
const DAY_MS = 86_400_000
/** Beside the manufacturers, for whoever serves them. */
const PARTNERS_MAX = 8
const MEMBERS_MAX = 20

/**
 * Begins the consortium of a pool. It stands on the scenario of whoever joined first, who steers it; the other
 * manufacturers are required members, and the team around them is worked out as for any consortium.
 * @param joined in the order in which they joined, at least one
 */
export const beginConsortium = async (
  tx: Tx,
  deps: Recording,
  { parkId }: typeof pools.$inferSelect,
  joined: readonly (typeof poolMembers.$inferSelect)[],
): Promise<string | null> => {
  const [first] = joined
  const [scenario] = first ? await tx.select().from(scenarios).where(eq(scenarios.id, first.scenarioId)) : []
  if (!scenario) return null
  const now = deps.clock.now()
  const id = newId(deps, 'consortium')
  const others = [...new Set(joined.map(({ organisationId }) => organisationId))].filter(
    organisationId => organisationId !== scenario.organisationId,
  )
  const place = { parkId, ownerId: scenario.organisationId }
  await tx.insert(consortia).values({
    ...place,
    id,
    scenarioId: scenario.id,
    title: scenario.title,
    state: 'assembling',
    mode: 'team',
    origin: 'pooled',
    facets: [],
    deadlineAt: new Date(now.getTime() + DEADLINE_DAYS * DAY_MS),
    version: 1,
    createdAt: now,
    updatedAt: now,
    stateSince: now,
  })
  await tx.insert(consortiumBriefs).values({
    ...place,
    consortiumId: id,
    wishes: {
      facets: [],
      required: others,
      exclusions: [],
      costs: [],
      membersMax: Math.min(MEMBERS_MAX, others.length + 1 + PARTNERS_MAX),
    },
  })
  await record(tx, deps, WORKER, { action: 'consortium.created', objectId: id, parkId })
  await append(tx, deps, WORKER, [{ type: 'consortium.requested', data: { consortiumId: id }, parkId }])
  return id
}

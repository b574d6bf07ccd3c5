import { asc, eq, inArray, sql } from 'drizzle-orm'
import type { Language, ScenarioInput, Tier } from '../engine/types.ts'
import type { Tx } from '../platform/db.ts'
import { publicBodyOf } from './queries.ts'
import { scenarios, scenarioSealed, scenarioShared, type ScenarioState, type Visibility } from './tables.ts'
import { mergeScenario, tiersOfFields, toScenarioInput } from './tiers.ts'

/** A scenario as matching needs it: every tier in one input, and which field may be shown to whom. */
export type LoadedScenario = {
  id: string
  parkId: string
  organisationId: string
  state: ScenarioState
  visibility: Visibility
  language: Language | null
  /** Total that a pair must reach to enter the stored ones, of 10,000. */
  entryScore: number
  input: ScenarioInput
  fieldTiers: Record<string, Tier>
}

/** A place in the change feed: the transaction that changed a row last, then the row's id. */
export type FeedPosition = { xid: string; id: string }
export type FeedRow = { id: string; state: string; feedXid: string }

/** The scenarios of these ids, with every tier: for the worker, since matching reads all of it. Unknown ids are left out. */
export const loadScenarioInputs = async (tx: Tx, ids: string[]): Promise<LoadedScenario[]> => {
  if (ids.length === 0) return []
  const rows = await tx
    .select({ row: scenarios, shared: scenarioShared.body, sealed: scenarioSealed.body })
    .from(scenarios)
    .leftJoin(scenarioShared, eq(scenarioShared.scenarioId, scenarios.id))
    .leftJoin(scenarioSealed, eq(scenarioSealed.scenarioId, scenarios.id))
    .where(inArray(scenarios.id, ids))
    .orderBy(asc(scenarios.id))
  return rows.map(({ row, shared, sealed }) => {
    const { fields, moved } = mergeScenario({ public: publicBodyOf(row), shared, sealed })
    const { id, parkId, organisationId, visibility, language, entryScore } = row
    // For matching, what is withheld is as gone as what was taken back.
    const state = row.isWithheld && row.state === 'published' ? 'withdrawn' : row.state
    const input = toScenarioInput(id, fields)
    return {
      id,
      parkId,
      organisationId,
      state,
      visibility,
      language,
      entryScore,
      input,
      fieldTiers: tiersOfFields(moved),
    }
  })
}

/** The next `limit` rows of the change feed after a position, in its order. An empty id starts at the transaction itself. */
export const listScenarioFeed = async (tx: Tx, after: FeedPosition, limit: number): Promise<FeedRow[]> =>
  tx
    .select({ id: scenarios.id, state: scenarios.state, feedXid: scenarios.feedXid })
    .from(scenarios)
    .where(sql`(${scenarios.feedXid}, ${scenarios.id}) > (${after.xid}::xid8, ${after.id})`)
    .orderBy(asc(scenarios.feedXid), asc(scenarios.id))
    .limit(limit)

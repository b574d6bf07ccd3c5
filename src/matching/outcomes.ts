import { sql } from 'drizzle-orm'
import { tierOfField as capabilityTier } from '../capabilities/tiers.ts'
import { loadCapabilityInputs } from '../capabilities/feed.ts'
import { listDemandConcepts, listSupplyConcepts } from '../engine/bridge/concepts.ts'
import type { Outcome } from '../engine/bridge/learn.ts'
import type { CapabilityInput, ScenarioInput } from '../engine/types.ts'
import { rowsOf, transaction, type Tx } from '../platform/db.ts'
import type { Deps } from '../platform/deps.ts'
import { loadScenarioInputs } from '../scenarios/feed.ts'
import { tierOfField as scenarioTier } from '../scenarios/tiers.ts'
import type { DeclineReason } from './rules.ts'

/** An outcome with where it happened and what was matched. */
export type MatchOutcome = Outcome & { parkId: string; scenarioId: string; capabilityId: string }

/** Outcomes, and the things that they are about by id, every tier: for scoring them again, never for learning. */
export type Outcomes = {
  outcomes: MatchOutcome[]
  scenarios: ReadonlyMap<string, ScenarioInput>
  capabilities: ReadonlyMap<string, CapabilityInput>
}

/** Reasons that speak of the content. Timing, budget or a competitor say nothing about whether the two fit. */
const CONTENT_REASONS: DeclineReason[] = ['benefit_unclear', 'description_unclear', 'data']
/** The newest are read; older ones speak of what was offered long ago. */
const OUTCOMES_MAX = 20_000
const PAGE = 200
const WORKER = { kind: 'worker' } as const

type OutcomeRow = {
  id: string
  parkId: string
  factoryId: string
  vendorId: string
  scenarioId: string
  capabilityId: string
  positive: boolean
  at: string
}

/**
 * What became of matches: well where the parties were introduced, badly where one declined for a reason that speaks of
 * the content, which weighs more than an introduction before it. Any other end, and silence, is no outcome.
 */
export const loadOutcomes = async (deps: Pick<Deps, 'db' | 'lexicon'>): Promise<Outcomes> => {
  const rows = await transaction(deps, WORKER, readRows)
  const scenarios = await loadPages(
    deps,
    rows.map(row => row.scenarioId),
    loadScenarioInputs,
  )
  const capabilities = await loadPages(
    deps,
    rows.map(row => row.capabilityId),
    loadCapabilityInputs,
  )
  const demand = new Map(
    [...scenarios].map(([id, { input, fieldTiers }]) => [
      id,
      listDemandConcepts(deps.lexicon, input, pointer => scenarioTier(pointer, fieldTiers) === 'public'),
    ]),
  )
  const supply = new Map(
    [...capabilities].map(([id, { input, fieldTiers }]) => [
      id,
      listSupplyConcepts(deps.lexicon, input, pointer => capabilityTier(pointer, fieldTiers) === 'public'),
    ]),
  )
  return {
    outcomes: rows.map(({ id, ...row }) => ({
      ...row,
      matchId: id,
      demand: demand.get(row.scenarioId) ?? [],
      supply: supply.get(row.capabilityId) ?? [],
    })),
    scenarios: new Map([...scenarios].map(([id, { input }]) => [id, input])),
    capabilities: new Map([...capabilities].map(([id, { input }]) => [id, input])),
  }
}

const readRows = async (tx: Tx): Promise<OutcomeRow[]> =>
  rowsOf<OutcomeRow>(
    await tx.execute(sql`select m.id, m.park_id as "parkId", m.factory_id as "factoryId", m.vendor_id as "vendorId",
        m.scenario_id as "scenarioId", m.capability_id as "capabilityId", not o.declined as positive,
        to_char(case when o.declined then m.state_since else o.introduced_at end at time zone 'UTC',
          'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at
      from matches m cross join lateral (select
        (m.state = 'declined' and m.decline_reason in (select jsonb_array_elements_text(${JSON.stringify(CONTENT_REASONS)}::jsonb))) as declined,
        (select min(t.at) from match_transitions t where t.match_id = m.id and t.to = 'introduced') as introduced_at) o
      where o.declined or o.introduced_at is not null
      order by at desc, m.id limit ${OUTCOMES_MAX}`),
  )

/** Loads things page by page, each page in a short transaction. */
const loadPages = async <T extends { id: string }>(
  deps: Pick<Deps, 'db'>,
  ids: string[],
  load: (tx: Tx, ids: string[]) => Promise<T[]>,
): Promise<Map<string, T>> => {
  const wanted = [...new Set(ids)].sort()
  const found = new Map<string, T>()
  for (let at = 0; at < wanted.length; at += PAGE)
    for (const row of await transaction(deps, WORKER, tx => load(tx, wanted.slice(at, at + PAGE))))
      found.set(row.id, row)
  return found
}

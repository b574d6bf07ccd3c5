import { sql } from 'drizzle-orm'
import { checkConcepts, listConceptRefs } from '../platform/concepts.ts'
import type { Tx } from '../platform/db.ts'
import type { Deps } from '../platform/deps.ts'
import { refuseContradictions } from '../platform/errors.ts'
import { SCENARIO_CONCEPTS } from './concepts.ts'
import { columnsOf } from './rows.ts'
import { findContradictions, findWrongExpiry } from './rules.ts'
import type { NewScenario } from './schemas.ts'

/** One scenario of many. The input has been parsed with `NewScenario`. */
export type BulkScenario = { id: string; organisationId: string; input: NewScenario }

/** What `createScenario` refuses for its content, without storing it. @throws 422 */
export const checkScenario = (
  deps: Pick<Deps, 'lexicon' | 'clock'>,
  { parkId: _, visibility: __, expiresAt, tiers: ___, publish: ____, ...fields }: NewScenario,
): void => {
  checkConcepts(deps.lexicon, listConceptRefs(fields, SCENARIO_CONCEPTS), 'zh')
  const ending = expiresAt === undefined ? null : new Date(expiresAt)
  refuseContradictions([...findContradictions(fields), ...findWrongExpiry(ending, deps.clock.now())])
}

/** Stores many scenarios with one statement and tells no event of any: whoever calls sums them up in one of his own. */
export const insertScenarios = async (
  tx: Tx,
  deps: Pick<Deps, 'lexicon' | 'clock'>,
  scenarios: BulkScenario[],
): Promise<void> => {
  if (scenarios.length === 0) return
  const now = deps.clock.now().toISOString()
  const rows = scenarios.map(({ id, organisationId, input }) => {
    const { parkId, visibility, expiresAt, tiers: moved, publish, ...fields } = input
    const { publicColumns, shared, sealed } = columnsOf(deps, { fields, moved })
    const state = publish ? 'published' : 'draft'
    return {
      id,
      park_id: parkId,
      organisation_id: organisationId,
      state,
      visibility,
      ...publicColumns,
      published_at: publish ? now : null,
      expires_at: expiresAt ?? null,
      shared,
      sealed,
    }
  })
  await tx.execute(sql`with x as materialized (
      select * from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as x(id text, park_id text, organisation_id text,
        state text, visibility text, language text, title text, industry text, problems text[], body jsonb,
        published_at timestamptz, expires_at timestamptz, shared jsonb, sealed jsonb)),
    head as (insert into scenarios (id, park_id, organisation_id, state, visibility, language, title, industry, problems,
        body, version, created_at, updated_at, published_at, expires_at)
      select id, park_id, organisation_id, state, visibility, language, title, industry, problems, body, 1,
        ${now}::timestamptz, ${now}::timestamptz, published_at, expires_at from x),
    shared as (insert into scenario_shared (scenario_id, park_id, organisation_id, body)
      select id, park_id, organisation_id, shared from x)
    insert into scenario_sealed (scenario_id, park_id, organisation_id, body)
      select id, park_id, organisation_id, sealed from x`)
}

import { sql } from 'drizzle-orm'
import { checkConcepts, listConceptRefs } from '../platform/concepts.ts'
import type { Tx } from '../platform/db.ts'
import type { Deps } from '../platform/deps.ts'
import { refuseContradictions } from '../platform/errors.ts'
import { CAPABILITY_CONCEPTS } from './concepts.ts'
import { columnsOf } from './rows.ts'
import { findContradictions } from './rules.ts'
import type { NewCapability } from './schemas.ts'

/** One capability of many, with the parks that it is offered to. The input has been parsed with `NewCapability`. */
export type BulkCapability = { id: string; organisationId: string; audiences: string[]; input: NewCapability }

/** What `createCapability` refuses for its content, without storing it. @throws 422 */
export const checkCapability = (
  deps: Pick<Deps, 'lexicon'>,
  { audiences: _, tiers: __, publish: ___, ...fields }: NewCapability,
): void => {
  checkConcepts(deps.lexicon, listConceptRefs(fields, CAPABILITY_CONCEPTS), 'zh')
  refuseContradictions(findContradictions(fields))
}

/** Stores many capabilities with one statement and tells no event of any: whoever calls sums them up in one of his own. */
export const insertCapabilities = async (
  tx: Tx,
  deps: Pick<Deps, 'lexicon' | 'clock'>,
  capabilities: BulkCapability[],
): Promise<void> => {
  if (capabilities.length === 0) return
  const now = deps.clock.now().toISOString()
  const rows = capabilities.map(({ id, organisationId, audiences, input }) => {
    const { audiences: _, tiers: moved, publish, ...fields } = input
    const { publicColumns, shared, sealed } = columnsOf(deps, { fields, moved })
    const state = publish ? 'published' : 'draft'
    return {
      id,
      organisation_id: organisationId,
      state,
      audiences,
      ...publicColumns,
      published_at: publish ? now : null,
      shared,
      sealed,
    }
  })
  await tx.execute(sql`with x as materialized (
      select * from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as x(id text, organisation_id text, state text,
        audiences text[], language text, title text, techniques text[], problems text[], body jsonb,
        published_at timestamptz, shared jsonb, sealed jsonb)),
    head as (insert into capabilities (id, organisation_id, state, audiences, language, title, techniques, problems, body,
        version, created_at, updated_at, published_at)
      select id, organisation_id, state, audiences, language, title, techniques, problems, body, 1,
        ${now}::timestamptz, ${now}::timestamptz, published_at from x),
    shared as (insert into capability_shared (capability_id, organisation_id, body)
      select id, organisation_id, shared from x)
    insert into capability_sealed (capability_id, organisation_id, body) select id, organisation_id, sealed from x`)
}

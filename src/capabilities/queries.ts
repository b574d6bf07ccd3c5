import { and, desc, eq, lt, sql } from 'drizzle-orm'
import type { Language } from '../engine/types.ts'
import { organisations } from '../identity/tables.ts'
import type { Member } from '../platform/actor.ts'
import { listConceptRefs, suggestConcepts } from '../platform/concepts.ts'
import type { Tx } from '../platform/db.ts'
import type { Deps } from '../platform/deps.ts'
import { notFound } from '../platform/errors.ts'
import { pageOfRows } from '../platform/pages.ts'
import { containing } from '../platform/patterns.ts'
import { etagOf } from '../platform/preconditions.ts'
import { listVisibleTiers } from '../platform/tiers.ts'
import { CAPABILITY_CONCEPTS } from './concepts.ts'
import type { CapabilityRow } from './rows.ts'
import type { CapabilityQuery } from './schemas.ts'
import { capabilities, capabilitySealed, capabilityShared } from './tables.ts'
import { mergeCapability } from './tiers.ts'

/**
 * A capability as far as the actor's rows allow: row-level security leaves out what he may not read. One statement, so
 * that the tiers are of one version.
 * @throws 404
 */
export const readWhole = async (tx: Tx, id: string) => {
  const [found] = await tx
    .select({
      row: capabilities,
      ownerId: organisations.id,
      shared: capabilityShared.body,
      sealed: capabilitySealed.body,
    })
    .from(capabilities)
    .leftJoin(organisations, eq(organisations.id, capabilities.organisationId))
    .leftJoin(capabilityShared, eq(capabilityShared.capabilityId, capabilities.id))
    .leftJoin(capabilitySealed, eq(capabilitySealed.capabilityId, capabilities.id))
    .where(eq(capabilities.id, id))
  if (!found) throw notFound()
  const { row, ownerId, shared, sealed } = found
  const bodies = { public: publicBodyOf(row), shared, sealed }
  return { row, ownerId, tiersVisible: listVisibleTiers(bodies), whole: mergeCapability(bodies) }
}

/** The public tier with the two fields that stand in columns of their own. */
export const publicBodyOf = ({ title, language, body }: Pick<CapabilityRow, 'title' | 'language' | 'body'>) => ({
  ...body,
  title,
  ...(language ? { language } : {}),
})

/** @throws 404 */
export const readCapability = async (tx: Tx, actor: Member, id: string) => {
  const { row, ownerId, tiersVisible, whole } = await readWhole(tx, id)
  const { fields, moved } = whole
  return { ...presentCard(row, ownerId, actor), ...fields, ...(moved ? { tiers: moved } : {}), tiersVisible }
}

/** What its owner gets after a change: the capability, with the nearest concepts for words that name none. */
export const readWithSuggestions = async (
  tx: Tx,
  deps: Pick<Deps, 'lexicon'>,
  actor: Member,
  id: string,
  language: Language,
) => {
  const capability = await readCapability(tx, actor, id)
  const suggestions = suggestConcepts(deps.lexicon, listConceptRefs(capability, CAPABILITY_CONCEPTS), language)
  return { ...capability, ...(suggestions.length > 0 ? { suggestions } : {}) }
}

/** The head of the public tier of what the actor may see, newest first. */
export const listCapabilities = async (tx: Tx, actor: Member, query: CapabilityQuery) => {
  const owner = query.organisationId === 'mine' ? actor.organisationId : query.organisationId
  const rows = await tx
    .select({ row: capabilities, ownerId: organisations.id })
    .from(capabilities)
    .leftJoin(organisations, eq(organisations.id, capabilities.organisationId))
    .where(
      and(
        query.parkId
          ? sql`(${query.parkId} = any(${capabilities.audiences}) or 'network' = any(${capabilities.audiences}))`
          : undefined,
        query.state ? eq(capabilities.state, query.state) : undefined,
        query.technique ? sql`${query.technique} = any(${capabilities.techniques})` : undefined,
        query.problem ? sql`${query.problem} = any(${capabilities.problems})` : undefined,
        // Asked of the joined table: an organisation that the actor may not know cannot be searched for.
        owner ? eq(organisations.id, owner) : undefined,
        query.q ? sql`${capabilities.title} ilike ${containing(query.q)}` : undefined,
        query.cursor ? lt(capabilities.id, query.cursor) : undefined,
      ),
    )
    .orderBy(desc(capabilities.id))
    .limit(query.limit + 1)
  const cards = rows.map(({ row, ownerId }) => ({
    ...presentCard(row, ownerId, actor),
    ...mergeCapability({ public: publicBodyOf(row) }).fields,
  }))
  return pageOfRows(cards, query, card => card.id)
}

/** To whom else a capability is offered is its owner's business. */
const presentCard = (row: CapabilityRow, ownerId: string | null, actor: Member) => ({
  id: row.id,
  ...(ownerId ? { organisationId: ownerId } : {}),
  state: row.state,
  ...(row.organisationId === actor.organisationId ? { audiences: row.audiences } : {}),
  version: row.version,
  etag: etagOf(row.version),
  createdAt: row.createdAt.toISOString(),
  updatedAt: row.updatedAt.toISOString(),
  ...(row.publishedAt ? { publishedAt: row.publishedAt.toISOString() } : {}),
})

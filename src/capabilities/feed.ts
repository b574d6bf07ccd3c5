import { asc, eq, inArray, sql } from 'drizzle-orm'
import type { CapabilityInput, Language, Tier } from '../engine/types.ts'
import type { Tx } from '../platform/db.ts'
import { publicBodyOf } from './queries.ts'
import { capabilities, capabilitySealed, capabilityShared, type CapabilityState } from './tables.ts'
import { mergeCapability, tiersOfFields, toCapabilityInput } from './tiers.ts'

/** A capability as matching needs it: every tier in one input, and which field may be shown to whom. */
export type LoadedCapability = {
  id: string
  organisationId: string
  state: CapabilityState
  /** Ids of parks, or the word `network`. */
  audiences: string[]
  language: Language | null
  input: CapabilityInput
  fieldTiers: Record<string, Tier>
}

/** A place in the change feed: the transaction that changed a row last, then the row's id. */
export type FeedPosition = { xid: string; id: string }
export type FeedRow = { id: string; state: string; feedXid: string }

/** The capabilities of these ids, with every tier: for the worker, since matching reads all of it. Unknown ids are left out. */
export const loadCapabilityInputs = async (tx: Tx, ids: string[]): Promise<LoadedCapability[]> => {
  if (ids.length === 0) return []
  const rows = await tx
    .select({ row: capabilities, shared: capabilityShared.body, sealed: capabilitySealed.body })
    .from(capabilities)
    .leftJoin(capabilityShared, eq(capabilityShared.capabilityId, capabilities.id))
    .leftJoin(capabilitySealed, eq(capabilitySealed.capabilityId, capabilities.id))
    .where(inArray(capabilities.id, ids))
    .orderBy(asc(capabilities.id))
  return rows.map(({ row, shared, sealed }) => {
    const { fields, moved } = mergeCapability({ public: publicBodyOf(row), shared, sealed })
    const { id, organisationId, state, audiences, language } = row
    const input = toCapabilityInput(id, fields)
    return { id, organisationId, state, audiences, language, input, fieldTiers: tiersOfFields(moved) }
  })
}

/** The next `limit` rows of the change feed after a position, in its order. An empty id starts at the transaction itself. */
export const listCapabilityFeed = async (tx: Tx, after: FeedPosition, limit: number): Promise<FeedRow[]> =>
  tx
    .select({ id: capabilities.id, state: capabilities.state, feedXid: capabilities.feedXid })
    .from(capabilities)
    .where(sql`(${capabilities.feedXid}, ${capabilities.id}) > (${after.xid}::xid8, ${after.id})`)
    .orderBy(asc(capabilities.feedXid), asc(capabilities.id))
    .limit(limit)

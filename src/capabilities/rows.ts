import { eq } from 'drizzle-orm'
import { resolveConceptIds } from '../platform/concepts.ts'
import type { Tx } from '../platform/db.ts'
import type { Deps } from '../platform/deps.ts'
import { forbidden, notFound } from '../platform/errors.ts'
import { capabilities, capabilitySealed, capabilityShared } from './tables.ts'
import { mergeCapability, splitCapability, type WholeCapability } from './tiers.ts'

export type CapabilityRow = typeof capabilities.$inferSelect

/** What a capability has beside what it says. */
type Card = Omit<typeof capabilities.$inferInsert, 'title' | 'language' | 'techniques' | 'problems' | 'body'>

/** Writes the three rows of a new capability. All three always stand, so that a missing one means "not for you". */
export const insertRows = async (tx: Tx, deps: Pick<Deps, 'lexicon'>, card: Card, whole: WholeCapability) => {
  const { publicColumns, shared, sealed } = columnsOf(deps, whole)
  const key = { capabilityId: card.id, organisationId: card.organisationId }
  await tx.insert(capabilities).values({ ...card, ...publicColumns })
  await tx.insert(capabilityShared).values({ ...key, body: shared })
  await tx.insert(capabilitySealed).values({ ...key, body: sealed })
}

/** Replaces what the three rows say. */
export const updateRows = async (
  tx: Tx,
  deps: Pick<Deps, 'lexicon'>,
  id: string,
  card: Partial<Card>,
  whole: WholeCapability,
) => {
  const { publicColumns, shared, sealed } = columnsOf(deps, whole)
  await tx
    .update(capabilities)
    .set({ ...card, ...publicColumns })
    .where(eq(capabilities.id, id))
  await tx.update(capabilityShared).set({ body: shared }).where(eq(capabilityShared.capabilityId, id))
  await tx.update(capabilitySealed).set({ body: sealed }).where(eq(capabilitySealed.capabilityId, id))
}

/**
 * The row, locked until the transaction ends. The lock asks the policy for changing, which only the owner passes.
 * @throws 404, 403 for those who may read it
 */
export const lockOwn = async (tx: Tx, id: string): Promise<CapabilityRow> => {
  const [row] = await tx.select().from(capabilities).where(eq(capabilities.id, id)).for('update')
  if (row) return row
  const [readable] = await tx.select({ id: capabilities.id }).from(capabilities).where(eq(capabilities.id, id))
  if (!readable) throw notFound()
  throw forbidden('只能修改本单位的能力', "You can change your own organisation's capabilities only")
}

/** What lists are filtered by is made of the public body alone: a field that was moved up cannot be searched for. */
export const columnsOf = (deps: Pick<Deps, 'lexicon'>, whole: WholeCapability) => {
  const bodies = splitCapability(whole)
  const { techniques = [], problems = [] } = mergeCapability({ public: bodies.public }).fields
  const { title: _, language: __, ...body } = bodies.public
  return {
    publicColumns: {
      title: whole.fields.title,
      language: whole.fields.language ?? null,
      techniques: resolveConceptIds(deps.lexicon, techniques, 'technique'),
      problems: resolveConceptIds(deps.lexicon, problems, 'problem'),
      body,
    },
    shared: bodies.shared,
    sealed: bodies.sealed,
  }
}

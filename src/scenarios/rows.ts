import { eq } from 'drizzle-orm'
import { resolveConceptIds } from '../platform/concepts.ts'
import type { Tx } from '../platform/db.ts'
import type { Deps } from '../platform/deps.ts'
import { forbidden, notFound } from '../platform/errors.ts'
import { scenarios, scenarioSealed, scenarioShared } from './tables.ts'
import { mergeScenario, splitScenario, type WholeScenario } from './tiers.ts'

export type ScenarioRow = typeof scenarios.$inferSelect

/** What a scenario has beside what it says. */
type Card = Omit<typeof scenarios.$inferInsert, 'title' | 'language' | 'industry' | 'problems' | 'body'>

/** Writes the three rows of a new scenario. All three always stand, so that a missing one means "not for you". */
export const insertRows = async (tx: Tx, deps: Pick<Deps, 'lexicon'>, card: Card, whole: WholeScenario) => {
  const { publicColumns, shared, sealed } = columnsOf(deps, whole)
  const key = { scenarioId: card.id, parkId: card.parkId, organisationId: card.organisationId }
  await tx.insert(scenarios).values({ ...card, ...publicColumns })
  await tx.insert(scenarioShared).values({ ...key, body: shared })
  await tx.insert(scenarioSealed).values({ ...key, body: sealed })
}

/** Replaces what the three rows say. */
export const updateRows = async (
  tx: Tx,
  deps: Pick<Deps, 'lexicon'>,
  id: string,
  card: Partial<Card>,
  whole: WholeScenario,
) => {
  const { publicColumns, shared, sealed } = columnsOf(deps, whole)
  await tx
    .update(scenarios)
    .set({ ...card, ...publicColumns })
    .where(eq(scenarios.id, id))
  await tx.update(scenarioShared).set({ body: shared }).where(eq(scenarioShared.scenarioId, id))
  await tx.update(scenarioSealed).set({ body: sealed }).where(eq(scenarioSealed.scenarioId, id))
}

/**
 * The row, locked until the transaction ends. The lock asks the policy for changing, which only the owner passes.
 * @throws 404, 403 for those who may read it
 */
export const lockOwn = async (tx: Tx, id: string): Promise<ScenarioRow> => {
  const [row] = await tx.select().from(scenarios).where(eq(scenarios.id, id)).for('update')
  if (row) return row
  const [readable] = await tx.select({ id: scenarios.id }).from(scenarios).where(eq(scenarios.id, id))
  if (!readable) throw notFound()
  throw forbidden('只能修改本单位的场景', "You can change your own organisation's scenarios only")
}

/** What lists are filtered by is made of the public body alone: a field that was moved up cannot be searched for. */
export const columnsOf = (deps: Pick<Deps, 'lexicon'>, whole: WholeScenario) => {
  const bodies = splitScenario(whole)
  const { industry, problems = [] } = mergeScenario({ public: bodies.public }).fields
  const { title: _, language: __, ...body } = bodies.public
  return {
    publicColumns: {
      title: whole.fields.title,
      language: whole.fields.language ?? null,
      industry: resolveConceptIds(deps.lexicon, industry === undefined ? [] : [industry], 'industry')[0] ?? null,
      problems: resolveConceptIds(deps.lexicon, problems, 'problem'),
      body,
    },
    shared: bodies.shared,
    sealed: bodies.sealed,
  }
}

import { and, desc, eq, inArray, lt, sql } from 'drizzle-orm'
import type { Language } from '../engine/types.ts'
import { organisations } from '../identity/tables.ts'
import type { Member } from '../platform/actor.ts'
import { listConceptRefs, suggestConcepts } from '../platform/concepts.ts'
import { buildOnce, type Tx } from '../platform/db.ts'
import type { Deps } from '../platform/deps.ts'
import { notFound } from '../platform/errors.ts'
import { pageOfRows } from '../platform/pages.ts'
import { containing } from '../platform/patterns.ts'
import { etagOf } from '../platform/preconditions.ts'
import { listVisibleTiers } from '../platform/tiers.ts'
import { SCENARIO_CONCEPTS } from './concepts.ts'
import type { ScenarioRow } from './rows.ts'
import type { ScenarioQuery } from './schemas.ts'
import { scenarioReviews, scenarios, scenarioSealed, scenarioShared } from './tables.ts'
import { mergeScenario } from './tiers.ts'

const findWhole = buildOnce(tx =>
  tx
    .select({
      row: scenarios,
      ownerId: organisations.id,
      shared: scenarioShared.body,
      sealed: scenarioSealed.body,
      review: scenarioReviews,
    })
    .from(scenarios)
    .leftJoin(organisations, eq(organisations.id, scenarios.organisationId))
    .leftJoin(scenarioReviews, eq(scenarioReviews.scenarioId, scenarios.id))
    .leftJoin(scenarioShared, eq(scenarioShared.scenarioId, scenarios.id))
    .leftJoin(scenarioSealed, eq(scenarioSealed.scenarioId, scenarios.id))
    .where(eq(scenarios.id, sql.placeholder('id')))
    .prepare('scenario'),
)

/**
 * A scenario as far as the actor's rows allow: row-level security leaves out what he may not read, also the name of the
 * organisation. One statement, so that the tiers are of one version.
 * @throws 404
 */
export const readWhole = async (tx: Tx, id: string) => {
  const [found] = await findWhole(tx).execute({ id })
  if (!found) throw notFound()
  const { row, ownerId, shared, sealed, review } = found
  const bodies = { public: publicBodyOf(row), shared, sealed }
  return { row, ownerId, review, tiersVisible: listVisibleTiers(bodies), whole: mergeScenario(bodies) }
}

/** The public tier with the two fields that stand in columns of their own. */
export const publicBodyOf = ({ title, language, body }: Pick<ScenarioRow, 'title' | 'language' | 'body'>) => ({
  ...body,
  title,
  ...(language ? { language } : {}),
})

/** @throws 404 */
export const readScenario = async (tx: Tx, id: string) => {
  const { row, ownerId, review, tiersVisible, whole } = await readWhole(tx, id)
  const { fields, moved } = whole
  return {
    ...presentCard(row, ownerId),
    ...fields,
    ...(moved ? { tiers: moved } : {}),
    tiersVisible,
    ...(review ? { review: presentReview(review) } : {}),
  }
}

/** What its owner gets after a change: the scenario, with the nearest concepts for words that name none. */
export const readWithSuggestions = async (tx: Tx, deps: Pick<Deps, 'lexicon'>, id: string, language: Language) => {
  const scenario = await readScenario(tx, id)
  const suggestions = suggestConcepts(deps.lexicon, listConceptRefs(scenario, SCENARIO_CONCEPTS), language)
  return { ...scenario, ...(suggestions.length > 0 ? { suggestions } : {}) }
}

/** The titles of these scenarios by id, of those that the actor may see. */
export const nameScenarios = async (tx: Tx, ids: readonly string[]): Promise<Map<string, string>> => {
  const wanted = [...new Set(ids)]
  if (wanted.length === 0) return new Map()
  const rows = await tx
    .select({ id: scenarios.id, title: scenarios.title })
    .from(scenarios)
    .where(inArray(scenarios.id, wanted))
  return new Map(rows.map(({ id, title }) => [id, title]))
}

/** The public tier of what the actor may see, newest first. */
export const listScenarios = async (tx: Tx, actor: Member, query: ScenarioQuery) => {
  const owner = query.organisationId === 'mine' ? actor.organisationId : query.organisationId
  const rows = await tx
    .select({ row: scenarios, ownerId: organisations.id })
    .from(scenarios)
    .leftJoin(organisations, eq(organisations.id, scenarios.organisationId))
    .where(
      and(
        query.parkId ? eq(scenarios.parkId, query.parkId) : undefined,
        query.state ? eq(scenarios.state, query.state) : undefined,
        query.industry ? eq(scenarios.industry, query.industry) : undefined,
        query.problem ? sql`${query.problem} = any(${scenarios.problems})` : undefined,
        // Asked of the joined table: an organisation that the actor may not know cannot be searched for.
        owner ? eq(organisations.id, owner) : undefined,
        query.q ? sql`${scenarios.title} ilike ${containing(query.q)}` : undefined,
        query.cursor ? lt(scenarios.id, query.cursor) : undefined,
      ),
    )
    .orderBy(desc(scenarios.id))
    .limit(query.limit + 1)
  const cards = rows.map(({ row, ownerId }) => ({
    ...presentCard(row, ownerId),
    ...mergeScenario({ public: publicBodyOf(row) }).fields,
  }))
  return pageOfRows(cards, query, card => card.id)
}

const presentReview = ({ decision, reason, decidedAt }: typeof scenarioReviews.$inferSelect) => ({
  decision,
  ...(reason ? { reason } : {}),
  decidedAt: decidedAt.toISOString(),
})

const presentCard = (row: ScenarioRow, ownerId: string | null) => ({
  id: row.id,
  parkId: row.parkId,
  ...(ownerId ? { organisationId: ownerId } : {}),
  state: row.state,
  visibility: row.visibility,
  ...(row.isWithheld ? { isWithheld: true } : {}),
  version: row.version,
  etag: etagOf(row.version),
  createdAt: row.createdAt.toISOString(),
  updatedAt: row.updatedAt.toISOString(),
  ...(row.expiresAt ? { expiresAt: row.expiresAt.toISOString() } : {}),
  ...(row.publishedAt ? { publishedAt: row.publishedAt.toISOString() } : {}),
})

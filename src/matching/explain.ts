import { desc, eq } from 'drizzle-orm'
import { loadCapabilityInputs } from '../capabilities/feed.ts'
import { parks } from '../identity/tables.ts'
import type { Tx } from '../platform/db.ts'
import type { Deps } from '../platform/deps.ts'
import { loadScenarioInputs } from '../scenarios/feed.ts'
import { scenarios } from '../scenarios/tables.ts'
import { stageOf } from './redact.ts'
import { matches, matchScores } from './tables.ts'
import { explanationRows, upsertExplanations } from './write.ts'

/** Writes a match's explanations again for every reader, after the match moved to another stage. Scores stay. */
export const rewriteExplanations = async (tx: Tx, deps: Pick<Deps, 'clock'>, matchId: string): Promise<void> => {
  const [match] = await tx.select().from(matches).where(eq(matches.id, matchId)).for('update')
  if (!match) return
  const [newest] = await tx
    .select()
    .from(matchScores)
    .where(eq(matchScores.matchId, matchId))
    .orderBy(desc(matchScores.scoredAt))
    .limit(1)
  const [scenario] = await loadScenarioInputs(tx, [match.scenarioId])
  const [capability] = await loadCapabilityInputs(tx, [match.capabilityId])
  const [row] = await tx.select().from(scenarios).where(eq(scenarios.id, match.scenarioId))
  const [park] = await tx.select().from(parks).where(eq(parks.id, match.parkId))
  if (!newest || !scenario || !capability || !row || !park) return
  const known = {
    organisationId: capability.organisationId,
    title: capability.input.title,
    fieldTiers: capability.fieldTiers,
  }
  const versions = {
    engine: newest.engineVersion,
    lexicon: newest.lexiconVersion,
    weights: newest.weightsVersion,
    ...(newest.embeddingVersion === null ? {} : { embedding: newest.embeddingVersion }),
  }
  const context = {
    scenario: { ...scenario, title: row.title, industry: row.industry, problems: row.problems },
    parkOrganisationId: park.organisationId,
    capabilities: new Map([[match.capabilityId, known]]),
    versions,
    now: deps.clock.now(),
  }
  const rows = explanationRows({ matchId, stage: stageOf(match), score: newest.score }, known, context)
  await upsertExplanations(tx, rows, context.now)
}

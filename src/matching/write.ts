import { eq, sql } from 'drizzle-orm'
import { tierOfField as capabilityTier } from '../capabilities/tiers.ts'
import type { Ranking, Tier, Versions } from '../engine/types.ts'
import type { Tx } from '../platform/db.ts'
import type { Deps } from '../platform/deps.ts'
import { newId } from '../platform/ids.ts'
import { tierOfField as scenarioTier } from '../scenarios/tiers.ts'
import { type Plan, type PlannedWrite, verdictsOf } from './announce.ts'
import { type DeadlineSettings, deadlinesOf } from './deadlines.ts'
import { type StoredExplanation, type StoredScore, storeScore } from './explanation.ts'
import type { KnownCapability } from './keeper.ts'
import { redact, type Stage, stageOf } from './redact.ts'
import { nearMisses, READERS, type Reader } from './tables.ts'

/** The scenario, its park and the supply around the pairs that are written. `versions` is absent where nothing was ranked. */
export type MatchContext = {
  scenario: {
    id: string
    parkId: string
    organisationId: string
    title: string
    industry: string | null
    problems: string[]
    fieldTiers: Record<string, Tier>
  }
  parkOrganisationId: string
  capabilities: ReadonlyMap<string, KnownCapability>
  versions: Versions | undefined
  now: Date
}
/** Writing a ranking also sets until when those who are told of a pair are asked to answer. */
export type RankingContext = MatchContext & { settings: DeadlineSettings }

/**
 * Writes what the plan says, in key order so that jobs cannot deadlock.
 * @returns the match's id by capability
 */
export const writeMatches = async (
  tx: Tx,
  deps: Pick<Deps, 'clock' | 'random'>,
  plan: Plan,
  context: RankingContext,
): Promise<Map<string, string>> => {
  const ids = new Map(plan.writes.map(w => [w.placed.capabilityId, w.standing?.id ?? newId(deps, 'match')]))
  const writes = [...plan.writes].sort((a, b) => (a.placed.capabilityId < b.placed.capabilityId ? -1 : 1))
  await retract(tx, plan, context)
  if (writes.length === 0 || context.versions === undefined) return ids
  await upsertMatches(tx, writes, ids, context)
  await upsertScores(tx, writes, ids, context.versions, context.now)
  const made = writes.filter(write => write.standing === undefined).map(write => ids.get(write.placed.capabilityId))
  if (made.length > 0)
    await tx.execute(
      sql`select disclose_match(id) from jsonb_array_elements_text(${JSON.stringify(made)}::jsonb) as new(id)`,
    )
  const rows = writes.flatMap(write => {
    const capability = context.capabilities.get(write.placed.capabilityId)
    const matchId = ids.get(write.placed.capabilityId)
    if (!capability || matchId === undefined) return []
    const stage = write.standing ? stageOf(write.standing) : 0
    return explanationRows({ matchId, stage, score: write.placed.score }, capability, context)
  })
  await upsertExplanations(tx, rows, context.now)
  return ids
}

const retract = async (tx: Tx, plan: Plan, context: MatchContext): Promise<void> => {
  if (plan.retractions.length === 0) return
  const rows = plan.retractions.map(({ standing, state }) => ({ id: standing.id, state }))
  await tx.execute(sql`update matches m set rank = null, state = x.state, version = m.version + 1,
      updated_at = ${context.now.toISOString()}::timestamptz,
      deadline_at = case when m.state = x.state then m.deadline_at end,
      remind_at = case when m.state = x.state then m.remind_at end,
      state_since = case when m.state = x.state then m.state_since else ${context.now.toISOString()}::timestamptz end
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as x(id text, state text) where m.id = x.id`)
}

const upsertMatches = async (tx: Tx, writes: PlannedWrite[], ids: Map<string, string>, context: RankingContext) => {
  const asked = deadlinesOf('proposed', context.now, context.settings)
  const rows = writes.map(({ placed, standing, state, announce }) => ({
    // Who was told of a pair is asked to answer; a pair that was never announced may wait for ever.
    ...(state === 'proposed' && announce && isNewlyAsked(standing)
      ? { deadline_at: asked.deadlineAt, remind_at: asked.remindAt }
      : {}),
    id: ids.get(placed.capabilityId),
    capability_id: placed.capabilityId,
    vendor_id: context.capabilities.get(placed.capabilityId)?.organisationId,
    state,
    rank: placed.rank,
    total: placed.score.total,
    factory_score: placed.score.factory.score,
    vendor_score: placed.score.vendor.score,
    announced_at: announce ? context.now : (standing?.announcedAt ?? null),
    announced_total: announce ? placed.score.total : (standing?.announcedTotal ?? null),
    announced_verdicts: announce ? verdictsOf(placed.score) : (standing?.announcedVerdicts ?? null),
  }))
  const { scenario, now } = context
  await tx.execute(sql`insert into matches (id, scenario_id, capability_id, park_id, factory_id, vendor_id, state, rank,
      total, factory_score, vendor_score, announced_at, announced_total, announced_verdicts, version, created_at,
      updated_at, state_since, deadline_at, remind_at)
    select x.id, ${scenario.id}, x.capability_id, ${scenario.parkId}, ${scenario.organisationId}, x.vendor_id, x.state,
      x.rank, x.total, x.factory_score, x.vendor_score, x.announced_at, x.announced_total, x.announced_verdicts, 1,
      ${now.toISOString()}::timestamptz, ${now.toISOString()}::timestamptz, ${now.toISOString()}::timestamptz,
      x.deadline_at, x.remind_at
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as x(id text, capability_id text, vendor_id text, state text,
      rank int, total int, factory_score int, vendor_score int, announced_at timestamptz, announced_total int,
      announced_verdicts text, deadline_at timestamptz, remind_at timestamptz)
    order by x.capability_id
    on conflict (scenario_id, capability_id) do update set state = excluded.state, rank = excluded.rank,
      total = excluded.total, factory_score = excluded.factory_score, vendor_score = excluded.vendor_score,
      announced_at = excluded.announced_at, announced_total = excluded.announced_total,
      announced_verdicts = excluded.announced_verdicts, version = matches.version + 1, updated_at = excluded.updated_at,
      deadline_at = coalesce(excluded.deadline_at, matches.deadline_at),
      remind_at = case when excluded.deadline_at is null then matches.remind_at else excluded.remind_at end,
      state_since = case when matches.state = excluded.state then matches.state_since else excluded.state_since end`)
}

const isNewlyAsked = (standing: PlannedWrite['standing']): boolean =>
  standing === undefined || standing.announcedAt === null || standing.state === 'retracted'

const upsertScores = async (
  tx: Tx,
  writes: PlannedWrite[],
  ids: Map<string, string>,
  versions: Versions,
  now: Date,
) => {
  const rows = writes.map(({ placed }) => ({ match_id: ids.get(placed.capabilityId) }))
  const scores = writes.map(({ placed }) => placed.score)
  await tx.execute(sql`insert into match_scores (match_id, engine_version, lexicon_version, weights_version,
      embedding_version, score, scored_at)
    select x.match_id, ${versions.engine}, ${versions.lexicon}, ${versions.weights},
      ${versions.embedding ?? null}, x.score, ${now.toISOString()}::timestamptz
    from rows from (jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as (match_id text),
      json_array_elements(${JSON.stringify(scores)}::json)) as x(match_id, score) order by x.match_id
    on conflict (match_id, engine_version, lexicon_version, weights_version)
      do update set embedding_version = excluded.embedding_version, score = excluded.score,
        scored_at = excluded.scored_at`)
}

type ExplanationRow = { match_id: string; reader: Reader; organisation_id: string; body: StoredExplanation }

/** One row for each reader, each redacted for him. */
export const explanationRows = (
  match: { matchId: string; stage: Stage; score: StoredScore },
  capability: KnownCapability,
  context: MatchContext,
): ExplanationRow[] =>
  redactForAll(match.score, match.stage, capability, context).map(({ reader, organisationId, body }) => ({
    match_id: match.matchId,
    reader,
    organisation_id: organisationId,
    body,
  }))

const redactForAll = (score: StoredScore, stage: Stage, capability: KnownCapability, context: MatchContext) => {
  const { versions } = context
  if (versions === undefined) return []
  const tiers = {
    scenario: (pointer: string) => scenarioTier(pointer, context.scenario.fieldTiers),
    capability: (pointer: string) => capabilityTier(pointer, capability.fieldTiers),
  }
  const organisationOf: Record<Reader, string> = {
    factory: context.scenario.organisationId,
    vendor: capability.organisationId,
    park: context.parkOrganisationId,
  }
  return READERS.map(reader => ({
    reader,
    organisationId: organisationOf[reader],
    body: redact(score, versions, tiers, reader, stage),
  }))
}

/** Bodies go beside their rows as one text that the database cuts but never takes apart: they are most of a ranking. */
export const upsertExplanations = async (tx: Tx, explained: ExplanationRow[], now: Date): Promise<void> => {
  const rows = explained.map(({ body: _, ...row }) => row)
  const bodies = explained.map(({ body }) => body)
  await tx.execute(sql`insert into match_explanations (match_id, reader, organisation_id, body, written_at)
    select x.match_id, x.reader, x.organisation_id, x.body, ${now.toISOString()}::timestamptz
    from rows from (jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
        as (match_id text, reader text, organisation_id text),
      json_array_elements(${JSON.stringify(bodies)}::json)) as x(match_id, reader, organisation_id, body)
    order by x.match_id, x.reader
    on conflict (match_id, reader) do update set organisation_id = excluded.organisation_id, body = excluded.body,
      written_at = excluded.written_at`)
}

/** Replaces the near misses of a scenario: pairs that would have entered the list but for a gate. */
export const writeNearMisses = async (tx: Tx, ranked: Ranking['nearMisses'], context: MatchContext): Promise<void> => {
  await tx.delete(nearMisses).where(eq(nearMisses.scenarioId, context.scenario.id))
  const missed = ranked.flatMap(miss => {
    const { capabilityId, totalWithoutGates: total } = miss
    const capability = context.capabilities.get(capabilityId)
    if (!capability) return []
    return redactForAll(storeScore(miss), 0, capability, context).map(({ reader, organisationId, body }) => ({
      row: { capability_id: capabilityId, reader, organisation_id: organisationId, total },
      body,
    }))
  })
  if (missed.length === 0) return
  const rows = missed.map(({ row }) => row)
  const bodies = missed.map(({ body }) => body)
  await tx.execute(sql`insert into near_misses (scenario_id, capability_id, reader, organisation_id, total, body,
      written_at)
    select ${context.scenario.id}, x.capability_id, x.reader, x.organisation_id, x.total, x.body,
      ${context.now.toISOString()}::timestamptz
    from rows from (jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
        as (capability_id text, reader text, organisation_id text, total int),
      json_array_elements(${JSON.stringify(bodies)}::json))
      as x(capability_id, reader, organisation_id, total, body)`)
}

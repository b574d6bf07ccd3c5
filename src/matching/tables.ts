import { sql } from 'drizzle-orm'
import {
  boolean,
  date,
  doublePrecision,
  index,
  integer,
  json,
  jsonb,
  pgTable,
  primaryKey,
  smallint,
  text,
  unique,
  uniqueIndex,
} from 'drizzle-orm/pg-core'
import { capabilities } from '../capabilities/tables.ts'
import type { BridgeModel } from '../engine/bridge/model.ts'
import type { GapField } from '../engine/types.ts'
import { bytea, instant } from '../platform/columns.ts'
import { scenarios } from '../scenarios/tables.ts'
import type { MatchState, DeclineReason } from './rules.ts'
import type { StoredExplanation, StoredScore } from './explanation.ts'

/** One pair, one match, one id for ever. Scores are integers of 10,000. */
export const matches = pgTable(
  'matches',
  {
    id: text().primaryKey(),
    scenarioId: text()
      .notNull()
      .references(() => scenarios.id),
    capabilityId: text()
      .notNull()
      .references(() => capabilities.id),
    parkId: text().notNull(),
    factoryId: text().notNull(),
    vendorId: text().notNull(),
    state: text().$type<MatchState>().notNull(),
    /** Place in the scenario's list, from 1; absent once the pair fell out of it. */
    rank: integer(),
    total: integer().notNull(),
    factoryScore: integer().notNull(),
    vendorScore: integer().notNull(),
    /** When and with which total the pair was last announced; absent: never. */
    announcedAt: instant(),
    announcedTotal: integer(),
    /** Digest of the gate and gap verdicts that were last announced. */
    announcedVerdicts: text(),
    factoryInterestAt: instant(),
    vendorInterestAt: instant(),
    factoryAcceptedAt: instant(),
    vendorAcceptedAt: instant(),
    declinedBy: text(),
    declineReason: text().$type<DeclineReason>(),
    declineNote: text(),
    version: integer().notNull(),
    createdAt: instant().notNull(),
    updatedAt: instant().notNull(),
    stateSince: instant().notNull(),
    /** The furthest place on the ladder that it ever reached, of `LADDER_STATES`: what a decline does not undo. */
    reached: smallint().notNull().default(0),
    /** When the match expires if nobody acts; absent where nobody is asked to. */
    deadlineAt: instant(),
    /** When those who have to act are reminded; absent once they were. */
    remindAt: instant(),
  },
  table => [
    index('matches_deadline').on(table.deadlineAt).where(sql`deadline_at is not null`),
    index('matches_reminder').on(table.remindAt).where(sql`remind_at is not null`),
    unique('matches_pair').on(table.scenarioId, table.capabilityId),
    index('matches_capability').on(table.capabilityId, table.total),
    index('matches_park').on(table.parkId, table.state, table.id),
    index('matches_reached').on(table.parkId, table.reached, table.id).where(sql`reached > 0`),
    index('matches_vendor').on(table.vendorId, table.state),
    index('matches_factory').on(table.factoryId, table.state),
  ],
)

/** The newest score of a match with its whole proof. Only matching reads it: what others may see stands below. */
export const matchScores = pgTable(
  'match_scores',
  {
    matchId: text()
      .notNull()
      .references(() => matches.id, { onDelete: 'cascade' }),
    engineVersion: text().notNull(),
    lexiconVersion: text().notNull(),
    weightsVersion: text().notNull(),
    /** Absent where no vectors were compared. */
    embeddingVersion: text(),
    score: json().$type<StoredScore>().notNull(),
    scoredAt: instant().notNull(),
  },
  table => [primaryKey({ columns: [table.matchId, table.engineVersion, table.lexiconVersion, table.weightsVersion] })],
)

export const READERS = ['factory', 'vendor', 'park'] as const
export type Reader = (typeof READERS)[number]

/** One row per match and reader, redacted for that reader when it is written. */
export const matchExplanations = pgTable(
  'match_explanations',
  {
    matchId: text()
      .notNull()
      .references(() => matches.id, { onDelete: 'cascade' }),
    reader: text().$type<Reader>().notNull(),
    /** The organisation that reads it. */
    organisationId: text().notNull(),
    body: json().$type<StoredExplanation>().notNull(),
    writtenAt: instant().notNull(),
  },
  table => [primaryKey({ columns: [table.matchId, table.reader] })],
)

/** Pairs that would have entered the list but for a gate: ten for each scenario, redacted for each reader. */
export const nearMisses = pgTable(
  'near_misses',
  {
    scenarioId: text()
      .notNull()
      .references(() => scenarios.id, { onDelete: 'cascade' }),
    capabilityId: text()
      .notNull()
      .references(() => capabilities.id, { onDelete: 'cascade' }),
    reader: text().$type<Reader>().notNull(),
    organisationId: text().notNull(),
    /** The total that the pair would have had. */
    total: integer().notNull(),
    body: json().$type<StoredExplanation>().notNull(),
    writtenAt: instant().notNull(),
  },
  table => [
    primaryKey({ columns: [table.scenarioId, table.capabilityId, table.reader] }),
    index('near_misses_capability').on(table.capabilityId),
  ],
)

/** Each move of a match between states: by whom, when, and with which reason. */
export const matchTransitions = pgTable(
  'match_transitions',
  {
    id: text().primaryKey(),
    matchId: text()
      .notNull()
      .references(() => matches.id, { onDelete: 'cascade' }),
    parkId: text().notNull(),
    factoryId: text().notNull(),
    vendorId: text().notNull(),
    action: text().notNull(),
    from: text().$type<MatchState>().notNull(),
    to: text().$type<MatchState>().notNull(),
    actorId: text(),
    reason: text().$type<DeclineReason>(),
    note: text(),
    /** The version of the park's confidentiality terms that the actor accepted by this move. */
    termsVersion: integer(),
    /** The key or person that made it. */
    credentialId: text(),
    /** Since when the match had been in the state that it left: how long it took to act. */
    since: instant(),
    /** Who had been asked to act until then. */
    waitedFor: text().array().$type<Reader[]>(),
    at: instant().notNull(),
  },
  table => [
    index('match_transitions_match').on(table.matchId, table.at),
    index('match_transitions_park').on(table.parkId, table.at),
  ],
)

/**
 * What stands of a scenario's matches, kept by the database function `refresh_standings` in the transaction that changes
 * them: a park's report counts these hundred thousand rows instead of millions of matches.
 */
export const scenarioStandings = pgTable(
  'scenario_standings',
  {
    scenarioId: text()
      .primaryKey()
      .references(() => scenarios.id, { onDelete: 'cascade' }),
    parkId: text().notNull(),
    /** The best total among the pairs that nobody has ended. */
    bestTotal: integer(),
    /** How many matches are in each state, in the order of `MATCH_STATES`. */
    byState: integer().array().notNull(),
    /** How many ever reached each place of the ladder, in the order of `LADDER_STATES`. */
    byReached: integer().array().notNull(),
    /** Capabilities shown for it: in the shortlist, above the threshold of the park, not ended. */
    shown: text().array().notNull(),
  },
  table => [index('scenario_standings_park').on(table.parkId)],
)

/** What is missing or forbidden between a scenario and its shortlist, by field: kept with the standings. */
export const scenarioGaps = pgTable(
  'scenario_gaps',
  {
    scenarioId: text()
      .notNull()
      .references(() => scenarios.id, { onDelete: 'cascade' }),
    parkId: text().notNull(),
    field: text().$type<GapField>().notNull(),
    isRequired: boolean().notNull(),
    isForbidden: boolean().notNull(),
    /** Nothing else that is required is lacking: closing it would open the way. */
    isOnly: boolean().notNull().default(false),
    /** Kinds of data that are missing, and kinds of resource that could help. */
    needs: text().array().notNull(),
    kinds: text().array().notNull(),
  },
  table => [
    primaryKey({ columns: [table.scenarioId, table.field] }),
    index('scenario_gaps_park').on(table.parkId, table.field),
  ],
)

export const OUTCOME_STATES = ['reported', 'confirmed', 'disputed'] as const
export type OutcomeState = (typeof OUTCOME_STATES)[number]

/** What a match brought, as one party measured it. It counts once the other party has confirmed it. */
export const matchOutcomes = pgTable(
  'match_outcomes',
  {
    id: text().primaryKey(),
    matchId: text()
      .notNull()
      .references(() => matches.id, { onDelete: 'cascade' }),
    parkId: text().notNull(),
    factoryId: text().notNull(),
    vendorId: text().notNull(),
    kpi: text().notNull(),
    unit: text().notNull(),
    baseline: doublePrecision().notNull(),
    target: doublePrecision(),
    actual: doublePrecision().notNull(),
    /** How it was measured, in words, and where one can read it. */
    evidence: text().notNull(),
    evidenceUrl: text(),
    measuredOn: date({ mode: 'string' }).notNull(),
    state: text().$type<OutcomeState>().notNull(),
    reportedBy: text().$type<'factory' | 'vendor'>().notNull(),
    reportedAt: instant().notNull(),
    decidedAt: instant(),
    disputeNote: text(),
  },
  table => [
    index('match_outcomes_match').on(table.matchId, table.id),
    index('match_outcomes_park').on(table.parkId, table.state, table.decidedAt),
  ],
)

export const BRIDGE_STATES = ['candidate', 'current', 'retired'] as const
export type BridgeState = (typeof BRIDGE_STATES)[number]
/** What a model was learned from, as counts. `learnedUntil` is the last outcome that it knows. */
export type BridgeEvidence = {
  outcomes: number
  positives: number
  factories: number
  vendors: number
  learnedUntil: string
}
/**
 * Of two models on the same later outcomes and golden rankings: shares of 10,000, higher is better. `against` is the
 * version of the current model at that time, which the candidate replaces if it is promoted; null: none was.
 */
export type BridgeMeasures = {
  against: string | null
  parks: readonly { parkId: string; comparisons: number; current: number; candidate: number }[]
  golden: { current: number; candidate: number }
  measuredAt: string
}

/** Corrections learned from outcomes. At most one is current. */
export const bridgeModels = pgTable(
  'bridge_models',
  {
    id: text().primaryKey(),
    version: text().notNull(),
    state: text().$type<BridgeState>().notNull(),
    model: jsonb().$type<BridgeModel>().notNull(),
    evidence: jsonb().$type<BridgeEvidence>().notNull(),
    /** Of the last comparison; absent before the first. */
    measures: jsonb().$type<BridgeMeasures>(),
    createdAt: instant().notNull(),
    promotedAt: instant(),
    retiredAt: instant(),
  },
  table => [
    unique('bridge_models_version').on(table.version),
    uniqueIndex('bridge_models_current').on(table.state).where(sql`state = 'current'`),
  ],
)

/** Dense vectors of public texts, so that nothing is embedded twice. Little-endian 32-bit floats of length one. */
export const embeddings = pgTable(
  'embeddings',
  {
    /** A scenario or a capability. */
    objectId: text().notNull(),
    model: text().notNull(),
    /** SHA-256 of the text that was embedded, in hexadecimal. */
    hash: text().notNull(),
    vector: bytea().notNull(),
    embeddedAt: instant().notNull(),
  },
  table => [primaryKey({ columns: [table.objectId, table.model] })],
)

export * from './runs-tables.ts'

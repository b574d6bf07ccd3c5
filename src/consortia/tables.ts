import { sql } from 'drizzle-orm'
import { index, integer, jsonb, pgTable, primaryKey, text, uniqueIndex } from 'drizzle-orm/pg-core'
import { organisations, parks } from '../identity/tables.ts'
import { instant, xid8 } from '../platform/columns.ts'
import { scenarios } from '../scenarios/tables.ts'
import type { Proposal } from './build.ts'
import type { PoolMemberState, PoolSharing, PoolState } from './pools/rules.ts'
import type { PoolUnlocked } from './pools/share.ts'
import type { ConsortiumState, MemberRole, MemberState } from './rules.ts'
import type { Facet } from './team.ts'

export const CONSORTIUM_MODES = ['team', 'challenge'] as const
export type ConsortiumMode = (typeof CONSORTIUM_MODES)[number]
export const CONSORTIUM_ORIGINS = ['unserved', 'asked', 'pooled'] as const
export type ConsortiumOrigin = (typeof CONSORTIUM_ORIGINS)[number]

/** What whoever asked for a team said about it. Costs are in whole yuan. */
export type Wishes = {
  facets: Facet[]
  required: string[]
  exclusions: [string, string][]
  costs: { organisationId: string; costYuan: number }[]
  membersMax: number
}

export const consortia = pgTable(
  'consortia',
  {
    id: text().primaryKey(),
    parkId: text()
      .notNull()
      .references(() => parks.id),
    scenarioId: text()
      .notNull()
      .references(() => scenarios.id),
    /** Whose scenario it is. */
    ownerId: text()
      .notNull()
      .references(() => organisations.id),
    title: text().notNull(),
    state: text().$type<ConsortiumState>().notNull(),
    mode: text().$type<ConsortiumMode>().notNull(),
    origin: text().$type<ConsortiumOrigin>().notNull(),
    /** What must be covered, as the proposal knows it. */
    facets: jsonb().$type<Facet[]>().notNull(),
    /** Version of the charter that all members adopted; absent before. */
    charterVersion: integer(),
    /** Until when the invited answer and the charter is voted on. */
    deadlineAt: instant().notNull(),
    version: integer().notNull(),
    createdAt: instant().notNull(),
    updatedAt: instant().notNull(),
    stateSince: instant().notNull(),
  },
  table => [
    index('consortia_park').on(table.parkId, table.id),
    index('consortia_scenario').on(table.scenarioId),
    index('consortia_deadline').on(table.deadlineAt).where(sql`state in ('proposed', 'forming')`),
    uniqueIndex('consortia_unserved').on(table.scenarioId).where(sql`origin = 'unserved'`),
  ],
)

/** What was asked for and what the builder found: for whoever decides about it, the park and the scenario's owner. */
export const consortiumBriefs = pgTable('consortium_briefs', {
  consortiumId: text()
    .primaryKey()
    .references(() => consortia.id, { onDelete: 'cascade' }),
  parkId: text().notNull(),
  ownerId: text().notNull(),
  wishes: jsonb().$type<Wishes>().notNull(),
  /** Absent while the first one is being worked out. */
  proposal: jsonb().$type<Proposal>(),
  madeAt: instant(),
})

export const consortiumMembers = pgTable(
  'consortium_members',
  {
    consortiumId: text()
      .notNull()
      .references(() => consortia.id, { onDelete: 'cascade' }),
    organisationId: text()
      .notNull()
      .references(() => organisations.id),
    parkId: text().notNull(),
    role: text().$type<MemberRole>().notNull(),
    /** Besides its role; one member leads. */
    isLead: integer().notNull(),
    state: text().$type<MemberState>().notNull(),
    facets: text().array().notNull(),
    invitedAt: instant().notNull(),
    decidedAt: instant(),
  },
  table => [
    primaryKey({ columns: [table.consortiumId, table.organisationId] }),
    index('consortium_members_organisation').on(table.organisationId, table.consortiumId),
  ],
)

/** A member's share of the costs and of the results, each in ten-thousandths. */
export type CharterShare = { organisationId: string; cost: number; result: number }

export const consortiumCharters = pgTable(
  'consortium_charters',
  {
    consortiumId: text()
      .notNull()
      .references(() => consortia.id, { onDelete: 'cascade' }),
    version: integer().notNull(),
    parkId: text().notNull(),
    terms: text().notNull(),
    shares: jsonb().$type<CharterShare[]>().notNull(),
    proposedById: text().notNull(),
    createdAt: instant().notNull(),
  },
  table => [primaryKey({ columns: [table.consortiumId, table.version] })],
)

export const consortiumVotes = pgTable(
  'consortium_votes',
  {
    consortiumId: text()
      .notNull()
      .references(() => consortia.id, { onDelete: 'cascade' }),
    version: integer().notNull(),
    organisationId: text().notNull(),
    parkId: text().notNull(),
    approves: integer().notNull(),
    note: text(),
    at: instant().notNull(),
  },
  table => [primaryKey({ columns: [table.consortiumId, table.version, table.organisationId] })],
)

/** What an institute or vendor answers to a challenge, and how it was reviewed. */
export const challengeAnswers = pgTable(
  'challenge_answers',
  {
    id: text().primaryKey(),
    consortiumId: text()
      .notNull()
      .references(() => consortia.id, { onDelete: 'cascade' }),
    parkId: text().notNull(),
    ownerId: text().notNull(),
    organisationId: text()
      .notNull()
      .references(() => organisations.id),
    approach: text().notNull(),
    facets: text().array().notNull(),
    costYuan: integer().notNull(),
    weeks: integer().notNull(),
    createdAt: instant().notNull(),
    /** Of the review; absent before. The score is of 10,000. */
    score: integer(),
    reviewNote: text(),
    reviewedById: text(),
    reviewedAt: instant(),
    selectedAt: instant(),
  },
  table => [uniqueIndex('challenge_answers_once').on(table.consortiumId, table.organisationId)],
)

/**
 * A proposal to serve like scenarios together. Who joins sees who else did, once enough have; before, only how many there
 * are. Amounts of data are nobody's but their owner's: what the pool unlocks names the minimum alone.
 */
export const pools = pgTable(
  'pools',
  {
    id: text().primaryKey(),
    parkId: text()
      .notNull()
      .references(() => parks.id),
    state: text().$type<PoolState>().notNull(),
    problems: text().array().notNull(),
    processes: text().array().notNull(),
    modalities: text().array().notNull(),
    /** How alike its scenarios are, of 10,000. */
    similarity: integer().notNull(),
    /** Organisations that must join before they learn of each other. */
    membersMin: integer().notNull(),
    /** Organisations that were asked, and how many of them are in. */
    size: integer().notNull(),
    joined: integer().notNull(),
    unlocked: jsonb().$type<PoolUnlocked[]>().notNull(),
    sharing: text().$type<PoolSharing>().notNull(),
    /** What serving all of them together costs, by the quote that stands; absent before there is one. */
    costYuan: integer(),
    consortiumId: text().references(() => consortia.id),
    deadlineAt: instant().notNull(),
    version: integer().notNull(),
    createdAt: instant().notNull(),
    updatedAt: instant().notNull(),
    /** When it was last compared with its scenarios and their matches. */
    settledAt: instant().notNull(),
  },
  table => [
    index('pools_park').on(table.parkId, table.id),
    index('pools_deadline').on(table.deadlineAt).where(sql`state in ('proposed', 'open')`),
  ],
)

/** A scenario of a pool. */
export const poolMembers = pgTable(
  'pool_members',
  {
    poolId: text()
      .notNull()
      .references(() => pools.id, { onDelete: 'cascade' }),
    scenarioId: text()
      .notNull()
      .references(() => scenarios.id),
    organisationId: text()
      .notNull()
      .references(() => organisations.id),
    parkId: text().notNull(),
    state: text().$type<PoolMemberState>().notNull(),
    decidedAt: instant(),
  },
  table => [
    primaryKey({ columns: [table.poolId, table.scenarioId] }),
    index('pool_members_organisation').on(table.organisationId, table.poolId),
    index('pool_members_scenario').on(table.scenarioId),
  ],
)

/** What a member would pay alone, as it says itself, and what it would pay together: for itself and the park. */
export const poolFigures = pgTable(
  'pool_figures',
  {
    poolId: text()
      .notNull()
      .references(() => pools.id, { onDelete: 'cascade' }),
    scenarioId: text().notNull(),
    organisationId: text().notNull(),
    parkId: text().notNull(),
    aloneYuan: integer().notNull(),
    shareYuan: integer(),
  },
  table => [primaryKey({ columns: [table.poolId, table.scenarioId] })],
)

/** What serving the pool would cost, as a member or the park was told; one standing quote for each that tells. */
export const poolQuotes = pgTable(
  'pool_quotes',
  {
    poolId: text()
      .notNull()
      .references(() => pools.id, { onDelete: 'cascade' }),
    organisationId: text().notNull(),
    parkId: text().notNull(),
    costYuan: integer().notNull(),
    note: text(),
    at: instant().notNull(),
  },
  table => [primaryKey({ columns: [table.poolId, table.organisationId] })],
)

/** The concepts of each published scenario, kept for finding pools without reading all demand again. */
export const poolProfiles = pgTable(
  'pool_profiles',
  {
    scenarioId: text()
      .primaryKey()
      .references(() => scenarios.id, { onDelete: 'cascade' }),
    parkId: text().notNull(),
    organisationId: text().notNull(),
    problems: text().array().notNull(),
    processes: text().array().notNull(),
    modalities: text().array().notNull(),
  },
  table => [index('pool_profiles_park').on(table.parkId)],
)

/** How far the change feed of scenarios was read: one row. */
export const poolCursors = pgTable('pool_cursors', {
  id: text().primaryKey(),
  xid: xid8().notNull(),
  scenarioId: text().notNull(),
})

import { boolean, index, integer, jsonb, pgTable, primaryKey, text } from 'drizzle-orm/pg-core'
import { organisations, parks } from '../identity/tables.ts'
import { matches } from '../matching/tables.ts'
import { instant } from '../platform/columns.ts'

export const ROUND_STATES = ['open', 'published', 'cancelled'] as const
export type RoundState = (typeof ROUND_STATES)[number]
export const ENTRY_SIDES = ['scenario', 'vendor'] as const
export type EntrySide = (typeof ENTRY_SIDES)[number]

/** A limit by ids: scenarios, or organisations of vendors. */
export type RoundLimit = {
  side: EntrySide
  name: string
  members: string[]
  others?: string[] | undefined
  seatsMax?: number | undefined
  seatsReserved?: number | undefined
}
export type RoundPairIds = { scenarioId: string; vendorId: string }
export type RoundTerms = { limits: RoundLimit[]; forced: RoundPairIds[]; forbidden: RoundPairIds[] }
/** What was proved of a published result: counts, and that nothing was found. */
export type RoundProof = { pairs: number; examined: number; blocking: number; broken: number; misplaced: number }
export type RoundAdvice = {
  side: EntrySide
  where: string
  waiting: number
  pairsAdded: number
  scenariosServed: number
  vendorsServed: number
}

export const rounds = pgTable(
  'rounds',
  {
    id: text().primaryKey(),
    parkId: text()
      .notNull()
      .references(() => parks.id),
    title: text().notNull(),
    state: text().$type<RoundState>().notNull(),
    /** Until when preferences may be changed; the result is published after it or when the park says so. */
    deadlineAt: instant().notNull(),
    version: integer().notNull(),
    proof: jsonb().$type<RoundProof>(),
    createdAt: instant().notNull(),
    updatedAt: instant().notNull(),
    publishedAt: instant(),
  },
  table => [index('rounds_park').on(table.parkId, table.id)],
)

/** The park's own side of a round: its limits, forced and forbidden pairs, and the advice. */
export const roundTerms = pgTable('round_terms', {
  roundId: text()
    .primaryKey()
    .references(() => rounds.id, { onDelete: 'cascade' }),
  parkId: text().notNull(),
  terms: jsonb().$type<RoundTerms>().notNull(),
  advice: jsonb().$type<RoundAdvice[]>(),
})

/** Who takes part. `preferences` are ids of the other side, best first; absent: from the scores. */
export const roundEntries = pgTable(
  'round_entries',
  {
    roundId: text()
      .notNull()
      .references(() => rounds.id, { onDelete: 'cascade' }),
    /** A scenario's id, or the id of a vendor's organisation. */
    subjectId: text().notNull(),
    side: text().$type<EntrySide>().notNull(),
    parkId: text().notNull(),
    organisationId: text()
      .notNull()
      .references(() => organisations.id),
    capacity: integer().notNull(),
    preferences: text().array(),
    place: integer().notNull(),
  },
  table => [primaryKey({ columns: [table.roundId, table.subjectId] }), index().on(table.organisationId)],
)

/** The published result. Each pair is a match. */
export const roundPairs = pgTable(
  'round_pairs',
  {
    roundId: text()
      .notNull()
      .references(() => rounds.id, { onDelete: 'cascade' }),
    scenarioId: text().notNull(),
    vendorId: text().notNull(),
    parkId: text().notNull(),
    factoryId: text().notNull(),
    matchId: text()
      .notNull()
      .references(() => matches.id),
    isForced: boolean().notNull(),
  },
  table => [primaryKey({ columns: [table.roundId, table.scenarioId, table.vendorId] }), index().on(table.vendorId)],
)

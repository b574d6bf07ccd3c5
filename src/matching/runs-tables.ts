import { sql } from 'drizzle-orm'
import { boolean, index, integer, pgTable, primaryKey, text } from 'drizzle-orm/pg-core'
import { instant } from '../platform/columns.ts'

export const RUN_STATES = ['queued', 'running', 'completed', 'cancelled'] as const
export type RunState = (typeof RUN_STATES)[number]

/** One re-scoring of many scenarios: after a change of lexicon or model, or after an import. */
export const matchRuns = pgTable(
  'match_runs',
  {
    id: text().primaryKey(),
    /** Whose scenarios; absent: everybody's. */
    parkIds: text().array(),
    /** Only scenarios that were never scored: what an import of demand brought. */
    unscoredOnly: boolean().notNull(),
    /** Announces nothing: what is not told now is told by the next score. */
    quiet: boolean().notNull(),
    /** Absent where an import asked for it. */
    requestedById: text(),
    /** The event that caused it, so that a job which is repeated starts it once. */
    causeId: text().unique(),
    state: text().$type<RunState>().notNull(),
    scenarios: integer().notNull().default(0),
    scored: integer().notNull().default(0),
    /** Pairs that came into a list, fell out of one, and were told of. */
    entered: integer().notNull().default(0),
    left: integer().notNull().default(0),
    announced: integer().notNull().default(0),
    createdAt: instant().notNull(),
    startedAt: instant(),
    finishedAt: instant(),
  },
  table => [index('match_runs_state').on(table.state)],
)

/** A stretch of a run, from one scenario's id to another's: what one job does, and what is gone on with after a crash. */
export const matchRunSlices = pgTable(
  'match_run_slices',
  {
    runId: text()
      .notNull()
      .references(() => matchRuns.id, { onDelete: 'cascade' }),
    number: integer().notNull(),
    firstId: text().notNull(),
    lastId: text().notNull(),
    /** Scenarios up to this one are scored. */
    cursor: text().notNull(),
    scored: integer().notNull().default(0),
    entered: integer().notNull().default(0),
    left: integer().notNull().default(0),
    announced: integer().notNull().default(0),
    generation: integer().notNull().default(0),
    queuedAt: instant().notNull(),
    lease: text(),
    leaseUntil: instant(),
    doneAt: instant(),
  },
  table => [
    primaryKey({ columns: [table.runId, table.number] }),
    index('match_run_slices_open').on(table.queuedAt).where(sql`done_at is null`),
  ],
)

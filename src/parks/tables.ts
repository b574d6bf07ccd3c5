import { date, doublePrecision, index, integer, jsonb, pgTable, primaryKey, text } from 'drizzle-orm/pg-core'
import { parks } from '../identity/tables.ts'
import { instant } from '../platform/columns.ts'
import type { Focus } from './focus.ts'
import type { StageDays } from './stages.ts'
import type { TargetMetric } from './targets.ts'

export const PUBLICATIONS = ['author', 'park'] as const
export type Publication = (typeof PUBLICATIONS)[number]

/** What a park decides about matching in its own place. Scores are integers of 10,000. */
export const parkSettings = pgTable('park_settings', {
  parkId: text()
    .primaryKey()
    .references(() => parks.id),
  /** A pair below it is stored, but neither announced nor counted as served. */
  matchThreshold: integer().notNull(),
  shortlistMax: integer().notNull(),
  /** Days until a match expires in each stage; absent: the defaults. */
  stageDays: jsonb().$type<StageDays>(),
  /** How many days before that those who have to act are reminded; absent: the default. */
  reminderDays: integer(),
  /** Industries that the park favours; absent: none. */
  focus: jsonb().$type<Focus>(),
  /** Who publishes a scenario: its author, or the park after a look. */
  publication: text().$type<Publication>().notNull().default('author'),
  /** Share of the compute taken up that is to be domestic, of 10,000; absent: no target. */
  domesticComputeTarget: integer(),
  updatedAt: instant().notNull(),
})

/** The confidentiality terms of a park, version by version. A row is never changed. */
export const parkTerms = pgTable(
  'park_terms',
  {
    parkId: text()
      .notNull()
      .references(() => parks.id),
    version: integer().notNull(),
    zh: text().notNull(),
    en: text().notNull(),
    publishedAt: instant().notNull(),
  },
  table => [primaryKey({ columns: [table.parkId, table.version] })],
)

/** What a park wants to reach between two days of its time zone. */
export const parkTargets = pgTable(
  'park_targets',
  {
    id: text().primaryKey(),
    parkId: text()
      .notNull()
      .references(() => parks.id),
    metric: text().$type<TargetMetric>().notNull(),
    title: text().notNull(),
    value: doublePrecision().notNull(),
    from: date({ mode: 'string' }).notNull(),
    to: date({ mode: 'string' }).notNull(),
    /** Where the target was set, for example the number of a document. */
    source: text(),
    createdAt: instant().notNull(),
  },
  table => [index('park_targets_park').on(table.parkId, table.id)],
)

import { integer, jsonb, pgTable, text } from 'drizzle-orm/pg-core'
import { parks } from '../identity/tables.ts'
import { instant } from '../platform/columns.ts'
import type { StageDays } from './stages.ts'

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
  updatedAt: instant().notNull(),
})

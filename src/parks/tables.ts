import { integer, pgTable, text } from 'drizzle-orm/pg-core'
import { parks } from '../identity/tables.ts'
import { instant } from '../platform/columns.ts'

/** What a park decides about matching in its own place. Scores are integers of 10,000. */
export const parkSettings = pgTable('park_settings', {
  parkId: text()
    .primaryKey()
    .references(() => parks.id),
  /** A pair below it is stored, but neither announced nor counted as served. */
  matchThreshold: integer().notNull(),
  shortlistMax: integer().notNull(),
  updatedAt: instant().notNull(),
})

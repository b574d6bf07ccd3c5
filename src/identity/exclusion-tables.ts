import { sql } from 'drizzle-orm'
import { check, index, pgTable, text, uniqueIndex } from 'drizzle-orm/pg-core'
import { instant } from '../platform/columns.ts'
import { organisations } from './tables.ts'

/**
 * Whom an organisation is never to be matched with. Exactly one of `targetId`, `creditCode` and `nameKey` says who: by
 * code or by name somebody may be listed who has not registered yet. Read by the lister and by matching, by nobody else.
 */
export const exclusions = pgTable(
  'exclusions',
  {
    id: text().primaryKey(),
    /** The lister. */
    organisationId: text()
      .notNull()
      .references(() => organisations.id),
    targetId: text().references(() => organisations.id),
    creditCode: text(),
    /** The name as it was typed, and as it is compared: by the database function `name_key`. */
    name: text(),
    nameKey: text(),
    reason: text(),
    until: instant(),
    createdAt: instant().notNull(),
    /** Taken off the list, or run out; absent while it holds. */
    endedAt: instant(),
  },
  table => [
    check('exclusions_names_one', sql`num_nonnulls(target_id, credit_code, name_key) = 1`),
    uniqueIndex('exclusions_once')
      .on(table.organisationId, sql`coalesce(target_id, credit_code, name_key)`)
      .where(sql`ended_at is null`),
    index('exclusions_target').on(table.targetId).where(sql`ended_at is null`),
    index('exclusions_code').on(table.creditCode).where(sql`ended_at is null`),
    index('exclusions_name').on(table.nameKey).where(sql`ended_at is null`),
    index('exclusions_until').on(table.until).where(sql`ended_at is null and until is not null`),
  ],
)

import { bigint, integer, pgTable, primaryKey, text } from 'drizzle-orm/pg-core'

/** How often each caller was counted in each minute, over all processes. Kept for two minutes; unlogged, so a crash forgets it. */
export const rateCounts = pgTable(
  'rate_counts',
  {
    caller: text().notNull(),
    /** When the window began, in milliseconds. */
    windowMs: bigint({ mode: 'number' }).notNull(),
    count: integer().notNull(),
  },
  table => [primaryKey({ columns: [table.caller, table.windowMs] })],
)

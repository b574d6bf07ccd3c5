import { index, jsonb, pgTable, text, unique } from 'drizzle-orm/pg-core'
import { organisations, parks } from '../identity/tables.ts'
import { instant } from '../platform/columns.ts'

export const ELEMENTS = ['scenario', 'data', 'compute', 'capital', 'talent'] as const
export type Element = (typeof ELEMENTS)[number]

/** What a park and its partners lend: one of the five elements, of a kind that the lexicon knows (`rs.*`). */
export const resources = pgTable(
  'resources',
  {
    id: text().primaryKey(),
    parkId: text()
      .notNull()
      .references(() => parks.id),
    organisationId: text()
      .notNull()
      .references(() => organisations.id),
    element: text().$type<Element>().notNull(),
    kind: text().notNull(),
    title: text().notNull(),
    titleEn: text(),
    summary: text(),
    quota: jsonb().$type<{ amount: number; unit: string }>(),
    eligibility: text(),
    /** Where the rule stands, for a voucher or a subsidy. */
    source: text(),
    createdAt: instant().notNull(),
  },
  table => [
    unique('resources_natural_key').on(table.parkId, table.organisationId, table.title),
    index().on(table.kind),
  ],
)

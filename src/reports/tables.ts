import { index, integer, pgTable, smallint, text } from 'drizzle-orm/pg-core'
import type { Language } from '../engine/types.ts'
import { parks } from '../identity/tables.ts'
import { bytea, instant } from '../platform/columns.ts'
import type { Format } from './formats/render.ts'

export const FILE_STATES = ['queued', 'running', 'done', 'failed'] as const
export type FileState = (typeof FILE_STATES)[number]

/** A report that was asked for as a file: a worker makes it, its owner fetches it within a week. */
export const reportFiles = pgTable(
  'report_files',
  {
    id: text().primaryKey(),
    parkId: text()
      .notNull()
      .references(() => parks.id),
    organisationId: text().notNull(),
    format: text().$type<Format>().notNull(),
    language: text().$type<Language>().notNull(),
    /** First and last day, as they were asked for. */
    from: text(),
    to: text(),
    /** The moment that times are counted to; absent: when it was asked for. */
    at: instant(),
    state: text().$type<FileState>().notNull(),
    /** Per cent. */
    progress: smallint().notNull(),
    content: bytea(),
    bytes: integer(),
    requestedAt: instant().notNull(),
    finishedAt: instant(),
  },
  table => [index('report_files_organisation').on(table.organisationId, table.id), index().on(table.requestedAt)],
)

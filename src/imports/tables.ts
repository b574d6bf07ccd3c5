import { sql } from 'drizzle-orm'
import { bigint, boolean, index, integer, jsonb, pgTable, primaryKey, text, uniqueIndex } from 'drizzle-orm/pg-core'
import type { Bilingual } from '../engine/types.ts'
import { organisations, parks } from '../identity/tables.ts'
import { instant } from '../platform/columns.ts'

export const IMPORT_KINDS = ['scenarios', 'capabilities'] as const
export type ImportKind = (typeof IMPORT_KINDS)[number]

/** An upload is `incomplete` when it broke off; `staged` waits for its start; the last three are final. */
export const IMPORT_STATES = ['uploading', 'incomplete', 'staged', 'running', 'completed', 'cancelled'] as const
export type ImportState = (typeof IMPORT_STATES)[number]

export const FILE_FORMATS = ['csv', 'xlsx', 'ndjson'] as const
export type FileFormat = (typeof FILE_FORMATS)[number]

/** Which field each column of a file holds, by the column's own name. A column that is left out is not read. */
export type Mapping = Record<string, string>

export type ImportOptions = {
  publish: boolean
  visibility: 'park' | 'network'
  /** Take a row in although the same organisation has nearly the same text already. */
  keepDuplicates: boolean
}

/** One uploaded list and how far it has come. The file itself is not kept: its rows stand in `import_rows` until done. */
export const imports = pgTable(
  'imports',
  {
    id: text().primaryKey(),
    kind: text().$type<ImportKind>().notNull(),
    /** Who imports: the park's own organisation for its members' lists, else the owner of the rows. */
    organisationId: text()
      .notNull()
      .references(() => organisations.id),
    /** Where the rows go. Absent: capabilities of one's own, offered where one is a member. */
    parkId: text().references(() => parks.id),
    /** The park's list of its members, whose rows name their organisations. */
    forMembers: boolean().notNull(),
    fileName: text().notNull(),
    format: text().$type<FileFormat>(),
    /** How the text was read: encoding and delimiter, as far as there are any. */
    encoding: text(),
    delimiter: text(),
    /** SHA-256 of the whole file; absent until all of it has come. */
    fileHash: text(),
    bytes: bigint({ mode: 'number' }).notNull().default(0),
    state: text().$type<ImportState>().notNull(),
    headers: text().array().notNull().default(sql`'{}'`),
    mapping: jsonb().$type<Mapping>(),
    options: jsonb().$type<ImportOptions>(),
    rowsStaged: integer().notNull().default(0),
    /** Rows up to this one, by their number in the file, are decided. */
    rowCursor: integer().notNull().default(0),
    rowsImported: integer().notNull().default(0),
    rowsRejected: integer().notNull().default(0),
    rowsDuplicate: integer().notNull().default(0),
    organisationsMade: integer().notNull().default(0),
    /** Why an upload could not be read to its end. */
    problem: jsonb().$type<Bilingual>(),
    /** The job that works on it, and until when nobody else may. */
    lease: text(),
    leaseUntil: instant(),
    createdAt: instant().notNull(),
    updatedAt: instant().notNull(),
    startedAt: instant(),
    completedAt: instant(),
  },
  table => [
    index('imports_organisation').on(table.organisationId, table.id),
    index('imports_state').on(table.state, table.updatedAt),
    // The same file for the same place is one import, however often it is sent.
    uniqueIndex('imports_file')
      .on(table.organisationId, table.kind, sql`coalesce(park_id, '')`, table.fileHash)
      .where(sql`state in ('staged', 'running', 'completed')`),
  ],
)

/** What became of a row that was not taken in. */
export type RowReason = Bilingual & { code: 'unreadable' | 'invalid' | 'organisation' | 'duplicate' }

/** Staged rows. One that was taken in is deleted in the same transaction; one that was not keeps its reason. */
export const importRows = pgTable(
  'import_rows',
  {
    importId: text()
      .notNull()
      .references(() => imports.id, { onDelete: 'cascade' }),
    /** Number of the row in the file, counted as a spreadsheet does: the headers are row 1. */
    row: integer().notNull(),
    organisationId: text().notNull(),
    /** The cells by the headers, or the object of a line of NDJSON. */
    cells: jsonb().$type<Cells>().notNull(),
    reason: jsonb().$type<RowReason>(),
  },
  table => [primaryKey({ columns: [table.importId, table.row] })],
)
export type Cells = string[] | Record<string, unknown>

/** A mapping of columns that an organisation keeps for its next file of the same form. */
export const importMappings = pgTable(
  'import_mappings',
  {
    organisationId: text()
      .notNull()
      .references(() => organisations.id),
    kind: text().$type<ImportKind>().notNull(),
    name: text().notNull(),
    columns: jsonb().$type<Mapping>().notNull(),
    updatedAt: instant().notNull(),
  },
  table => [primaryKey({ columns: [table.organisationId, table.kind, table.name] })],
)

/** Other names under which a park's lists call an organisation, folded for comparison. */
export const organisationAliases = pgTable(
  'organisation_aliases',
  {
    parkId: text()
      .notNull()
      .references(() => parks.id),
    alias: text().notNull(),
    organisationId: text()
      .notNull()
      .references(() => organisations.id),
    createdAt: instant().notNull(),
  },
  table => [primaryKey({ columns: [table.parkId, table.alias] })],
)

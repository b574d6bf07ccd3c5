import type { Cells, FileFormat, RowReason } from '../tables.ts'

/** One row as it was read. `reason` where it could not be. `number` counts as a spreadsheet does: the headers are 1. */
export type ReadRow = { number: number; cells: Cells; reason?: RowReason }

/** What is known of a file before its rows: for NDJSON there are no headers. */
export type FileHead = { format: FileFormat; headers: string[]; encoding?: string; delimiter?: string }

/** The rows of a file as they come, a head first. */
export type OpenFile = { head: () => FileHead; rows: AsyncIterable<ReadRow> }

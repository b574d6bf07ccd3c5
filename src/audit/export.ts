import { Readable } from 'node:stream'
import { stringify } from 'csv-stringify/sync'
import type { Entry } from './service.ts'

export type ExportFormat = 'ndjson' | 'csv'
export const EXPORT_TYPES: Record<ExportFormat, string> = {
  ndjson: 'application/x-ndjson; charset=utf-8',
  csv: 'text/csv; charset=utf-8',
}

const COLUMNS = [
  'position',
  'at',
  'action',
  'objectId',
  'parkId',
  'organisationId',
  'credentialId',
  'id',
  'chain',
  'digests',
  'hash',
] as const satisfies (keyof Entry)[]

/**
 * Entries as a stream of text, read only as fast as the client takes it: one JSON object a line, or CSV (RFC 4180) with
 * a byte order mark, which the usual spreadsheet needs to read UTF-8.
 */
export const exportEntries = (pages: AsyncIterable<Entry[]>, format: ExportFormat): Readable =>
  Readable.from(format === 'csv' ? toCsv(pages) : toLines(pages))

async function* toLines(pages: AsyncIterable<Entry[]>) {
  for await (const page of pages) if (page.length > 0) yield page.map(entry => `${JSON.stringify(entry)}\n`).join('')
}

async function* toCsv(pages: AsyncIterable<Entry[]>) {
  yield `\uFEFF${stringify([[...COLUMNS]])}`
  for await (const page of pages)
    if (page.length > 0) yield stringify(page.map(entry => COLUMNS.map(column => cell(entry[column]))))
}

const cell = (value: Entry[keyof Entry]): string | number =>
  value === undefined ? '' : typeof value === 'object' ? JSON.stringify(value) : value

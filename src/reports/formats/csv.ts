import { stringify } from 'csv-stringify/sync'
import type { Document } from './document.ts'

/**
 * All tables one below the other, each with its title and a heading (RFC 4180). It opens with a byte order mark, which
 * the usual spreadsheet needs to read Chinese, and what a spreadsheet would run as a formula stands behind an apostrophe.
 */
export const toCsv = ({ title, lines, tables }: Document): string =>
  stringify(
    [
      [title],
      ...lines.map(line => [line]),
      ...tables.flatMap(table => [[], [table.title], table.columns.map(column => column.label), ...table.rows]),
    ],
    { bom: true, escape_formulas: true, record_delimiter: 'windows', cast: { number: value => String(value) } },
  )

import { pipeline, Readable } from 'node:stream'
import { type CsvError, parse } from 'csv-parse'
import { LIMITS } from '../limits.ts'
import { tooManyRows, UnreadableFile } from '../problems.ts'
import { cleanCell, nameColumns } from './cells.ts'
import type { FileHead, OpenFile, ReadRow } from './file.ts'
import { decodeText } from './text.ts'

const DELIMITERS = [',', '\t', ';']
const DELIMITER_SAMPLE_CHARACTERS = 65_536

/** Opens a delimited text: encoding and delimiter (comma, tab, semicolon) are found out from its beginning. */
export const openCsv = async (bytes: AsyncIterable<Buffer>): Promise<OpenFile> => {
  const head: FileHead = { format: 'csv', headers: [] }
  const text = decodeText(bytes, encoding => {
    head.encoding = encoding
  })
  const beginning = await readBeginning(text)
  head.delimiter = findDelimiter(beginning)
  const parser = parse({
    bom: true,
    delimiter: head.delimiter,
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: LIMITS.recordBytesMax,
  })
  // What fails on the way ends the parser too, and so is thrown where its records are read.
  pipeline(Readable.from(join(beginning, text)), parser, () => {})
  const records = parser[Symbol.asyncIterator]() as AsyncIterator<string[]>
  const first = await next(records)
  head.headers = nameColumns(first ?? [])
  return { head: () => head, rows: readRows(records, head.headers.length) }
}

async function* readRows(records: AsyncIterator<string[]>, columns: number): AsyncGenerator<ReadRow> {
  let number = 1
  for (let record = await next(records); record; record = await next(records)) {
    number += 1
    if (number - 1 > LIMITS.rowsMax) throw tooManyRows(LIMITS.rowsMax)
    const cells = record.map(cleanCell)
    if (cells.every(cell => cell === '')) continue
    yield cells.slice(columns).some(cell => cell !== '')
      ? {
          number,
          cells,
          reason: {
            code: 'unreadable',
            zh: `有 ${cells.length} 个单元格，但只有 ${columns} 个列名`,
            en: `It has ${cells.length} cells for ${columns} columns`,
          },
        }
      : { number, cells: cells.slice(0, columns) }
  }
}

const next = async (records: AsyncIterator<string[]>): Promise<string[] | undefined> => {
  try {
    const { done, value } = await records.next()
    return done ? undefined : value
  } catch (error) {
    if (!isCsvError(error)) throw error
    const line = typeof error['lines'] === 'number' ? error['lines'] : 0
    throw new UnreadableFile(
      `第 ${line} 行附近的引号不成对，或单行过大`,
      `Near line ${line} a quote is not closed, or a record is too large`,
    )
  }
}

const isCsvError = (error: unknown): error is CsvError =>
  error instanceof Error && 'code' in error && String(error.code).startsWith('CSV_')

/** Enough text to know the delimiter by: the first line, or as much of it as is bearable. */
const readBeginning = async (text: AsyncGenerator<string>): Promise<string> => {
  let beginning = ''
  while (!beginning.includes('\n') && beginning.length < DELIMITER_SAMPLE_CHARACTERS) {
    const { done, value } = await text.next()
    if (done) break
    beginning += value
  }
  return beginning
}

/** The one that stands most often outside of quotes in the first line. */
const findDelimiter = (beginning: string): string => {
  const bare = beginning.replace(/"[^"]*"/g, '')
  const line = bare.split('\n', 1)[0] ?? ''
  const count = (delimiter: string) => line.split(delimiter).length
  return DELIMITERS.reduce((best, delimiter) => (count(delimiter) > count(best) ? delimiter : best))
}

async function* join(beginning: string, rest: AsyncGenerator<string>): AsyncGenerator<string> {
  yield beginning
  yield* rest
}

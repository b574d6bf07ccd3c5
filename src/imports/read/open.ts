import { openCsv } from './csv.ts'
import type { OpenFile } from './file.ts'
import { openNdjson } from './ndjson.ts'
import { openXlsx } from './xlsx.ts'

const ZIP = Buffer.from('PK')

/**
 * Opens a file by what it begins with, whatever it is called: a zip is a workbook, a brace is NDJSON, all else is CSV.
 * @throws UnreadableFile
 */
export const openFile = async (bytes: AsyncIterable<Buffer>): Promise<OpenFile> => {
  const source = bytes[Symbol.asyncIterator]()
  const { done, value } = await source.next()
  const first = done ? Buffer.alloc(0) : value
  const whole = rejoin(first, source)
  if (first.subarray(0, 2).equals(ZIP)) return openXlsx(whole)
  return isObject(first) ? openNdjson(whole) : openCsv(whole)
}

const isObject = (first: Buffer): boolean => /^\uFEFF?\s*\{/.test(first.subarray(0, 64).toString())

async function* rejoin(first: Buffer, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  yield first
  for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value
}

import { LIMITS } from '../limits.ts'
import { tooManyRows, UnreadableFile } from '../problems.ts'
import { findBadText } from '../../platform/validation.ts'
import type { FileHead, OpenFile, ReadRow } from './file.ts'
import { decodeText } from './text.ts'

/** How much of a line that is no JSON is kept to show it again. */
const SHOWN_CHARACTERS_MAX = 2_000

/** Opens lines of JSON: one object a line, with the fields of the API or under the names of a list's columns. */
export const openNdjson = async (bytes: AsyncIterable<Buffer>): Promise<OpenFile> => {
  const head: FileHead = { format: 'ndjson', headers: [] }
  const text = decodeText(bytes, encoding => {
    head.encoding = encoding
  })
  return { head: () => head, rows: readRows(text) }
}

async function* readRows(text: AsyncIterable<string>): AsyncGenerator<ReadRow> {
  let number = 0
  for await (const line of splitLines(text)) {
    number += 1
    if (number > LIMITS.rowsMax) throw tooManyRows(LIMITS.rowsMax)
    if (line.trim() !== '') yield readLine(line, number)
  }
}

const readLine = (line: string, number: number): ReadRow => {
  const object = parseObject(line)
  if (object) return { number, cells: object }
  return {
    number,
    cells: { line: line.slice(0, SHOWN_CHARACTERS_MAX).replaceAll('\u0000', '').toWellFormed() },
    reason: { code: 'unreadable', zh: '该行不是有效的 JSON 对象', en: 'The line is no valid JSON object' },
  }
}

const parseObject = (line: string): Record<string, unknown> | undefined => {
  try {
    const value: unknown = JSON.parse(line)
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
    return findBadText(value) ? undefined : (value as Record<string, unknown>)
  } catch {
    return undefined
  }
}

async function* splitLines(text: AsyncIterable<string>): AsyncGenerator<string> {
  let rest = ''
  for await (const piece of text) {
    const lines = (rest + piece).split('\n')
    rest = lines.pop() ?? ''
    if (rest.length > LIMITS.recordBytesMax) throw new UnreadableFile('单行超过 1 MB', 'A line is larger than 1 MB')
    yield* lines
  }
  yield rest
}

import { readSheet, type SheetData } from 'read-excel-file/universal'
import { LIMITS } from '../limits.ts'
import { tooManyRows, UnreadableFile } from '../problems.ts'
import { cleanCell, nameColumns } from './cells.ts'
import type { FileHead, OpenFile, ReadRow } from './file.ts'
import { checkZip } from './zip.ts'

/** How many rows are turned into cells before others get the event loop. */
const ROWS_PER_TURN = 500

/**
 * Opens the first sheet of a workbook. A workbook can be read only when all of it is there: its directory stands at the
 * end. Its size is checked before it is unpacked.
 */
export const openXlsx = async (bytes: AsyncIterable<Buffer>): Promise<OpenFile> => {
  const file = await collect(bytes)
  await checkZip(file)
  const sheet = await readFirstSheet(file)
  if (sheet.length - 1 > LIMITS.xlsxRowsMax) throw tooManyRows(LIMITS.xlsxRowsMax)
  const head: FileHead = { format: 'xlsx', headers: nameColumns((sheet[0] ?? []).map(toText)) }
  return { head: () => head, rows: readRows(sheet, head.headers.length) }
}

const readFirstSheet = async (file: Buffer): Promise<SheetData> => {
  try {
    // The library takes a whole buffer, and ours may be a view into a larger one.
    return await readSheet(new Uint8Array(file).buffer)
  } catch {
    throw new UnreadableFile('无法读取该工作簿：请另存为 CSV 后再上传', 'The workbook cannot be read: save it as CSV')
  }
}

async function* readRows(sheet: SheetData, columns: number): AsyncGenerator<ReadRow> {
  for (const [i, row] of sheet.entries()) {
    if (i % ROWS_PER_TURN === 0) await new Promise(setImmediate)
    if (i === 0) continue
    const cells = Array.from({ length: columns }, (_, column) => cleanCell(toText(row[column] ?? null)))
    if (cells.some(cell => cell !== '')) yield { number: i + 1, cells }
  }
}

const toText = (value: SheetData[number][number]): string => {
  if (value === null) return ''
  if (value instanceof Date) return value.toISOString().slice(0, 10)
  return String(value)
}

const collect = async (bytes: AsyncIterable<Buffer>): Promise<Buffer> => {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of bytes) {
    length += chunk.length
    if (length > LIMITS.xlsxBytesMax)
      throw new UnreadableFile(
        'XLSX 文件超过 50 MB：请另存为 CSV',
        'The XLSX file is larger than 50 MB: save it as CSV',
      )
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

import { parentPort, workerData } from 'node:worker_threads'
import { readSheet, type SheetData } from 'read-excel-file/universal'
import { LIMITS } from '../limits.ts'
import { cleanCell, nameColumns } from './cells.ts'
import type { ReadRow } from './file.ts'

/**
 * Reads the first sheet of a workbook in a thread of its own: unpacking it and reading its XML takes seconds in one go, in
 * which a server would answer nobody. Tells the head first, then so many rows each time it is asked, none at the end.
 * Started by `xlsx.ts` only.
 */
const ROWS_PER_MESSAGE = 500

const readFirstSheet = async (): Promise<SheetData | undefined> => {
  try {
    return await readSheet(workerData as ArrayBuffer)
  } catch {
    return undefined
  }
}

const toText = (value: SheetData[number][number]): string => {
  if (value === null) return ''
  if (value instanceof Date) return value.toISOString().slice(0, 10)
  return String(value)
}

function* readRows(sheet: SheetData, columns: number): Generator<ReadRow> {
  for (const [i, row] of sheet.entries()) {
    if (i === 0) continue
    const cells = Array.from({ length: columns }, (_, column) => cleanCell(toText(row[column] ?? null)))
    if (cells.some(cell => cell !== '')) yield { number: i + 1, cells }
  }
}

const take = (rows: Generator<ReadRow>): ReadRow[] => {
  const taken: ReadRow[] = []
  while (taken.length < ROWS_PER_MESSAGE) {
    const next = rows.next()
    if (next.done) break
    taken.push(next.value)
  }
  return taken
}

const sheet = await readFirstSheet()
if (!sheet) parentPort?.postMessage({ problem: 'unreadable' })
else if (sheet.length - 1 > LIMITS.xlsxRowsMax) parentPort?.postMessage({ problem: 'too_many_rows' })
else {
  const headers = nameColumns((sheet[0] ?? []).map(toText))
  const rows = readRows(sheet, headers.length)
  parentPort?.on('message', () => parentPort?.postMessage(take(rows)))
  parentPort?.postMessage({ headers })
}

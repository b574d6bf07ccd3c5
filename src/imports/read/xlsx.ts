import { once } from 'node:events'
import type { Worker } from 'node:worker_threads'
import { startThread } from '../../platform/threads.ts'
import { LIMITS } from '../limits.ts'
import { tooLargeUnpacked, tooManyRows, UnreadableFile } from '../problems.ts'
import type { FileHead, OpenFile, ReadRow } from './file.ts'
import { checkZip } from './zip.ts'

/** A sheet of 50,000 rows and 100 MB takes a few seconds; whatever takes this long will not end well. */
const ANSWER_MS_MAX = 120_000
const HEAP_MB_MAX = 1_536

/** What the thread says: `xlsx-thread.ts`. */
type Opened = { headers: string[] } | { problem: 'unreadable' | 'too_many_rows' }

/**
 * Opens the first sheet of a workbook. A workbook can be read only when all of it is there: its directory stands at the
 * end. Its size is checked before it is unpacked, which a thread of its own does.
 */
export const openXlsx = async (bytes: AsyncIterable<Buffer>): Promise<OpenFile> => {
  const file = await collect(bytes)
  await checkZip(file)
  // Copied once, since a buffer may be a view into a larger one; then handed over.
  const data = new Uint8Array(file).buffer
  const thread = startThread(import.meta.url, 'xlsx-thread', {
    workerData: data,
    transferList: [data],
    heapMbMax: HEAP_MB_MAX,
  })
  const hear = listenTo(thread)
  try {
    const opened = (await hear()) as Opened
    if ('problem' in opened) throw opened.problem === 'unreadable' ? unreadable() : tooManyRows(LIMITS.xlsxRowsMax)
    const head: FileHead = { format: 'xlsx', headers: opened.headers }
    return { head: () => head, rows: readRows(thread, hear) }
  } catch (error) {
    await thread.terminate()
    throw error
  }
}

async function* readRows(thread: Worker, hear: () => Promise<unknown>): AsyncGenerator<ReadRow> {
  try {
    for (;;) {
      thread.postMessage('more')
      const rows = (await hear()) as ReadRow[]
      if (rows.length === 0) return
      yield* rows
    }
  } finally {
    await thread.terminate()
  }
}

/**
 * The next message each time. A thread may end while nobody listens, which must not end the process: it is told to whoever
 * listens next. @throws UnreadableFile where the thread runs out of memory, or of time
 */
const listenTo = (thread: Worker): (() => Promise<unknown>) => {
  let failure: Error | undefined
  thread.on('error', error => (failure = error))
  return async () => {
    try {
      if (failure) throw failure
      const [message] = (await once(thread, 'message', { signal: AbortSignal.timeout(ANSWER_MS_MAX) })) as [unknown]
      return message
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined
      if (code === 'ERR_WORKER_OUT_OF_MEMORY' || code === 'ABORT_ERR') throw tooLargeUnpacked()
      throw error
    }
  }
}

const unreadable = () =>
  new UnreadableFile('无法读取该工作簿：请另存为 CSV 后再上传', 'The workbook cannot be read: save it as CSV')

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

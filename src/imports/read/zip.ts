import { promisify } from 'node:util'
import { inflateRaw } from 'node:zlib'
import { LIMITS } from '../limits.ts'
import { tooLargeUnpacked, UnreadableFile } from '../problems.ts'

/** Signatures and field offsets of APPNOTE.TXT 6.3.10, 4.3.7, 4.3.12 and 4.3.16. */
const END_SIGNATURE = 0x06054b50
const END_BYTES = 22
const COMMENT_BYTES_MAX = 65_535
const ENTRY_SIGNATURE = 0x02014b50
const ENTRY_BYTES = 46
const LOCAL_BYTES = 30
const ENTRIES_MAX = 1_000
const DEFLATED = 8

const inflate = promisify<Buffer, { maxOutputLength: number }, Buffer>(inflateRaw)
type Entry = { method: number; packedBytes: number; bytes: number; offset: number }

/**
 * Looks into a workbook before anything unpacks it: the sizes that its directory states must stay under the limit, and
 * each part must really be no larger than it says, so that a small file cannot unfold into a huge one.
 * @throws UnreadableFile
 */
export const checkZip = async (file: Buffer): Promise<void> => {
  const entries = readDirectory(file)
  const bytes = entries.reduce((sum, entry) => sum + entry.bytes, 0)
  if (bytes > LIMITS.xlsxUnpackedBytesMax) throw tooLargeUnpacked()
  for (const entry of entries) if (entry.method === DEFLATED) await checkEntry(file, entry)
}

const checkEntry = async (file: Buffer, entry: Entry): Promise<void> => {
  if (entry.offset + LOCAL_BYTES > file.length) throw broken()
  const start = entry.offset + LOCAL_BYTES + file.readUInt16LE(entry.offset + 26) + file.readUInt16LE(entry.offset + 28)
  const packed = file.subarray(start, start + entry.packedBytes)
  try {
    await inflate(packed, { maxOutputLength: Math.max(1, entry.bytes) })
  } catch {
    throw broken()
  }
}

const readDirectory = (file: Buffer): Entry[] => {
  const end = findEnd(file)
  const count = file.readUInt16LE(end + 10)
  if (count > ENTRIES_MAX) throw broken()
  const entries: Entry[] = []
  let at = file.readUInt32LE(end + 16)
  for (let i = 0; i < count; i++) {
    if (at + ENTRY_BYTES > file.length || file.readUInt32LE(at) !== ENTRY_SIGNATURE) throw broken()
    entries.push({
      method: file.readUInt16LE(at + 10),
      packedBytes: file.readUInt32LE(at + 20),
      bytes: file.readUInt32LE(at + 24),
      offset: file.readUInt32LE(at + 42),
    })
    at += ENTRY_BYTES + file.readUInt16LE(at + 28) + file.readUInt16LE(at + 30) + file.readUInt16LE(at + 32)
  }
  return entries
}

const findEnd = (file: Buffer): number => {
  const first = Math.max(0, file.length - END_BYTES - COMMENT_BYTES_MAX)
  for (let at = file.length - END_BYTES; at >= first; at--) if (file.readUInt32LE(at) === END_SIGNATURE) return at
  throw broken()
}

const broken = () =>
  new UnreadableFile(
    '不是有效的 XLSX 文件：请另存为 CSV 后再上传',
    'It is no valid XLSX file: save it as CSV and send that',
  )

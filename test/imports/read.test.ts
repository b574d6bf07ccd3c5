import { deflateRawSync } from 'node:zlib'
import fc from 'fast-check'
import t from 'tap'
import writeXlsxFile from 'write-excel-file/node'
import { LIMITS } from '../../src/imports/limits.ts'
import { openFile } from '../../src/imports/read/open.ts'
import { checkZip } from '../../src/imports/read/zip.ts'
import { toCsv } from '../../src/imports/export.ts'
import { encodeGb18030 } from './gb18030.ts'

async function* inPieces(bytes: Buffer, size: number) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

const read = async (bytes: Buffer, size = 7) => {
  const file = await openFile(inPieces(bytes, size))
  const rows = []
  for await (const row of file.rows) rows.push(row)
  return { ...file.head(), rows }
}

const told = { message: /./ }
const TABLE = [
  ['场景名称', '企业名称', '预算(万元)'],
  ['冲压件划痕漏检', '东莞长盈, 精密', '50'],
  ['“引号"与\n换行', '惠州德赛', '30-50'],
]
const toText = (delimiter: string) =>
  TABLE.map(row =>
    row.map(cell => (/["\n,;\t]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(delimiter),
  ).join('\r\n')

t.test('CSV is read in UTF-8 with and without a mark, in GB18030 and UTF-16, by comma, tab and semicolon', async t => {
  for (const delimiter of [',', '\t', ';']) {
    const text = toText(delimiter)
    const encodings: [string, Buffer][] = [
      ['utf-8', Buffer.from(text)],
      ['utf-8', Buffer.from(`\uFEFF${text}`)],
      ['gb18030', encodeGb18030(text)],
      ['utf-16le', Buffer.from(`\uFEFF${text}`, 'utf16le')],
    ]
    for (const [encoding, bytes] of encodings)
      for (const size of [1, 3, 7, 65_536]) {
        const file = await read(bytes, size)
        t.same([file.format, file.encoding, file.delimiter], ['csv', encoding, delimiter])
        t.same(file.headers, TABLE[0])
        t.same(
          file.rows.map(row => row.cells),
          TABLE.slice(1),
        )
        t.same(
          file.rows.map(row => row.number),
          [2, 3],
        )
      }
  }
})

t.test('what is written as CSV reads back the same, in pieces of any size', async t => {
  const cell = fc
    .string({ unit: 'grapheme', maxLength: 12 })
    .map(text => text.replaceAll('\u0000', '').replaceAll('\uFEFF', '').trim())
  const table = fc
    .integer({ min: 1, max: 4 })
    .chain(columns =>
      fc.array(fc.array(cell, { minLength: columns, maxLength: columns }), { minLength: 1, maxLength: 8 }),
    )
  await fc.assert(
    fc.asyncProperty(table, fc.integer({ min: 1, max: 40 }), async (rows, size) => {
      const headers = (rows[0] ?? []).map((_, i) => `列${i}`)
      const file = await read(Buffer.from(toCsv([headers, ...rows])), size)
      const marked = rows.map(row => row.map(text => (/^[=+\-@]/.test(text) ? `'${text}` : text)))
      t.same(
        file.rows.map(row => row.cells),
        marked.filter(row => row.some(text => text !== '')),
      )
    }),
    { seed: 8, numRuns: 40 },
  )
})

t.test(
  'a row with more cells than columns comes back as unreadable, an open quote ends the file with its line',
  async t => {
    const file = await read(Buffer.from('a,b\n1,2,3\n4,5\n'))
    t.match(file.rows, [
      { number: 2, reason: { code: 'unreadable' } },
      { number: 3, cells: ['4', '5'] },
    ])
    await t.rejects(read(Buffer.from('a,b\n"1,2\n3,4\n')), told)
    await t.rejects(read(Buffer.from([0x61, 0x0a, 0xff, 0xff, 0xff])), told, 'neither UTF-8 nor GB18030')
    await t.rejects(read(Buffer.from('')), told, 'an empty file has no columns')
  },
)

t.test('NDJSON is read line by line, and a bad line is a bad row', async t => {
  const file = await read(Buffer.from('{"title":"甲"}\n\n[1]\n{"title":\n{"场景名称":"乙"}'))
  t.equal(file.format, 'ndjson')
  t.match(file.rows, [
    { number: 1, cells: { title: '甲' } },
    { number: 3, reason: { code: 'unreadable' } },
    { number: 4, reason: { code: 'unreadable' } },
    { number: 5, cells: { 场景名称: '乙' } },
  ])
})

t.test('a workbook is read with its numbers and dates as text', async t => {
  const bytes = await writeXlsxFile([
    [{ value: '场景名称' }, { value: '预算(万元)' }, { value: '完成时间' }],
    [
      { value: '划痕检测' },
      { type: Number, value: 30.5 },
      { type: Date, value: new Date('2026-12-31'), format: 'yyyy-mm-dd' },
    ],
  ]).toBuffer()
  const file = await read(bytes, 100)
  t.equal(file.format, 'xlsx')
  t.same(file.headers, ['场景名称', '预算(万元)', '完成时间'])
  t.same(file.rows, [{ number: 2, cells: ['划痕检测', '30.5', '2026-12-31'] }])
})

t.test('while a workbook is unpacked and read, everybody else is served', async t => {
  const ROWS = 3_000
  const header = [{ value: '场景名称' }, { value: '企业名称' }]
  const rows = Array.from({ length: ROWS }, (_, i) => [{ value: `划痕检测 ${i}` }, { value: `企业 ${i % 50}` }])
  const bytes = await writeXlsxFile([header, ...rows]).toBuffer()
  let turns = 0
  let isReading = true
  const turn = () => {
    turns += 1
    if (isReading) setImmediate(turn)
  }
  turn()
  const file = await openFile(inPieces(bytes, bytes.length))
  isReading = false
  // Read on this thread it would take a few turns: one for each part of the zip.
  t.ok(turns > 1_000, `${turns} turns of the event loop`)
  const numbers: number[] = []
  for await (const row of file.rows) numbers.push(row.number)
  t.same(
    numbers,
    Array.from({ length: ROWS }, (_, i) => i + 2),
  )
})

t.test('an upload that is given up leaves no thread behind, and a broken workbook is told of', async t => {
  const bytes = await writeXlsxFile([[{ value: '场景名称' }], [{ value: '甲' }], [{ value: '乙' }]]).toBuffer()
  const file = await openFile(inPieces(bytes, bytes.length))
  for await (const row of file.rows) {
    t.equal(row.number, 2)
    break
  }
  await t.rejects(read(makeZip(Buffer.from('no sheet'), 8), 100), told)
})

/** A zip with one part whose directory states a size of its own choice. */
const makeZip = (content: Buffer, statedBytes: number): Buffer => {
  const packed = deflateRawSync(content)
  const local = Buffer.alloc(30)
  local.writeUInt32LE(0x04034b50, 0)
  const entry = Buffer.alloc(46)
  entry.writeUInt32LE(0x02014b50, 0)
  entry.writeUInt16LE(8, 10)
  entry.writeUInt32LE(packed.length, 20)
  entry.writeUInt32LE(statedBytes, 24)
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50, 0)
  end.writeUInt16LE(1, 10)
  end.writeUInt32LE(local.length + packed.length, 16)
  return Buffer.concat([local, packed, entry, end])
}

t.test('a workbook that would unfold beyond its limit is refused before it is unpacked', async t => {
  const content = Buffer.alloc(10_000, 'a')
  await checkZip(makeZip(content, content.length))
  const advice = { message: /save it as CSV/ }
  await t.rejects(checkZip(makeZip(content, LIMITS.xlsxUnpackedBytesMax + 1)), advice)
  await t.rejects(checkZip(makeZip(content, 100)), advice, 'one that lies about its size is no workbook')
  await t.rejects(checkZip(Buffer.from('PK, but nothing else of a zip')), advice)
})

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import readExcelFile from 'read-excel-file/node'
import t, { type Test } from 'tap'
import type { Report } from '../../src/reports/schemas.ts'
import { type Format, renderReport } from '../../src/reports/formats/render.ts'
import { ROOT } from '../source.ts'
import { SAMPLE } from './sample.ts'

const GOLDEN = join(ROOT, 'test/reports/golden')
const LANGUAGES = ['zh', 'en'] as const

/** Compares with the file that was looked at; `GOLDEN=write` writes it, to be looked at. */
const matchesGolden = (t: Test, name: string, found: string) => {
  const path = join(GOLDEN, name)
  if (process.env['GOLDEN'] === 'write') {
    mkdirSync(GOLDEN, { recursive: true })
    writeFileSync(path, found)
  }
  t.ok(existsSync(path), `${name} is there`)
  t.equal(found, existsSync(path) ? readFileSync(path, 'utf8') : '', name)
}

const render = (format: Format, language: 'zh' | 'en', report: Report = SAMPLE) =>
  renderReport(report, '东莞松山湖', language, format)

t.test('JSON, CSV and HTML are the same bytes for the same report, as they were looked at', async t => {
  for (const language of LANGUAGES)
    for (const format of ['json', 'csv', 'html'] as const) {
      const found = await render(format, language)
      t.ok(found.equals(await render(format, language)), `${format}, ${language}: twice the same`)
      matchesGolden(t, `report.${language}.${format}`, found.toString())
    }
})

t.test('CSV opens with a byte order mark and runs no formula', async t => {
  const [row] = SAMPLE.unserved
  if (!row) throw new Error('the sample has unserved demand')
  const found = await render('csv', 'zh', { ...SAMPLE, unserved: [{ ...row, title: '=HYPERLINK("http://x","y")' }] })
  t.same([...found.subarray(0, 3)], [0xef, 0xbb, 0xbf])
  t.match(found.toString(), `"'=HYPERLINK(`)
})

t.test('a name cannot become markup', async t => {
  const [row] = SAMPLE.unserved
  if (!row) throw new Error('the sample has unserved demand')
  const html = (
    await render('html', 'zh', { ...SAMPLE, unserved: [{ ...row, title: '<script>x</script>' }] })
  ).toString()
  t.notMatch(html, /<script/)
  t.notMatch(html, /(src|href)="?http/, 'nothing is fetched')
})

t.test('XLSX holds the same cells, numbers as numbers, and the charts as pictures', async t => {
  for (const language of LANGUAGES) {
    const file = await render('xlsx', language)
    const cells = JSON.stringify(await readExcelFile(file), null, 1)
    matchesGolden(t, `report.${language}.xlsx.json`, cells)
    t.match(cells, /47\.9/)
    t.ok(file.includes('xl/media/'), 'pictures are packed')
    t.equal(JSON.stringify(await readExcelFile(await render('xlsx', language)), null, 1), cells, 'twice the same')
  }
})

t.test('PDF holds the same text, in Chinese type', async t => {
  for (const language of LANGUAGES) {
    const text = await textOf(await render('pdf', language))
    matchesGolden(t, `report.${language}.pdf.txt`, text)
    t.match(text, language === 'zh' ? '场景漏斗' : 'Funnel of scenarios')
  }
})

const textOf = async (file: Buffer): Promise<string> => {
  const { getDocument } = await import('pdfjs-dist/legacy/build/pdf.mjs')
  const pdf = await getDocument({ data: new Uint8Array(file), useSystemFonts: false, verbosity: 0 }).promise
  const pages: string[] = []
  for (let nth = 1; nth <= pdf.numPages; nth++) {
    const { items } = await (await pdf.getPage(nth)).getTextContent()
    pages.push(items.map(item => ('str' in item ? item.str : '')).join('\n'))
  }
  await pdf.destroy()
  return pages.join('\n\n')
}

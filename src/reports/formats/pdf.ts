import pdfmake from 'pdfmake'
import { CHART_WIDTH_PX, type Chart, toPng } from './charts.ts'
import type { Cell, Document, Table } from './document.ts'
import { BOLD_FONT_FILE, FONT_FILE } from './fonts.ts'

const FONT = { normal: FONT_FILE, bold: BOLD_FONT_FILE, italics: FONT_FILE, bolditalics: BOLD_FONT_FILE }
const FILES = new Set([FONT_FILE, BOLD_FONT_FILE])
/** A4 across, without its margins, in points. */
const WIDTH_PT = 761
/** A page is read, not searched: the whole list stands in the other formats. */
const ROWS_MAX = 40

/** The report on paper, with Chinese type. It fetches nothing and reads no file but its fonts. */
export const toPdf = (document: Document, charts: Chart[]): Promise<Buffer> => {
  pdfmake.setFonts({ Hans: FONT })
  pdfmake.setUrlAccessPolicy(() => false)
  pdfmake.setLocalAccessPolicy(path => FILES.has(path))
  const pictures = charts.map(chart => ({
    image: `data:image/png;base64,${toPng(chart).toString('base64')}`,
    width: Math.min(WIDTH_PT, CHART_WIDTH_PX * 0.75),
    margin: [0, 8, 0, 8] as [number, number, number, number],
  }))
  return pdfmake
    .createPdf({
      info: { title: document.title },
      pageSize: 'A4',
      pageOrientation: 'landscape',
      defaultStyle: { font: 'Hans', fontSize: 9 },
      footer: (page, pages) => ({ text: `${page} / ${pages}`, alignment: 'center', fontSize: 8 }),
      content: [
        { text: document.title, fontSize: 18, bold: true },
        ...document.lines.map(text => ({ text })),
        ...pictures,
        ...document.tables.filter(table => table.rows.length > 0).flatMap(contentOf),
      ],
    })
    .getBuffer()
}

const contentOf = (table: Table) => [
  { text: table.title, fontSize: 12, bold: true, margin: [0, 10, 0, 4] as [number, number, number, number] },
  {
    layout: 'lightHorizontalLines',
    table: {
      headerRows: 1,
      widths: table.columns.map(column => (column.kind === 'text' ? '*' : 'auto')),
      body: [
        table.columns.map(column => ({ text: column.label, bold: true })),
        ...table.rows
          .slice(0, ROWS_MAX)
          .map(row => row.map((cell, i) => ({ text: show(cell), alignment: sideOf(table, i) }))),
      ],
    },
  },
]

const show = (cell: Cell): string => (cell === null ? '–' : String(cell))
const sideOf = (table: Table, at: number): 'left' | 'right' => (table.columns[at]?.kind === 'number' ? 'right' : 'left')

import writeExcelFile from 'write-excel-file/node'
import { CHART_HEIGHT_PX, CHART_WIDTH_PX, type Chart, toPng } from './charts.ts'
import type { Cell, Document, Table } from './document.ts'

const WIDTH_MIN = 10
const WIDTH_MAX = 50
const SHEET_NAME_MAX = 31
/** Room in rows for one chart below the other. */
const CHART_ROWS = 20

/** A sheet for each table, numbers as numbers, columns as wide as what they hold, and the charts on the first sheet. */
export const toXlsx = (document: Document, charts: Chart[]): Promise<Buffer> =>
  writeExcelFile([coverOf(document, charts), ...document.tables.map(sheetOf)] as never).toBuffer()

const coverOf = ({ title, lines, language }: Document, charts: Chart[]) => ({
  sheet: language === 'zh' ? '封面' : 'Cover',
  columns: [{ width: WIDTH_MAX }],
  data: [[{ value: title, type: String, fontWeight: 'bold', fontSize: 16 }], ...lines.map(line => [cellOf(line)])],
  images: charts.map((chart, i) => ({
    content: toPng(chart),
    contentType: 'image/png',
    width: CHART_WIDTH_PX,
    height: CHART_HEIGHT_PX,
    dpi: 96,
    anchor: { row: lines.length + 3 + i * CHART_ROWS, column: 1 },
    title: chart.title,
  })),
})

const sheetOf = (table: Table) => ({
  sheet: sheetName(table.title),
  stickyRowsCount: 1,
  columns: table.columns.map((column, i) => ({
    width: widthOf([column.label, ...table.rows.map(row => row[i] ?? null)]),
  })),
  data: [
    table.columns.map(column => ({ value: column.label, type: String, fontWeight: 'bold' })),
    ...table.rows.map(row => row.map(cellOf)),
  ],
})

const cellOf = (value: Cell) =>
  value === null ? null : typeof value === 'number' ? { value, type: Number } : { value, type: String }

/** A sheet's name may hold none of these, nor be long. */
const sheetName = (title: string): string => title.replace(/[\\/?*:[\]]/g, ' ').slice(0, SHEET_NAME_MAX)

/** A Chinese character is as wide as two Latin ones. */
const widthOf = (values: Cell[]): number => {
  const widths = values.map(value =>
    Array.from(String(value ?? ''), char => (char > '\u2e7f' ? 2 : 1)).reduce((sum: number, width) => sum + width, 0),
  )
  return Math.min(WIDTH_MAX, Math.max(WIDTH_MIN, ...widths) + 2)
}

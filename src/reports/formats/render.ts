import type { Language } from '../../engine/types.ts'
import type { Report } from '../schemas.ts'
import { toCsv } from './csv.ts'
import { layOut } from './document.ts'
import { toHtml } from './html.ts'

export const FORMATS = ['json', 'csv', 'xlsx', 'pdf', 'html'] as const
export type Format = (typeof FORMATS)[number]

export const FORMAT_TYPES: Record<Format, string> = {
  json: 'application/json; charset=utf-8',
  csv: 'text/csv; charset=utf-8',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  pdf: 'application/pdf',
  html: 'text/html; charset=utf-8',
}

/**
 * A report as a file. The same report gives the same bytes as JSON, CSV and HTML, and the same cells and text as XLSX
 * and PDF, whose packers write the time into what they pack. What draws and packs is loaded for the first file that needs
 * it: it is more than half of what a worker would load to start.
 */
export const renderReport = async (
  report: Report,
  parkName: string,
  language: Language,
  format: Format,
): Promise<Buffer> => {
  if (format === 'json') return Buffer.from(JSON.stringify(report))
  const document = layOut(report, parkName, language)
  if (format === 'csv') return Buffer.from(toCsv(document))
  const { drawCharts } = await import('./charts.ts')
  const charts = drawCharts(document)
  if (format === 'html') return Buffer.from(toHtml(document, charts))
  if (format === 'xlsx') return (await import('./xlsx.ts')).toXlsx(document, charts)
  return (await import('./pdf.ts')).toPdf(document, charts)
}

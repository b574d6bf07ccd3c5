import type { Language } from '../../engine/types.ts'
import type { Report } from '../schemas.ts'
import { drawCharts } from './charts.ts'
import { toCsv } from './csv.ts'
import { layOut } from './document.ts'
import { toHtml } from './html.ts'
import { toPdf } from './pdf.ts'
import { toXlsx } from './xlsx.ts'

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
 * and PDF, whose packers write the time into what they pack.
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
  const charts = drawCharts(document)
  if (format === 'html') return Buffer.from(toHtml(document, charts))
  return format === 'xlsx' ? toXlsx(document, charts) : toPdf(document, charts)
}

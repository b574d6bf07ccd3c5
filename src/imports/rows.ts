import { fieldOf } from './fields.ts'
import { unitOf } from './headers.ts'
import type { Cells, ImportKind, Mapping, RowReason } from './tables.ts'
import type { CellReader } from './values.ts'

/** Who a row belongs to, as it says itself. */
export type NamedOrganisation = { name?: string; creditCode?: string; aliases: string[] }

/** A row as the API would be sent it, and whose it is; `problems` where a cell could not be read. */
export type InterpretedRow = {
  fields: Record<string, unknown>
  organisation: NamedOrganisation
  problems: { column: string; zh: string; en: string }[]
}

/** What a row says: cells by the mapping of their columns, or an object that has the fields of the API already. */
export const interpretRow = (
  kind: ImportKind,
  reader: CellReader,
  list: { headers: string[]; mapping: Mapping },
  cells: Cells,
): InterpretedRow => {
  if (Array.isArray(cells)) return readCells(kind, reader, list, cells)
  if (typeof cells['title'] === 'string') return takeObject(cells)
  const headers = Object.keys(cells)
  return readCells(
    kind,
    reader,
    { ...list, headers },
    headers.map(header => toCell(cells[header])),
  )
}

const toCell = (value: unknown): string => {
  if (typeof value === 'string') return value.trim()
  return value === null || value === undefined ? '' : JSON.stringify(value)
}

const takeObject = ({ organisation, ...fields }: Record<string, unknown>): InterpretedRow => {
  const { name, creditCode, aliases }: Record<string, unknown> =
    typeof organisation === 'object' && organisation !== null ? { ...organisation } : { name: organisation }
  return {
    fields,
    organisation: {
      ...(typeof name === 'string' ? { name } : {}),
      ...(typeof creditCode === 'string' ? { creditCode } : {}),
      aliases: Array.isArray(aliases) ? aliases.filter(alias => typeof alias === 'string') : [],
    },
    problems: [],
  }
}

const readCells = (
  kind: ImportKind,
  reader: CellReader,
  { headers, mapping }: { headers: string[]; mapping: Mapping },
  cells: string[],
): InterpretedRow => {
  const fields: Record<string, unknown> = {}
  const problems: InterpretedRow['problems'] = []
  const organisation: Record<string, unknown> = {}
  const contact: Record<string, unknown> = {}
  const prose: string[] = []
  for (const [i, header] of headers.entries()) {
    const field = fieldOf(kind, mapping[header] ?? '')
    const cell = cells[i] ?? ''
    if (!field || cell === '') continue
    const { value, problem, prose: isProse } = reader(field.reading, cell, unitOf(header))
    if (problem) problems.push({ column: header, ...problem })
    if (isProse) prose.push(`${header}：${cell}`)
    if (value === undefined) continue
    const [root = '', leaf] = field.path.split('/')
    if (leaf !== undefined) (root === 'contact' ? contact : organisation)[leaf] = value
    else if (isRange(value) && isRange(fields[root])) fields[root] = { ...fields[root], ...value }
    else fields[root] = value
  }
  if (prose.length > 0) fields['details'] = [fields['details'], ...prose].filter(Boolean).join('\n').slice(0, 20_000)
  if (Object.keys(contact).length > 0) fields['contact'] = contact
  return { fields, organisation: takeObject({ organisation }).organisation, problems }
}

const isRange = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && 'currency' in value

/** The sentences of a row that was not taken in, its columns by their headers. */
export const reasonOf = (code: RowReason['code'], wrong: { column: string; zh: string; en: string }[]): RowReason => ({
  code,
  zh: wrong.map(({ column, zh }) => (column === '' ? zh : `“${column}”${zh}`)).join('；'),
  en: wrong.map(({ column, en }) => (column === '' ? en : `“${column}” ${en}`)).join('; '),
})

import { and, asc, desc, eq, gt, lt } from 'drizzle-orm'
import type { Language } from '../engine/types.ts'
import { record, type Recording } from '../audit/record.ts'
import { append } from '../events/outbox.ts'
import type { Stored } from '../identity/idempotency.ts'
import type { Member } from '../platform/actor.ts'
import type { Tx } from '../platform/db.ts'
import type { Deps } from '../platform/deps.ts'
import { conflict, invalid, notFound } from '../platform/errors.ts'
import { type PageQuery, pageOfRows } from '../platform/pages.ts'
import { checkRow } from './decide.ts'
import { FIELDS, fieldOf } from './fields.ts'
import { interpretRow } from './rows.ts'
import type { ImportStart } from './schemas.ts'
import {
  type ImportKind,
  importMappings,
  importRows,
  imports,
  type ImportState,
  type Mapping,
  type RowReason,
} from './tables.ts'
import { createCellReader } from './values.ts'

type Row = typeof imports.$inferSelect
const PREVIEW_ROWS = 20
const SAMPLES = 3
const SAMPLE_CHARACTERS_MAX = 100

/** @throws 404 */
export const readImport = async (tx: Tx, id: string, language: Language) => presentImport(await find(tx, id), language)

export const listImports = async (
  tx: Tx,
  query: PageQuery & { kind?: ImportKind | undefined; state?: ImportState | undefined },
  language: Language,
) => {
  const rows = await tx
    .select()
    .from(imports)
    .where(
      and(
        query.kind ? eq(imports.kind, query.kind) : undefined,
        query.state ? eq(imports.state, query.state) : undefined,
        query.cursor ? lt(imports.id, query.cursor) : undefined,
      ),
    )
    .orderBy(desc(imports.id))
    .limit(query.limit + 1)
  return pageOfRows(
    rows.map(row => presentImport(row, language)),
    query,
    row => row.id,
  )
}

/** How the first rows would be understood as the mapping stands, and why some would not be taken in. @throws 404 */
export const previewImport = async (tx: Tx, deps: Pick<Deps, 'lexicon' | 'clock'>, id: string, language: Language) => {
  const row = await find(tx, id)
  const staged = await tx
    .select()
    .from(importRows)
    .where(eq(importRows.importId, id))
    .orderBy(asc(importRows.row))
    .limit(PREVIEW_ROWS)
  const mapping = row.mapping ?? {}
  const reader = createCellReader(deps.lexicon)
  const options = row.options ?? { publish: true, visibility: 'park' as const, keepDuplicates: false }
  const place = { kind: row.kind, parkId: row.parkId, options, mapping }
  return {
    columns: row.headers.map((header, i) => {
      const field = fieldOf(row.kind, mapping[header] ?? '')
      const cells = staged.flatMap(entry => (Array.isArray(entry.cells) ? [entry.cells[i] ?? ''] : []))
      return {
        header,
        ...(field ? { field: field.name, label: field.label[language] } : {}),
        samples: cells
          .filter(cell => cell !== '')
          .slice(0, SAMPLES)
          .map(cell => cell.slice(0, SAMPLE_CHARACTERS_MAX)),
      }
    }),
    fields: FIELDS[row.kind].map(field => ({ name: field.name, label: field.label[language] })),
    rows: staged.map(({ row: number, cells, reason: unread }) => {
      const said = interpretRow(row.kind, reader, { headers: row.headers, mapping }, cells)
      const checked = checkRow(deps, place, said)
      const reason: RowReason | undefined = unread ?? (checked.kind === 'refused' ? checked.reason : undefined)
      const { aliases: _, ...organisation } = said.organisation
      return {
        row: number,
        ...(row.forMembers ? { organisation } : {}),
        fields: said.fields,
        ...(reason ? { reason: reason[language] } : {}),
      }
    }),
  }
}

/**
 * Lets a staged upload be taken in. Starting one that has started changes nothing.
 * @throws 404, 409 for one that is not complete or was cancelled, 422 where no column names what is needed
 */
export const startImport = async (
  tx: Tx,
  deps: Recording,
  actor: Member,
  id: string,
  { mapping: wished, ...options }: ImportStart,
): Promise<Stored> => {
  const row = await lock(tx, id)
  if (row.state === 'running' || row.state === 'completed') return { id }
  if (row.state !== 'staged')
    throw conflict('该上传未完整接收或已取消，不能导入', 'The upload is not complete, or was cancelled')
  const mapping = wished ?? row.mapping ?? {}
  checkMapping(row, mapping)
  const now = deps.clock.now()
  await tx
    .update(imports)
    .set({ state: 'running', mapping, options, startedAt: now, updatedAt: now })
    .where(eq(imports.id, id))
  await record(tx, deps, actor, { action: 'import.started', objectId: id, parkId: row.parkId ?? undefined })
  await append(tx, deps, actor, [
    { type: 'import.started', data: { importId: id }, ...(row.parkId === null ? {} : { parkId: row.parkId }) },
  ])
  return { id }
}

/** Ends an import before its end. What was taken in by then stays. @throws 404, 409 for one that is over */
export const cancelImport = async (tx: Tx, deps: Recording, actor: Member, id: string): Promise<Stored> => {
  const row = await lock(tx, id)
  if (row.state === 'cancelled') return { id }
  if (row.state !== 'staged' && row.state !== 'running')
    throw conflict('该导入已结束，不能取消', 'The import is over and cannot be cancelled')
  await record(tx, deps, actor, { action: 'import.cancelled', objectId: id, parkId: row.parkId ?? undefined })
  const now = deps.clock.now()
  await tx
    .update(imports)
    .set({ state: 'cancelled', completedAt: now, updatedAt: now, lease: null, leaseUntil: null })
    .where(eq(imports.id, id))
  return { id }
}

/** Each column's field must be one, and a table must say what its rows are called and, in a park's list, whose they are. */
const checkMapping = (row: Row, mapping: Mapping): void => {
  const say = (pointer: string, zh: string, en: string) => invalid([{ pointer, code: 'invalid', detail: { zh, en } }])
  for (const [column, name] of Object.entries(mapping))
    if (name !== '' && !fieldOf(row.kind, name))
      throw say(`/mapping/${column}`, `没有字段“${name}”`, `no field “${name}”`)
  if (row.format === 'ndjson') return
  const mapped = new Set(row.headers.map(header => mapping[header]))
  if (!mapped.has('title')) throw say('/mapping', '没有一列是名称（title）', 'no column holds the title')
  if (row.forMembers && !mapped.has('organisation') && !mapped.has('creditCode'))
    throw say('/mapping', '没有一列是企业名称或统一社会信用代码', 'no column names the organisation')
}

const find = async (tx: Tx, id: string): Promise<Row> => {
  const [row] = await tx.select().from(imports).where(eq(imports.id, id))
  if (!row) throw notFound()
  return row
}

const lock = async (tx: Tx, id: string): Promise<Row> => {
  const [row] = await tx.select().from(imports).where(eq(imports.id, id)).for('update')
  if (!row) throw notFound()
  return row
}

/** Rows that were not taken in, with their reasons, after a row of the file. */
export const listRefused = (tx: Tx, id: string, after: number, limit: number) =>
  tx
    .select()
    .from(importRows)
    .where(and(eq(importRows.importId, id), gt(importRows.row, after)))
    .orderBy(asc(importRows.row))
    .limit(limit)

export const saveMapping = async (
  tx: Tx,
  deps: Pick<Deps, 'clock'>,
  actor: Member,
  target: { kind: ImportKind; name: string },
  columns: Mapping,
) => {
  for (const [column, field] of Object.entries(columns))
    if (field !== '' && !fieldOf(target.kind, field))
      throw invalid([
        {
          pointer: `/columns/${column}`,
          code: 'invalid_value',
          detail: { zh: `没有字段“${field}”`, en: `no field “${field}”` },
        },
      ])
  const updatedAt = deps.clock.now()
  await tx
    .insert(importMappings)
    .values({ organisationId: actor.organisationId, ...target, columns, updatedAt })
    .onConflictDoUpdate({
      target: [importMappings.organisationId, importMappings.kind, importMappings.name],
      set: { columns, updatedAt },
    })
  return { ...target, columns, updatedAt: updatedAt.toISOString() }
}

export const listMappings = async (tx: Tx) => {
  const rows = await tx.select().from(importMappings).orderBy(importMappings.kind, importMappings.name).limit(200)
  return {
    items: rows.map(({ kind, name, columns, updatedAt }) => ({
      kind,
      name,
      columns,
      updatedAt: updatedAt.toISOString(),
    })),
  }
}

export const deleteMapping = async (tx: Tx, target: { kind: ImportKind; name: string }): Promise<void> => {
  await tx.delete(importMappings).where(and(eq(importMappings.kind, target.kind), eq(importMappings.name, target.name)))
}

const presentImport = (row: Row, language: Language) => ({
  id: row.id,
  kind: row.kind,
  ...(row.parkId === null ? {} : { parkId: row.parkId }),
  forMembers: row.forMembers,
  fileName: row.fileName,
  ...(row.format ? { format: row.format } : {}),
  ...(row.encoding ? { encoding: row.encoding } : {}),
  ...(row.delimiter ? { delimiter: row.delimiter } : {}),
  bytes: row.bytes,
  state: row.state,
  headers: row.headers,
  ...(row.mapping ? { mapping: row.mapping } : {}),
  ...(row.options ? { options: row.options } : {}),
  rows: {
    staged: row.rowsStaged,
    decided: row.rowsImported + row.rowsRejected + row.rowsDuplicate,
    imported: row.rowsImported,
    rejected: row.rowsRejected,
    duplicates: row.rowsDuplicate,
  },
  organisationsMade: row.organisationsMade,
  ...(row.problem ? { problem: row.problem[language] } : {}),
  createdAt: row.createdAt.toISOString(),
  updatedAt: row.updatedAt.toISOString(),
  ...(row.startedAt ? { startedAt: row.startedAt.toISOString() } : {}),
  ...(row.completedAt ? { completedAt: row.completedAt.toISOString() } : {}),
})

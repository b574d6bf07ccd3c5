import { and, asc, eq, gt, sql } from 'drizzle-orm'
import { stringify } from 'csv-stringify/sync'
import writeXlsxFile from 'write-excel-file/node'
import { publicBodyOf as publicCapability } from '../capabilities/queries.ts'
import { capabilities, capabilitySealed, capabilityShared } from '../capabilities/tables.ts'
import { mergeCapability } from '../capabilities/tiers.ts'
import type { Lexicon } from '../engine/lexicon/lexicon.ts'
import type { Language } from '../engine/types.ts'
import { organisations } from '../identity/tables.ts'
import type { Member } from '../platform/actor.ts'
import { transaction, type Tx } from '../platform/db.ts'
import type { Deps } from '../platform/deps.ts'
import { publicBodyOf as publicScenario } from '../scenarios/queries.ts'
import { scenarios, scenarioSealed, scenarioShared } from '../scenarios/tables.ts'
import { mergeScenario } from '../scenarios/tiers.ts'
import { type Field, FIELDS } from './fields.ts'
import { LIMITS } from './limits.ts'
import { unreadable } from './problems.ts'
import type { ImportKind } from './tables.ts'

const PAGE = 500
export const BYTE_ORDER_MARK = '\uFEFF'

type Exported = { id: string; organisation: { name?: string; creditCode?: string }; fields: Record<string, unknown> }
export type ExportPlace = { kind: ImportKind; parkId?: string | undefined }

/** All of a list as far as the actor may read each part of it: one page in memory at a time. */
async function* readAll(deps: Pick<Deps, 'db'>, actor: Member, place: ExportPlace): AsyncGenerator<Exported[]> {
  const read = place.kind === 'scenarios' ? readScenarios : readCapabilities
  let after = ''
  for (;;) {
    const page = await transaction(deps, actor, tx => read(tx, actor, place.parkId, after))
    if (page.length > 0) yield page
    after = page.at(-1)?.id ?? ''
    if (page.length < PAGE) return
  }
}

const readScenarios = async (tx: Tx, actor: Member, parkId: string | undefined, after: string): Promise<Exported[]> => {
  const rows = await tx
    .select({ row: scenarios, owner: organisations, shared: scenarioShared.body, sealed: scenarioSealed.body })
    .from(scenarios)
    .leftJoin(organisations, eq(organisations.id, scenarios.organisationId))
    .leftJoin(scenarioShared, eq(scenarioShared.scenarioId, scenarios.id))
    .leftJoin(scenarioSealed, eq(scenarioSealed.scenarioId, scenarios.id))
    .where(
      and(
        parkId ? eq(scenarios.parkId, parkId) : eq(scenarios.organisationId, actor.organisationId),
        gt(scenarios.id, after),
      ),
    )
    .orderBy(asc(scenarios.id))
    .limit(PAGE)
  return rows.map(({ row, owner, shared, sealed }) => ({
    id: row.id,
    organisation: presentOwner(owner),
    fields: mergeScenario({ public: publicScenario(row), shared, sealed }).fields,
  }))
}

const readCapabilities = async (
  tx: Tx,
  actor: Member,
  parkId: string | undefined,
  after: string,
): Promise<Exported[]> => {
  const rows = await tx
    .select({ row: capabilities, owner: organisations, shared: capabilityShared.body, sealed: capabilitySealed.body })
    .from(capabilities)
    .leftJoin(organisations, eq(organisations.id, capabilities.organisationId))
    .leftJoin(capabilityShared, eq(capabilityShared.capabilityId, capabilities.id))
    .leftJoin(capabilitySealed, eq(capabilitySealed.capabilityId, capabilities.id))
    .where(
      and(
        parkId
          ? sql`${parkId} = any(${capabilities.audiences})`
          : eq(capabilities.organisationId, actor.organisationId),
        gt(capabilities.id, after),
      ),
    )
    .orderBy(asc(capabilities.id))
    .limit(PAGE)
  return rows.map(({ row, owner, shared, sealed }) => ({
    id: row.id,
    organisation: presentOwner(owner),
    fields: mergeCapability({ public: publicCapability(row), shared, sealed }).fields,
  }))
}

const presentOwner = (owner: typeof organisations.$inferSelect | null) => ({
  ...(owner ? { name: owner.name } : {}),
  ...(owner?.creditCode ? { creditCode: owner.creditCode } : {}),
})

type ExportDeps = Pick<Deps, 'db' | 'lexicon'>

/** One line of JSON for each, with the fields of the API. */
export async function* exportNdjson(deps: ExportDeps, actor: Member, place: ExportPlace): AsyncGenerator<string> {
  for await (const page of readAll(deps, actor, place))
    yield page.map(({ organisation, fields }) => `${JSON.stringify({ organisation, ...fields })}\n`).join('')
}

/** A table under the headers that an import recognises, with a byte order mark, since Excel knows UTF-8 by nothing else. */
export async function* exportCsv(
  deps: ExportDeps,
  actor: Member,
  place: ExportPlace,
  language: Language,
): AsyncGenerator<string> {
  const fields = columnsOf(place.kind)
  yield BYTE_ORDER_MARK + toCsv([fields.map(field => field.label[language])])
  for await (const page of readAll(deps, actor, place))
    yield toCsv(page.map(entry => fields.map(field => cellOf(deps.lexicon, field, entry, language))))
}

/** @throws 422 for more rows than a workbook is allowed to have */
export const exportXlsx = async (
  deps: ExportDeps,
  actor: Member,
  place: ExportPlace,
  language: Language,
): Promise<Buffer> => {
  const fields = columnsOf(place.kind)
  const rows: string[][] = [fields.map(field => field.label[language])]
  for await (const page of readAll(deps, actor, place)) {
    rows.push(...page.map(entry => fields.map(field => cellOf(deps.lexicon, field, entry, language))))
    if (rows.length > LIMITS.xlsxRowsMax)
      throw unreadable({ zh: '超过 50,000 行：请导出 CSV', en: 'More than 50,000 rows: export it as CSV' })
  }
  return writeXlsxFile(rows.map(row => row.map(value => ({ value, type: String })))).toBuffer()
}

/** Cells that a spreadsheet would run as a formula are marked as text (OWASP, CSV injection). */
export const toCsv = (rows: string[][]): string =>
  stringify(rows.map(row => row.map(cell => (/^[=+\-@]/.test(cell) ? `'${cell}` : cell))))

/** Ranges are written as their two ends, which read back exactly. Aliases are the park's own business. */
const columnsOf = (kind: ImportKind): Field[] =>
  FIELDS[kind].filter(({ name, reading }) => reading.as !== 'money' && name !== 'aliases')

const cellOf = (lexicon: Lexicon, field: Field, entry: Exported, language: Language): string => {
  const [root = '', leaf = ''] = field.path.split('/')
  if (root === 'organisation') return String(Reflect.get(entry.organisation, leaf) ?? '')
  const value = entry.fields[root]
  if (value === undefined) return ''
  const { as } = field.reading
  if (as === 'moneyMin') return partOf(value, 'min')
  if (as === 'moneyMax') return partOf(value, 'max')
  if (as === 'currency') return partOf(value, 'currency')
  if (as === 'concept') return nameOf(lexicon, field.reading.schemes, value, language)
  if (as === 'concepts' || as === 'texts') return listOf(lexicon, field.reading, value, language)
  if (leaf !== '') return partOf(value, leaf)
  return typeof value === 'string' ? value : JSON.stringify(value)
}

const partOf = (value: unknown, key: string): string => {
  const part: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined
  return typeof part === 'string' || typeof part === 'number' ? String(part) : ''
}

const SEPARATOR = /[;；、,，|\n]/

/** Items between semicolons, or as JSON where an item has a separator of its own. */
const listOf = (lexicon: Lexicon, reading: Field['reading'], value: unknown, language: Language): string => {
  if (!Array.isArray(value)) return ''
  const schemes = 'schemes' in reading ? reading.schemes : undefined
  const items = value.map(item => (schemes ? nameOf(lexicon, schemes, item, language) : String(item)))
  return items.some(item => SEPARATOR.test(item)) ? JSON.stringify(value) : items.join('；')
}

/** The name of a concept where it leads back to it, else its id: two concepts may be called the same. */
const nameOf = (lexicon: Lexicon, schemes: readonly string[], ref: unknown, language: Language): string => {
  if (typeof ref !== 'string') return partOf(ref, 'text')
  const name = lexicon.get(ref)?.[language]
  if (name === undefined || SEPARATOR.test(name)) return ref
  const same = schemes.flatMap(scheme => lexicon.byScheme(scheme)).filter(({ zh, en }) => zh === name || en === name)
  return same.length === 1 ? name : ref
}

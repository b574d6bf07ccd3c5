import { and, asc, eq, gt, inArray, isNull, lte, sql } from 'drizzle-orm'
import { insertCapabilities } from '../capabilities/bulk.ts'
import type { NewCapability } from '../capabilities/schemas.ts'
import { OFFERING_KINDS } from '../capabilities/service.ts'
import { keepAlive } from '../events/outbox.ts'
import { transaction, type Tx } from '../platform/db.ts'
import type { Deps } from '../platform/deps.ts'
import { newId } from '../platform/ids.ts'
import { insertScenarios } from '../scenarios/bulk.ts'
import type { NewScenario } from '../scenarios/schemas.ts'
import { POSTING_KINDS } from '../scenarios/service.ts'
import { checkRow } from './decide.ts'
import { LIMITS } from './limits.ts'
import {
  type Arrivals,
  type Directory,
  lookUpOthers,
  noArrivals,
  resolveOrganisation,
  tidyCode,
  writeArrivals,
} from './organisations.ts'
import { interpretRow, type NamedOrganisation, reasonOf } from './rows.ts'
import { importRows, imports, type ImportOptions, type Mapping, type RowReason } from './tables.ts'
import { comparedText, type TextArchive } from './texts.ts'
import type { CellReader } from './values.ts'

const WORKER = { kind: 'worker' } as const
/** CPU work gives the event loop back this often, so that neither the API nor a job lock suffers. */
const YIELD_MS = 20

export type ImportRow = typeof imports.$inferSelect
export type ImportDeps = Pick<Deps, 'db' | 'clock' | 'random' | 'secrets' | 'lexicon' | 'config' | 'metrics'>

/** What a job knows of its import beside the rows. Filled as it goes: a restarted job fills its own anew. */
export type Work = {
  job: { eventId: string; importId: string }
  lease: string
  list: ImportRow
  mapping: Mapping
  options: ImportOptions
  reader: CellReader
  texts: TextArchive
  /** Absent where an organisation imports its own rows. */
  directory: Directory | undefined
  meansOwn: (named: NamedOrganisation) => boolean
  /** Parks that one's own capabilities are offered to. */
  audiences: string[]
  /** The rows behind those that are being written, read meanwhile. */
  ahead?: Promise<Ahead>
}

type Ahead = { staged: Staged[]; read: Read[] }
type Staged = { row: number; cells: typeof importRows.$inferSelect.cells; reason: RowReason | null }
type Taken = { row: number; id: string; organisationId: string } & (
  | { kind: 'scenarios'; input: NewScenario }
  | { kind: 'capabilities'; input: NewCapability }
)
type Decisions = { taken: Taken[]; refused: { row: number; reason: RowReason }[]; last: number; arrivals: Arrivals }

/**
 * Decides the next thousand rows and commits what became of them together: rows, refusals, progress and the lease.
 * @returns how many rows were decided; 0 at the end. `undefined` where the import is no longer this job's to do
 */
export const importChunk = async (deps: ImportDeps, work: Work): Promise<number | undefined> => {
  const { staged, read } = await (work.ahead ?? readAhead(deps, work, work.list.rowCursor))
  if (staged.length === 0) return 0
  const decisions = await decideRows(deps, work, staged, read)
  // Reading cells takes as long as writing rows: while the database does the one, this process does the other.
  work.ahead = readAhead(deps, work, decisions.last)
  // Where the rows before cannot be written, nobody asks for these any more.
  work.ahead.catch(() => {})
  const isMine = await transaction(deps, WORKER, tx => writeChunk(tx, deps, work, decisions))
  if (!isMine) return undefined
  work.list = { ...work.list, rowCursor: decisions.last }
  deps.metrics.importedRows.inc({ outcome: 'imported' }, decisions.taken.length)
  deps.metrics.importedRows.inc({ outcome: 'refused' }, decisions.refused.length)
  return staged.length
}

/** What the cells behind a row say. What they lead to depends on the rows before and is decided later. */
const readAhead = async (deps: ImportDeps, work: Work, behind: number): Promise<Ahead> => {
  const staged = await transaction(deps, WORKER, tx => readStaged(tx, work.list.id, behind))
  return { staged, read: await interpretRows(work, staged) }
}

const readStaged = (tx: Tx, importId: string, behind: number): Promise<Staged[]> =>
  tx
    .select({ row: importRows.row, cells: importRows.cells, reason: importRows.reason })
    .from(importRows)
    .where(and(eq(importRows.importId, importId), gt(importRows.row, behind)))
    .orderBy(asc(importRows.row))
    .limit(LIMITS.importRowsMax)

const decideRows = async (deps: ImportDeps, work: Work, staged: Staged[], read: Read[]): Promise<Decisions> => {
  const { directory } = work
  if (directory)
    await transaction(deps, WORKER, tx =>
      lookUpOthers(
        tx,
        directory,
        read.map(({ said }) => said.organisation),
      ),
    )
  const decisions: Decisions = { taken: [], refused: [], last: staged.at(-1)?.row ?? 0, arrivals: noArrivals() }
  const owned: (Read & { organisationId: string })[] = []
  for (const entry of staged) if (entry.reason) decisions.refused.push({ row: entry.row, reason: entry.reason })
  for (const entry of read) {
    const owner = ownerOf(deps, work, entry.said.organisation, decisions.arrivals)
    if ('reason' in owner) decisions.refused.push({ row: entry.row, reason: owner.reason })
    else owned.push({ ...entry, organisationId: owner.id })
  }
  const made = new Set(decisions.arrivals.made.map(({ id }) => id))
  await work.texts.load(owned.map(({ organisationId }) => organisationId).filter(id => !made.has(id)))
  await decideOwned(deps, work, owned, decisions)
  return decisions
}

type Read = { row: number; said: ReturnType<typeof interpretRow> }

const interpretRows = async (work: Work, staged: Staged[]): Promise<Read[]> => {
  const read: Read[] = []
  const rest = restNow()
  for (const { row, cells, reason } of staged) {
    if (reason) continue
    const said = interpretRow(work.list.kind, work.reader, { headers: work.list.headers, mapping: work.mapping }, cells)
    const { creditCode } = said.organisation
    if (creditCode !== undefined) said.organisation.creditCode = tidyCode(creditCode)
    read.push({ row, said })
    await rest()
  }
  return read
}

const decideOwned = async (
  deps: ImportDeps,
  work: Work,
  owned: (Read & { organisationId: string })[],
  decisions: Decisions,
): Promise<void> => {
  const { options, mapping } = work
  const { kind, parkId } = work.list
  const rest = restNow()
  for (const { row, said, organisationId } of owned) {
    await rest()
    const checked = checkRow(deps, { kind, parkId, options, mapping }, said)
    if (checked.kind === 'refused') {
      decisions.refused.push({ row, reason: checked.reason })
      continue
    }
    const text = comparedText(checked.input)
    const texts = work.texts.of(organisationId)
    const before = options.keepDuplicates ? undefined : texts.find(text)
    if (before !== undefined) {
      decisions.refused.push({ row, reason: duplicateOf(before) })
      continue
    }
    texts.add(`#${row}`, text)
    const id = newId(deps, kind === 'scenarios' ? 'scenario' : 'capability')
    decisions.taken.push({ row, id, organisationId, ...checked })
  }
}

const duplicateOf = (before: string): RowReason => {
  const [, row] = /^#(\d+)$/.exec(before) ?? []
  const zh = row === undefined ? `已有记录 ${before}` : `第 ${row} 行`
  const en = row === undefined ? before : `row ${row}`
  return {
    code: 'duplicate',
    zh: `与${zh}几乎相同（同一企业）`,
    en: `nearly the same as ${en} of the same organisation`,
  }
}

const ownerOf = (
  deps: ImportDeps,
  work: Work,
  named: NamedOrganisation,
  arrivals: Arrivals,
): { id: string } | { reason: RowReason } => {
  const { directory, list } = work
  if (!directory)
    return work.meansOwn(named)
      ? { id: list.organisationId }
      : {
          reason: reasonOf('organisation', [
            { column: '', zh: '该行属于其他单位：只能导入本单位的数据', en: 'the row is of another organisation' },
          ]),
        }
  const kinds =
    list.kind === 'scenarios'
      ? { made: 'manufacturer' as const, allowed: POSTING_KINDS }
      : { made: 'vendor' as const, allowed: OFFERING_KINDS }
  const resolved = resolveOrganisation(deps, directory, named, kinds, arrivals)
  return 'id' in resolved ? resolved : { reason: reasonOf('organisation', [{ column: '', ...resolved.refused }]) }
}

const writeChunk = async (tx: Tx, deps: ImportDeps, work: Work, decisions: Decisions): Promise<boolean> => {
  const { list, lease, audiences } = work
  const [row] = await tx.select().from(imports).where(eq(imports.id, list.id)).for('update')
  if (!row || row.state !== 'running' || row.lease !== lease || row.rowCursor !== list.rowCursor) return false
  const { taken, refused, arrivals, last } = decisions
  if (list.forMembers && list.parkId !== null) await writeArrivals(tx, deps, list.parkId, arrivals)
  await insertScenarios(
    tx,
    deps,
    taken.flatMap(entry => (entry.kind === 'scenarios' ? [entry] : [])),
  )
  await insertCapabilities(
    tx,
    deps,
    taken.flatMap(entry => (entry.kind === 'capabilities' ? [{ ...entry, audiences }] : [])),
  )
  await tx.execute(sql`update import_rows r set reason = x.reason
    from jsonb_to_recordset(${JSON.stringify(refused)}::jsonb) as x("row" int, reason jsonb)
    where r.import_id = ${list.id} and r.row = x."row"`)
  await tx
    .delete(importRows)
    .where(
      and(
        eq(importRows.importId, list.id),
        gt(importRows.row, list.rowCursor),
        lte(importRows.row, last),
        isNull(importRows.reason),
      ),
    )
  const duplicates = refused.filter(({ reason }) => reason.code === 'duplicate').length
  await tx
    .update(imports)
    .set({
      rowCursor: last,
      rowsImported: row.rowsImported + taken.length,
      rowsDuplicate: row.rowsDuplicate + duplicates,
      rowsRejected: row.rowsRejected + refused.length - duplicates,
      organisationsMade: row.organisationsMade + arrivals.made.length,
      leaseUntil: leaseEnd(deps),
      updatedAt: deps.clock.now(),
    })
    .where(inArray(imports.id, [list.id]))
  await keepAlive(tx, deps, work.job.eventId)
  return true
}

/** Until when nobody else takes the import up. */
export const leaseEnd = (deps: Pick<Deps, 'clock' | 'config'>): Date =>
  new Date(deps.clock.now().getTime() + deps.config.jobLockMs)

const restNow = () => {
  let since = performance.now()
  return async () => {
    if (performance.now() - since < YIELD_MS) return
    await new Promise(setImmediate)
    since = performance.now()
  }
}

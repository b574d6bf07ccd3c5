import { and, eq, inArray } from 'drizzle-orm'
import { record } from '../audit/record.ts'
import { append, finish, isDone } from '../events/outbox.ts'
import { memberships } from '../identity/tables.ts'
import { transaction, type Tx } from '../platform/db.ts'
import { type ImportDeps, importChunk, type ImportRow, leaseEnd, type Work } from './chunk.ts'
import { loadDirectory, meansOwn } from './organisations.ts'
import { imports } from './tables.ts'
import { createTextArchive } from './texts.ts'
import { createCellReader } from './values.ts'

const WORKER = { kind: 'worker' } as const

/**
 * Takes in the rows of a started import, a thousand at a time, from where the last job came to. Any worker may go on
 * where another one ended; of two at the same time the one without the lease ends at once.
 */
export const runImport = async (
  deps: ImportDeps,
  job: { eventId: string; importId: string },
  signal?: AbortSignal,
): Promise<void> => {
  const lease = deps.random(16).toString('hex')
  const work = await transaction(deps, WORKER, tx => claim(tx, deps, job, lease))
  if (!work) return
  for (;;) {
    // A worker that is told to stop leaves the rest to whoever is asked next.
    if (signal?.aborted) return release(deps, work)
    const decided = await importChunk(deps, work)
    if (decided === undefined) return
    if (decided === 0) break
  }
  await transaction(deps, WORKER, tx => complete(tx, deps, work))
}

const claim = async (
  tx: Tx,
  deps: ImportDeps,
  job: { eventId: string; importId: string },
  lease: string,
): Promise<Work | undefined> => {
  if (await isDone(tx, job.eventId)) return undefined
  const [list] = await tx.select().from(imports).where(eq(imports.id, job.importId)).for('update')
  if (!list || list.state !== 'running') {
    await finish(tx, deps, [job.eventId])
    return undefined
  }
  if (list.leaseUntil !== null && list.leaseUntil > deps.clock.now()) return undefined
  await tx
    .update(imports)
    .set({ lease, leaseUntil: leaseEnd(deps) })
    .where(eq(imports.id, list.id))
  return prepare(tx, deps, job, lease, list)
}

const prepare = async (
  tx: Tx,
  deps: ImportDeps,
  job: { eventId: string; importId: string },
  lease: string,
  list: ImportRow,
): Promise<Work> => ({
  job,
  lease,
  list,
  mapping: list.mapping ?? {},
  options: list.options ?? { publish: false, visibility: 'park', keepDuplicates: false },
  reader: createCellReader(deps.lexicon),
  texts: createTextArchive(deps, list.kind),
  directory: list.forMembers && list.parkId !== null ? await loadDirectory(tx, list.parkId) : undefined,
  meansOwn: await meansOwn(tx, list.organisationId),
  audiences: list.parkId === null ? await listParks(tx, list.organisationId) : [list.parkId],
})

const listParks = async (tx: Tx, organisationId: string): Promise<string[]> => {
  const rows = await tx
    .select({ parkId: memberships.parkId })
    .from(memberships)
    .where(and(eq(memberships.organisationId, organisationId), eq(memberships.state, 'active')))
  return rows.map(row => row.parkId).sort()
}

const release = (deps: ImportDeps, work: Work): Promise<void> =>
  transaction(deps, WORKER, async tx => {
    await tx
      .update(imports)
      .set({ lease: null, leaseUntil: null })
      .where(and(eq(imports.id, work.list.id), inArray(imports.lease, [work.lease])))
  })

/** Says once, and not for each row, what was taken in; matching hears of it by an event of its own. */
const complete = async (tx: Tx, deps: ImportDeps, work: Work): Promise<void> => {
  const [row] = await tx.select().from(imports).where(eq(imports.id, work.list.id)).for('update')
  if (!row || row.state !== 'running' || row.lease !== work.lease) return
  const now = deps.clock.now()
  await tx
    .update(imports)
    .set({ state: 'completed', completedAt: now, updatedAt: now, lease: null, leaseUntil: null })
    .where(eq(imports.id, row.id))
  const { id: importId, kind, parkId } = row
  await record(tx, deps, WORKER, { action: 'import.completed', objectId: importId, parkId: parkId ?? undefined })
  await append(tx, deps, WORKER, [
    {
      type: 'import.completed',
      data: {
        importId,
        kind,
        parkId,
        imported: row.rowsImported,
        rejected: row.rowsRejected,
        duplicates: row.rowsDuplicate,
        organisationsMade: row.organisationsMade,
      },
      ...(parkId === null ? {} : { parkId }),
      readers: [row.organisationId],
    },
  ])
  const isMatched = row.rowsImported > 0 && row.options?.publish === true
  if (isMatched)
    await append(tx, deps, WORKER, [{ type: 'import.stored', data: { importId, kind, parkIds: work.audiences } }])
  await finish(tx, deps, [work.job.eventId])
}

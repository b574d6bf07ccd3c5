import { sql } from 'drizzle-orm'
import { rowsOf, transaction } from '../platform/db.ts'
import type { Deps } from '../platform/deps.ts'

const WORKER = { kind: 'worker' } as const
/** Longer than any upload may take to arrive. */
const SILENT_MINUTES = 30
/** How long rows that were not taken in can be downloaded. */
export const STAGED_ROWS_KEPT_DAYS = 30
const HOUR_MS = 3_600_000

/** Marks uploads whose server is gone, and deletes staged rows that nobody will ask for. Bounded: the rest comes next time. */
export const sweepImports = async (deps: Pick<Deps, 'db' | 'clock'>, limit: number): Promise<void> => {
  const now = deps.clock.now().getTime()
  const silent = new Date(now - (SILENT_MINUTES / 60) * HOUR_MS).toISOString()
  const old = new Date(now - STAGED_ROWS_KEPT_DAYS * 24 * HOUR_MS).toISOString()
  const problem = { zh: '上传中断：未导入任何数据', en: 'The upload broke off: nothing was imported' }
  await transaction(deps, WORKER, tx =>
    tx.execute(sql`update imports set state = 'incomplete', problem = ${JSON.stringify(problem)}::jsonb
      where state = 'uploading' and updated_at < ${silent}::timestamptz`),
  )
  await transaction(deps, WORKER, async tx => {
    const doomed = rowsOf<{ id: string }>(
      await tx.execute(sql`select i.id from imports i where
        (i.state in ('incomplete', 'cancelled') or (i.state = 'completed' and i.updated_at < ${old}::timestamptz))
        and exists (select 1 from import_rows r where r.import_id = i.id) limit 1`),
    )[0]
    if (!doomed) return
    await tx.execute(sql`delete from import_rows where import_id = ${doomed.id} and "row" in
      (select "row" from import_rows where import_id = ${doomed.id} order by "row" limit ${limit * 20})`)
  })
}

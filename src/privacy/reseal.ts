import { type SQL, sql } from 'drizzle-orm'
import { type Recording, record } from '../audit/record.ts'
import { rowsOf, transaction, type Tx } from '../platform/db.ts'
import type { Deps } from '../platform/deps.ts'

const WORKER = { kind: 'worker' } as const
const BATCH = 200

/** Every column that holds something sealed, and the context that each value was sealed in; a test finds new ones. */
export const SEALED = [
  { table: 'audit_keys', column: 'sealed', key: 'organisation_id', context: 'audit_key' },
  { table: 'endpoint_secrets', column: 'sealed', key: 'id', context: 'endpoint_secret' },
  { table: 'endpoints', column: 'headers_sealed', key: 'id', context: 'endpoint_headers' },
] as const
type Sealed = (typeof SEALED)[number]

export type SealedReport = {
  table: string
  column: string
  /** Values by the key that they are sealed with, afterwards. */
  byKey: Record<string, number>
  resealed: number
  /** Values that none of the keys opens: a key is missing, or the bytes were changed. They are left as they are. */
  unopened: number
}

/** How many values each key has sealed. The id stands in the first bytes (platform/secrets.ts). */
export const countSealed = (deps: Pick<Deps, 'db'>): Promise<SealedReport[]> =>
  Promise.all(SEALED.map(place => reportOf(deps, place, 0, 0)))

/**
 * Seals with the first key whatever an older one has sealed, in batches of 200 rows. May be stopped at any time and run
 * again, beside everything else that runs: what is done is known by its key, and a value that somebody rotates meanwhile
 * is sealed with the first key anyway.
 */
export const resealAll = async (deps: Recording & Pick<Deps, 'db'>): Promise<SealedReport[]> => {
  const reports: SealedReport[] = []
  for (const place of SEALED) {
    let [resealed, unopened, after] = [0, 0, '']
    for (;;) {
      const batch = await transaction(deps, WORKER, tx => resealBatch(tx, deps, place, after))
      resealed += batch.resealed
      unopened += batch.unopened
      if (batch.last === undefined) break
      after = batch.last
    }
    reports.push(await reportOf(deps, place, resealed, unopened))
  }
  if (reports.some(report => report.resealed > 0))
    await transaction(deps, WORKER, tx =>
      record(tx, deps, WORKER, { action: 'secrets.resealed', objectId: deps.secrets.keyId }),
    )
  return reports
}

const keyIdOf = (column: string): SQL => {
  const sealed = sql.identifier(column)
  return sql`convert_from(substring(${sealed} from 2 for get_byte(${sealed}, 0)), 'UTF8')`
}

const resealBatch = async (
  tx: Tx,
  deps: Pick<Deps, 'secrets'>,
  { table, column, key, context }: Sealed,
  after: string,
): Promise<{ resealed: number; unopened: number; last: string | undefined }> => {
  const [name, id, sealed] = [sql.identifier(table), sql.identifier(key), sql.identifier(column)]
  const rows = rowsOf<{ id: string; sealed: string }>(
    await tx.execute(sql`select ${id} as id, encode(${sealed}, 'hex') as sealed from ${name}
      where ${id} > ${after} and ${sealed} is not null and ${keyIdOf(column)} <> ${deps.secrets.keyId}
      order by ${id} limit ${BATCH} for update`),
  )
  let unopened = 0
  for (const row of rows) {
    const plain = tryToOpen(deps, Buffer.from(row.sealed, 'hex'), `${context}:${row.id}`)
    if (plain === undefined) {
      unopened += 1
      continue
    }
    const anew = deps.secrets.seal(plain, `${context}:${row.id}`).toString('hex')
    await tx.execute(sql`update ${name} set ${sealed} = decode(${anew}, 'hex') where ${id} = ${row.id}`)
  }
  return { resealed: rows.length - unopened, unopened, last: rows.at(-1)?.id }
}

const tryToOpen = (deps: Pick<Deps, 'secrets'>, sealed: Buffer, context: string): Buffer | undefined => {
  try {
    return deps.secrets.open(sealed, context)
  } catch {
    // Counted and told: one lost key must not keep all other values from being sealed anew.
    return undefined
  }
}

const reportOf = async (
  deps: Pick<Deps, 'db'>,
  { table, column }: Sealed,
  resealed: number,
  unopened: number,
): Promise<SealedReport> => {
  const rows = await transaction(deps, WORKER, async tx =>
    rowsOf<{ id: string; count: number }>(
      await tx.execute(sql`select ${keyIdOf(column)} as id, count(*)::int as count from ${sql.identifier(table)}
        where ${sql.identifier(column)} is not null group by 1 order by 1`),
    ),
  )
  return { table, column, byKey: Object.fromEntries(rows.map(row => [row.id, row.count])), resealed, unopened }
}

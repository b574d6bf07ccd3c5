import { asc, inArray, isNull, sql } from 'drizzle-orm'
import { rowsOf, transaction, type Tx } from '../platform/db.ts'
import type { Deps } from '../platform/deps.ts'
import { CHAIN_START, chainHash } from './chain.ts'
import { auditEntries, auditHeads } from './tables.ts'

type Head = { position: number; hash: Buffer }
type Seal = { id: string; position: number; hash: string }

/**
 * Gives up to `limit` committed entries their places, each at the end of its park's chain. One sealer works at a time,
 * whatever the number of processes: the others find the lock taken and leave. What commits later comes later in the
 * chain, so a place once given is never disputed.
 * @returns how many were sealed; fewer than `limit` means that nothing is left to do here
 */
export const sealEntries = async (deps: Pick<Deps, 'db' | 'clock'>, limit: number): Promise<number> =>
  transaction(deps, { kind: 'worker' }, async tx => {
    const [lock] = rowsOf<{ taken: boolean }>(
      await tx.execute(sql`select pg_try_advisory_xact_lock(hashtextextended('duijie audit sealer', 0)) as taken`),
    )
    if (!lock?.taken) return 0
    const entries = await tx
      .select()
      .from(auditEntries)
      .where(isNull(auditEntries.position))
      .orderBy(asc(auditEntries.at), asc(auditEntries.id))
      .limit(limit)
    if (entries.length === 0) return 0
    const heads = await readHeads(tx, [...new Set(entries.map(entry => entry.chain))])
    const seals: Seal[] = entries.map(entry => {
      const before = heads.get(entry.chain) ?? { position: 0, hash: CHAIN_START }
      const position = before.position + 1
      const hash = chainHash(before.hash, entry, position)
      heads.set(entry.chain, { position, hash })
      return { id: entry.id, position, hash: hash.toString('hex') }
    })
    await writeSeals(tx, seals)
    await writeHeads(tx, heads, deps.clock.now())
    return entries.length
  })

const readHeads = async (tx: Tx, chains: string[]): Promise<Map<string, Head>> => {
  const rows = await tx.select().from(auditHeads).where(inArray(auditHeads.chain, chains))
  return new Map(rows.map(({ chain, position, hash }) => [chain, { position, hash }]))
}

const writeSeals = (tx: Tx, seals: Seal[]) =>
  tx.execute(sql`update audit_entries e set position = s.position, hash = decode(s.hash, 'hex')
    from jsonb_to_recordset(${JSON.stringify(seals)}::jsonb) as s(id text, position bigint, hash text)
    where e.id = s.id and e.position is null`)

const writeHeads = (tx: Tx, heads: Map<string, Head>, sealedAt: Date) =>
  tx
    .insert(auditHeads)
    .values([...heads].map(([chain, head]) => ({ chain, ...head, sealedAt })))
    .onConflictDoUpdate({
      target: auditHeads.chain,
      set: {
        position: sql`excluded.position`,
        hash: sql`excluded.hash`,
        sealedAt: sql`excluded.sealed_at`,
      },
    })

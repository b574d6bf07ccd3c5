import { and, asc, eq, gt, sql } from 'drizzle-orm'
import { rowsOf, transaction, type Tx } from '../platform/db.ts'
import type { Deps } from '../platform/deps.ts'
import { CHAIN_START, chainHash } from './chain.ts'
import { auditEntries, auditHeads } from './tables.ts'

/** Something that an untouched record cannot show. */
export type Fault =
  | { kind: 'altered'; position: number; id: string }
  | { kind: 'missing'; from: number; to: number }
  | { kind: 'wrong_head'; position: number }
  | { kind: 'not_as_kept'; position: number }
  | { kind: 'unsealed'; entries: number; oldestAt: string }

export type ChainReport = {
  chain: string
  entries: number
  last: { position: number; hash: string } | undefined
  unsealed: number
  faults: Fault[]
}

/** A place and hash that was noted down outside of the database. */
export type Kept = { chain: string; position: number; hash: string }

const PAGE = 2_000
/** A sealer that runs leaves nothing unsealed for so long. */
const UNSEALED_MS_MAX = 60_000
/** A record that was rewritten from some place on is altered everywhere after it: the first ones say enough. */
const FAULTS_MAX = 20
const WORKER = { kind: 'worker' } as const

/**
 * Recomputes every chain, or the one given, from its beginning, and compares it with its head and with what was kept
 * elsewhere. Reads pages in short transactions; what is sealed meanwhile is read too.
 */
export const verifyAudit = async (
  deps: Pick<Deps, 'db' | 'clock'>,
  options: { chain?: string | undefined; kept?: Kept[] } = {},
): Promise<ChainReport[]> => {
  const chains = options.chain === undefined ? await transaction(deps, WORKER, listChains) : [options.chain]
  const reports: ChainReport[] = []
  for (const chain of chains)
    reports.push(await verifyChain(deps, chain, options.kept?.filter(kept => kept.chain === chain) ?? []))
  return reports
}

const listChains = async (tx: Tx): Promise<string[]> =>
  rowsOf<{ chain: string }>(
    await tx.execute(sql`select chain from audit_entries union select chain from audit_heads order by 1`),
  ).map(row => row.chain)

const verifyChain = async (deps: Pick<Deps, 'db' | 'clock'>, chain: string, kept: Kept[]): Promise<ChainReport> => {
  // The head first: entries that are sealed after it was read only make the chain longer.
  const head = await transaction(deps, WORKER, tx => findHead(tx, chain))
  const noted = [...kept, ...(head ? [{ chain, position: head.position, hash: head.hash.toString('hex') }] : [])]
  const seen = new Map<number, string>()
  const faults: Fault[] = []
  let entries = 0
  let last: { position: number; hash: Buffer } = { position: 0, hash: CHAIN_START }
  for (;;) {
    const page = await transaction(deps, WORKER, tx => readPage(tx, chain, last.position))
    for (const entry of page) {
      const position = entry.position ?? 0
      if (position !== last.position + 1) faults.push({ kind: 'missing', from: last.position + 1, to: position - 1 })
      else if (entry.hash === null || !chainHash(last.hash, entry, position).equals(entry.hash))
        faults.push({ kind: 'altered', position, id: entry.id })
      last = { position, hash: entry.hash ?? CHAIN_START }
      entries += 1
      if (noted.some(note => note.position === position)) seen.set(position, last.hash.toString('hex'))
    }
    if (page.length < PAGE) break
  }
  for (const note of kept)
    if (seen.get(note.position) !== note.hash) faults.push({ kind: 'not_as_kept', position: note.position })
  if (head ? seen.get(head.position) !== head.hash.toString('hex') : entries > 0)
    faults.push({ kind: 'wrong_head', position: head?.position ?? 0 })
  const tail = await transaction(deps, WORKER, tx => readTail(tx, chain))
  if (tail.oldestAt && deps.clock.now().getTime() - tail.oldestAt.getTime() > UNSEALED_MS_MAX)
    faults.push({ kind: 'unsealed', entries: tail.count, oldestAt: tail.oldestAt.toISOString() })
  return {
    chain,
    entries,
    last: entries > 0 ? { position: last.position, hash: last.hash.toString('hex') } : undefined,
    unsealed: tail.count,
    faults: faults.slice(0, FAULTS_MAX),
  }
}

const findHead = async (tx: Tx, chain: string) => {
  const [head] = await tx.select().from(auditHeads).where(eq(auditHeads.chain, chain))
  return head
}

const readPage = (tx: Tx, chain: string, after: number) =>
  tx
    .select()
    .from(auditEntries)
    .where(and(eq(auditEntries.chain, chain), gt(auditEntries.position, after)))
    .orderBy(asc(auditEntries.position))
    .limit(PAGE)

const readTail = async (tx: Tx, chain: string): Promise<{ count: number; oldestAt: Date | undefined }> => {
  const [tail] = rowsOf<{ count: number; oldest: string | null }>(
    await tx.execute(sql`select count(*)::int as count, min(at)::text as oldest from audit_entries
      where chain = ${chain} and position is null`),
  )
  return { count: tail?.count ?? 0, oldestAt: tail?.oldest ? new Date(tail.oldest) : undefined }
}

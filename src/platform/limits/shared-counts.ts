import { lt, sql } from 'drizzle-orm'
import type { Clock } from '../clock.ts'
import { type Database, rowsOf, transaction } from '../db.ts'
import { rateCounts } from '../tables.ts'

export const WINDOW_MS = 60_000
/** Only the busiest are worth telling: a flood of addresses must not become a flood of rows. */
const CALLERS_MAX = 1_000
const WORKER = { kind: 'worker' } as const

/** `sent` of the count is in the database; `total` is what the database knew last, this process's own part included. */
type Count = { own: number; sent: number; total: number }

/**
 * Counts callers in windows that begin with the minute, the same in every process. `count` never waits: this process
 * counts for itself, and `sync` tells the database what is new and learns what the others have counted. Called once a
 * second, it makes the limit hold over all processes within a second.
 */
export const createSharedCounts = (deps: { db: Database; clock: Clock }) => {
  let windowMs = 0
  let counts = new Map<string, Count>()
  const now = () => deps.clock.now().getTime()
  const startWindow = () => {
    const current = Math.floor(now() / WINDOW_MS) * WINDOW_MS
    if (current === windowMs) return
    windowMs = current
    counts = new Map()
  }
  return {
    count: (caller: string): { current: number; ttl: number } => {
      startWindow()
      const known = counts.get(caller) ?? { own: 0, sent: 0, total: 0 }
      known.own += 1
      counts.set(caller, known)
      return { current: known.total + known.own - known.sent, ttl: windowMs + WINDOW_MS - now() }
    },
    sync: async (): Promise<void> => {
      const window = windowMs
      const told = [...counts]
        .map(([caller, count]) => ({ caller, count, news: count.own - count.sent }))
        .sort((a, b) => b.count.own - a.count.own)
        .slice(0, CALLERS_MAX)
      if (told.length === 0) return
      const totals = await transaction(deps, WORKER, async tx => {
        await tx.delete(rateCounts).where(lt(rateCounts.windowMs, window - WINDOW_MS))
        const rows = told.map(({ caller, news }) => ({ caller, news })).sort((a, b) => (a.caller < b.caller ? -1 : 1))
        return rowsOf<{ caller: string; count: number }>(
          await tx.execute(sql`insert into rate_counts (caller, window_ms, count)
            select caller, ${window}, news from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as x(caller text, news int)
            on conflict (caller, window_ms) do update set count = rate_counts.count + excluded.count
            returning caller, count`),
        )
      })
      const totalOf = new Map(totals.map(row => [row.caller, row.count]))
      for (const { caller, count, news } of told) {
        count.sent += news
        count.total = totalOf.get(caller) ?? count.total
      }
    },
  }
}
export type SharedCounts = ReturnType<typeof createSharedCounts>

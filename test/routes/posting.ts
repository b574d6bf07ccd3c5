import { sql } from 'drizzle-orm'
import type { buildApp } from '../../src/app.ts'
import type { MatchState } from '../../src/matching/rules.ts'
import { matches } from '../../src/matching/tables.ts'
import { rowsOf, transaction } from '../../src/platform/db.ts'
import type { Deps } from '../../src/platform/deps.ts'
import { newId } from '../../src/platform/ids.ts'
import { bearer } from '../helper.ts'

type App = Awaited<ReturnType<typeof buildApp>>
type Headers = Record<string, string>
const WORKER = { kind: 'worker' } as const

/** The API as one key's holder calls it. */
export const clientOf = (app: App, key: string) => {
  const send =
    (method: 'GET' | 'POST' | 'PATCH') =>
    (path: string, payload?: object, headers: Headers = {}) =>
      app.inject({
        method,
        url: `/v1${path}`,
        headers: { ...bearer(key), ...headers },
        ...(payload === undefined ? {} : { payload }),
      })
  return {
    get: (path: string, headers?: Headers) => send('GET')(path, undefined, headers),
    post: send('POST'),
    patch: send('PATCH'),
  }
}

/** Types of all events about one thing, in the order in which they were written. */
export const eventsAbout = (deps: Deps, id: string): Promise<string[]> =>
  transaction(deps, WORKER, async tx =>
    rowsOf<{ type: string }>(
      await tx.execute(sql`select type from events where data ->> 'scenarioId' = ${id} or data ->> 'capabilityId' = ${id}
        order by seq`),
    ).map(row => row.type),
  )

/** How many rows stand in each of the tables that a request here may write. */
export const countRows = (deps: Deps): Promise<Record<string, number>> =>
  transaction(deps, WORKER, async tx => {
    const [row] = rowsOf<Record<string, number>>(
      await tx.execute(sql`select (select count(*)::int from scenarios) as scenarios,
        (select count(*)::int from scenario_shared) as scenario_shared,
        (select count(*)::int from scenario_sealed) as scenario_sealed,
        (select count(*)::int from capabilities) as capabilities,
        (select count(*)::int from capability_shared) as capability_shared,
        (select count(*)::int from capability_sealed) as capability_sealed,
        (select count(*)::int from events) as events,
        (select count(*)::int from idempotency_keys) as idempotency_keys`),
    )
    return row ?? {}
  })

export type Pair = { parkId: string; scenarioId: string; capabilityId: string; factoryId: string; vendorId: string }

/** A match as the worker would have made it, opened to both sides as far as its state goes. */
export const openMatch = (deps: Deps, pair: Pair, state: MatchState): Promise<void> =>
  transaction(deps, WORKER, async tx => {
    const now = deps.clock.now()
    const scores = { total: 7000, factoryScore: 7000, vendorScore: 7000 }
    const times = { createdAt: now, updatedAt: now, stateSince: now }
    await tx
      .insert(matches)
      .values({ id: newId(deps, 'match'), ...pair, ...scores, ...times, state, version: 1 })
      .onConflictDoUpdate({ target: [matches.scenarioId, matches.capabilityId], set: { state } })
    await tx.execute(sql`select disclose_match(id) from matches
      where scenario_id = ${pair.scenarioId} and capability_id = ${pair.capabilityId}`)
  })

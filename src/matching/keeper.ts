import { sql } from 'drizzle-orm'
import { loadCapabilityInputs, listCapabilityFeed } from '../capabilities/feed.ts'
import type { Engine } from '../engine/index.ts'
import type { Tier } from '../engine/types.ts'
import { rowsOf, transaction } from '../platform/db.ts'
import type { Deps } from '../platform/deps.ts'
import { listScenarioFeed, loadScenarioInputs } from '../scenarios/feed.ts'
import { publicTextOfCapability, type Vectors } from './vectors.ts'

/** What matching must know of a capability besides what the engine knows. */
export type KnownCapability = { organisationId: string; title: string; fieldTiers: Record<string, Tier> }

/** Keeps one process's index in step with the database. */
export type Keeper = {
  engine: Engine
  capabilities: ReadonlyMap<string, KnownCapability>
  /** Where dense vectors come from; absent where no endpoint is configured. */
  vectors?: Vectors | undefined
  /**
   * Applies everything that has been committed by now. Calls at the same time share one pass after the running one.
   * @returns the horizon: every transaction below it is in the index
   */
  refresh: () => Promise<string>
}

const PAGE = 500
const WORKER = { kind: 'worker' } as const
type Feed = typeof listCapabilityFeed
type Position = { xid: string; id: string }

/**
 * The index follows the rows' own transaction ids. A pass applies **everything it can see** from the cursor on, twice
 * if need be, and moves the cursor only to the horizon (the oldest transaction that still runs), since transactions
 * commit out of order: a late writer below the newest one seen would otherwise never be read.
 */
export const createKeeper = (deps: Pick<Deps, 'db'>, engine: Engine, vectors?: Vectors): Keeper => {
  const capabilities = new Map<string, KnownCapability>()
  /** Offered capabilities that have no vector yet, to be tried again. */
  const unembedded = new Set<string>()
  let capabilityCursor = '0'
  let scenarioCursor = '0'
  let running: Promise<string> = Promise.resolve('0')
  let next: Promise<string> | undefined

  const applyCapabilities = async (ids: string[]) => {
    const rows = await transaction(deps, WORKER, tx => loadCapabilityInputs(tx, ids))
    const offered = rows.filter(row => row.state === 'published')
    // Asked for outside of any transaction, since an endpoint may take its time.
    const embeddings = await vectors?.find(offered.map(publicTextOfCapability))
    for (const { id, state, organisationId, audiences, input, fieldTiers } of rows) {
      unembedded.delete(id)
      if (state !== 'published') {
        engine.index.remove(id)
        capabilities.delete(id)
        continue
      }
      const embedding = embeddings?.get(id)
      if (embeddings && !embedding) unembedded.add(id)
      engine.index.put({ id, organisationId, audiences, input, embedding })
      capabilities.set(id, { organisationId, title: input.title, fieldTiers })
    }
  }
  const applyScenarios = (ids: string[]) =>
    transaction(deps, WORKER, async tx => {
      for (const row of await loadScenarioInputs(tx, ids)) {
        if (row.state !== 'published') engine.scenarios.remove(row.id)
        else
          engine.scenarios.put({
            id: row.id,
            organisationId: row.organisationId,
            audiences: audiencesOf(row.parkId),
            input: row.input,
            entry: row.entryScore,
          })
      }
    })
  const follow = async (feed: Feed, cursor: string, apply: (ids: string[]) => Promise<void>) => {
    const horizon = await readHorizon(deps)
    let position: Position = { xid: cursor, id: '' }
    for (;;) {
      const rows = await transaction(deps, WORKER, tx => feed(tx, position, PAGE))
      if (rows.length > 0) await apply(rows.map(row => row.id))
      const last = rows.at(-1)
      if (rows.length < PAGE || !last) return horizon
      position = { xid: last.feedXid, id: last.id }
      await new Promise(setImmediate)
    }
  }
  const pass = async () => {
    const [scenariosRead, capabilitiesRead] = await Promise.all([
      follow(listScenarioFeed, scenarioCursor, applyScenarios),
      follow(listCapabilityFeed, capabilityCursor, applyCapabilities),
    ])
    scenarioCursor = scenariosRead
    capabilityCursor = capabilitiesRead
    for (const ids = [...unembedded]; ids.length > 0 && vectors?.isReady(); )
      await applyCapabilities(ids.splice(0, PAGE))
    return capabilityCursor
  }
  return {
    engine,
    capabilities,
    vectors,
    refresh: () => {
      // A pass that runs already may have read past what the caller just committed, so he waits for a fresh one.
      next ??= running
        .catch(() => undefined)
        .then(() => {
          next = undefined
          running = pass()
          return running
        })
      return next
    },
  }
}

/** Whose offers a scenario of a park sees. */
export const audiencesOf = (parkId: string): string[] => [parkId, 'network']

const readHorizon = (deps: Pick<Deps, 'db'>): Promise<string> =>
  transaction(deps, WORKER, async tx => {
    const [row] = rowsOf<{ horizon: string }>(
      await tx.execute(sql`select pg_snapshot_xmin(pg_current_snapshot())::text as horizon`),
    )
    return row?.horizon ?? '0'
  })

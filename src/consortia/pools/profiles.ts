import { and, arrayOverlaps, asc, eq, inArray, sql } from 'drizzle-orm'
import { scenarioFeatures } from '../../engine/features.ts'
import type { Lexicon } from '../../engine/lexicon/lexicon.ts'
import { tagText } from '../../engine/lexicon/tag.ts'
import { keepPublicFields } from '../../engine/public.ts'
import { announcedProblems } from '../../matching/problems.ts'
import { rowsOf, type Tx } from '../../platform/db.ts'
import type { Deps } from '../../platform/deps.ts'
import { listScenarioFeed, type LoadedScenario, loadScenarioInputs } from '../../scenarios/feed.ts'
import { tierOfField } from '../../scenarios/tiers.ts'
import { poolCursors, poolProfiles } from '../tables.ts'
import type { PoolScenario } from './find.ts'

export type PoolProfile = {
  id: string
  parkId: string
  organisationId: string
  problems: string[]
  processes: string[]
  modalities: string[]
}

const CURSOR = 'scenarios'
const CANDIDATES_MAX = 1_000

/**
 * Brings the profiles in step with the next scenarios that changed, and moves the cursor past them. It reads only what is
 * below the oldest transaction that still runs, since transactions commit out of order.
 * @returns the profiles that were written, and how many scenarios were read
 */
export const followScenarios = async (
  tx: Tx,
  deps: Pick<Deps, 'lexicon'>,
  limit: number,
): Promise<{ profiles: PoolProfile[]; read: number }> => {
  const [cursor] = await tx.select().from(poolCursors).where(eq(poolCursors.id, CURSOR))
  const after = { xid: cursor?.xid ?? '0', id: cursor?.scenarioId ?? '' }
  const horizon = await readHorizon(tx)
  const rows = (await listScenarioFeed(tx, after, limit)).filter(({ feedXid }) => BigInt(feedXid) < horizon)
  const last = rows.at(-1)
  if (!last) return { profiles: [], read: 0 }
  const loaded = await loadScenarioInputs(
    tx,
    rows.map(({ id }) => id),
  )
  const profiles = loaded.filter(({ state }) => state === 'published').flatMap(row => profileOf(deps.lexicon, row))
  await tx.delete(poolProfiles).where(
    inArray(
      poolProfiles.scenarioId,
      rows.map(({ id }) => id),
    ),
  )
  if (profiles.length > 0)
    await tx.insert(poolProfiles).values(profiles.map(({ id, ...profile }) => ({ ...profile, scenarioId: id })))
  const place = { xid: last.feedXid, scenarioId: last.id }
  await tx
    .insert(poolCursors)
    .values({ id: CURSOR, ...place })
    .onConflictDoUpdate({ target: poolCursors.id, set: place })
  return { profiles, read: rows.length }
}

const readHorizon = async (tx: Tx): Promise<bigint> => {
  const [row] = rowsOf<{ horizon: string }>(
    await tx.execute(sql`select pg_snapshot_xmin(pg_current_snapshot())::text as horizon`),
  )
  return BigInt(row?.horizon ?? '0')
}

/** What a scenario says below its sealed tier: nobody's pool shall tell what its owner keeps to itself. */
const profileOf = (lexicon: Lexicon, row: LoadedScenario): PoolProfile[] => {
  const isOpen = (pointer: string) => tierOfField(pointer, row.fieldTiers) !== 'sealed'
  const input = keepPublicFields(row.input, isOpen)
  const known = (ids: readonly string[]) => [...new Set(ids.filter(id => lexicon.get(id) !== undefined))].sort()
  const picked = (input.problems ?? []).filter(ref => typeof ref === 'string')
  const problems = known(announcedProblems(lexicon, picked, { ...row, input }))
  if (problems.length === 0) return []
  const processes = known((input.processes ?? []).filter(ref => typeof ref === 'string'))
  const named = tagText(lexicon, `${input.title} ${input.summary ?? ''}`)
    .filter(({ negated, concept }) => !negated && lexicon.get(concept)?.scheme === 'process')
    .map(({ concept }) => concept)
  return [
    {
      id: row.id,
      parkId: row.parkId,
      organisationId: row.organisationId,
      problems,
      processes: processes.length > 0 ? processes : known(named),
      modalities: known(scenarioFeatures(lexicon, input).datasets.map(({ modality }) => modality)),
    },
  ]
}

/** The scenarios of a park that name one of these problems: all that could be in a pool with them. */
export const listAlike = async (tx: Tx, parkId: string, problems: string[]): Promise<PoolScenario[]> => {
  const rows = await tx
    .select()
    .from(poolProfiles)
    .where(and(eq(poolProfiles.parkId, parkId), arrayOverlaps(poolProfiles.problems, problems)))
    .orderBy(asc(poolProfiles.scenarioId))
    .limit(CANDIDATES_MAX)
  return rows.map(({ scenarioId, organisationId, problems: named, processes, modalities }) => ({
    id: scenarioId,
    organisationId,
    problems: named,
    processes,
    modalities,
  }))
}

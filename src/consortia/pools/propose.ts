import { eq, inArray, sql } from 'drizzle-orm'
import { record, type Recording } from '../../audit/record.ts'
import { append } from '../../events/outbox.ts'
import { listExcludedPairs } from '../../identity/exclusions.ts'
import { rowsOf, transaction, type Tx } from '../../platform/db.ts'
import type { Deps } from '../../platform/deps.ts'
import { newId } from '../../platform/ids.ts'
import { poolMembers, pools } from '../tables.ts'
import { type Apart, findPools, type Pool, type PoolScenario, splitApart } from './find.ts'
import { followScenarios, listAlike, type PoolProfile } from './profiles.ts'
import { isLive } from './rules.ts'

type ProposeDeps = Recording & Pick<Deps, 'db' | 'lexicon'>

const WORKER = { kind: 'worker' } as const
const DAY_MS = 86_400_000
const ANSWER_DAYS = 30
const MEMBERS_MIN = 2
/** Of a pool, so that its members can still talk to each other and its charter hold them all. */
const MEMBERS_MAX = 12

/**
 * Looks whether scenarios that changed belong into a pool: into one that lives, or into a new one. One process at a time
 * looks. For the sweep.
 * @returns how many scenarios were read; fewer than `limit` means that none is left
 */
export const proposePools = (deps: ProposeDeps, limit: number): Promise<number> =>
  transaction(deps, WORKER, async tx => {
    const [turn] = rowsOf<{ mine: boolean }>(
      await tx.execute(sql`select pg_try_advisory_xact_lock(hashtextextended('pools', 0)) as mine`),
    )
    if (!turn?.mine) return 0
    const { profiles, read } = await followScenarios(tx, deps, limit)
    for (const parkId of [...new Set(profiles.map(profile => profile.parkId))].sort())
      await proposeIn(
        tx,
        deps,
        parkId,
        profiles.filter(profile => profile.parkId === parkId),
      )
    return read
  })

const proposeIn = async (tx: Tx, deps: ProposeDeps, parkId: string, changed: PoolProfile[]): Promise<void> => {
  const ids = new Set(changed.map(({ id }) => id))
  const alike = await listAlike(tx, parkId, [...new Set(changed.flatMap(({ problems }) => problems))])
  const apart = await loadApart(
    tx,
    deps,
    alike.map(({ organisationId }) => organisationId),
  )
  const found = findPools(alike, apart).filter(pool => pool.scenarioIds.some(id => ids.has(id)))
  if (found.length === 0) return
  const organisationOf = new Map(alike.map(({ id, organisationId }) => [id, organisationId]))
  const standings = await listStandings(
    tx,
    found.flatMap(({ scenarioIds }) => scenarioIds),
  )
  for (const pool of found) {
    const free = pool.scenarioIds.filter(id => !standings.some(({ scenarioId }) => scenarioId === id))
    const members = free.map(id => ({ id, organisationId: organisationOf.get(id) ?? '' }))
    const rest = await addToLivePool(tx, deps, { pool, standings, apart }, members)
    if (new Set(rest.map(({ organisationId }) => organisationId)).size >= MEMBERS_MIN)
      await openPool(tx, deps, parkId, pool, rest.slice(0, MEMBERS_MAX))
  }
}

/** Who must not meet, by anybody's do-not-match list. */
export const loadApart = async (tx: Tx, deps: Pick<Deps, 'clock'>, organisationIds: string[]): Promise<Apart> => {
  const pairs = await listExcludedPairs(tx, deps, organisationIds)
  const keys = new Set(pairs.flatMap(([a, b]) => [`${a} ${b}`, `${b} ${a}`]))
  return (a, b) => keys.has(`${a} ${b}`)
}

type Newcomer = Pick<PoolScenario, 'id' | 'organisationId'>
type Standing = { scenarioId: string; poolId: string; state: typeof poolMembers.$inferSelect.state; isOpen: boolean }

/** Where scenarios stand in pools already: whoever declined or left one is not asked again. */
const listStandings = async (tx: Tx, scenarioIds: string[]): Promise<Standing[]> => {
  const rows = await tx
    .select({ member: poolMembers, state: pools.state })
    .from(poolMembers)
    .innerJoin(pools, eq(pools.id, poolMembers.poolId))
    .where(inArray(poolMembers.scenarioId, scenarioIds))
  return rows.map(({ member, state }) => ({
    scenarioId: member.scenarioId,
    poolId: member.poolId,
    state: member.state,
    isOpen: isLive(state),
  }))
}

/** Proposes a living pool of the same scenarios to those that came since. @returns who found no place */
const addToLivePool = async (
  tx: Tx,
  deps: ProposeDeps,
  { pool, standings, apart }: { pool: Pool; standings: Standing[]; apart: Apart },
  newcomers: Newcomer[],
): Promise<Newcomer[]> => {
  const living = standings.find(
    ({ scenarioId, state, isOpen }) =>
      isOpen && pool.scenarioIds.includes(scenarioId) && (state === 'proposed' || state === 'joined'),
  )
  if (!living || newcomers.length === 0) return newcomers
  const members = await tx.select().from(poolMembers).where(eq(poolMembers.poolId, living.poolId))
  const [row] = await tx.select().from(pools).where(eq(pools.id, living.poolId))
  const [group = []] = splitApart([...members, ...newcomers], apart)
  const joining = newcomers.filter(one => group.includes(one)).slice(0, Math.max(0, MEMBERS_MAX - members.length))
  if (!row || joining.length === 0) return newcomers
  await ask(tx, deps, row, joining)
  await append(tx, deps, WORKER, [{ type: 'consortium.pool_moved', data: { poolId: row.id }, parkId: row.parkId }])
  return newcomers.filter(one => !joining.includes(one))
}

const openPool = async (tx: Tx, deps: ProposeDeps, parkId: string, pool: Pool, members: Newcomer[]): Promise<void> => {
  const now = deps.clock.now()
  const row: typeof pools.$inferSelect = {
    id: newId(deps, 'pool'),
    parkId,
    state: 'proposed',
    problems: pool.problems,
    processes: pool.processes,
    modalities: pool.modalities,
    similarity: pool.similarity,
    membersMin: MEMBERS_MIN,
    size: new Set(members.map(({ organisationId }) => organisationId)).size,
    joined: 0,
    unlocked: [],
    sharing: 'unquoted',
    costYuan: null,
    consortiumId: null,
    deadlineAt: new Date(now.getTime() + ANSWER_DAYS * DAY_MS),
    version: 1,
    createdAt: now,
    updatedAt: now,
    settledAt: now,
  }
  await tx.insert(pools).values(row)
  await record(tx, deps, WORKER, { action: 'pool.proposed', objectId: row.id, parkId })
  await ask(tx, deps, row, members)
  await append(tx, deps, WORKER, [{ type: 'consortium.pool_moved', data: { poolId: row.id }, parkId }])
}

/** Each is told of its own scenario alone. */
const ask = async (
  tx: Tx,
  deps: ProposeDeps,
  { id: poolId, parkId, problems, size, deadlineAt }: typeof pools.$inferSelect,
  members: Newcomer[],
): Promise<void> => {
  await tx.insert(poolMembers).values(
    members.map(({ id, organisationId }) => ({
      poolId,
      parkId,
      scenarioId: id,
      organisationId,
      state: 'proposed' as const,
    })),
  )
  await append(
    tx,
    deps,
    WORKER,
    members.map(({ id, organisationId }) => ({
      type: 'consortium.pool_proposed' as const,
      data: { poolId, parkId, scenarioId: id, problems, size, deadlineAt: deadlineAt.toISOString() },
      parkId,
      readers: [organisationId],
    })),
  )
}

import { inArray, lte, sql } from 'drizzle-orm'
import { type Recording, recordAll } from '../audit/record.ts'
import { append, type NewEvent } from '../events/outbox.ts'
import { parks } from '../identity/tables.ts'
import { transaction, type Tx } from '../platform/db.ts'
import type { Deps } from '../platform/deps.ts'
import { newId } from '../platform/ids.ts'
import { factsOf } from './queries.ts'
import { decide, waitingFor } from './rules.ts'
import { refreshStandings } from './standings.ts'
import { matches, matchTransitions } from './tables.ts'

type Row = typeof matches.$inferSelect
type Ending = Recording & Pick<Deps, 'db'>

const WORKER = { kind: 'worker' } as const

/**
 * Ends up to `limit` matches whose deadline has passed with nobody acting, the longest overdue first.
 * @returns how many; fewer than `limit` means that none is left
 */
export const expireMatches = (deps: Ending, limit: number): Promise<number> =>
  transaction(deps, WORKER, async tx => {
    const now = deps.clock.now()
    const due = await tx
      .select()
      .from(matches)
      .where(lte(matches.deadlineAt, now))
      .orderBy(matches.deadlineAt, matches.id)
      .limit(limit)
      .for('update', { skipLocked: true })
    const ending = due.filter(row => decide(factsOf(row), 'expire', 'platform').kind === 'moved')
    if (due.length > 0) await closeDeadlines(tx, due, ending, now)
    if (ending.length === 0) return due.length
    await tx.insert(matchTransitions).values(ending.map(row => expiryOf(row, newId(deps, 'transition'), now)))
    await recordAll(
      tx,
      deps,
      WORKER,
      ending.map(row => ({ action: 'match.expired', objectId: row.id, parkId: row.parkId })),
    )
    await refreshStandings(
      tx,
      ending.map(row => row.scenarioId),
    )
    const admins = await administrationsOf(tx, ending)
    const told = { to: 'expired', by: 'platform', deadlineAt: null } as const
    const events = ending.map(
      (row): NewEvent => ({
        type: 'match.state_changed',
        data: { ...placeOf(row), from: row.state, ...told, waitingFor: [] },
        parkId: row.parkId,
        readers: [row.factoryId, row.vendorId, ...admins(row)],
      }),
    )
    await append(tx, deps, WORKER, events)
    return due.length
  })

const closeDeadlines = async (tx: Tx, due: Row[], ending: Row[], now: Date): Promise<void> => {
  const idsOf = (rows: Row[]) => rows.map(row => row.id)
  await tx
    .update(matches)
    .set({ deadlineAt: null, remindAt: null })
    .where(inArray(matches.id, idsOf(due)))
  if (ending.length > 0)
    await tx
      .update(matches)
      .set({ state: 'expired', stateSince: now, updatedAt: now, version: sql`version + 1` })
      .where(inArray(matches.id, idsOf(ending)))
}

const expiryOf = (row: Row, id: string, at: Date) => ({
  id,
  matchId: row.id,
  parkId: row.parkId,
  factoryId: row.factoryId,
  vendorId: row.vendorId,
  action: 'expire',
  from: row.state,
  to: 'expired' as const,
  since: row.stateSince,
  waitedFor: waitingFor(factsOf(row)),
  at,
})

/**
 * Reminds those who have to act of up to `limit` matches whose deadline comes near, once for each deadline.
 * @returns how many; fewer than `limit` means that none is left
 */
export const remindMatches = (deps: Ending, limit: number): Promise<number> =>
  transaction(deps, WORKER, async tx => {
    const due = await tx
      .select()
      .from(matches)
      .where(lte(matches.remindAt, deps.clock.now()))
      .orderBy(matches.remindAt, matches.id)
      .limit(limit)
      .for('update', { skipLocked: true })
    if (due.length === 0) return 0
    await tx
      .update(matches)
      .set({ remindAt: null })
      .where(
        inArray(
          matches.id,
          due.map(row => row.id),
        ),
      )
    await append(tx, deps, WORKER, due.flatMap(reminderOf))
    return due.length
  })

/** Only those who are waited for are reminded. */
const reminderOf = (row: Row): NewEvent[] => {
  const sides = waitingFor(factsOf(row))
  if (sides.length === 0 || row.deadlineAt === null) return []
  const readers = sides.map(side => (side === 'factory' ? row.factoryId : row.vendorId))
  const data = { state: row.state, waitingFor: sides, deadlineAt: row.deadlineAt.toISOString() }
  return [{ type: 'match.reminder', data: { ...placeOf(row), ...data }, parkId: row.parkId, readers }]
}

const placeOf = (row: Row) => ({
  matchId: row.id,
  scenarioId: row.scenarioId,
  capabilityId: row.capabilityId,
  parkId: row.parkId,
})

const administrationsOf = async (tx: Tx, rows: Row[]): Promise<(row: Row) => string[]> => {
  const found = await tx
    .select({ id: parks.id, organisationId: parks.organisationId })
    .from(parks)
    .where(inArray(parks.id, [...new Set(rows.map(row => row.parkId))]))
  return row => found.filter(park => park.id === row.parkId).map(park => park.organisationId)
}

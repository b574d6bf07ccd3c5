import { and, eq, inArray, sql } from 'drizzle-orm'
import { recordAll } from '../audit/record.ts'
import { capabilities } from '../capabilities/tables.ts'
import { partiesOf } from '../consortia/notify.ts'
import { consortia, consortiumMembers } from '../consortia/tables.ts'
import { append, type NewEvent } from '../events/outbox.ts'
import { apiKeys, memberships, parks, positions, sessions } from '../identity/tables.ts'
import { isOpen, isTouched, MATCH_STATES } from '../matching/rules.ts'
import { refreshStandings } from '../matching/standings.ts'
import { matches, matchTransitions } from '../matching/tables.ts'
import type { Tx } from '../platform/db.ts'
import { newId } from '../platform/ids.ts'
import { rowsOf } from '../platform/db.ts'
import { scenarios } from '../scenarios/tables.ts'
import type { Erasing } from './erase.ts'

const WORKER = { kind: 'worker' } as const

/**
 * The first thing that happens to an organisation which is to be erased: nobody can act for it any more, what it offers
 * is taken back, and those who deal with it learn that it has left. Everything else follows in small steps.
 * @returns the people who have no other organisation
 */
export const closeOrganisation = async (tx: Tx, deps: Erasing, organisationId: string): Promise<string[]> => {
  const now = deps.clock.now()
  const only = rowsOf<{ id: string }>(
    await tx.execute(sql`select p.person_id as id from positions p where p.organisation_id = ${organisationId}
      and not exists (select 1 from positions o where o.person_id = p.person_id and o.organisation_id <> p.organisation_id)
      order by 1`),
  ).map(row => row.id)
  await tx.update(apiKeys).set({ revokedAt: now }).where(eq(apiKeys.organisationId, organisationId))
  await tx.delete(sessions).where(eq(sessions.organisationId, organisationId))
  await tx.delete(positions).where(
    and(
      eq(positions.organisationId, organisationId),
      sql`not person_id = any(${
        only.length > 0
          ? sql`array[${sql.join(
              only.map(id => sql`${id}`),
              sql`, `,
            )}]`
          : sql`'{}'::text[]`
      })`,
    ),
  )
  await withdrawOffers(tx, deps, organisationId)
  await endMatches(tx, deps, organisationId)
  await leaveTeams(tx, deps, organisationId)
  await tx
    .update(memberships)
    .set({ state: 'suspended', decidedAt: now })
    .where(eq(memberships.organisationId, organisationId))
  return only
}

const withdrawOffers = async (tx: Tx, deps: Erasing, organisationId: string): Promise<void> => {
  const now = deps.clock.now()
  const demand = await tx
    .update(scenarios)
    .set({ state: 'withdrawn', version: sql`version + 1`, updatedAt: now })
    .where(
      and(
        eq(scenarios.organisationId, organisationId),
        inArray(scenarios.state, ['published', 'submitted', 'returned']),
      ),
    )
    .returning({ id: scenarios.id, parkId: scenarios.parkId })
  const supply = await tx
    .update(capabilities)
    .set({ state: 'withdrawn', version: sql`version + 1`, updatedAt: now })
    .where(and(eq(capabilities.organisationId, organisationId), eq(capabilities.state, 'published')))
    .returning({ id: capabilities.id })
  await append(tx, deps, WORKER, [
    ...demand.map(({ id, parkId }) => ({ type: 'scenario.withdrawn' as const, data: { scenarioId: id }, parkId })),
    ...supply.map(({ id }) => ({ type: 'capability.withdrawn' as const, data: { capabilityId: id } })),
  ])
  await recordAll(tx, deps, WORKER, [
    ...demand.map(({ id, parkId }) => ({ action: 'scenario.withdrawn' as const, objectId: id, parkId })),
    ...supply.map(({ id }) => ({ action: 'capability.withdrawn' as const, objectId: id })),
  ])
}

const OPEN_STATES = MATCH_STATES.filter(state => isOpen(state) && isTouched(state))

/** What people had begun ends as withdrawn by the platform, and the other side and the park are told. */
const endMatches = async (tx: Tx, deps: Erasing, organisationId: string): Promise<void> => {
  const now = deps.clock.now()
  const rows = await tx
    .select()
    .from(matches)
    .where(
      and(
        sql`(${matches.factoryId} = ${organisationId} or ${matches.vendorId} = ${organisationId})`,
        inArray(matches.state, OPEN_STATES),
      ),
    )
    .orderBy(matches.id)
    .for('update')
  if (rows.length === 0) return
  await tx
    .update(matches)
    .set({
      state: 'withdrawn',
      stateSince: now,
      updatedAt: now,
      deadlineAt: null,
      remindAt: null,
      version: sql`version + 1`,
    })
    .where(
      inArray(
        matches.id,
        rows.map(row => row.id),
      ),
    )
  await tx.insert(matchTransitions).values(
    rows.map(row => ({
      id: newId(deps, 'transition'),
      matchId: row.id,
      parkId: row.parkId,
      factoryId: row.factoryId,
      vendorId: row.vendorId,
      action: 'withdraw',
      from: row.state,
      to: 'withdrawn' as const,
      since: row.stateSince,
      at: now,
    })),
  )
  await recordAll(
    tx,
    deps,
    WORKER,
    rows.map(row => ({ action: 'match.moved', objectId: row.id, parkId: row.parkId })),
  )
  await refreshStandings(
    tx,
    rows.map(row => row.scenarioId),
  )
  const admins = new Map((await tx.select().from(parks)).map(park => [park.id, park.organisationId]))
  await append(
    tx,
    deps,
    WORKER,
    rows.map(
      (row): NewEvent => ({
        type: 'match.state_changed',
        data: {
          matchId: row.id,
          scenarioId: row.scenarioId,
          capabilityId: row.capabilityId,
          parkId: row.parkId,
          from: row.state,
          to: 'withdrawn',
          by: 'platform',
          deadlineAt: null,
          waitingFor: [],
        },
        parkId: row.parkId,
        readers: [row.factoryId === organisationId ? row.vendorId : row.factoryId, admins.get(row.parkId) ?? ''],
      }),
    ),
  )
}

/** Its own consortia are dissolved; elsewhere its place becomes free, and a team looks for another. */
const leaveTeams = async (tx: Tx, deps: Erasing, organisationId: string): Promise<void> => {
  const now = deps.clock.now()
  const own = await tx
    .select()
    .from(consortia)
    .where(
      and(
        eq(consortia.ownerId, organisationId),
        inArray(consortia.state, ['assembling', 'proposed', 'forming', 'formed']),
      ),
    )
    .for('update')
  const seats = await tx
    .select({ row: consortia, role: consortiumMembers.role })
    .from(consortiumMembers)
    .innerJoin(consortia, eq(consortia.id, consortiumMembers.consortiumId))
    .where(
      and(
        eq(consortiumMembers.organisationId, organisationId),
        inArray(consortiumMembers.state, ['invited', 'accepted']),
        inArray(consortia.state, ['forming', 'formed']),
      ),
    )
  const othersOf = async (row: typeof consortia.$inferSelect) =>
    (await partiesOf(tx, row)).filter(id => id !== organisationId)
  const placeOf = (row: typeof consortia.$inferSelect) => ({
    consortiumId: row.id,
    scenarioId: row.scenarioId,
    parkId: row.parkId,
    title: row.title,
  })
  const events: NewEvent[] = []
  for (const row of own)
    events.push({
      type: 'consortium.ended',
      data: { ...placeOf(row), state: 'dissolved' },
      parkId: row.parkId,
      readers: await othersOf(row),
    })
  const left = seats.filter(({ row }) => row.ownerId !== organisationId)
  for (const { row, role } of left) {
    const readers = await othersOf(row)
    events.push({
      type: 'consortium.member_changed',
      data: { ...placeOf(row), role, to: 'left' },
      parkId: row.parkId,
      readers,
    })
    if (row.mode === 'team')
      events.push({ type: 'consortium.requested', data: { consortiumId: row.id }, parkId: row.parkId })
  }
  const set = { version: sql`version + 1`, updatedAt: now, stateSince: now }
  if (own.length > 0)
    await tx
      .update(consortia)
      .set({ ...set, state: 'dissolved' })
      .where(
        inArray(
          consortia.id,
          own.map(row => row.id),
        ),
      )
  if (left.length > 0)
    await tx
      .update(consortia)
      .set({ ...set, state: 'forming', charterVersion: null })
      .where(
        inArray(
          consortia.id,
          left.map(({ row }) => row.id),
        ),
      )
  await tx
    .update(consortiumMembers)
    .set({ state: 'left', decidedAt: now })
    .where(
      and(
        eq(consortiumMembers.organisationId, organisationId),
        inArray(consortiumMembers.state, ['invited', 'accepted']),
      ),
    )
  await append(tx, deps, WORKER, events)
}

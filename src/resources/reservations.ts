import { and, asc, eq, gt, sql } from 'drizzle-orm'
import type { z } from 'zod'
import { record, type Recording } from '../audit/record.ts'
import { append } from '../events/outbox.ts'
import type { Stored } from '../identity/idempotency.ts'
import { administers, type Member } from '../platform/actor.ts'
import { rowsOf, type Tx } from '../platform/db.ts'
import { conflict, forbidden, notFound, refuseContradictions } from '../platform/errors.ts'
import { newId } from '../platform/ids.ts'
import { pageOfRows } from '../platform/pages.ts'
import type { NewReservation, ReservationFilters } from './schemas.ts'
import { reservations, type ReservationState, resources } from './tables.ts'

type Row = typeof reservations.$inferSelect

/**
 * Reserves part of a resource's quota. Reservations of one resource wait for each other, so their sum (or, where the
 * quota counts at the same time, the sum of each day) never passes the quota, however many come at once.
 * @throws 403 for kinds of organisations that it is not lent to, 404, 409 where too little is left or it has no quota,
 * 422 for days outside its calendar
 */
export const reserve = async (
  tx: Tx,
  deps: Recording,
  actor: Member,
  resourceId: string,
  input: z.infer<typeof NewReservation>,
): Promise<Stored> => {
  await tx.execute(sql`select lock_resource(${resourceId})`)
  const [resource] = await tx.select().from(resources).where(eq(resources.id, resourceId))
  if (!resource) throw notFound()
  checkEligible(resource, actor)
  checkCalendar(resource, input)
  if (resource.quota === null)
    throw conflict('该资源未设额度，请直接联系出借方', 'It has no quota: ask whoever lends it')
  const [taken] = rowsOf<{ amount: string }>(
    await tx.execute(
      sql`select reserved_amount(${resourceId}, ${input.fromDay}, ${input.untilDay}, ${resource.quotaMode === 'concurrent'}) as amount`,
    ),
  )
  const left = resource.quota.amount - Number(taken?.amount ?? 0)
  if (input.amount > left) throw conflict(`余量不足，剩余 ${left}`, `Too little is left: ${left}`)
  const id = newId(deps, 'reservation')
  await tx.insert(reservations).values({
    ...input,
    id,
    resourceId,
    parkId: resource.parkId,
    lenderId: resource.organisationId,
    organisationId: actor.organisationId,
    state: 'held',
    createdAt: deps.clock.now(),
  })
  await record(tx, deps, actor, {
    action: 'reservation.made',
    objectId: id,
    parkId: resource.parkId,
    digests: { content: input },
  })
  const data = {
    reservationId: id,
    resourceId,
    parkId: resource.parkId,
    fromDay: input.fromDay,
    untilDay: input.untilDay,
  }
  const readers = [actor.organisationId, resource.organisationId]
  await append(tx, deps, actor, [{ type: 'resource.reserved', data, parkId: resource.parkId, readers }])
  return { id }
}

type Resource = typeof resources.$inferSelect

const checkEligible = ({ eligibleKinds }: Resource, actor: Member): void => {
  if (eligibleKinds === null || eligibleKinds.includes(actor.organisationKind)) return
  throw forbidden('该资源不面向您这类单位', 'It is not lent to organisations of your kind')
}

const checkCalendar = (resource: Resource, { fromDay, untilDay }: z.infer<typeof NewReservation>): void => {
  const isOpen =
    (resource.availableFrom === null || fromDay >= resource.availableFrom) &&
    (resource.availableUntil === null || untilDay <= resource.availableUntil)
  refuseContradictions([
    ...(untilDay < fromDay
      ? [{ pointer: '/untilDay', detail: { zh: '结束早于开始', en: 'It ends before it begins' } }]
      : []),
    ...(isOpen ? [] : [{ pointer: '/fromDay', detail: { zh: '不在开放日期内', en: 'It is not lent on these days' } }]),
  ])
}

/**
 * Gives back or cancels a reservation: whoever made it, who lends, and the park may.
 * @throws 404, 409 where it ended in another way
 */
export const endReservation = async (
  tx: Tx,
  deps: Recording,
  actor: Member,
  id: string,
  state: Exclude<ReservationState, 'held'>,
): Promise<Stored> => {
  const row = await findReservation(tx, id)
  if (row.state === state) return { id }
  if (row.state !== 'held') throw conflict('该预订已结束', 'The reservation has ended')
  const isTheirs = [row.organisationId, row.lenderId].includes(actor.organisationId) || administers(actor, row.parkId)
  if (!isTheirs) throw notFound()
  await tx
    .update(reservations)
    .set({ state, endedAt: deps.clock.now() })
    .where(and(eq(reservations.id, id), eq(reservations.state, 'held')))
  await record(tx, deps, actor, { action: 'reservation.ended', objectId: id, parkId: row.parkId })
  const { resourceId, parkId, fromDay, untilDay } = row
  const data = { reservationId: id, resourceId, parkId, fromDay, untilDay }
  await append(tx, deps, actor, [
    { type: 'resource.released', data, parkId, readers: [row.organisationId, row.lenderId] },
  ])
  return { id }
}

export const readReservation = async (tx: Tx, id: string) => present(await findReservation(tx, id))

const findReservation = async (tx: Tx, id: string): Promise<Row> => {
  const [row] = await tx.select().from(reservations).where(eq(reservations.id, id))
  if (!row) throw notFound()
  return row
}

/** The reservations that the reader made or lent, or those of his park. */
export const listReservations = async (tx: Tx, filters: z.infer<typeof ReservationFilters>) => {
  const rows = await tx
    .select()
    .from(reservations)
    .where(
      and(
        filters.resourceId ? eq(reservations.resourceId, filters.resourceId) : undefined,
        filters.state ? eq(reservations.state, filters.state) : undefined,
        filters.cursor ? gt(reservations.id, filters.cursor) : undefined,
      ),
    )
    .orderBy(asc(reservations.id))
    .limit(filters.limit + 1)
  return pageOfRows(rows.map(present), filters, row => row.id)
}

const present = ({ lenderId: _, createdAt, endedAt, ...row }: Row) => ({
  ...row,
  createdAt: createdAt.toISOString(),
  ...(endedAt === null ? {} : { endedAt: endedAt.toISOString() }),
})

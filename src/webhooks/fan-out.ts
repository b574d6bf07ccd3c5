import { and, asc, eq, inArray, isNull, sql } from 'drizzle-orm'
import { eventReaders, events } from '../events/tables.ts'
import { rowsOf, type Tx } from '../platform/db.ts'
import type { Deps } from '../platform/deps.ts'
import type { DrainRequest } from './drains.ts'
import { wants } from './filters.ts'
import { endpoints } from './tables.ts'
import { type EndpointRow, type EventRow, findPairs, type Pair, pairKey, toEvent, writeDeliveries } from './write.ts'

/**
 * Writes one delivery for each of these events and each endpoint of its readers that wants it. Running it again writes
 * nothing: a pair exists once. The endpoints are locked in the order of their ids, for the time of these few statements,
 * so that their numbers have no gap and two batches cannot deadlock.
 * @returns one drain for each endpoint that got something to send
 */
export const fanOut = async (
  tx: Tx,
  deps: Pick<Deps, 'clock' | 'random' | 'config'>,
  eventIds: string[],
): Promise<DrainRequest[]> => {
  const rows = await tx.select().from(events).where(inArray(events.id, eventIds)).orderBy(asc(events.seq))
  const batch = rows.map(toEvent)
  const wanted = await findWanted(tx, batch)
  const endpointIds = [...new Set(wanted.map(entry => entry.endpointId))]
  if (endpointIds.length === 0) return []
  const locked = await lockEndpoints(tx, endpointIds)
  const known = await findPairs(tx, eventIds, endpointIds)
  const pairs = number(
    wanted.filter(({ event, endpointId }) => !known.has(pairKey(event.id, endpointId))),
    locked,
  )
  const ids = await writeDeliveries(tx, deps, pairs, 'schedule')
  return moveOn(tx, deps, pairs, ids)
}

type Wanted = { event: EventRow; endpointId: string }

/** Readers are few for each event and endpoints are bounded for each organisation, so the pairs are decided here. */
const findWanted = async (tx: Tx, batch: EventRow[]): Promise<Wanted[]> => {
  if (batch.length === 0) return []
  const candidates = await tx
    .select({
      eventId: eventReaders.eventId,
      id: endpoints.id,
      eventTypes: endpoints.eventTypes,
      filters: endpoints.filters,
    })
    .from(eventReaders)
    .innerJoin(endpoints, eq(endpoints.organisationId, eventReaders.organisationId))
    .where(
      and(
        inArray(
          eventReaders.eventId,
          batch.map(event => event.id),
        ),
        isNull(endpoints.deletedAt),
      ),
    )
  return batch.flatMap(event =>
    candidates
      .filter(candidate => candidate.eventId === event.id && wants(candidate, event))
      .map(candidate => ({ event, endpointId: candidate.id })),
  )
}

const lockEndpoints = async (tx: Tx, ids: string[]): Promise<Map<string, EndpointRow>> => {
  const rows = await tx
    .select()
    .from(endpoints)
    .where(and(inArray(endpoints.id, ids), isNull(endpoints.deletedAt)))
    .orderBy(asc(endpoints.id))
    .for('no key update')
  return new Map(rows.map(row => [row.id, row]))
}

const number = (wanted: Wanted[], locked: ReadonlyMap<string, EndpointRow>): Pair[] => {
  const last = new Map<string, number>()
  return wanted.flatMap(({ event, endpointId }) => {
    const endpoint = locked.get(endpointId)
    if (!endpoint) return []
    const sequence = (last.get(endpointId) ?? endpoint.sequence) + 1
    last.set(endpointId, sequence)
    return [{ event, endpoint, sequence }]
  })
}

/** Keeps each endpoint's number, and that it has something to do. A disabled one keeps its deliveries and stays asleep. */
const moveOn = async (
  tx: Tx,
  deps: Pick<Deps, 'clock'>,
  pairs: readonly Pair[],
  deliveryIds: readonly string[],
): Promise<DrainRequest[]> => {
  if (pairs.length === 0) return []
  const newest = new Map(pairs.map((pair, i) => [pair.endpoint.id, { sequence: pair.sequence, id: deliveryIds[i] }]))
  const rows = [...newest].map(([id, { sequence }]) => ({ id, sequence }))
  const now = deps.clock.now().toISOString()
  const moved = rowsOf<{ id: string; state: string; generation: number }>(
    await tx.execute(sql`update endpoints e set sequence = x.sequence,
        wake_at = case when e.state = 'active' then least(e.wake_at, ${now}::timestamptz) else e.wake_at end
      from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as x(id text, sequence int) where e.id = x.id
      returning e.id, e.state, e.generation`),
  )
  return moved
    .filter(endpoint => endpoint.state === 'active')
    .map(({ id, generation }) => ({ endpointId: id, causeId: newest.get(id)?.id ?? id, attempt: 0, generation }))
}

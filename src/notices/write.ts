import { eq, inArray } from 'drizzle-orm'
import { events, eventReaders } from '../events/tables.ts'
import { organisations, positions } from '../identity/tables.ts'
import type { Tx } from '../platform/db.ts'
import type { Deps } from '../platform/deps.ts'
import { isNoticeType, isUrgent } from './rules.ts'
import { notices } from './tables.ts'

/**
 * Tells the people of the organisations that may read these events, but for those whose own organisation acted. Running
 * it again writes nothing: an event is told to a person once.
 */
export const writeNotices = async (tx: Tx, deps: Pick<Deps, 'clock' | 'config'>, eventIds: string[]): Promise<void> => {
  const readers = await tx
    .select({
      event: {
        id: events.id,
        type: events.type,
        parkId: events.parkId,
        actorId: events.actorId,
        data: events.data,
        at: events.occurredAt,
      },
      organisationId: eventReaders.organisationId,
      kind: organisations.kind,
      personId: positions.personId,
    })
    .from(events)
    .innerJoin(eventReaders, eq(eventReaders.eventId, events.id))
    .innerJoin(organisations, eq(organisations.id, eventReaders.organisationId))
    .innerJoin(positions, eq(positions.organisationId, eventReaders.organisationId))
    .where(inArray(events.id, eventIds))
  const rows = readers.flatMap(({ event, organisationId, kind, personId }) => {
    const { type } = event
    if (!isNoticeType(type) || event.actorId === organisationId) return []
    const side = kind === 'park' ? 'park' : kind === 'vendor' ? 'vendor' : 'factory'
    const needsAnswer = isUrgent(type, event.data, side)
    return [
      {
        personId,
        eventId: event.id,
        organisationId,
        parkId: event.parkId,
        type,
        data: event.data,
        needsAnswer,
        createdAt: event.at,
        // Without a mail server nothing is due, so that switching one on does not send the mail of a year.
        mailDueAt: needsAnswer && deps.config.smtp ? deps.clock.now() : null,
      },
    ]
  })
  if (rows.length > 0) await tx.insert(notices).values(rows).onConflictDoNothing()
}

import type { EventType } from './catalog.ts'

/** What a webhook carries and what a poll answers: the same shape, so that a receiver needs one reader for both. */
export type Envelope = { id: string; type: EventType; timestamp: string; data: Record<string, unknown> }

/** The envelope of an event, as Standard Webhooks advises it: type, time of the event, data; the id makes it idempotent. */
export const envelopeOf = (event: {
  id: string
  type: EventType
  occurredAt: Date
  data: Record<string, unknown>
}): Envelope => ({ id: event.id, type: event.type, timestamp: event.occurredAt.toISOString(), data: event.data })

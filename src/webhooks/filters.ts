import { type EventType, nounOf, subscribesTo } from '../events/catalog.ts'
import type { EndpointFilters } from './tables.ts'

/** An event as far as a subscription looks at it. */
export type Subject = { type: EventType; parkId: string | null; data: Record<string, unknown> }
export type Subscription = { id: string; eventTypes: readonly string[]; filters: EndpointFilters }

/**
 * Does the endpoint want the event? By type, then by its filters. A filter only looks at what the event has: one that
 * names no industry is not held back by a filter on industries, so that whoever was told of a match also hears that it
 * was retracted. An endpoint never hears about itself: its own failure would make it fail again.
 */
export const wants = (endpoint: Subscription, event: Subject): boolean =>
  subscribesTo(endpoint.eventTypes, event.type) &&
  event.data['endpointId'] !== endpoint.id &&
  passes(endpoint.filters, event)

/** What the platform tells an owner about his own endpoints and deliveries. */
export const isOperatorEvent = (type: EventType): boolean => ['endpoint', 'delivery'].includes(nounOf(type))

const passes = (filters: EndpointFilters, { parkId, data }: Subject): boolean => {
  const { industries, parkIds, problems, totalMin } = filters
  const total = data['total']
  return (
    overlaps(industries, data['industry']) &&
    overlaps(parkIds, data['parkId'] ?? parkId ?? undefined) &&
    overlaps(problems, data['problems']) &&
    (totalMin === undefined || typeof total !== 'number' || total >= totalMin)
  )
}

const overlaps = (wanted: readonly string[] | undefined, value: unknown): boolean => {
  if (wanted === undefined || value === undefined) return true
  return (Array.isArray(value) ? value : [value]).some(item => wanted.includes(String(item)))
}

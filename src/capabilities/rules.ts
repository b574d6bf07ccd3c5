import type { Contradiction } from '../platform/errors.ts'
import type { CapabilityFields } from './schemas.ts'
import type { CapabilityState } from './tables.ts'

type CapabilityEvent = 'capability.published' | 'capability.withdrawn'

/**
 * What a step makes of a state, and the event to tell, if any. Steps are harmless when repeated; what was never
 * announced ends without an event.
 */
export const takeStep = (
  state: CapabilityState,
  step: 'publish' | 'withdraw',
): { state: CapabilityState; event?: CapabilityEvent } => {
  if (step === 'publish')
    return state === 'published' ? { state } : { state: 'published', event: 'capability.published' }
  return { state: 'withdrawn', ...(state === 'published' ? { event: 'capability.withdrawn' } : {}) }
}

/** Fields that are each well formed and cannot be true together. */
export const findContradictions = ({ price, capacity, capacityUsed }: CapabilityFields): Contradiction[] => {
  const found: Contradiction[] = []
  if (price?.min !== undefined && price.max !== undefined && price.min > price.max)
    found.push({ pointer: '/price/max', detail: { zh: '不能小于 min', en: 'must not be below min' } })
  if (capacity !== undefined && capacityUsed !== undefined && capacityUsed > capacity)
    found.push({ pointer: '/capacityUsed', detail: { zh: '不能大于 capacity', en: 'must not be above capacity' } })
  return found
}

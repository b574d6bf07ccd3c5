import type { Contradiction } from '../platform/errors.ts'
import type { ScenarioFields } from './schemas.ts'
import type { ScenarioState } from './tables.ts'

export const STEPS = ['publish', 'submit', 'approve', 'return', 'withdraw', 'expire'] as const
export type Step = (typeof STEPS)[number]
type ScenarioEvent = 'scenario.published' | 'scenario.withdrawn'

export type StepTaken = { state: ScenarioState; event?: ScenarioEvent }

/**
 * What a step makes of a state, and the event that matching follows, if any. Steps are harmless when repeated. What was
 * never announced, or is announced as gone, ends without a second event.
 */
export const takeStep = (state: ScenarioState, step: Step): StepTaken => {
  const gone = state === 'published' ? { event: 'scenario.withdrawn' as const } : {}
  if (step === 'withdraw') return { state: 'withdrawn', ...gone }
  if (step === 'expire') return state === 'published' ? { state: 'expired', ...gone } : { state }
  if (step === 'return')
    return state === 'submitted' || state === 'published' ? { state: 'returned', ...gone } : { state }
  if (state === 'published') return { state }
  if (step === 'submit') return { state: 'submitted' }
  return step === 'publish' || state === 'submitted' ? { state: 'published', event: 'scenario.published' } : { state }
}

const YEARS_MAX = 5
const YEAR_MS = 366 * 86_400_000

/** Fields that are each well formed and cannot be true together. */
export const findContradictions = (fields: ScenarioFields): Contradiction[] => {
  const found: Contradiction[] = []
  const { budget, startsOn, neededBy } = fields
  if (budget?.min !== undefined && budget.max !== undefined && budget.min > budget.max)
    found.push({ pointer: '/budget/max', detail: { zh: '不能小于 min', en: 'must not be below min' } })
  // Full dates of RFC 3339 sort as text.
  if (startsOn !== undefined && neededBy !== undefined && startsOn > neededBy)
    found.push({ pointer: '/neededBy', detail: { zh: '不能早于 startsOn', en: 'must not be before startsOn' } })
  return found
}

/** Why a scenario cannot end at that time. */
export const findWrongExpiry = (expiresAt: Date | null, now: Date): Contradiction[] => {
  if (expiresAt === null) return []
  const leftMs = expiresAt.getTime() - now.getTime()
  if (leftMs > 0 && leftMs <= YEARS_MAX * YEAR_MS) return []
  return [{ pointer: '/expiresAt', detail: { zh: '应在将来五年之内', en: 'must lie within the next five years' } }]
}

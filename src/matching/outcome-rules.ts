import type { Bilingual } from '../engine/types.ts'
import type { MatchState } from './rules.ts'
import type { OutcomeState } from './tables.ts'

export type Party = 'factory' | 'vendor'
export type Decision = 'confirm' | 'dispute'

/** There is something to measure from the pilot on. */
const MEASURABLE: ReadonlySet<MatchState> = new Set(['pilot', 'contracted', 'landed', 'scaled'])
export const isMeasurable = (state: MatchState): boolean => MEASURABLE.has(state)

/** The party that did not report: only its word makes an outcome count. */
export const otherParty = (party: Party): Party => (party === 'factory' ? 'vendor' : 'factory')

const REACHED = { confirm: 'confirmed', dispute: 'disputed' } as const

/**
 * What a decision about an outcome does. The diagram stands in docs/state-machines.md. A disputed outcome may still be
 * confirmed, and what is confirmed stays: a correction is a new outcome.
 */
export const decideOutcome = (
  outcome: { state: OutcomeState; reportedBy: Party },
  decision: Decision,
  side: Party | 'park',
): { kind: 'moved'; state: OutcomeState } | { kind: 'unchanged' } | { kind: 'refused'; because: Bilingual } => {
  if (side !== otherParty(outcome.reportedBy))
    return refused('成效只能由另一方确认', 'Only the other party decides on an outcome')
  const state = REACHED[decision]
  if (outcome.state === state) return { kind: 'unchanged' }
  if (outcome.state === 'confirmed')
    return refused('已确认的成效不能更改，请上报新的成效', 'A confirmed outcome stays: report a new one instead')
  return { kind: 'moved', state }
}

const refused = (zh: string, en: string) => ({ kind: 'refused' as const, because: { zh, en } })

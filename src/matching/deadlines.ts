import type { Settings } from '../parks/service.ts'
import { isOpen, type MatchState } from './rules.ts'

export type DeadlineSettings = Pick<Settings, 'stageDays' | 'reminderDays'>

const DAY_MS = 86_400_000
/** How far beyond its regular end a stage may be put off, however often that is asked. */
const HOLD_DAYS_MAX = 90

/**
 * Until when somebody has to act, and when he is reminded of it. Both are null where nobody has to; the reminder is
 * null where its time is over already. A time instead of a state is a deadline that somebody chose.
 */
export const deadlinesOf = (
  state: MatchState | Date,
  now: Date,
  settings: DeadlineSettings,
): { deadlineAt: Date | null; remindAt: Date | null } => {
  if (!(state instanceof Date) && !isOpen(state)) return { deadlineAt: null, remindAt: null }
  const deadlineAt = state instanceof Date ? state : new Date(now.getTime() + settings.stageDays[state] * DAY_MS)
  const remindAt = new Date(deadlineAt.getTime() - settings.reminderDays * DAY_MS)
  return { deadlineAt, remindAt: settings.reminderDays > 0 && remindAt > now ? remindAt : null }
}

/** The latest deadline that the present stage of a match may be put off to. */
export const latestHold = (match: { state: MatchState; stateSince: Date }, settings: DeadlineSettings): Date => {
  const days = isOpen(match.state) ? settings.stageDays[match.state] : 0
  return new Date(match.stateSince.getTime() + (days + HOLD_DAYS_MAX) * DAY_MS)
}

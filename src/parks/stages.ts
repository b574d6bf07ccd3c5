/** The states of a match in which somebody has to act, in their order. */
export const STAGES = ['proposed', 'interest', 'mutual', 'introduced', 'pilot', 'contracted'] as const
export type Stage = (typeof STAGES)[number]

/** Days that a match may rest in each stage. */
export type StageDays = Record<Stage, number>

export const STAGE_DAYS_MAX = 1_095
export const REMINDER_DAYS_MAX = 30

/** What holds until a park decides otherwise: two to four weeks to answer, half a year to pilot, a year to land. */
export const DEFAULT_STAGE_DAYS: StageDays = {
  proposed: 30,
  interest: 14,
  mutual: 14,
  introduced: 30,
  pilot: 180,
  contracted: 365,
}
export const DEFAULT_REMINDER_DAYS = 3

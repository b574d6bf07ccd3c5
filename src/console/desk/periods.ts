import type { ReportPeriod } from '../../reports/schemas.ts'

export const PERIODS = ['month', 'quarter', 'year', 'lastYear', 'all'] as const
export type PeriodName = (typeof PERIODS)[number]

/** The period that a name means today, by the clocks of a park. */
export const periodOf = (name: PeriodName, now: Date, timeZone: string): ReportPeriod => {
  const today = new Intl.DateTimeFormat('en-CA', { timeZone }).format(now)
  const [year = '', month = ''] = today.split('-')
  if (name === 'all') return {}
  if (name === 'lastYear') return { from: `${Number(year) - 1}-01-01`, to: `${Number(year) - 1}-12-31` }
  if (name === 'year') return { from: `${year}-01-01`, to: today }
  const first = name === 'month' ? Number(month) : Number(month) - ((Number(month) - 1) % 3)
  return { from: `${year}-${String(first).padStart(2, '0')}-01`, to: today }
}

export const queryOf = (period: ReportPeriod, more: Record<string, string> = {}): string => {
  const given = Object.entries({ ...period, ...more }).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  )
  return given.length === 0 ? '' : `?${new URLSearchParams(given).toString()}`
}

import { sql } from 'drizzle-orm'
import { rowsOf, type Tx } from '../platform/db.ts'
import { addressOf, DEMAND_FIGURES, MOVE_FIGURES } from './figures.ts'
import type { ReportPeriod } from './schemas.ts'
import { demandOf, movesOf, type Scope } from './scope.ts'
import type { ReportTrends } from './trend-schemas.ts'

const MONTHS_SHOWN = 12
export const MONTHS_MAX = 36

type Month = { month: string; published: number; matched: number; landed: number }

/**
 * Month by month, by the clocks of the park: what was published, how much of that has a match, and how many matches
 * landed. Whole months, from that of the period's first day to that of its last; without a first day the twelve that end
 * with the last, and never more than thirty-six. A number counts by the condition that its rows are listed by.
 */
export const readTrends = async (tx: Tx, scope: Scope): Promise<ReportTrends> => {
  const months = listMonths(scope)
  const period = { from: daysOf(months[0] ?? '').from, to: daysOf(months.at(-1) ?? '').to }
  const whole = { ...scope, period }
  const is = DEMAND_FIGURES
  const { timeZone } = scope.park
  const rows = rowsOf<Month>(
    await tx.execute(sql`with demand as (${demandOf(whole)}), moves as (${movesOf(whole, 'named')}),
      posted as (select to_char(d.published_at at time zone ${timeZone}, 'YYYY-MM') as month,
          count(*) filter (where ${is['scenarios.ever']()})::int as published,
          count(*) filter (where ${is['scenarios.ever']()} and ${is['scenarios.near']()})::int as matched
        from demand d group by 1),
      arrived as (select to_char(t.at at time zone ${timeZone}, 'YYYY-MM') as month, count(*)::int as landed
        from moves t where ${MOVE_FIGURES['moves.entered']({ state: 'landed' })} group by 1)
      select month, coalesce(published, 0) as published, coalesce(matched, 0) as matched, coalesce(landed, 0) as landed
      from posted full join arrived using (month)`),
  )
  const found = new Map(rows.map(row => [row.month, row]))
  return {
    parkId: scope.park.id,
    at: scope.now.toISOString(),
    timeZone,
    months: months.map(month => presentMonth(found.get(month) ?? { ...NOTHING, month }, scope)),
  }
}

const NOTHING = { published: 0, matched: 0, landed: 0 }

const presentMonth = ({ month, published, matched, landed }: Month, scope: Scope) => {
  const inMonth = { ...scope, period: daysOf(month) }
  return {
    month,
    published: { count: published, url: addressOf(inMonth, 'scenarios.ever') },
    matched: { count: matched, url: addressOf(inMonth, 'scenarios.near') },
    landed: { count: landed, url: addressOf(inMonth, 'moves.entered', { state: 'landed' }) },
  }
}

/** The first and the last day of a month. */
const daysOf = (month: string): Required<ReportPeriod> & { from: string; to: string } => {
  const [year = 0, number = 1] = month.split('-').map(Number)
  const last = new Date(Date.UTC(year, number, 0)).getUTCDate()
  return { from: `${month}-01`, to: `${month}-${String(last).padStart(2, '0')}` }
}

const listMonths = ({ period, park, now }: Scope): string[] => {
  const today = new Intl.DateTimeFormat('en-CA', { timeZone: park.timeZone }).format(now)
  const last = placeOf(period.to ?? today)
  const first = period.from === undefined ? last - MONTHS_SHOWN + 1 : placeOf(period.from)
  const count = Math.min(MONTHS_MAX, Math.max(1, last - first + 1))
  return Array.from({ length: count }, (_, i) => monthAt(last - count + 1 + i))
}

/** Months since the year 0. */
const placeOf = (day: string): number => Number(day.slice(0, 4)) * 12 + Number(day.slice(5, 7)) - 1
const monthAt = (place: number): string =>
  `${String(Math.floor(place / 12)).padStart(4, '0')}-${String((place % 12) + 1).padStart(2, '0')}`

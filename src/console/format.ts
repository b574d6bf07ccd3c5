import { timeZoneOf, type Visit } from './visit.ts'

const HOUR_MS = 3_600_000
const DAY_HOURS = 24

/** How values are told to this reader: his language, his park's time zone. */
export const formatsOf = (visit: Visit) => {
  const { language } = visit
  const locale = language === 'zh' ? 'zh-CN' : 'en-GB'
  const timeZone = timeZoneOf(visit)
  const day = new Intl.DateTimeFormat(locale, { timeZone, dateStyle: 'medium' })
  const moment = new Intl.DateTimeFormat(locale, { timeZone, dateStyle: 'medium', timeStyle: 'short' })
  const number = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 })
  return {
    day: (iso: string) => day.format(new Date(iso)),
    moment: (iso: string) => moment.format(new Date(iso)),
    number: (value: number) => number.format(value),
    /** A score of 10,000 as people read it: of 100, with one decimal. */
    score: (value: number) => (value / 100).toFixed(1),
    signed: (value: number) => `${value < 0 ? '−' : '+'}${(Math.abs(value) / 100).toFixed(1)}`,
    share: (part: number, whole: number) => (whole === 0 ? '–' : `${number.format((part / whole) * 100)}%`),
    hours: (hours: number) => tellHours(hours, language),
    /** How long ago, or how long until. */
    since: (iso: string, now: Date) => tellHours(Math.abs(now.getTime() - Date.parse(iso)) / HOUR_MS, language),
  }
}

const tellHours = (hours: number, language: Visit['language']): string => {
  if (hours < 1) return language === 'zh' ? '不到 1 小时' : 'less than an hour'
  const [count, zh, en] = hours < 2 * DAY_HOURS ? [hours, '小时', 'hour'] : [hours / DAY_HOURS, '天', 'day']
  const whole = Math.round(count)
  return language === 'zh' ? `${whole} ${zh}` : `${whole} ${en}${whole === 1 ? '' : 's'}`
}

/** The last moment of a day in a time zone, as a form's date means it. @returns RFC 3339 in UTC */
export const endOfDay = (day: string, timeZone: string): string => {
  const utc = new Date(`${day}T23:59:59Z`)
  const parts = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
  }).formatToParts(utc)
  const part = (type: string) => Number(parts.find(entry => entry.type === type)?.value)
  const local = Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'))
  return new Date(utc.getTime() - (local - utc.getTime())).toISOString()
}

import { trackTaken } from './taken.ts'

/** A calendar day in folded text: RFC 3339 day and where it stood. */
export type DateReading = { start: number; end: number; date: string; comparator: '=' | '<=' | '>=' }

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const MONTH = `(${MONTHS.join('|')})[a-z]*`
const YEAR = '((?:19|20)\\d\\d)'
// A month or a year alone means its last day, since texts give deadlines ("2025年底", "by June 2025").
const PATTERNS: { pattern: RegExp; read: (groups: string[]) => [string, number, number | undefined] }[] = [
  {
    pattern: new RegExp(
      `(?<!\\d)${YEAR}\\s*(?:-|/|\\.|年)\\s*(\\d{1,2})(?:\\s*(?:-|/|\\.|月)\\s*(\\d{1,2})日?|月底?|(?![\\d.%]))`,
      'g',
    ),
    read: ([, year, month, day]) => [year ?? '', Number(month), day === undefined ? undefined : Number(day)],
  },
  {
    pattern: new RegExp(`(?<!\\d)${YEAR}年?\\s*(?:第?([一二三四1-4])季度|q([1-4]))`, 'g'),
    read: ([, year, han, digit]) => [
      year ?? '',
      3 * (digit === undefined ? quarterOf(han ?? '') : Number(digit)),
      undefined,
    ],
  },
  { pattern: new RegExp(`(?<!\\d)${YEAR}年上半年`, 'g'), read: ([, year]) => [year ?? '', 6, undefined] },
  {
    pattern: new RegExp(`(?<!\\d)${YEAR}年(?:底|末|年底|内|下半年)`, 'g'),
    read: ([, year]) => [year ?? '', 12, undefined],
  },
  { pattern: new RegExp(`\\bend of ${YEAR}(?!\\d)`, 'g'), read: ([, year]) => [year ?? '', 12, undefined] },
  {
    pattern: new RegExp(`\\b(\\d{1,2}) ${MONTH},? ${YEAR}(?!\\d)`, 'g'),
    read: ([, day, month, year]) => [year ?? '', monthOf(month ?? ''), Number(day)],
  },
  {
    pattern: new RegExp(`\\b${MONTH} (?:(\\d{1,2}),? )?${YEAR}(?!\\d)`, 'g'),
    read: ([, month, day, year]) => [year ?? '', monthOf(month ?? ''), day === undefined ? undefined : Number(day)],
  },
]
const BY = /(\bby|before|until|no later than|截至|不晚于)[^,。;\d]{0,12}$/
const BY_AFTER = /^\s*(之?前|以前|前完成)/
const FROM = /(\bfrom|after|starting|自|从)[^,。;\d]{0,8}$/

/** Every date with a year in a folded text; a day that does not exist is left out. Dates without a year need a clock. */
export function readDates(text: string): DateReading[] {
  const found: DateReading[] = []
  const taken = trackTaken(text.length)
  for (const { pattern, read } of PATTERNS) {
    for (const match of text.matchAll(pattern)) {
      const start = match.index
      const end = start + match[0].length
      if (!taken.isFree({ start, end })) continue
      const date = toDay(...read([...match]))
      if (date === undefined) continue
      taken.claim({ start, end })
      found.push({ start, end, date, comparator: compare(text, start, end) })
    }
  }
  return found
}

function compare(text: string, start: number, end: number): '=' | '<=' | '>=' {
  const head = text.slice(Math.max(0, start - 24), start)
  if (BY.test(head) || BY_AFTER.test(text.slice(end, end + 4))) return '<='
  return FROM.test(head) ? '>=' : '='
}

const monthOf = (name: string) => MONTHS.indexOf(name.slice(0, 3)) + 1
const quarterOf = (han: string) => ('一二三四'.indexOf(han) >= 0 ? '一二三四'.indexOf(han) + 1 : Number(han))

function toDay(year: string, month: number, day: number | undefined): string | undefined {
  const lastDay = new Date(Date.UTC(Number(year), month, 0)).getUTCDate()
  if (month < 1 || month > 12 || (day !== undefined && (day < 1 || day > lastDay))) return undefined
  const two = (value: number) => String(value).padStart(2, '0')
  return `${year}-${two(month)}-${two(day ?? lastDay)}`
}

/** Days since 1970-01-01 of an RFC 3339 day; NaN for anything else. */
export function countDays(date: string): number {
  return Math.floor(Date.parse(`${date.slice(0, 10)}T00:00:00Z`) / 86_400_000)
}

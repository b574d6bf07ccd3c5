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
  {
    pattern: new RegExp(`\\bq([1-4]) (?:of )?${YEAR}(?!\\d)`, 'g'),
    read: ([, quarter, year]) => [year ?? '', 3 * Number(quarter), undefined],
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

/**
 * Every date in a folded text; a day that does not exist is left out. Dates that count from the day of writing ("明年三月",
 * "三个月内上线") need `today` (RFC 3339 day), so that a text alone always reads alike.
 */
export function readDates(text: string, today?: string): DateReading[] {
  const found: DateReading[] = []
  const taken = trackTaken(text.length)
  for (const { pattern, read } of [...PATTERNS, ...(today === undefined ? [] : patternsFrom(today))]) {
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

const HAN_MONTHS = ['一', '二', '三', '四', '五', '六', '七', '八', '九', '十', '十一', '十二']
const HAN_MONTH = '(\\d{1,2}|十[一二]?|[一二三四五六七八九])'
const YEAR_WORDS: Record<string, number> = { 今年: 0, 本年: 0, 年: 0, 明年: 1, 来年: 1, 后年: 2 }

/** Dates told from a day on: this and next year's months, halves and ends, and spans that end in going live. */
function patternsFrom(today: string): typeof PATTERNS {
  const year = Number(today.slice(0, 4))
  const month = Number(today.slice(5, 7))
  const yearOf = (word: string | undefined) => String(year + (YEAR_WORDS[word ?? ''] ?? 0))
  const numberOf = (text: string | undefined) =>
    /^\d+$/.test(text ?? '') ? Number(text) : HAN_MONTHS.indexOf(text ?? '') + 1
  const after = (months: number): [string, number, number | undefined] => {
    const end = month - 1 + months
    return [String(year + Math.floor(end / 12)), (end % 12) + 1, undefined]
  }
  return [
    {
      pattern: new RegExp(`(今年|本年|明年|来年|后年)\\s*${HAN_MONTH}月(?:份|底|末)?`, 'g'),
      read: ([, word, which]) => [yearOf(word), numberOf(which), undefined],
    },
    {
      pattern: /(今年|本年|明年|来年|后年)\s*(?:第?([一二三四1-4])季度|q([1-4]))/g,
      read: ([, word, han, digit]) => [
        yearOf(word),
        3 * (digit === undefined ? quarterOf(han ?? '') : Number(digit)),
        undefined,
      ],
    },
    { pattern: /(今年|本年|明年|来年|后年)上半年/g, read: ([, word]) => [yearOf(word), 6, undefined] },
    {
      pattern: /(今年|本年|明年|来年|后年|(?<![\d一二两三四五六七八九十半全每几同近])年)(?:下半年|底|末|内|年底)/g,
      read: ([, word]) => [yearOf(word), 12, undefined],
    },
    {
      pattern: /半年(?:之|以)?内(?:要|能|必须|就要|希望)?(?=上线|交付|完成|投产|见效|投用|用上|落地)/g,
      read: () => after(6),
    },
    {
      pattern: new RegExp(
        `${HAN_MONTH}个月(?:之|以)?内(?:要|能|必须|就要|希望)?(?=上线|交付|完成|投产|见效|投用|用上|落地)`,
        'g',
      ),
      read: ([, count]) => after(numberOf(count)),
    },
    {
      pattern: new RegExp(`\\bby (?:the )?end of (?:this|the) year\\b|\\bthis year\\b`, 'g'),
      read: () => [String(year), 12, undefined],
    },
    {
      pattern: new RegExp(`\\bnext ${MONTH}\\b|\\bby ${MONTH} next year\\b`, 'g'),
      read: ([, a, b]) => [String(year + 1), monthOf(a ?? b ?? ''), undefined],
    },
    { pattern: /\bnext year\b/g, read: () => [String(year + 1), 12, undefined] },
  ]
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

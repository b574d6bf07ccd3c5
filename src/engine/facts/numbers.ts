/** A number in folded text, before its unit is known. `start` and `end` are offsets into the folded text. */
export type Quantity = {
  start: number
  end: number
  value: number
  valueMax?: number
  written: 'digits' | 'words'
  /** Said to be more than the number ("四百多万", "上万", "几十万"). */
  atLeast?: true
}

const DIGITS = String.raw`(?:\d{1,3}(?:,\d{3})+(?![\d])|\d+)(?:\.\d+)?`
const HAN = '[零〇一二两三四五六七八九十百千万亿]+(?:点[零一二三四五六七八九]+)?|半'
const WORDS: Record<string, number> = {
  one: 1,
  two: 2,
  three: 3,
  four: 4,
  five: 5,
  six: 6,
  seven: 7,
  eight: 8,
  nine: 9,
  ten: 10,
  eleven: 11,
  twelve: 12,
  fifteen: 15,
  twenty: 20,
  thirty: 30,
  forty: 40,
  fifty: 50,
  sixty: 60,
  ninety: 90,
  'a hundred': 100,
  'a thousand': 1000,
}
// "上万", "几百", "数千": a power of ten and something above it. "以上万" and "线上百" are other words.
const VAGUE = '(?:好?几|数|(?<![以线网云月早晚])上)(?:[十百千万亿]+)'
const NUMBER = new RegExp(`(${DIGITS})|(${VAGUE})|(${HAN})|\\b(${Object.keys(WORDS).join('|')})\\b`, 'g')
// A letter right after k or m means a unit (kHz, mm); 千瓦, 百分 and their like are units or other words.
const MULTIPLIER =
  /[ -]?(多|余|几|来)?(万亿|千万|百万|十万|万|亿|千(?![瓦克米帕卡伏分])|百(?!分)|w(?=[张条元份台])|k(?![a-z])|million|thousand|hundred|billion|bn(?![a-z])|m(?![a-z0-9/²]))/y
const FACTORS: Record<string, number> = {
  万亿: 1e12,
  千万: 1e7,
  百万: 1e6,
  十万: 1e5,
  万: 1e4,
  亿: 1e8,
  千: 1e3,
  百: 100,
  w: 1e4,
  k: 1e3,
  m: 1e6,
  hundred: 100,
  thousand: 1e3,
  million: 1e6,
  billion: 1e9,
  bn: 1e9,
}
/** Signs and codes that may stand right before an amount of money. */
export const CURRENCY_BEFORE = /(¥|us\$|hk\$|\$|€|£|rmb|cny|usd|eur|hkd|gbp|jpy|人民币)\s*$/
/** Characters in front of an amount in which its currency stands. */
const CURRENCY_REACH = 16
const RANGE = /\s*(?:[-~–—−]|至|到|to|and)\s*/y

/**
 * Every number of a folded text (lower case, half width), with multipliers applied and ranges joined: "50-100万" is one
 * quantity from 500,000 to 1,000,000. Numbers inside codes (S7, ISO 27001 excepted by its unit) are left out.
 */
export function readQuantities(text: string): Quantity[] {
  const singles = [...text.matchAll(NUMBER)].flatMap(match => readSingle(text, match))
  return joinRanges(text, joinPlaces(singles))
}

type Single = Quantity & { bare: number; factor: number }

function readSingle(text: string, match: RegExpExecArray): Single[] {
  const [surface, digits, vague, han, word] = match
  const start = match.index
  if (digits !== undefined && isInsideCode(text, start)) return []
  const bare =
    digits !== undefined
      ? Number(digits.replaceAll(',', ''))
      : vague !== undefined
        ? parseHan(`一${vague.replace(/^\D?[几数上]/, '')}`)
        : han !== undefined
          ? parseHan(han)
          : WORDS[word ?? '']
  if (bare === undefined || Number.isNaN(bare)) return []
  const { factor, end, more } = readMultiplier(text, start, start + surface.length)
  const written = digits === undefined ? 'words' : 'digits'
  const single: Single = { start, end, value: roundOff(bare * factor), written, bare, factor }
  return [more || vague !== undefined ? { ...single, atLeast: true } : single]
}

/** "m" stands for million only after a currency, since it is metres everywhere else. */
function readMultiplier(text: string, start: number, end: number): { factor: number; end: number; more: boolean } {
  MULTIPLIER.lastIndex = end
  const match = MULTIPLIER.exec(text)
  const word = match?.[2]
  if (match === null || word === undefined) return { factor: 1, end, more: false }
  if (word === 'm' && !CURRENCY_BEFORE.test(text.slice(Math.max(0, start - CURRENCY_REACH), start)))
    return { factor: 1, end, more: false }
  return { factor: FACTORS[word] ?? 1, end: end + match[0].length, more: match[1] !== undefined }
}

function isInsideCode(text: string, start: number): boolean {
  if (!/[a-z\d.]/.test(text[start - 1] ?? ' ')) return false
  return !CURRENCY_BEFORE.test(text.slice(Math.max(0, start - CURRENCY_REACH), start))
}

/** "1万8千" is one number told by its places. */
function joinPlaces(singles: Single[]): Single[] {
  const joined: Single[] = []
  for (const single of singles) {
    const last = joined.at(-1)
    const isNext =
      last !== undefined &&
      last.end === single.start &&
      last.factor >= 1e4 &&
      single.factor > 1 &&
      single.factor < last.factor
    if (isNext && last.valueMax === undefined && single.written === last.written) {
      joined[joined.length - 1] = { ...last, end: single.end, value: roundOff(last.value + single.value), factor: 1 }
    } else joined.push(single)
  }
  return joined
}

function joinRanges(text: string, singles: Single[]): Quantity[] {
  const joined: Quantity[] = []
  for (let i = 0; i < singles.length; i++) {
    const low = singles[i]
    const high = singles[i + 1]
    if (low === undefined) continue
    RANGE.lastIndex = low.end
    const gap = RANGE.exec(text)
    const adjacent = gap !== null && high !== undefined && low.end + gap[0].length === high.start
    const from = adjacent && low.factor === 1 ? roundOff(low.bare * high.factor) : low.value
    if (adjacent && from < high.value && low.written === high.written) {
      joined.push({ start: low.start, end: high.end, value: from, valueMax: high.value, written: low.written })
      i++
    } else {
      const { bare: _, factor: __, ...single } = low
      joined.push(single)
    }
  }
  return joined
}

const HAN_DIGITS = '零一二三四五六七八九'

/** Value of a Chinese numeral (两万三千, 一百二, 十二点五); undefined for a lone 百, 千, 万 or 亿, which are words. */
export function parseHan(han: string): number | undefined {
  if (han === '半') return 0.5
  if (/^[百千万亿]+$/.test(han)) return undefined
  const [whole = '', decimals] = han.replaceAll('〇', '零').replaceAll('两', '二').split('点')
  let total = 0
  let section = 0
  let digit = 0
  let lastUnit = 1
  for (const character of whole) {
    const value = HAN_DIGITS.indexOf(character)
    if (value >= 0) {
      digit = value
      if (value === 0) lastUnit = 10
      continue
    }
    const unit = character === '十' ? 10 : (FACTORS[character] ?? 1)
    if (unit >= 1e4) {
      const below = section + digit
      total = total >= unit ? total + below * unit : (total + below) * unit
      section = 0
    } else section += (digit === 0 ? 1 : digit) * unit
    digit = 0
    lastUnit = unit
  }
  // 一百二 means 120: a last digit without its unit counts in the next lower one.
  const tail = digit * (lastUnit >= 100 ? lastUnit / 10 : 1)
  const fraction =
    decimals === undefined
      ? 0
      : Number(`0.${decimals.replace(/./g, character => String(HAN_DIGITS.indexOf(character)))}`)
  return total + section + tail + fraction
}

/** Takes off the noise that binary multiplication leaves (1.2 × 10,000), without touching twelve significant digits. */
export function roundOff(value: number): number {
  return Number(value.toPrecision(12))
}

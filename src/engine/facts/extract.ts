import { locateOriginal, type NormalisedText, normalise } from '../text.ts'
import { countDays, readDates } from './dates.ts'
import type { Comparator, Fact, FactUnits } from './fact.ts'
import { CURRENCY_BEFORE, type Quantity, readQuantities, roundOff } from './numbers.ts'
import { trackTaken } from './taken.ts'
import { UNIT_RULES, type UnitRule } from './units.ts'

/** A fact in the making: offsets into the folded text. */
type Draft = {
  kind: Fact['kind']
  unit: string
  comparator: Comparator
  value: number
  valueMax?: number
  start: number
  end: number
  per?: string
  date?: string
}

/**
 * Numbers with their units, normalised, in the order of the text: money, takt, percent, volumes, sampling, latency,
 * durations, counts, shifts and dates, in Chinese and English, in digits and numerals. Spans are UTF-16 offsets into
 * the text as written. Never fails; a number without a unit that it knows is left out. With `today` (RFC 3339 day)
 * "明年三月" and "within three months" are dates as well.
 */
export function extractFacts(original: string, today?: string): Fact[] {
  if (
    !/[\d每一二两三四五六七八九十百千万半成年月０-９①-⑳]|\b(?:one|two|three|four|five|six|ten|a|every|per|year)\b/i.test(
      original,
    )
  )
    return []
  const folded = normalise(original)
  const dates = readDates(folded.text, today)
  const dated = trackTaken(folded.text.length)
  for (const date of dates) dated.claim(date)
  const drafts = readQuantities(folded.text)
    .filter(quantity => dated.isFree(quantity))
    .flatMap(quantity => readDraft(folded.text, quantity) ?? [])
  const whole = [...joinDrafts(folded.text, drafts), ...readWithoutNumber(folded.text), ...dates.map(toDateDraft)]
  return dropOverlaps(whole, folded.text.length).map(draft => locate(original, folded, draft))
}

function toDateDraft(reading: ReturnType<typeof readDates>[number]): Draft {
  return { ...reading, kind: 'date', unit: 'day', value: countDays(reading.date) }
}

const BETWEEN = /^(多|余|来|\+|几)/
const AFTER_MOST = /^\s*(以内|之内|以下|内(?!部|存|容|径)|or less|or under|max)/
const AFTER_LEAST = /^\s*(以上|起|or more|or above|\+|以?上)/
const AFTER_ABOUT = /^\s*(左右|上下|or so)/
const MOST =
  /(≤|<=?|不超过|不高于|不大于|不多于|(?<!不)(?:低于|小于|少于)|不到|不足|控制在|最多|最高|至多|限价|up to|at most|under|less than|below|within|no more than|not exceed(?:ing)?|maximum(?: of)?)\s*[:为是到至]?\s*$/
const LEAST =
  /(≥|>=?|不低于|不少于|不小于|至少|最少|(?<!不)(?:超过|超|高于|大于|多于)|at least|over|more than|above|minimum(?: of)?|exceeding)\s*[:为是]?\s*$/
const ABOUT = /(约|大约|大概|近|将近|差不多|about|around|approximately|approx\.?|roughly|nearly|≈|~)\s*[:为是]?\s*$/

function readDraft(text: string, quantity: Quantity): Draft | undefined {
  const between = BETWEEN.exec(text.slice(quantity.end, quantity.end + 1))
  const from = quantity.end + (between?.[0].length ?? 0)
  const draft = readMoney(text, quantity, from) ?? readRatio(text, quantity) ?? readUnit(text, quantity, from)
  if (draft === undefined) return undefined
  const comparator =
    quantity.valueMax === undefined
      ? findComparator(text, draft, between !== null || quantity.atLeast === true)
      : 'range'
  const trailing =
    AFTER_ABOUT.exec(text.slice(draft.end)) ??
    AFTER_MOST.exec(text.slice(draft.end)) ??
    AFTER_LEAST.exec(text.slice(draft.end))
  return {
    ...draft,
    comparator,
    end: draft.end + (comparator !== 'range' && trailing !== null ? trailing[0].length : 0),
  }
}

function findComparator(text: string, draft: Draft, more: boolean): Comparator {
  const head = text.slice(Math.max(0, draft.start - 18), draft.start)
  const tail = text.slice(draft.end, draft.end + 12)
  if (AFTER_MOST.test(tail) || MOST.test(head)) return AFTER_ABOUT.test(tail) ? '~' : '<='
  if (AFTER_LEAST.test(tail) || LEAST.test(head) || more) return '>='
  return AFTER_ABOUT.test(tail) || ABOUT.test(head) ? '~' : '='
}

type Currency = FactUnits['money']
const CURRENCIES: [RegExp, Currency][] = [
  [/^(hk\$|hkd|港元|港币)/, 'HKD'],
  [/^(us\$|\$|usd|美元|美金|(us )?dollars?)/, 'USD'],
  [/^(€|eur|欧元|euros?)/, 'EUR'],
  [/^(£|gbp|英镑)/, 'GBP'],
  [/^(jpy|日元|yen)/, 'JPY'],
  [/^(¥|rmb|cny|人民币|元|块钱|yuan)/, 'CNY'],
]
const CURRENCY_AFTER =
  /\s*(元人民币|人民币|元|块钱|rmb|cny|yuan|美元|美金|usd|us dollars?|dollars?|欧元|euros?|eur|港元|港币|hkd|日元|jpy|yen|英镑|gbp)(?![a-z])/y
const BUDGET_BEFORE =
  /(预算|费用|投入|投资|报价|价格|成本|经费|资金|总价|售价|起价|budget|invest(?:ment)?|price|cost)[^,。;\d]{0,10}$/
/** Sums that a factory pays or loses as it is; they are money too, but no budget. */
const COST_BEFORE =
  /([电水气油煤]费|能源费|药剂?费|运费|人工费|维修费|材料费|加工费|损失|浪费|罚款|赔款?|赔偿|索赔|积压|货值|产值|营收|销售额|节省|节约|亏损?|losses|bill|spend(?:ing)?)[^,。;\d]{0,10}$/
/** Said of money only ("六十万打住"). */
const CEILING_AFTER = /^\s*(?:打住|封顶|顶天)/
const PER_BEFORE = /(每年|一年|年均|全年|每个?月|一个月|月均|每天|一天)[^,。;\d]{0,6}$/
const PERIODS_BEFORE: [RegExp, string][] = [
  [/年/, 'year'],
  [/月/, 'month'],
  [/天/, 'day'],
]
const PER_AFTER = /^\s*(?:\/|每|per |a )\s*(月|年|天|日|小时|件|台|张|次|month|year|day|hour|piece|unit)/
const PERIODS: Record<string, string> = {
  月: 'month',
  年: 'year',
  天: 'day',
  日: 'day',
  小时: 'hour',
  件: 'piece',
  台: 'unit',
  张: 'piece',
  次: 'piece',
}

const currencyOf = (sign: string) => CURRENCIES.find(([pattern]) => pattern.test(sign))?.[1]

/** Money has a currency before or behind it; a bare "80万" counts as yuan only right behind a word for a budget. */
function readMoney(text: string, quantity: Quantity, from: number): Draft | undefined {
  const head = text.slice(Math.max(0, quantity.start - 16), quantity.start)
  const sign = CURRENCY_BEFORE.exec(head)
  CURRENCY_AFTER.lastIndex = from
  const word = CURRENCY_AFTER.exec(text)
  const bare =
    word === null &&
    sign === null &&
    (BUDGET_BEFORE.test(head) || COST_BEFORE.test(head) || CEILING_AFTER.test(text.slice(from, from + 4))
      ? isBareAmount(text, quantity, from)
      : isBareHundredMillion(text, quantity, from))
  const currency =
    sign !== null ? currencyOf(sign[1] ?? '') : word !== null ? currencyOf(word[1] ?? '') : bare ? 'CNY' : undefined
  if (currency === undefined) return undefined
  const end = word === null ? from : from + word[0].length
  const start = sign === null ? quantity.start : quantity.start - sign[0].length
  const period = findPeriod(head, text.slice(end, end + 10))
  const per = period === undefined ? {} : { per: period }
  return { ...valueOf(quantity), kind: 'money', unit: currency, comparator: '=', start, end, ...per }
}

/** How often an amount recurs, said behind it ("3万元/年") or in front of it ("一年电费400万"). */
function findPeriod(head: string, tail: string): string | undefined {
  const behind = PER_AFTER.exec(tail)?.[1]
  if (behind !== undefined) return PERIODS[behind] ?? behind
  const before = PER_BEFORE.exec(head)?.[1]
  return before === undefined ? undefined : PERIODS_BEFORE.find(([pattern]) => pattern.test(before))?.[1]
}

function isBareAmount(text: string, quantity: Quantity, from: number): boolean {
  const scaled = /[万亿kw]$/.test(text.slice(quantity.start, quantity.end).trim())
  const rest = text.slice(from, from + 2)
  return (scaled || quantity.value >= 10_000) && !/^\s*[%张条台份个种人名件页吨米天年月小]/.test(rest)
}

/** Nothing but money is told in 亿 without a unit. */
function isBareHundredMillion(text: string, quantity: Quantity, from: number): boolean {
  return (
    text.slice(quantity.start, quantity.end).endsWith('亿') && /^\s*([,。;、]|$|左右|以上|以内)/.test(text.slice(from))
  )
}

const RATIOS: [RegExp, number][] = [
  [/百分之$/, 1],
  [/千分之$/, 0.1],
  [/万分之$/, 0.01],
]

function readRatio(text: string, quantity: Quantity): Draft | undefined {
  const head = text.slice(Math.max(0, quantity.start - 3), quantity.start)
  const ratio = RATIOS.find(([pattern]) => pattern.test(head))
  if (ratio === undefined) return undefined
  return {
    kind: 'percent',
    unit: '%',
    comparator: '=',
    value: roundOff(quantity.value * ratio[1]),
    start: quantity.start - 3,
    end: quantity.end,
  }
}

function readUnit(text: string, quantity: Quantity, from: number): Draft | undefined {
  const head = text.slice(Math.max(0, quantity.start - 24), quantity.start)
  for (const rule of UNIT_RULES) {
    if (rule.before !== undefined && !rule.before.test(head)) continue
    rule.after.lastIndex = from
    const match = rule.after.exec(text)
    if (
      match !== null &&
      isPlausible(rule, quantity) &&
      !isRateWord(rule, quantity, head, text.slice(rule.after.lastIndex))
    ) {
      return applyRule(rule, quantity, match)
    }
  }
  return undefined
}

const SPANNING = /(近|过去|最近|存了|积累了?|需要?|约|超过|历时|历史|周期|for|past|last|about|within)\s*$/
const SPANNED =
  /^\s*(的?(数据|历史|记录|时间|样本)|以?内|左右|of (?:[\w-]+ ){0,3}(data|history|records|readings|signals))/

/** "一天漏十几件", "a day" and "一套" tell a rate or nothing; "近一年" and "一个月的数据" tell how long. */
function isRateWord(rule: UnitRule, quantity: Quantity, head: string, tail: string): boolean {
  if (quantity.written === 'digits' || quantity.value > 1 || rule.alwaysSpan === true) return false
  if (rule.kind === 'count') return true
  return rule.kind === 'duration' && !SPANNING.test(head) && !SPANNED.test(tail)
}

function isPlausible(rule: UnitRule, quantity: Quantity): boolean {
  if (rule.digitsOnly === true && quantity.written !== 'digits' && quantity.value < 100) return false
  return quantity.value > 0 || rule.kind === 'percent'
    ? quantity.value >= (rule.valueMin ?? 0) && quantity.value <= (rule.valueMax ?? Infinity)
    : false
}

function applyRule(rule: UnitRule, quantity: Quantity, match: RegExpExecArray): Draft {
  const convert = (value: number) => roundOff(rule.convert === undefined ? value : rule.convert(value, match))
  const a = convert(quantity.value)
  const b = quantity.valueMax === undefined ? undefined : convert(quantity.valueMax)
  const bounds = b === undefined ? { value: a } : { value: Math.min(a, b), valueMax: Math.max(a, b) }
  const { kind, unit } = rule
  return { ...bounds, kind, unit, comparator: '=', start: quantity.start, end: match.index + match[0].length }
}

function valueOf(quantity: Quantity): { value: number; valueMax?: number } {
  return quantity.valueMax === undefined
    ? { value: quantity.value }
    : { value: quantity.value, valueMax: quantity.valueMax }
}

/** "50万元到80万元" is one range; "从3%到0.5%" is a change and stays two facts. */
function joinDrafts(text: string, drafts: Draft[]): Draft[] {
  const joined: Draft[] = []
  for (const draft of drafts) {
    const last = joined.at(-1)
    const isRange =
      last !== undefined &&
      last.kind === draft.kind &&
      last.unit === draft.unit &&
      last.valueMax === undefined &&
      draft.valueMax === undefined &&
      last.value < draft.value &&
      /^\s*(?:[-~–—]|至|到|to)\s*$/.test(text.slice(last.end, draft.start)) &&
      !/从[^,。;]{0,6}$|from $/.test(text.slice(Math.max(0, last.start - 8), last.start))
    if (isRange)
      joined[joined.length - 1] = {
        ...draft,
        comparator: 'range',
        value: last.value,
        valueMax: draft.value,
        start: last.start,
      }
    else joined.push(draft)
  }
  return joined
}

const RATES: [RegExp, number][] = [
  [/每秒钟?(?:采集?|采样|记录|存)|\b(?:once (?:per|a|every)|every) second\b/g, 1],
  [/每分钟(?:采集?|采样|记录|存)|\b(?:once (?:per|a|every)|every) minute\b/g, 1 / 60],
  [/每小时(?:采集?|采样|记录|存)|\b(?:once (?:per|an|every)|every) hour\b/g, 1 / 3600],
]

/** Sampling said without a number ("每秒采集", "once per minute"). */
function readWithoutNumber(text: string): Draft[] {
  return RATES.flatMap(([pattern, hertz]) =>
    [...text.matchAll(pattern)].map(match => ({
      kind: 'sampling' as const,
      unit: 'Hz',
      comparator: '=' as const,
      value: roundOff(hertz),
      start: match.index,
      end: match.index + match[0].length,
    })),
  )
}

/** In the order of the text; of two readings of the same place the one found first (with a number) stays. */
function dropOverlaps(drafts: Draft[], length: number): Draft[] {
  const taken = trackTaken(length)
  return drafts.filter(draft => taken.claim(draft)).sort((a, b) => a.start - b.start)
}

function locate(original: string, folded: NormalisedText, draft: Draft): Fact {
  const { start, end } = locateOriginal(folded, draft.start, draft.end)
  // The rule table pairs each kind with its unit, which the compiler cannot see through the table.
  return { ...draft, start, end, surface: original.slice(start, end) } as Fact
}

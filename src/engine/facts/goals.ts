import type { Lexicon } from '../lexicon/lexicon.ts'
import type { Mention } from '../lexicon/tag.ts'
import type { Goal } from '../types.ts'
import type { Fact } from './fact.ts'
import { type Implied, type Reading, spanOf } from './reading.ts'

const TOWARDS =
  /(降(?:低|至|到)?|减(?:少|到|至)?|提(?:升|高)|升|增加|改善|reduce|cut|lower|raise|increase|improve)[^，。,;；\d]{0,12}$/i
const TARGET =
  /(目标|要求|希望|达到|需|控制在|不低于|不高于|不超过|以内|降到|降至|降低到|提升到|提高到|升至|达|以上|target|goal|should|must|want|at least|reach|achieve|≥|≤|<|>)[^，。,;；\d]{0,8}$/i
const FROM = /(从|由|目前|现在|当前|现有|现状|高达|不到|不足|只有|仅|from|currently|now|today)[^，。,;；\d]{0,8}$/i
const CLAUSES_AHEAD = 48
/** A number in front of its KPI ("68% of orders ship on time", "98%以上的检出率"). */
const AHEAD_REACH = 24
const AHEAD = /^\s*(?:(?:以上|以下|左右)?的)?\s*$|^ of (?:[a-z]+ ){0,3}$/i

/**
 * Targets that a text sets: a KPI with the ratio behind it. "漏检率2%" says how things are (baseline); "降到0.5%",
 * "≥99%", "目标…" say how they should be (target).
 */
export function implyGoals(lexicon: Lexicon, reading: Reading): Implied<Goal>[] {
  const kpis = reading.mentions.flatMap(mention => {
    const concept = findKpi(lexicon, mention)
    return concept === undefined ? [] : [{ ...mention, concept }]
  })
  const goals = kpis.flatMap((kpi, i) => {
    const until = Math.min(
      kpis[i + 1]?.start ?? reading.text.length,
      kpi.end + CLAUSES_AHEAD,
      findStop(reading.text, kpi.end),
    )
    const behind = takeBetween(reading.facts, kpi.end, until).filter(fact => isMeasure(lexicon, kpi, fact))
    const ahead = takeBetween(reading.facts, kpi.start - AHEAD_REACH, kpi.start).filter(
      fact => isMeasure(lexicon, kpi, fact) && AHEAD.test(reading.text.slice(fact.end, kpi.start)),
    )
    const wished = behind.length > 0 ? findWish(reading, until, kpis[i + 1]?.start) : []
    const facts = [...ahead, ...behind, ...wished.filter(fact => isMeasure(lexicon, kpi, fact)).slice(0, 1)]
    const relative = lexicon.get(kpi.concept)?.mappings.unit !== '%' && facts[0]?.kind === 'percent'
    return facts.length === 0
      ? []
      : [relative ? readChange(reading, kpi, facts[0]) : readGoal(reading, kpi, facts)].flat()
  })
  return [...goals, ...readWarnings(reading)]
}

/** "提前4小时预警": how long before, in hours. */
function readWarnings(reading: Reading): Implied<Goal>[] {
  return reading.facts.flatMap(fact => {
    const hours = fact.kind === 'time' ? fact.value / 3600 : fact.kind === 'duration' ? fact.value * 24 : undefined
    const isAhead =
      /提前(?:至少|最少)?\s*$/.test(reading.text.slice(Math.max(0, fact.start - 8), fact.start)) ||
      /^ (?:ahead|in advance)/i.test(reading.text.slice(fact.end, fact.end + 12))
    return hours === undefined || !isAhead
      ? []
      : [{ value: { kpi: 'kp.leadwarn', unit: 'h', target: hours }, span: spanOf(reading, fact.start, fact.end) }]
  })
}

const WISH_REACH = 90
const WISH = /(?:希望|想|要求|目标|能到|want|target|goal|need)[^。;；,，.\d]{0,12}$/i

/** Numbers that are wished for after other words ("利用率84%，余料堆满一车间，希望能到90%"), up to the next KPI. */
function findWish(reading: Reading, from: number, next = reading.text.length): Fact[] {
  return takeBetween(reading.facts, from, Math.min(next, from + WISH_REACH)).filter(fact =>
    WISH.test(reading.text.slice(Math.max(from, fact.start - 24), fact.start)),
  )
}

/** A word may name a problem and its KPI alike (OEE, 节拍); beside a number the KPI is meant. */
function findKpi(lexicon: Lexicon, { concept, surface }: Mention): string | undefined {
  if (lexicon.get(concept)?.scheme === 'kpi') return concept
  return kpisByName(lexicon).get(surface.toLowerCase())
}

const kpiNames = new WeakMap<Lexicon, ReadonlyMap<string, string>>()

/** The KPIs of a lexicon by each of their names in lower case, the first where two share one. */
function kpisByName(lexicon: Lexicon): ReadonlyMap<string, string> {
  const known = kpiNames.get(lexicon)
  if (known !== undefined) return known
  const byName = new Map<string, string>()
  for (const kpi of lexicon.byScheme('kpi'))
    for (const name of [kpi.zh, kpi.en, ...kpi.altZh, ...kpi.altEn])
      if (!byName.has(name.toLowerCase())) byName.set(name.toLowerCase(), kpi.id)
  kpiNames.set(lexicon, byName)
  return byName
}

/** The facts that start between two places; facts are in order of place, so the first is found by halving. */
function takeBetween(facts: readonly Fact[], from: number, until: number): Fact[] {
  let [low, high] = [0, facts.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((facts[middle]?.start ?? from) < from) low = middle + 1
    else high = middle
  }
  const taken: Fact[] = []
  for (let fact = facts[low]; fact !== undefined && fact.start < until; fact = facts[++low]) taken.push(fact)
  return taken
}

/** A KPI's numbers stand in its own sentence; a comma may part baseline from target. */
function findStop(text: string, from: number): number {
  const stop = /(?:[。；;！!\n]|\.(?=\s))(?!\s*(?:目标|要求|希望|想|需要|target|goal|(?:we )?(?:want|need)))/i.exec(
    text.slice(from, from + CLAUSES_AHEAD),
  )
  return stop === null ? text.length : from + stop.index
}

function isMeasure(lexicon: Lexicon, kpi: Mention, fact: Fact): boolean {
  const unit = lexicon.get(kpi.concept)?.mappings.unit ?? '%'
  if (unit === '%' || fact.kind === 'percent') return fact.kind === 'percent'
  if (unit === 'ppm') return fact.kind === 'ppm'
  if (unit === '1') return fact.kind === 'index'
  if (/^s(\/|$)/.test(unit)) return fact.kind === 'takt' || fact.kind === 'time' || fact.kind === 'latency'
  if (unit === 'ms') return fact.kind === 'latency'
  if (unit === 'min' || unit.startsWith('h')) return fact.kind === 'time'
  return unit === 'd' || unit === 'month' ? fact.kind === 'duration' : unit === 'persons' && fact.kind === 'count'
}

/** "单耗降低10%": for a KPI that is no ratio, a percentage is a change against today. */
function readChange(reading: Reading, kpi: Mention, fact: Fact | undefined): Implied<Goal>[] {
  if (fact === undefined) return []
  const falls = /降|减|省|少|reduc|cut|lower|sav|less/i.test(reading.text.slice(kpi.end, fact.start))
  const goal = { kpi: kpi.concept, unit: '% change', target: falls ? -fact.value : fact.value }
  return [{ value: goal, span: spanOf(reading, kpi.start, fact.end) }]
}

function readGoal(reading: Reading, kpi: Mention, facts: Fact[]): Implied<Goal> {
  const goal: Goal = { kpi: kpi.concept }
  let end = kpi.end
  for (const fact of facts) {
    const head = fact.start < kpi.start ? reading.text.slice(0, fact.start) : reading.text.slice(kpi.end, fact.start)
    const isTarget =
      goal.target === undefined &&
      !FROM.test(head) &&
      (TARGET.test(head) ||
        TOWARDS.test(head) ||
        fact.comparator === '<=' ||
        fact.comparator === '>=' ||
        goal.baseline !== undefined)
    if (isTarget) goal.target = fact.value
    else if (goal.baseline === undefined) goal.baseline = fact.value
    goal.unit = fact.unit
    end = fact.end
  }
  return { value: goal, span: spanOf(reading, kpi.start, end) }
}

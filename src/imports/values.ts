import { implyConstraints } from '../engine/facts/constraints.ts'
import { implyDatasets } from '../engine/facts/datasets.ts'
import { extractFacts } from '../engine/facts/extract.ts'
import { listFacts } from '../engine/facts/fact.ts'
import { implyGoals } from '../engine/facts/goals.ts'
import { readText } from '../engine/facts/reading.ts'
import { foldTerm } from '../engine/lexicon/terms.ts'
import type { Lexicon } from '../engine/lexicon/lexicon.ts'
import type { Bilingual, Constraints, DataRequirement, Dataset, Goal } from '../engine/types.ts'
import type { ConceptRef } from '../platform/concepts.ts'
import type { Reading } from './fields.ts'

/** What a cell became. `prose` keeps words of which only a part could be taken as fields; `problem` says why it could not. */
export type CellValue = { value?: unknown; prose?: true; problem?: Bilingual }

/** Reads cells with the engine's eyes. Made once for an import: names of concepts are looked up by it. */
export type CellReader = (reading: Reading, cell: string, unit: number) => CellValue

/** What people write where they have nothing to say. */
const EMPTY = /^([-—/\\]+|无|暂无|没有|面议|待定|另议|不限|未定|n\/?a|none|tbd)$/i
const SEPARATORS = /[;；、,，|\n]+/

export const createCellReader = (lexicon: Lexicon): CellReader => {
  const names = indexNames(lexicon)
  return (reading, cell, unit) => {
    if (cell === '' || EMPTY.test(cell)) return {}
    const nested = reading.as === 'text' ? undefined : readJson(cell)
    if (nested !== undefined) return { value: nested }
    switch (reading.as) {
      case 'text':
        return { value: unquoteFormula(cell) }
      case 'texts':
        return { value: split(cell) }
      case 'concept':
        return { value: toRef(lexicon, names, reading.schemes, cell) }
      case 'concepts':
        return { value: toRefs(lexicon, names, reading.schemes, split(cell)) }
      case 'money':
      case 'moneyMin':
      case 'moneyMax':
        return readMoney(reading.as, cell, unit)
      case 'currency':
        return { value: { currency: /^[A-Za-z]{3}$/.test(cell) ? cell.toUpperCase() : 'CNY' } }
      case 'number':
      case 'integer':
      case 'milliseconds':
      case 'days':
        return readNumber(reading.as, cell, unit)
      case 'date':
        return readDate(cell)
      case 'choice':
        return readChoice(reading.choices, cell)
      case 'cases':
        return { value: split(cell).map(title => ({ title: title.slice(0, 200) })) }
      case 'datasets':
      case 'goals':
      case 'constraints':
      case 'requirements':
        return readProse(lexicon, reading.as, cell)
      default:
        return {}
    }
  }
}

/** A cell that was exported with a mark before it, so that no spreadsheet takes it for a formula. */
const unquoteFormula = (cell: string): string => (/^'[=+\-@]/.test(cell) ? cell.slice(1) : cell)

const split = (cell: string): string[] => [
  ...new Set(
    cell
      .split(SEPARATORS)
      .map(part => unquoteFormula(part.trim()))
      .filter(part => part !== ''),
  ),
]

/** A list that was exported carries its nested values as JSON. */
const readJson = (cell: string): unknown => {
  if (!/^[[{]/.test(cell)) return undefined
  try {
    return JSON.parse(cell) as unknown
  } catch {
    return undefined
  }
}

type Names = ReadonlyMap<string, ReadonlyMap<string, string>>

/** Every full name of each concept, by scheme. Where two concepts share a name, it means neither. */
const indexNames = (lexicon: Lexicon): Names => {
  const schemes = new Map<string, Map<string, string>>()
  for (const { id, scheme, zh, en, altZh, altEn, weak } of lexicon.concepts) {
    const names = schemes.get(scheme) ?? new Map<string, string>()
    schemes.set(scheme, names)
    for (const name of [zh, en]) names.set(fold(name), id)
    for (const name of [...altZh, ...altEn])
      if (!weak.includes(name) && !names.has(fold(name))) names.set(fold(name), id)
  }
  return schemes
}

const fold = (text: string): string => foldTerm(text).join(' ')

const toRefs = (lexicon: Lexicon, names: Names, schemes: readonly string[], words: string[]): ConceptRef[] => {
  const refs = words.map(word => toRef(lexicon, names, schemes, word))
  return refs.filter((ref, i) => typeof ref !== 'string' || refs.indexOf(ref) === i)
}

/** The concept that the words name in full, otherwise the words themselves: the engine reads them when it compares. */
const toRef = (lexicon: Lexicon, names: Names, schemes: readonly string[], words: string): ConceptRef => {
  if (schemes.includes(lexicon.get(words)?.scheme ?? '')) return words
  const folded = fold(words)
  for (const scheme of schemes) {
    const id = names.get(scheme)?.get(folded)
    if (id !== undefined) return id
  }
  return { text: words.slice(0, 200) }
}

const CURRENCY_UNIT = /[元万亿$¥€£]|cny|rmb|usd|eur|hkd|jpy|gbp/i

/** Money, by the header's unit where the cell has none: `30-50` under 预算(万元) is 300,000 to 500,000 yuan. */
const readMoney = (as: 'money' | 'moneyMin' | 'moneyMax', cell: string, unit: number): CellValue => {
  const isBare = !CURRENCY_UNIT.test(cell)
  const [word, scale] = unit >= 10_000 ? ['万元', unit / 10_000] : ['元', unit]
  const written = isBare ? cell.replace(/(\d)(?!.*\d)/, `$1${word}`) : cell
  // "50万以内" names no currency: in a column of money it is yuan.
  const [fact] = [written, written.replace(/[万亿](?!元)/, '$&元')].flatMap(text =>
    listFacts(extractFacts(text), 'money'),
  )
  if (!fact) return notUnderstood('金额', 'an amount of money')
  const times = isBare ? scale : 1
  const low = Math.round(fact.value * times)
  const high = Math.round((fact.valueMax ?? fact.value) * times)
  if (as === 'moneyMin') return { value: { min: low, currency: fact.unit } }
  if (as === 'moneyMax') return { value: { max: high, currency: fact.unit } }
  if (fact.valueMax !== undefined) return { value: { min: low, max: high, currency: fact.unit } }
  return { value: fact.comparator === '>=' ? { min: low, currency: fact.unit } : { max: high, currency: fact.unit } }
}

const PLAIN_NUMBER = /^[+-]?[\d,，]*\.?\d+$/

const readNumber = (as: 'number' | 'integer' | 'milliseconds' | 'days', cell: string, unit: number): CellValue => {
  if (PLAIN_NUMBER.test(cell)) {
    const plain = Number(cell.replace(/[,，]/g, '')) * (as === 'milliseconds' || as === 'days' ? unit : 1)
    return { value: as === 'integer' ? Math.round(plain) : plain }
  }
  const facts = extractFacts(cell)
  if (as === 'milliseconds') {
    const [latency] = listFacts(facts, 'latency')
    const [time] = listFacts(facts, 'time')
    if (latency) return { value: latency.valueMax ?? latency.value }
    if (time) return { value: (time.valueMax ?? time.value) * 1_000 }
  }
  if (as === 'days') {
    const [duration] = listFacts(facts, 'duration')
    if (duration) return { value: duration.valueMax ?? duration.value }
  }
  const [, digits] = /(\d+(?:\.\d+)?)/.exec(cell) ?? []
  if (digits !== undefined && as === 'integer') return { value: Math.round(Number(digits)) }
  return notUnderstood('数字', 'a number')
}

const LATER = /(\d{4})\s*[年./-]\s*(\d{1,2})(?:\s*[月./-]\s*(\d{1,2}))?/

/** A day; a month stands for its last day, since a deadline is meant. */
const readDate = (cell: string): CellValue => {
  const [, year, month, day] = LATER.exec(cell) ?? []
  if (year === undefined || month === undefined)
    return notUnderstood('日期，如 2026-03-31', 'a date such as 2026-03-31')
  const days = new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate()
  return { value: `${year}-${month.padStart(2, '0')}-${(day ?? String(days)).padStart(2, '0')}` }
}

const readChoice = (choices: Record<string, readonly string[]>, cell: string): CellValue => {
  const found = Object.entries(choices).find(([, names]) => names.includes(cell.toLowerCase()))
  return found ? { value: found[0] } : notUnderstood(Object.keys(choices).join('、'), Object.keys(choices).join(', '))
}

/** What a sentence says of data, goals or constraints. The sentence itself is kept too, whatever was understood of it. */
const readProse = (
  lexicon: Lexicon,
  as: 'datasets' | 'goals' | 'constraints' | 'requirements',
  cell: string,
): CellValue => {
  // Only what the column is for: the whole interpretation, with its questions, takes ten times as long.
  const reading = readText(lexicon, '', cell)
  if (as === 'goals') return withProse(implyGoals(lexicon, reading).map(({ value }): Goal => value))
  if (as === 'datasets') return withProse(implyDatasets(lexicon, reading).map(({ value }): Dataset => value))
  if (as === 'requirements') return withProse(implyDatasets(lexicon, reading).map(({ value }) => toRequirement(value)))
  const constraints = implyConstraints(lexicon, reading).map(({ value }) => value)
  return constraints.length === 0 ? { prose: true } : { value: mergeConstraints(constraints), prose: true }
}

const withProse = (list: unknown[]): CellValue => (list.length === 0 ? { prose: true } : { value: list, prose: true })

const toRequirement = ({
  name,
  modality,
  formats,
  volume,
  labelCoverage,
  negativeSamples,
}: Dataset): DataRequirement => ({
  name,
  level: 'required',
  modality,
  ...(formats ? { formats } : {}),
  ...(volume ? { volumeMin: volume } : {}),
  ...(labelCoverage === undefined ? {} : { labelCoverageMin: labelCoverage }),
  ...(negativeSamples === undefined ? {} : { negativeSamplesMin: negativeSamples }),
})

const mergeConstraints = (all: Constraints[]): Constraints => {
  const merged: Constraints = Object.assign({}, ...all)
  for (const list of ['deployments', 'certificates'] as const) {
    const together = [...new Set(all.flatMap(constraints => constraints[list] ?? []))]
    if (together.length > 0) merged[list] = together
  }
  return merged
}

const notUnderstood = (zh: string, en: string): CellValue => ({
  problem: { zh: `无法识别：应为${zh}`, en: `was not understood: expected ${en}` },
})

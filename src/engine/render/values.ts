import { keyLabel } from '../features/refs.ts'
import type { Lexicon } from '../lexicon/lexicon.ts'
import {
  ACCESS_MODES,
  type Bilingual,
  DATA_REACHES,
  FRESHNESSES,
  type Gap,
  GAP_FIELDS,
  type Language,
  STORAGE_STATES,
} from '../types.ts'
import { ACCESS_NAMES, FIELD_NAMES, FRESHNESS_NAMES, REACH_NAMES, STORAGE_NAMES, UNIT_NAMES } from './words.ts'

/** Language of a sentence and the lexicon that names its concepts. */
export type Voice = { language: Language; lexicon: Lexicon }

/** A number as people write it: thousands parted, at most four decimals. The same in both languages. */
export function formatNumber(value: number): string {
  const [whole = '', decimals] = String(Math.round(value * 10_000) / 10_000).split('.')
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',')
  return decimals === undefined ? grouped : `${grouped}.${decimals}`
}

/** A score or its change as people read it: the engine counts to 10,000, people to 100. */
export function formatPoints(score: number): string {
  const size = Math.abs(score) / 100
  // A change too small for one decimal still is one, so it gets a second.
  const shown = size >= 0.1 ? Math.round(size * 10) / 10 : size
  return `${score < 0 ? '−' : '+'}${formatNumber(shown)}`
}

/** A count and its English unit in agreement: 1 day, 2 days. Units that are signs or plural alike stand as they are. */
export function countUnits(text: string): string {
  return text.replace(/(?<![\d.,])1 ((?:working )?(?:day|sample|row|hour|document))s\b/g, '1 $1')
}

/** Chinese words side by side; a space parts them only where a letter or a digit meets a Chinese character. */
export function joinWords(...words: readonly string[]): string {
  const isLatin = (character: string | undefined) => /[\da-z%]/i.test(character ?? '')
  return words.reduce((said, word) => {
    const isParted = said !== '' && isLatin(said.at(-1)) !== isLatin(word[0])
    return `${said}${isParted ? ' ' : ''}${word}`
  }, '')
}

/** Every way to get at data, of which a vendor may name all to say that it does not mind. */
const OPEN_MODES = ACCESS_MODES.filter(mode => mode !== 'none')

/** What would do, in words: of several values any one is enough, which a list of them does not say. */
export function formatNeed(voice: Voice, value: Gap['need'], unit?: string): string | undefined {
  if (!Array.isArray(value) || value.length < 2) return formatValue(voice, value, unit)
  const codes = [...new Set<string>(value)]
  if (OPEN_MODES.every(mode => codes.includes(mode))) return voice.language === 'zh' ? '任一方式' : 'any form'
  return formatChoice(
    codes.map(code => nameCode(voice, code)),
    voice.language,
  )
}

/** "甲、乙或丙", "a, b or c". */
export function formatChoice(names: readonly string[], language: Language): string {
  const last = names.at(-1) ?? ''
  if (names.length < 2) return last
  return language === 'zh' ? `${names.slice(0, -1).join('、')}或${last}` : `${names.slice(0, -1).join(', ')} or ${last}`
}

/** A need or have in words; `undefined` where it is hidden or unknown. */
export function formatValue(voice: Voice, value: Gap['need'], unit?: string): string | undefined {
  if (value === null || value === '') return undefined
  if (typeof value === 'boolean')
    return value ? (voice.language === 'zh' ? '有' : 'yes') : voice.language === 'zh' ? '无' : 'no'
  if (typeof value === 'number') return formatAmount(voice, value, unit)
  if (typeof value === 'string') return nameCode(voice, value)
  return value.map(item => nameCode(voice, item)).join(voice.language === 'zh' ? '、' : ', ')
}

function formatAmount({ language }: Voice, value: number, unit: string | undefined): string {
  if (unit === 'share') return `${formatNumber(value * 100)}%`
  const name = unit === undefined ? undefined : UNIT_NAMES[unit]?.[language]
  if (name === undefined) return formatNumber(value)
  return language === 'en' ? countUnits(`${formatNumber(value)} ${name}`) : `${formatNumber(value)} ${name}`
}

/** A code of a closed list, or a concept, by its name; anything else as it stands. */
export function nameCode({ language, lexicon }: Voice, code: string): string {
  const listed =
    pick(REACH_NAMES, DATA_REACHES, code) ??
    pick(ACCESS_NAMES, ACCESS_MODES, code) ??
    pick(FRESHNESS_NAMES, FRESHNESSES, code) ??
    pick(STORAGE_NAMES, STORAGE_STATES, code) ??
    pick(FIELD_NAMES, GAP_FIELDS, code) ??
    UNIT_NAMES[code]
  return listed?.[language] ?? keyLabel(lexicon, code, language)
}

function pick<K extends string>(names: Record<K, Bilingual>, keys: readonly K[], code: string): Bilingual | undefined {
  const key = keys.find(known => known === code)
  return key === undefined ? undefined : names[key]
}

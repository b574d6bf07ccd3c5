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
  return name === undefined ? formatNumber(value) : `${formatNumber(value)} ${name}`
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

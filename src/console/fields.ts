import { nameCode } from '../engine/render/values.ts'
import type { Lexicon } from '../engine/lexicon/lexicon.ts'
import type { ConceptRef, Language } from '../engine/types.ts'
import { namesIn, type FieldName } from './texts.ts'

export type Told = { name: string; values: string[] }

/** Fields in the order in which a person asks for them; texts and the title stand elsewhere on the page. */
const ORDER: FieldName[] = [
  'industry',
  'industries',
  'problems',
  'processes',
  'equipment',
  'techniques',
  'goals',
  'datasets',
  'dataRequirements',
  'constraints',
  'deployments',
  'hardware',
  'integrations',
  'certificates',
  'budget',
  'price',
  'latencyMs',
  'leadTimeDays',
  'trl',
  'startsOn',
  'neededBy',
  'place',
  'regions',
  'evidence',
  'limits',
  'contact',
]

/** What a scenario or a capability says, in words, as far as this reader was given it. */
export const tellFields = (thing: object, language: Language, lexicon: Lexicon): Told[] => {
  const names = namesIn(language)
  const given: Record<string, unknown> = { ...thing }
  return ORDER.flatMap(field => {
    const values = asList(given[field]).map(value => tell(value, { language, lexicon }))
    return values.length === 0 ? [] : [{ name: names.field[field], values }]
  })
}

const asList = (value: unknown): unknown[] => (value === undefined || value === null ? [] : [value].flat())

type Voice = { language: Language; lexicon: Lexicon }

const tell = (value: unknown, voice: Voice): string => {
  if (typeof value === 'string') return nameCode(voice, value)
  if (typeof value === 'boolean') return namesIn(voice.language).yesNo[value ? 'yes' : 'no']
  if (typeof value === 'number') return value.toLocaleString(voice.language === 'zh' ? 'zh-CN' : 'en-GB')
  if (Array.isArray(value)) return value.map(item => tell(item, voice)).join(voice.language === 'zh' ? '、' : ', ')
  if (isWords(value)) return value.text
  return tellMeasure(value, voice) ?? tellObject(value, voice)
}

const isWords = (value: unknown): value is Exclude<ConceptRef, string> =>
  typeof value === 'object' && value !== null && 'text' in value && Object.keys(value).length === 1

/** Goals, amounts and volumes have a form that people write them in. */
const tellMeasure = (value: unknown, voice: Voice): string | undefined => {
  const { kpi, unit = '', baseline, target, currency, min, max, value: count } = { ...(value as Measure) }
  const from = (first: number | undefined, last: number | undefined, sign: string) =>
    [first, last].flatMap(end => (end === undefined ? [] : [tell(end, voice)])).join(sign)
  if (kpi !== undefined)
    return `${tell(kpi, voice)} ${baseline === undefined && target !== undefined ? '→ ' : ''}${from(baseline, target, ' → ')} ${unit}`.trim()
  if (currency !== undefined)
    return `${min === undefined ? '≤ ' : ''}${max === undefined ? '≥ ' : ''}${from(min, max, '–')} ${currency}`
  return count === undefined ? undefined : `${tell(count, voice)} ${tell(unit, voice)}`
}
type Measure = Partial<{
  kpi: ConceptRef
  unit: string
  baseline: number
  target: number
  currency: string
  min: number
  max: number
  value: number
}>

const tellObject = (value: unknown, voice: Voice): string => {
  const details: Record<string, unknown> = namesIn(voice.language).detail
  const levels: Record<string, string> = namesIn(voice.language).level
  const colon = voice.language === 'zh' ? '：' : ': '
  return Object.entries(value ?? {})
    .filter(([, held]) => held !== undefined && held !== null)
    .map(([name, given]) => {
      const label = details[name]
      const held = name === 'level' ? (levels[String(given)] ?? given) : given
      return typeof label === 'string' && label !== '' ? `${label}${colon}${tell(held, voice)}` : tell(held, voice)
    })
    .join(voice.language === 'zh' ? '；' : '; ')
}

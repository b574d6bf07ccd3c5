import type { Lexicon } from '../../engine/lexicon/lexicon.ts'
import { type ConceptRef, type Language, type Tier, TIERS, VOLUME_UNITS } from '../../engine/types.ts'
import { resolveConceptIds } from '../../platform/concepts.ts'
import type { AnyForm } from '../forms.ts'
import { namesIn } from '../texts.ts'

/** How a field of a scenario or a capability is written on a page. */
type Kind =
  | 'line'
  | 'text'
  | 'number'
  | 'day'
  | 'lines'
  | 'concept'
  | 'concepts'
  | 'money'
  | 'datasets'
  | 'requirements'
export type EditedField = { name: string; kind: Kind; schemes?: readonly string[] }
/** What is edited: fields in the order of the page, and the tier of each by itself. */
export type Editor = { fields: readonly EditedField[]; tiers: Readonly<Record<string, Tier>> }

type Thing = Readonly<Record<string, unknown>>
type Voice = { lexicon: Lexicon; language: Language }
type Row = Record<string, unknown>

const SEPARATORS = /[、，,；;\n]+/

/** The fields as a form shows them: what stands there now, and what can be chosen. */
export const tellEditor = ({ fields, tiers }: Editor, thing: Thing, { lexicon, language }: Voice) => {
  const { field, text } = namesIn(language)
  const names: Record<string, string> = { ...field, ...text }
  const moved = (thing['tiers'] ?? {}) as Record<string, Tier>
  const refs = (value: unknown) => (value === undefined ? [] : [value].flat()) as ConceptRef[]
  const say = (ref: ConceptRef) => (typeof ref === 'string' ? lexicon.label(ref, language) : ref.text)
  return fields.map(({ name, kind }) => {
    const value = thing[name]
    const own = tiers[name] ?? 'public'
    const isRow = kind === 'datasets' || kind === 'requirements'
    return {
      name,
      kind,
      label: names[name] ?? name,
      value: kind === 'lines' && Array.isArray(value) ? value.join('\n') : value,
      boxes: kind === 'concept' || kind === 'concepts' ? refs(value).map(say) : [],
      rows: isRow ? [...((value ?? []) as Row[]), {}] : [],
      modalities: isRow
        ? lexicon.byScheme('modality').map(({ id }) => ({ id, label: lexicon.label(id, language) }))
        : [],
      units: VOLUME_UNITS,
      tier: moved[name] ?? own,
      // Title and language are always public, and what is sealed by itself has nowhere to go.
      tiers: name === 'title' || own === 'sealed' ? [] : TIERS.slice(TIERS.indexOf(own)),
    }
  })
}

/**
 * What a form changed of a thing: a field that it emptied is null, one that it left as it was is absent. Attributes of a
 * data set that the page does not show stay as they are.
 */
export const patchFrom = ({ fields, tiers }: Editor, form: AnyForm, thing: Thing, lexicon: Lexicon): Row => {
  const patch: Row = {}
  const moved: Record<string, string> = {}
  for (const edited of fields) {
    const { name } = edited
    const value = readField(edited, form, thing[name], lexicon)
    if (JSON.stringify(value) !== JSON.stringify(thing[name])) patch[name] = value ?? null
    const tier = form[`tier.${name}`]
    if (typeof tier === 'string' && tier !== tiers[name]) moved[name] = tier
  }
  const before = (thing['tiers'] ?? {}) as Record<string, string>
  const isSame = Object.keys({ ...before, ...moved }).every(name => before[name] === moved[name])
  return isSame ? patch : { ...patch, tiers: Object.keys(moved).length === 0 ? null : moved }
}

const readField = (field: EditedField, form: AnyForm, now: unknown, lexicon: Lexicon): unknown => {
  const { name, kind } = field
  const text = textIn(form, name)
  if (kind === 'number') return text === undefined ? undefined : Number(text)
  if (kind === 'lines') {
    const lines = (text ?? '')
      .split('\n')
      .map(line => line.trim())
      .filter(line => line !== '')
    return lines.length === 0 ? undefined : lines
  }
  if (kind === 'concept' || kind === 'concepts') return readConcepts(field, form, now, lexicon)
  if (kind === 'money') return readMoney(form, name, now)
  if (kind === 'datasets' || kind === 'requirements') return readRows(field, form, now)
  // A browser writes line breaks as two characters; a text that nobody touched must not look changed.
  return text?.replace(/\r\n/g, '\n')
}

const textIn = (form: AnyForm, name: string): string | undefined => {
  const value = form[name]
  const text = (Array.isArray(value) ? value[0] : value)?.trim()
  return text === '' ? undefined : text
}

/** The concepts that stay ticked, and words that were added: as the concept that they name, or as they are. */
const readConcepts = ({ name, kind, schemes = [] }: EditedField, form: AnyForm, now: unknown, lexicon: Lexicon) => {
  const kept = new Set([form[`keep.${name}`] ?? []].flat())
  const standing = ((now === undefined ? [] : [now].flat()) as ConceptRef[]).filter((_, place) =>
    kept.has(String(place)),
  )
  const words = (textIn(form, `add.${name}`) ?? '')
    .split(SEPARATORS)
    .map(word => word.trim())
    .filter(word => word !== '')
  const added = words.map<ConceptRef>(
    text => schemes.flatMap(scheme => resolveConceptIds(lexicon, [{ text }], scheme))[0] ?? { text },
  )
  const all = [...standing, ...added.filter(ref => !standing.includes(ref))]
  if (kind === 'concept') return all.at(-1)
  return all.length === 0 ? undefined : all
}

const readMoney = (form: AnyForm, name: string, now: unknown) => {
  const ends = ['min', 'max'].flatMap(end => {
    const text = textIn(form, `${name}.${end}`)
    return text === undefined ? [] : [[end, Number(text)] as const]
  })
  const { currency } = (now ?? { currency: 'CNY' }) as { currency: string }
  return ends.length === 0 ? undefined : { ...Object.fromEntries(ends), currency }
}

const COUNTED = { datasets: 'volume', requirements: 'volumeMin' } as const

const readRows = ({ name, kind }: EditedField, form: AnyForm, now: unknown) => {
  const before = (now ?? []) as Row[]
  const rows = Array.from({ length: before.length + 1 }, (_, place) => {
    const at = (attribute: string) => textIn(form, `${name}.${place}.${attribute}`)
    if (at('name') === undefined) return undefined
    const old = before[place] ?? {}
    const counted = kind === 'requirements' ? COUNTED.requirements : COUNTED.datasets
    const amount = at('amount')
    const labels = at('labels')
    const shown: Row = {
      name: at('name'),
      ...(kind === 'requirements' ? { level: at('level') ?? 'required' } : {}),
      // Words of its own stay where the list has no concept to choose for them.
      modality: at('modality') ?? old['modality'],
      [counted]: amount === undefined ? undefined : { value: Number(amount), unit: at('unit') ?? 'samples' },
      ...(kind === 'requirements'
        ? { labelledSamplesMin: labels === undefined ? undefined : Number(labels) }
        : { labelCoverage: labels === undefined ? undefined : Number(labels) / 100 }),
    }
    const merged = { ...old, ...shown }
    return Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== undefined))
  }).filter(row => row !== undefined)
  return rows.length === 0 ? undefined : rows
}

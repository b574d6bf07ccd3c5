import { z } from 'zod'
import { resolveRef } from '../engine/features/refs.ts'
import type { Lexicon } from '../engine/lexicon/lexicon.ts'
import type { Bilingual, Language } from '../engine/types.ts'
import { type FieldError, invalid } from './errors.ts'

/** Looking up near words walks the whole lexicon, so one request asks for so many and no more. */
const LOOKUPS_MAX = 20
const SUGGESTIONS_MAX = 5

export const ConceptRef = z
  .union([
    z.string().min(1).max(100),
    z.strictObject({ text: z.string().trim().min(1).max(200).describe('Words that the lexicon does not know') }),
  ])
  .describe('Id of a concept in the lexicon, or words of your own')
  .meta({ id: 'ConceptRef', examples: ['pb.defect-inspection', { text: '毛坯错混料' }] })
export type ConceptRef = z.infer<typeof ConceptRef>

export const ConceptSuggestion = z
  .object({
    pointer: z.string().describe('JSON pointer to the words'),
    text: z.string(),
    concepts: z.array(z.object({ id: z.string(), label: z.string() })).describe('Nearest concepts, best first'),
  })
  .meta({ id: 'ConceptSuggestion' })
export type ConceptSuggestion = z.infer<typeof ConceptSuggestion>

/** The schemes that each concept field takes, by its path; `*` stands for every item of a list. */
export type ConceptFields = Record<string, readonly [string, ...string[]]>
export type PlacedRef = { pointer: string; ref: ConceptRef; schemes: readonly [string, ...string[]] }

/** Every concept field that is filled in, with its JSON pointer. Absent and null fields are passed over. */
export const listConceptRefs = (input: object, fields: ConceptFields): PlacedRef[] =>
  Object.entries(fields).flatMap(([path, schemes]) =>
    walk(input, path.slice(1).split('/'), '').map(({ pointer, value }) => ({
      pointer,
      ref: value as ConceptRef,
      schemes,
    })),
  )

type Placed = { pointer: string; value: unknown }

const walk = (value: unknown, path: string[], pointer: string): Placed[] => {
  if (value === undefined || value === null) return []
  const [key, ...rest] = path
  if (key === undefined) return [{ pointer, value }]
  if (key === '*') return Array.isArray(value) ? value.flatMap((item, i) => walk(item, rest, `${pointer}/${i}`)) : []
  return walk((value as Record<string, unknown>)[key], rest, `${pointer}/${key}`)
}

/**
 * Refuses ids that the lexicon does not know, or that belong to another field, and offers the nearest that fit.
 * @throws 422 invalid
 */
export const checkConcepts = (lexicon: Lexicon, refs: PlacedRef[], language: Language): void => {
  const errors: FieldError[] = []
  for (const { pointer, ref, schemes } of refs) {
    if (typeof ref !== 'string') continue
    const scheme = lexicon.get(ref)?.scheme
    if (scheme !== undefined && schemes.includes(scheme)) continue
    if (errors.length === LOOKUPS_MAX) break
    const code = scheme === undefined ? 'unknown_concept' : 'wrong_scheme'
    const words = lexicon.get(ref)?.[language] ?? ref.replace(/^[a-z]+\./, '').replace(/[-_.]+/g, ' ')
    const suggestions = nearest(lexicon, words, schemes, language)
    errors.push({ pointer, code, detail: explain(code, ref, schemes), suggestions })
  }
  if (errors.length > 0) throw invalid(errors)
}

const explain = (code: string, id: string, schemes: readonly string[]): Bilingual => {
  if (code === 'unknown_concept')
    return {
      zh: `词表中没有“${id}”；若没有合适的概念，请用 {"text": "…"} 填写原文`,
      en: `The lexicon has no “${id}”; where nothing fits, send your own words as {"text": "…"}`,
    }
  const wanted = schemes.join(', ')
  return { zh: `“${id}”不属于此字段，应为：${wanted}`, en: `“${id}” does not belong here; expected ${wanted}` }
}

/** The nearest concepts for those words of a request that name none, for the first twenty of them. */
export const suggestConcepts = (lexicon: Lexicon, refs: PlacedRef[], language: Language): ConceptSuggestion[] =>
  refs
    .flatMap(({ pointer, ref, schemes }) => (typeof ref === 'string' ? [] : [{ pointer, text: ref.text, schemes }]))
    .filter(({ text, schemes }) => schemes.every(scheme => !isKnown(lexicon, { text }, scheme)))
    .slice(0, LOOKUPS_MAX)
    .map(({ pointer, text, schemes }) => ({ pointer, text, concepts: nearest(lexicon, text, schemes, language) }))

/** The ids that concept fields name, by id or by words: what a list can be filtered by. */
export const resolveConceptIds = (lexicon: Lexicon, refs: readonly ConceptRef[], scheme: string): string[] => [
  ...new Set(refs.map(ref => resolveRef(lexicon, ref, scheme)).filter(key => lexicon.get(key) !== undefined)),
]

const isKnown = (lexicon: Lexicon, ref: ConceptRef, scheme: string): boolean =>
  lexicon.get(resolveRef(lexicon, ref, scheme)) !== undefined

const nearest = (lexicon: Lexicon, text: string, schemes: readonly string[], language: Language) =>
  schemes
    .flatMap(scheme => lexicon.suggest(text, { scheme, limit: SUGGESTIONS_MAX }))
    .sort((a, b) => b.score - a.score)
    .slice(0, SUGGESTIONS_MAX)
    .map(({ concept }) => ({ id: concept.id, label: concept[language] }))

import type { Lexicon } from '../lexicon/lexicon.ts'
import type { CapabilityInput, ConceptRef, Span } from '../types.ts'
import type { SourcedMention } from './mentions.ts'
import { conceptNumber } from './refs.ts'

/** Places shown for each concept and side. */
const PLACES_MAX = 4

/**
 * Where a capability names concepts, picks first, then prose in the order of reading: each place as one number (concept,
 * field, start, length; of a pick its place in the field's list and no length), since a province's worth is held in
 * memory and reading a text again takes longer than scoring a pair.
 */
export type PackedPlaces = readonly number[]

const FIELD_STEPS = 16
const START_STEPS = 2 ** 20
const LENGTH_STEPS = 2 ** 12

const TEXTS: Record<string, (input: CapabilityInput) => string | undefined> = {
  '/title': input => input.title,
  '/summary': input => input.summary,
  '/details': input => input.details,
  '/benefits': input => input.benefits,
}
const PICKS: Record<string, (input: CapabilityInput, item: number) => ConceptRef | undefined> = {
  '/techniques': (input, item) => input.techniques?.[item],
  '/problems': (input, item) => input.problems?.[item],
  '/industries': (input, item) => input.industries?.[item],
  '/processes': (input, item) => input.processes?.[item],
  '/dataRequirements': (input, item) => input.dataRequirements?.[item]?.modality,
  '/hardware': (input, item) => input.hardware?.[item],
  '/integrations': (input, item) => input.integrations?.[item],
}
/** Fields by their number in a packed place. */
const FIELDS = [...Object.keys(TEXTS), ...Object.keys(PICKS)]

/** Packs what is mentioned. A place beyond a million characters is not kept. */
export function packPlaces(lexicon: Lexicon, mentions: readonly SourcedMention[]): PackedPlaces {
  const counts = new Map<number, number>()
  const places: number[] = []
  for (const { concept, span } of mentions) {
    const [, name = '', item] = span.field.split('/')
    const field = FIELDS.indexOf(`/${name}`)
    const start = span.start ?? Number(item ?? 0)
    const length = (span.end ?? start) - start
    if (field < 0 || start >= START_STEPS || length >= LENGTH_STEPS) continue
    const number = conceptNumber(lexicon, concept)
    const count = counts.get(number) ?? 0
    counts.set(number, count + 1)
    if (number < 0 || count >= PLACES_MAX) continue
    places.push(((number * FIELD_STEPS + field) * START_STEPS + start) * LENGTH_STEPS + length)
  }
  return places
}

/** Where a capability speaks of each of the wanted concepts (their numbers): picks first, then prose. */
export function findPlaces(
  { input, places }: { input: CapabilityInput; places: PackedPlaces },
  wanted: readonly number[],
): Map<number, Span[]> {
  const spans = new Map<number, Span[]>()
  if (wanted.length === 0) return spans
  for (const packed of places) {
    const concept = Math.floor(packed / (FIELD_STEPS * START_STEPS * LENGTH_STEPS))
    if (wanted.includes(concept)) addSpan(spans, concept, unpackSpan(input, packed))
  }
  return spans
}

function unpackSpan(input: CapabilityInput, packed: number): Span {
  const length = packed % LENGTH_STEPS
  const start = Math.floor(packed / LENGTH_STEPS) % START_STEPS
  const number = Math.floor(packed / (START_STEPS * LENGTH_STEPS)) % FIELD_STEPS
  const field = FIELDS[number] ?? ''
  const pick = PICKS[field]
  if (pick !== undefined) {
    const ref = pick(input, start) ?? ''
    return { field: `${field}/${start}`, surface: typeof ref === 'string' ? ref : ref.text }
  }
  const end = start + length
  return { field, start, end, surface: TEXTS[field]?.(input)?.slice(start, end) ?? '' }
}

/** The places of each concept by its id, in the order of the mentions. */
export function groupSpans(mentions: readonly SourcedMention[]): Map<string, Span[]> {
  const spans = new Map<string, Span[]>()
  for (const { concept, span } of mentions) addSpan(spans, concept, span)
  return spans
}

function addSpan<K>(spans: Map<K, Span[]>, key: K, span: Span): void {
  const known = spans.get(key)
  if (known === undefined) spans.set(key, [span])
  else if (known.length < PLACES_MAX) known.push(span)
}

import type { Lexicon } from '../lexicon/lexicon.ts'
import type { CapabilityInput, Span } from '../types.ts'
import { capabilityTexts, listCapabilityPicks, type SourcedMention } from './mentions.ts'
import { conceptNumber } from './refs.ts'

/** Places shown for each concept and side. */
const PLACES_MAX = 4

/**
 * Where a capability's prose names concepts, in the order of reading: each place as one number (concept, field, start,
 * length), since a province's worth is held in memory and reading a text again takes longer than scoring a pair.
 */
export type PackedPlaces = readonly number[]

const FIELD_STEPS = 4
const START_STEPS = 2 ** 20
const LENGTH_STEPS = 2 ** 16

/** Packs what prose mentions; picks are read from their fields again. A place beyond a million characters is not kept. */
export function packPlaces(lexicon: Lexicon, mentions: readonly SourcedMention[]): PackedPlaces {
  const fields = capabilityTexts({ id: '', title: '' }).map(({ field }) => field)
  const counts = new Map<number, number>()
  const places: number[] = []
  for (const { concept, picked, span } of mentions) {
    const { start, end } = span
    if (picked || start === undefined || end === undefined) continue
    if (start >= START_STEPS || end - start >= LENGTH_STEPS) continue
    const number = conceptNumber(lexicon, concept)
    const count = counts.get(number) ?? 0
    counts.set(number, count + 1)
    if (number < 0 || count >= PLACES_MAX) continue
    const place = number * FIELD_STEPS + fields.indexOf(span.field)
    places.push((place * START_STEPS + start) * LENGTH_STEPS + end - start)
  }
  return places
}

/** Where a capability speaks of each of the wanted concepts (their numbers): picks first, then prose. */
export function findPlaces(
  lexicon: Lexicon,
  { input, places }: { input: CapabilityInput; places: PackedPlaces },
  wanted: ReadonlySet<number>,
): Map<number, Span[]> {
  const spans = new Map<number, Span[]>()
  if (wanted.size === 0) return spans
  for (const { concept, span } of listCapabilityPicks(lexicon, input)) {
    const number = conceptNumber(lexicon, concept)
    if (wanted.has(number)) addSpan(spans, number, span)
  }
  const fields = capabilityTexts(input)
  for (const packed of places) {
    const concept = Math.floor(packed / (FIELD_STEPS * START_STEPS * LENGTH_STEPS))
    if (wanted.has(concept)) addSpan(spans, concept, unpackSpan(fields, packed))
  }
  return spans
}

function unpackSpan(fields: ReturnType<typeof capabilityTexts>, packed: number): Span {
  const start = Math.floor(packed / LENGTH_STEPS) % START_STEPS
  const end = start + (packed % LENGTH_STEPS)
  const { field = '', text = '' } = fields[Math.floor(packed / (START_STEPS * LENGTH_STEPS)) % FIELD_STEPS] ?? {}
  return { field, start, end, surface: text.slice(start, end) }
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

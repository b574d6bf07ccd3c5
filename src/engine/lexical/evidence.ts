import type { Vocabulary } from '../lexicon/lexicon.ts'
import { locateOriginal, type NormalisedText, normalise } from '../text.ts'
import type { CapabilityInput, Evidence, Language, ScenarioInput, Span } from '../types.ts'
import type { Shard } from './shard.ts'
import type { TextQuery } from './query.ts'
import type { TermClass, TermKey } from './terms.ts'
import type { TextWeights } from './weights.ts'

/** Something that both texts may say: the wordings to look for on each side, folded, and what it weighs. */
type Piece = { demand: readonly string[]; supply: readonly string[]; weight: number }

/** A demand's pieces, heaviest first, with their places in the demand. */
export type TextPieces = { piece: Piece; spans: Span[] }[]

const PIECES_MAX = 40
const EVIDENCE_MAX = 5
const SPANS_MAX = 2
const WORDINGS_MAX = 20

/** Works out once per demand what may be shown as evidence for supplies of one language. */
export function listTextPieces(
  vocabulary: Vocabulary,
  weights: TextWeights,
  shard: Shard,
  query: TextQuery,
  scenario: ScenarioInput,
  language: Language,
): TextPieces {
  const fields = foldFields({ '/title': scenario.title, '/summary': scenario.summary, '/details': scenario.details })
  const weigh = (termClass: TermClass, key: TermKey) =>
    weights.classes[language][termClass] * shard.idfOf(termClass, key)
  const folded = (terms: readonly { surface: string }[]) => terms.map(term => term.surface.toLowerCase())
  const pieces: Piece[] = [
    ...[...query.terms.word.keys()].map(key => exactPiece(String(key), weigh('word', key))),
    ...[...query.terms.latin.keys()].map(key => exactPiece(String(key), weigh('latin', key))),
    ...[...query.terms.outerSenses.keys()].map(key => {
      const wordings = folded(vocabulary.wordings[Number(key)] ?? [])
      return { demand: wordings, supply: wordings, weight: weigh('sense', key) }
    }),
    ...query.translations[language].map(group => ({
      demand: [group.source],
      supply: group.words.slice(0, WORDINGS_MAX).map(translation => translation.word),
      weight: weights.translated.word,
    })),
  ]
  return pieces
    .sort((a, b) => b.weight - a.weight)
    .slice(0, PIECES_MAX)
    .map(piece => ({ piece, spans: findSpans(fields, piece.demand) }))
    .filter(({ spans }) => spans.length > 0)
}

function exactPiece(word: string, weight: number): Piece {
  return { demand: [word], supply: [word], weight }
}

/** The heaviest pieces that both texts say, with their places; points share the part's value by weight. */
export function collectTextEvidence(pieces: TextPieces, capability: CapabilityInput): Evidence[] {
  const { title, summary, details, benefits } = capability
  const fields = foldFields({ '/title': title, '/summary': summary, '/details': details, '/benefits': benefits })
  const found: { scenario: Span[]; capability: Span[]; weight: number }[] = []
  const shown = new Set<string>()
  markCharacters(fields)
  for (const { piece, spans } of pieces) {
    if (!piece.supply.some(isPossible)) continue
    const place = `${spans[0]?.field} ${spans[0]?.start}`
    if (shown.has(place)) continue
    const capabilitySpans = findSpans(fields, piece.supply.filter(isPossible))
    if (capabilitySpans.length === 0) continue
    shown.add(place)
    found.push({ scenario: spans, capability: capabilitySpans, weight: piece.weight })
    if (found.length === EVIDENCE_MAX) break
  }
  const whole = found.reduce((sum, { weight }) => sum + weight, 0)
  return found.map(({ weight, ...places }) => ({
    ...places,
    points: whole > 0 ? Math.floor((10_000 * weight) / whole) : 0,
  }))
}

/** Marks by the low bits of a character in which text it was last seen: most wordings are ruled out without a search. */
const marks = new Uint32Array(4_096)
let mark = 0

function markCharacters(fields: readonly Field[]): void {
  mark = (mark + 1) >>> 0
  for (const { folded } of fields) {
    for (let at = 0; at < folded.text.length; at++) marks[folded.text.charCodeAt(at) & 4_095] = mark
  }
}

/** Whether the text marked last may hold a wording: never false for one that it holds. */
function isPossible(wording: string): boolean {
  for (let at = 0; at < wording.length; at++) if (marks[wording.charCodeAt(at) & 4_095] !== mark) return false
  return true
}

type Field = { field: string; original: string; folded: NormalisedText }

function foldFields(texts: Record<string, string | undefined>): Field[] {
  const fields: Field[] = []
  for (const field in texts) {
    const original = texts[field]
    if (original !== undefined && original !== '') fields.push({ field, original, folded: normalise(original) })
  }
  return fields
}

function findSpans(fields: readonly Field[], wordings: readonly string[]): Span[] {
  const spans: Span[] = []
  for (const { field, original, folded } of fields) {
    for (const wording of wordings) {
      const at = findWording(folded.text, wording)
      if (at < 0) continue
      const { start, end } = locateOriginal(folded, at, at + wording.length)
      spans.push({ field, start, end, surface: original.slice(start, end) })
      if (spans.length === SPANS_MAX) return spans
      break
    }
  }
  return spans
}

const LATIN = /[a-z0-9]/

/** Place of a wording in a folded text, or -1. A Latin wording must start where a word starts; its ending may differ. */
function findWording(text: string, wording: string): number {
  let at = text.indexOf(wording)
  if (at < 0 || !LATIN.test(wording[0] ?? '')) return at
  while (at > 0 && LATIN.test(text[at - 1] ?? '')) at = text.indexOf(wording, at + 1)
  return at
}

import type { Vocabulary } from '../lexicon/lexicon.ts'
import { normalise } from '../text.ts'
import type { CapabilityInput, Language, ScenarioInput } from '../types.ts'
import { measureChineseShare } from './query.ts'
import type { DocumentTerms, Shard, ShardQuery } from './shard.ts'
import { countTerms } from './terms.ts'
import { tokenise } from './tokens.ts'

/** The prose of a demand as one text. */
export function scenarioText(input: ScenarioInput): string {
  return joinTexts([input.title, input.summary, input.details])
}

/** The prose of a supply as one text, without its benefits. */
export function capabilityText(input: CapabilityInput): string {
  return joinTexts([input.title, input.summary, input.details])
}

function joinTexts(texts: (string | undefined)[]): string {
  return texts.filter(text => text !== undefined && text !== '').join('\n')
}

/** The language in which a supply is told: as declared, else by its characters. */
export function findLanguage(input: CapabilityInput): Language {
  if (input.language !== undefined) return input.language
  return measureChineseShare(tokenise(normalise(capabilityText(input)).text)) >= 0.5 ? 'zh' : 'en'
}

export function countDocumentTerms(vocabulary: Vocabulary, input: CapabilityInput): DocumentTerms {
  const text = countTerms(vocabulary, capabilityText(input))
  const benefits = input.benefits
  return benefits === undefined || benefits === '' ? { text } : { text, benefits: countTerms(vocabulary, benefits) }
}

/** What the words of a demand say about the documents of a shard, by slot. */
export type TextScores = {
  /** The text value, 0 to 1. */
  valueOf(slot: number): number
  /** Quick bounds of it: a value is at most `ceilTextValue((raw + norms × norm) × scale)`. */
  raw: Float32Array
  norms: Float32Array
  norm: number
  scale: number
  /** Gives back what it borrowed; nothing may be read afterwards. */
  close(): void
}

/** Sums the terms of a demand over the postings; `raw` and `lateWeights` are lent, all zero. */
export function scoreTexts(
  shard: Shard,
  query: ShardQuery,
  { raw, lateWeights }: { raw: Float32Array; lateWeights: Float64Array },
): TextScores {
  const late = shard.openLate(
    query.terms.filter(term => shard.isLate(term)),
    lateWeights,
  )
  const now = query.terms.filter(term => !shard.isLate(term))
  const own = shard.addTerms(raw, now) + late.ideal + shard.addGroups(raw, query.groups)
  shard.addTerms(raw, query.extras)
  const ideal = own > 0 ? own : 1
  return {
    valueOf: slot => textValue((raw[slot] as number) + late.sumOf(slot), ideal),
    raw,
    norms: late.norms,
    norm: late.norm,
    scale: STEPS / (SHARE_MAX * ideal),
    close: () => late.close(),
  }
}

/**
 * Text value, 0 to 1, of a raw score. A supply made for a demand gets about a quarter of what the demand's own text
 * would get, so shares are stretched over the scale: tanh(share / 0.3), nearly straight where supplies differ.
 */
export function textValue(raw: number, ideal: number): number {
  return Math.tanh(raw / ideal / SHARE_SCALE)
}

const SHARE_SCALE = 0.3
const SHARE_MAX = 1.5
const STEPS = 4_096
/** The text value by steps of a raw score, each never below any value of its step. */
const CEILINGS = Float32Array.from({ length: STEPS + 1 }, (_, i) =>
  i === STEPS ? 1 : textValue((i * SHARE_MAX) / STEPS, 1) + 1e-6,
)

/** At least the text value, at most 0.002 above it, of a raw score in steps: one look-up, since every supply needs one. */
export function ceilTextValue(steps: number): number {
  const step = (steps + 1) | 0
  return CEILINGS[step < STEPS ? step : STEPS] as number
}

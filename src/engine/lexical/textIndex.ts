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

/** Raw scores of all documents of a shard, and what the demand's own text would get. */
export type TextScores = { raw: Float32Array; ideal: number }

export function scoreTexts(shard: Shard, query: ShardQuery, size: number): TextScores {
  const raw = new Float32Array(size)
  const ideal = shard.addTerms(raw, query.terms) + shard.addGroups(raw, query.groups)
  shard.addTerms(raw, query.extras)
  return { raw, ideal: ideal > 0 ? ideal : 1 }
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
const CEILINGS = Float32Array.from({ length: STEPS + 1 }, (_, i) => textValue((i * SHARE_MAX) / STEPS, 1) + 1e-6)
CEILINGS[STEPS] = 1

/** A quick upper bound of the text value, at most 0.002 above it: one look-up, since every document needs one. */
export function createTextCeiling(ideal: number): (raw: number) => number {
  const scale = STEPS / (SHARE_MAX * ideal)
  return raw => CEILINGS[Math.min(STEPS, Math.ceil(raw * scale))] as number
}

import type { Vocabulary } from '../lexicon/lexicon.ts'
import { normalise } from '../text.ts'
import type { CapabilityInput, Language, ScenarioInput } from '../types.ts'
import { measureChineseShare, type ShardQuery } from './query.ts'
import type { DocumentTerms, Shard } from './shard.ts'
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
  const share = measureChineseShare(tokenise(normalise(capabilityText(input)).text))
  return input.language ?? (share >= 0.5 ? 'zh' : 'en')
}

export function countDocumentTerms(vocabulary: Vocabulary, input: CapabilityInput): DocumentTerms {
  const text = countTerms(vocabulary, capabilityText(input))
  const benefits = input.benefits
  return benefits === undefined || benefits === '' ? { text } : { text, benefits: countTerms(vocabulary, benefits) }
}

/** Fills `scores` (zero before) with the text values, 0 to 1, of all documents of a shard. */
export function scoreTexts(shard: Shard, query: ShardQuery, scores: Float64Array): void {
  const ideal = shard.addTerms(scores, query.terms) + shard.addGroups(scores, query.groups)
  shard.addTerms(scores, query.extras)
  for (let slot = 0; slot < scores.length; slot++) scores[slot] = stretch((scores[slot] as number) / ideal)
}

/**
 * A supply made for a demand gets about a quarter of what the demand's own text would get, so shares are stretched over
 * the scale: tanh(share / 0.3), nearly straight where supplies differ. Order is kept.
 */
function stretch(share: number): number {
  return share > 0 ? Math.tanh(share / SHARE_SCALE) : 0
}

const SHARE_SCALE = 0.3

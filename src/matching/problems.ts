import type { Lexicon } from '../engine/lexicon/lexicon.ts'
import { tagText } from '../engine/lexicon/tag.ts'
import type { Tier } from '../engine/types.ts'
import { tierOfField } from '../scenarios/tiers.ts'

/** A cue says that a problem may be meant, a name or synonym that it is. */
const NAMED = 1
const READ_MAX = 5

/**
 * The problems that a scenario is announced under, so that filters find it: those that were picked, or, where none was,
 * those that its public texts name.
 */
export const announcedProblems = (
  lexicon: Lexicon,
  picked: string[],
  scenario: { input: { title: string; summary?: string }; fieldTiers: Record<string, Tier> },
): string[] => {
  if (picked.length > 0) return picked
  const { title, summary } = scenario.input
  const texts = [title, tierOfField('/summary', scenario.fieldTiers) === 'public' ? (summary ?? '') : '']
  const named = texts
    .flatMap(text => tagText(lexicon, text))
    .filter(mention => !mention.negated && mention.weight >= NAMED)
    .map(mention => mention.concept)
    .filter(concept => lexicon.get(concept)?.scheme === 'problem')
  return [...new Set(named)].slice(0, READ_MAX)
}

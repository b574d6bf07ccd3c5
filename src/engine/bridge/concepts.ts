import { listCapabilityMentions, listScenarioMentions, type SourcedMention } from '../features/mentions.ts'
import type { Lexicon } from '../lexicon/lexicon.ts'
import { keepPublicFields } from '../public.ts'
import type { CapabilityInput, ScenarioInput } from '../types.ts'

/** Concepts kept of one side of an outcome, strongest first: bounds the pairs of one outcome. */
const CONCEPTS_MAX = 24

/**
 * What a demand says as far as everybody may read it, as lexicon ids. Closed fields are taken away before anything is
 * read, so neither their words nor the concepts that only they name can come out.
 */
export function listDemandConcepts(
  lexicon: Lexicon,
  input: ScenarioInput,
  isPublic: (pointer: string) => boolean,
): string[] {
  return strongest(listScenarioMentions(lexicon, keepPublicFields(input, isPublic)))
}

/** The same for a supply. */
export function listSupplyConcepts(
  lexicon: Lexicon,
  input: CapabilityInput,
  isPublic: (pointer: string) => boolean,
): string[] {
  return strongest(listCapabilityMentions(lexicon, keepPublicFields(input, isPublic)))
}

function strongest(mentions: readonly SourcedMention[]): string[] {
  const worth = new Map<string, number>()
  for (const { concept, weight, picked } of mentions)
    worth.set(concept, Math.max(worth.get(concept) ?? 0, weight + (picked ? 1 : 0)))
  return [...worth]
    .sort(([a, left], [b, right]) => right - left || (a < b ? -1 : 1))
    .slice(0, CONCEPTS_MAX)
    .map(([concept]) => concept)
    .sort()
}

import type { Lexicon } from '../lexicon/lexicon.ts'
import { tagText } from '../lexicon/tag.ts'
import type { CapabilityInput, ConceptRef, ScenarioInput, Span } from '../types.ts'
import { resolveRef } from './refs.ts'

/** A concept of one side with the place that evoked it. `picked`: chosen in a field, not read out of prose. */
export type SourcedMention = { concept: string; weight: number; picked: boolean; span: Span }

/** What a customer gains is praise in general words, so it counts half. */
const BENEFITS_WEIGHT = 0.5
/** Where a person picked concepts of a scheme, the text may still add others of it, but counts for less. */
const BESIDE_PICK_WEIGHT = 0.6

type TextField = { field: string; text: string | undefined; weight: number }

/** Every concept of a scenario, from its fields and its texts, in the order of the fields. */
export function listScenarioMentions(lexicon: Lexicon, input: ScenarioInput): SourcedMention[] {
  const pick = picker(lexicon)
  return withTexts(lexicon, scenarioTexts(input), [
    ...pick('/industry', input.industry, 'industry'),
    ...pick('/processes', input.processes, 'process'),
    ...pick('/equipment', input.equipment, 'equipment'),
    ...pick('/problems', input.problems, 'problem'),
    ...(input.goals ?? []).flatMap((goal, i) => pick(`/goals/${i}`, goal.kpi, 'kpi')),
    ...(input.datasets ?? []).flatMap((dataset, i) => [
      ...pick(`/datasets/${i}`, dataset.modality, 'modality'),
      ...pick(`/datasets/${i}/systems`, dataset.systems, 'system'),
      ...pick(`/datasets/${i}/protocols`, dataset.protocols, 'protocol'),
    ]),
  ])
}

/** Every concept of a capability. `limits` are left out: they name what it cannot do. */
export function listCapabilityMentions(lexicon: Lexicon, input: CapabilityInput): SourcedMention[] {
  return withTexts(lexicon, capabilityTexts(input), listCapabilityPicks(lexicon, input))
}

/** The concepts that a vendor picked in a field. */
function listCapabilityPicks(lexicon: Lexicon, input: CapabilityInput): SourcedMention[] {
  const pick = picker(lexicon)
  return [
    ...pick('/techniques', input.techniques, 'technique'),
    ...pick('/problems', input.problems, 'problem'),
    ...pick('/industries', input.industries, 'industry'),
    ...pick('/processes', input.processes, 'process'),
    ...(input.dataRequirements ?? []).flatMap((need, i) => pick(`/dataRequirements/${i}`, need.modality, 'modality')),
    ...pick('/hardware', input.hardware, 'hardware'),
    ...pick('/integrations', input.integrations, 'system'),
  ]
}

/** The prose of a scenario, field by field. */
export function scenarioTexts(input: ScenarioInput): TextField[] {
  return [
    { field: '/title', text: input.title, weight: 1 },
    { field: '/summary', text: input.summary, weight: 1 },
    { field: '/details', text: input.details, weight: 1 },
  ]
}

/** The prose of a capability, field by field. */
export function capabilityTexts(input: CapabilityInput): TextField[] {
  return [
    { field: '/title', text: input.title, weight: 1 },
    { field: '/summary', text: input.summary, weight: 1 },
    { field: '/details', text: input.details, weight: 1 },
    { field: '/benefits', text: input.benefits, weight: BENEFITS_WEIGHT },
  ]
}

function picker(lexicon: Lexicon) {
  return (field: string, refs: ConceptRef | readonly ConceptRef[] | undefined, scheme: string): SourcedMention[] => {
    if (refs === undefined) return []
    const list: readonly ConceptRef[] = isList(refs) ? refs : [refs]
    return list.flatMap((ref, i) => {
      const concept = resolveRef(lexicon, ref, scheme)
      const span = { field: isList(refs) ? `${field}/${i}` : field, surface: typeof ref === 'string' ? ref : ref.text }
      return lexicon.get(concept) === undefined ? [] : [{ concept, weight: 1, picked: true, span }]
    })
  }
}

function isList(refs: ConceptRef | readonly ConceptRef[]): refs is readonly ConceptRef[] {
  return Array.isArray(refs)
}

function withTexts(lexicon: Lexicon, fields: TextField[], picks: SourcedMention[]): SourcedMention[] {
  const schemeOf = (concept: string) => lexicon.get(concept)?.scheme ?? ''
  const pickedSchemes = new Set(picks.map(pick => schemeOf(pick.concept)))
  const read = fields.flatMap(({ field, text, weight }) =>
    text === undefined || text === ''
      ? []
      : tagText(lexicon, text)
          .filter(mention => !mention.negated)
          .map(({ concept, start, end, surface, weight: own }) => {
            const beside = pickedSchemes.has(schemeOf(concept)) ? BESIDE_PICK_WEIGHT : 1
            return { concept, weight: own * weight * beside, picked: false, span: { field, start, end, surface } }
          }),
  )
  return [...picks, ...read]
}

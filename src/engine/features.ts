import type { Bridge } from './bridge/apply.ts'
import { implyBudget, implyConstraints, implyDates } from './facts/constraints.ts'
import { implyDatasets } from './facts/datasets.ts'
import { listFacts } from './facts/fact.ts'
import { implyGoals } from './facts/goals.ts'
import { type Implied, type Reading, readText } from './facts/reading.ts'
import { type ConceptBag, packConcepts } from './features/concepts.ts'
import { capabilityTexts, listCapabilityMentions, listScenarioMentions, scenarioTexts } from './features/mentions.ts'
import { groupSpans, type PackedPlaces, packPlaces } from './features/places.ts'
import { resolveRef, resolveRefs } from './features/refs.ts'
import {
  type HeldData,
  type NeededData,
  type ResolvedConstraints,
  resolveConstraints,
  resolveDataset,
  resolveRequirement,
} from './features/resolved.ts'
import type { Lexicon } from './lexicon/lexicon.ts'
import { type Places, readPlaces } from './parts/places.ts'
import { type ConceptPlan, type ConceptRarity, planConcepts } from './parts/concepts.ts'
import type { CapabilityInput, Dataset, Goal, MoneyRange, ScenarioInput, Span } from './types.ts'

/** Where a scenario's value stands: its field, or the words of a text that imply it. */
export type ScenarioSources = Partial<
  Record<
    | 'reach'
    | 'deployments'
    | 'latencyMsMax'
    | 'taktS'
    | 'domesticHardware'
    | 'publicAudience'
    | 'certificates'
    | 'budget',
    Span
  >
>

/** A scenario as the formula reads it. Made once per scenario; `datasetSpans` is parallel to `datasets`. */
export type ScenarioFeatures = {
  lexicon: Lexicon
  input: ScenarioInput
  /** The places that name each concept, kept since all pairs of a scenario show the same ones. */
  spans: ReadonlyMap<string, Span[]>
  concepts: ConceptBag
  /** Which supply concepts would meet this demand, worked out once. */
  plan: ConceptPlan
  datasets: HeldData[]
  datasetSpans: Span[]
  constraints: ResolvedConstraints
  goals: Goal[]
  industry?: string
  place?: Places
  budget?: MoneyRange
  startsOn?: string
  neededBy?: string
  sources: ScenarioSources
}

/** A capability as the formula reads it, packed, since a province's worth is held in memory. */
export type CapabilityFeatures = {
  input: CapabilityInput
  concepts: ConceptBag
  /** Where its prose names concepts, for evidence. */
  places: PackedPlaces
  requirements: NeededData[]
  /** Forms that the vendor states in its field; absent where it states none. */
  deployments?: string[]
  /** Forms that its text names: they move the operation part, and never fire a gate. */
  mentionedDeployments: string[]
  hardware: string[]
  integrations: string[]
  industries: string[]
  certificates?: string[]
  /** What each published case was about. */
  cases: { industry?: string; kpi?: string; verified: boolean }[]
  regions?: Places
  latencyMs?: number
  price?: MoneyRange
  leadTimeDays?: number
}

/** Reads each text field of a scenario, in the order of the fields. */
export function readScenario(lexicon: Lexicon, input: ScenarioInput): Reading[] {
  return scenarioTexts(input).flatMap(({ field, text }) => (text ? [readText(lexicon, field, text)] : []))
}

/**
 * Reads a scenario. Structured fields win over text; text fills in what is absent. `rarity` says how common a concept is
 * in the index (see `planConcepts`); `readings` of its texts, where they are at hand, save reading them again. Pure;
 * never fails on any text.
 */
export function scenarioFeatures(
  lexicon: Lexicon,
  input: ScenarioInput,
  rarity?: ConceptRarity,
  bridge?: Bridge,
  readings: readonly Reading[] = readScenario(lexicon, input),
): ScenarioFeatures {
  const implied = readings.flatMap(reading => implyConstraints(lexicon, reading))
  const data = listDatasets(lexicon, input, readings)
  const goals = input.goals?.length
    ? input.goals
    : readings.flatMap(r => implyGoals(lexicon, r)).map(goal => goal.value)
  const budget = firstOf(readings, implyBudget)
  const mentions = listScenarioMentions(lexicon, input)
  const concepts = packConcepts(lexicon, mentions)
  const neededBy = input.neededBy ?? firstOf(readings, reading => implyDates(reading).neededBy)?.value
  const startsOn = input.startsOn ?? firstOf(readings, reading => implyDates(reading).startsOn)?.value
  return {
    lexicon,
    input,
    spans: groupSpans(mentions),
    concepts,
    plan: planConcepts(lexicon, concepts, rarity, bridge),
    datasets: data.map(({ value }) => resolveDataset(lexicon, value)),
    datasetSpans: data.map(({ span }) => span),
    constraints: resolveConstraints(
      lexicon,
      input.constraints,
      implied.map(({ value }) => value),
    ),
    goals,
    sources: findSources(input, implied, budget),
    ...given('industry', input.industry === undefined ? undefined : resolveRef(lexicon, input.industry, 'industry')),
    ...given('place', readPlaces(input.place === undefined ? undefined : [input.place])),
    ...given('budget', input.budget ?? budget?.value),
    ...given('neededBy', neededBy),
    ...given('startsOn', startsOn),
  }
}

/**
 * Datasets of the fields first, in their order; then those that only a text tells of, unless a field describes data of
 * the same family.
 */
function listDatasets(lexicon: Lexicon, input: ScenarioInput, readings: readonly Reading[]): Implied<Dataset>[] {
  const fields = (input.datasets ?? []).map((dataset, i) => ({
    value: dataset,
    span: { field: `/datasets/${i}`, surface: dataset.name },
  }))
  const families = new Set(
    fields.map(({ value }) => familyOf(lexicon, resolveRef(lexicon, value.modality, 'modality'))),
  )
  const told = readings.flatMap(reading => implyDatasets(lexicon, reading))
  return [...fields, ...told.filter(({ value }) => !families.has(familyOf(lexicon, value.modality)))]
}

/** The broadest concept above one. */
function familyOf(lexicon: Lexicon, id: string): string {
  const broader = lexicon.get(id)?.broader
  return broader === undefined || broader === null ? id : familyOf(lexicon, broader)
}

function findSources(
  input: ScenarioInput,
  implied: Implied<object>[],
  budget: Implied<MoneyRange> | undefined,
): ScenarioSources {
  const sources: ScenarioSources = {}
  const keys = [
    'reach',
    'deployments',
    'latencyMsMax',
    'taktS',
    'domesticHardware',
    'publicAudience',
    'certificates',
  ] as const
  for (const key of keys) {
    const stated = input.constraints?.[key]
    const read = implied.find(({ value }) => key in value)
    if (stated !== undefined) sources[key] = { field: `/constraints/${key}`, surface: JSON.stringify(stated) }
    else if (read !== undefined) sources[key] = read.span
  }
  if (input.budget !== undefined) sources.budget = { field: '/budget', surface: JSON.stringify(input.budget) }
  else if (budget !== undefined) sources.budget = budget.span
  return sources
}

/** Reads a capability. Structured fields win over text; what only the text says is kept apart where a gate looks at it. */
export function capabilityFeatures(lexicon: Lexicon, input: CapabilityInput): CapabilityFeatures {
  const mentions = listCapabilityMentions(lexicon, input)
  const isDeployment = (concept: string) => lexicon.get(concept)?.scheme === 'deployment'
  const inText = mentions.filter(mention => !mention.picked && mention.weight >= 0.5 && isDeployment(mention.concept))
  const facts = capabilityFacts(lexicon, input)
  return {
    input,
    concepts: packConcepts(lexicon, mentions),
    places: packPlaces(lexicon, mentions),
    requirements: (input.dataRequirements ?? []).map(requirement => resolveRequirement(lexicon, requirement)),
    mentionedDeployments: [...new Set(inText.map(mention => mention.concept))].sort(),
    hardware: resolveRefs(lexicon, input.hardware, 'hardware'),
    integrations: resolveRefs(lexicon, input.integrations, 'system'),
    industries: resolveRefs(lexicon, input.industries, 'industry'),
    cases: (input.evidence ?? []).map(found => ({
      verified: found.verified === true,
      ...given('industry', found.industry && resolveRef(lexicon, found.industry, 'industry')),
      ...given('kpi', found.kpi && resolveRef(lexicon, found.kpi, 'kpi')),
    })),
    ...given('regions', readPlaces(input.regions)),
    ...given(
      'deployments',
      input.deployments?.length ? resolveRefs(lexicon, input.deployments, 'deployment') : undefined,
    ),
    ...given('certificates', input.certificates && resolveRefs(lexicon, input.certificates, 'compliance')),
    ...given('latencyMs', input.latencyMs ?? facts.latencyMs),
    ...given('price', input.price ?? facts.price),
    ...given('leadTimeDays', input.leadTimeDays ?? facts.leadTimeDays),
  }
}

const PRICE = /报价|价格|售价|起价|收费|费用|单价|price|cost|from|fee/i
const LEAD_TIME = /交付|实施|部署|上线|落地|周期|deliver|deploy|implement|go live|lead time/i

type CapabilityFacts = Partial<Pick<CapabilityFeatures, 'latencyMs' | 'price' | 'leadTimeDays'>>

/** Price, latency and lead time as the vendor's prose gives them, each from words right in front of the number. */
function capabilityFacts(lexicon: Lexicon, input: CapabilityInput): CapabilityFacts {
  const readings = capabilityTexts(input).flatMap(({ field, text }) =>
    text && /\d/.test(text) ? [readText(lexicon, field, text)] : [],
  )
  for (const { text, facts } of readings) {
    const behind = (pattern: RegExp) => (fact: { start: number }) =>
      pattern.test(text.slice(Math.max(0, fact.start - 14), fact.start))
    const latency = listFacts(facts, 'latency')[0]
    const money = listFacts(facts, 'money').find(fact => fact.per === undefined && behind(PRICE)(fact))
    const lead = listFacts(facts, 'duration').find(behind(LEAD_TIME))
    if (latency === undefined && money === undefined && lead === undefined) continue
    return {
      ...given('latencyMs', latency?.value),
      ...given('price', money && { min: money.value, max: money.valueMax ?? money.value, currency: money.unit }),
      ...given('leadTimeDays', lead?.valueMax ?? lead?.value),
    }
  }
  return {}
}

function firstOf<T, R>(items: readonly T[], read: (item: T) => R | undefined): R | undefined {
  for (const item of items) {
    const value = read(item)
    if (value !== undefined) return value
  }
  return undefined
}

/** A property that is present only where its value is known. */
function given<K extends string, V>(key: K, value: V | undefined): { [P in K]?: V } {
  return (value === undefined ? {} : { [key]: value }) as { [P in K]?: V }
}

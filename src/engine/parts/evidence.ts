import { findPlaces } from '../features/places.ts'
import type { CapabilityFeatures, ScenarioFeatures } from '../features.ts'
import { isServed, type Service } from '../interface.ts'
import { type BalancedPart, listReasons } from '../parts.ts'
import type { Evidence, PartName, Span } from '../types.ts'
import { type ConceptHit, findHits } from './concepts.ts'
import { NEUTRAL } from './weights.ts'

/** Pieces kept for each part; nobody reads more, and every one is stored with every pair. */
const PIECES_MAX = 5
/** Characters shown of a value that is no text of its own. */
const VALUE_MAX = 80

/** What evidence shows: a pair's part values (in the order of `PART_NAMES`) with what they were worked out from. */
export type Weighed = {
  values: ArrayLike<number>
  services: readonly Service[]
  text: Evidence[]
}

/** What each part's value stands on, strongest first, with the places in both inputs. */
export function collectEvidence(
  scenario: ScenarioFeatures,
  capability: CapabilityFeatures,
  { values, services, text }: Weighed,
): Record<PartName, Evidence[]> {
  const [problem = 0, technique = 0, , data = 0, operation = 0, commercial = 0, trackRecord = 0] = Array.from(values)
  const { plan } = scenario
  const problemHits = sharePoints(findHits(plan, 'problem', capability.concepts), problem, NEUTRAL.problem)
  const techniqueHits = sharePoints(findHits(plan, 'technique', capability.concepts), technique, NEUTRAL.technique)
  const wanted = [...problemHits, ...techniqueHits].map(hit => hit.supply)
  const supply = findPlaces(capability, wanted)
  return {
    problem: conceptEvidence(scenario, problemHits, supply),
    technique: conceptEvidence(scenario, techniqueHits, supply),
    text,
    data: dataEvidence(scenario, capability, services, data),
    operation: fieldEvidence(scenario, capability, 'operation', operation),
    commercial: fieldEvidence(scenario, capability, 'commercial', commercial),
    trackRecord: fieldEvidence(scenario, capability, 'trackRecord', trackRecord),
  }
}

/** Shares of `value - neutral`, as ten-thousandths of the value, the greatest first. */
function sharePoints<T extends { strength: number }>(
  pieces: readonly T[],
  value: number,
  neutral: number,
): (T & { points: number })[] {
  let whole = 0
  for (const { strength } of pieces) whole += strength
  const gained = value <= 0 ? 0 : Math.max(0, value - neutral) / value
  const shared: (T & { points: number })[] = []
  for (const piece of pieces) {
    const points = whole === 0 ? 0 : Math.floor((10_000 * gained * piece.strength) / whole)
    shared.push({ ...piece, points })
  }
  if (shared.length > 1) shared.sort(byPoints)
  return shared.length > PIECES_MAX ? shared.slice(0, PIECES_MAX) : shared
}

const byPoints = (a: { points: number }, b: { points: number }) => b.points - a.points

function conceptEvidence(
  { lexicon, plan, spans }: ScenarioFeatures,
  hits: readonly (ConceptHit & { points: number })[],
  supply: ReadonlyMap<number, Span[]>,
): Evidence[] {
  return hits.map(({ query, supply: number, points }) => {
    const asked = lexicon.concepts[plan.queries[query]?.concept ?? -1]?.id ?? ''
    const offered = lexicon.concepts[number]?.id ?? ''
    return { concept: offered, scenario: spans.get(asked) ?? [], capability: supply.get(number) ?? [], points }
  })
}

function dataEvidence(
  scenario: ScenarioFeatures,
  capability: CapabilityFeatures,
  services: readonly Service[],
  value: number,
): Evidence[] {
  const pieces = services.filter(isServed).map(service => ({ ...service, strength: service.value }))
  return sharePoints(pieces, value, 0).map(({ requirement, dataset, points }) => {
    const needed = capability.requirements[requirement]
    const span = scenario.datasetSpans[dataset]
    return {
      ...(needed === undefined ? {} : { concept: needed.modality }),
      scenario: span === undefined ? [] : [span],
      capability: [{ field: `/dataRequirements/${requirement}`, surface: needed?.name ?? '' }],
      points,
    }
  })
}

function fieldEvidence(
  scenario: ScenarioFeatures,
  capability: CapabilityFeatures,
  part: BalancedPart,
  value: number,
): Evidence[] {
  return sharePoints(listReasons(part, scenario, capability), value, NEUTRAL[part]).map(reason => ({
    ...(reason.concept === undefined ? {} : { concept: reason.concept }),
    scenario: [scenarioSpan(scenario, reason.scenario)],
    capability: [{ field: reason.capability, surface: surfaceAt(capability.input, reason.capability) }],
    points: reason.points,
  }))
}

/** Spans of scenarios' fields, which all pairs of a scenario show alike. */
const fieldSpans = new WeakMap<ScenarioFeatures, Map<string, Span>>()

/** A constraint may stand in a text instead of its field: then the words are shown. */
function scenarioSpan(scenario: ScenarioFeatures, field: string): Span {
  const spans = fieldSpans.get(scenario) ?? new Map<string, Span>()
  fieldSpans.set(scenario, spans)
  const known = spans.get(field)
  if (known !== undefined) return known
  const key = field.split('/').at(-1) ?? ''
  const sources: Record<string, Span | undefined> = scenario.sources
  const span = sources[key] ?? { field, surface: surfaceAt(scenario.input, field) }
  spans.set(field, span)
  return span
}

/** The value at a JSON pointer of one or two steps as short text. */
function surfaceAt(input: object, pointer: string): string {
  const slash = pointer.indexOf('/', 1)
  let at: unknown = Reflect.get(input, slash < 0 ? pointer.slice(1) : pointer.slice(1, slash))
  if (slash > 0) at = typeof at === 'object' && at !== null ? Reflect.get(at, pointer.slice(slash + 1)) : undefined
  return at === undefined ? '' : typeof at === 'string' ? at : JSON.stringify(at).slice(0, VALUE_MAX)
}

import { listCapabilityMentions, type SourcedMention } from '../features/mentions.ts'
import type { CapabilityFeatures, ScenarioFeatures } from '../features.ts'
import { dataValue, isServed, type Service } from '../interface.ts'
import { problemValue, reasonsValue, techniqueValue } from '../parts.ts'
import type { Evidence, PartName, Span } from '../types.ts'
import { commercialReasons } from './commercial.ts'
import { type ConceptPart, findHits } from './concepts.ts'
import { operationReasons, type Reasons } from './operation.ts'
import { trackRecordReasons } from './track-record.ts'
import { NEUTRAL } from './weights.ts'

/** Pieces kept for each part; the strongest say enough. */
const PIECES_MAX = 8
/** Places kept for each concept and side. */
const SPANS_MAX = 4

/** What each part's value stands on, strongest first, with the places in both inputs. Reads the capability's texts again. */
export function collectEvidence(
  scenario: ScenarioFeatures,
  capability: CapabilityFeatures,
  services: readonly Service[],
  text: Evidence[],
): Record<PartName, Evidence[]> {
  const demand = groupSpans(scenario.mentions)
  const supply = groupSpans(listCapabilityMentions(scenario.lexicon, capability.input))
  const concepts = (part: ConceptPart, value: number) =>
    conceptEvidence(scenario, capability, part, value, demand, supply)
  const fields = (part: 'operation' | 'commercial' | 'trackRecord', reasons: Reasons) =>
    fieldEvidence(scenario, capability, part, reasons)
  return {
    problem: concepts('problem', problemValue(scenario, capability)),
    technique: concepts('technique', techniqueValue(scenario, capability)),
    text,
    data: dataEvidence(scenario, capability, services),
    operation: fields('operation', operationReasons(scenario, capability)),
    commercial: fields('commercial', commercialReasons(scenario, capability)),
    trackRecord: fields('trackRecord', trackRecordReasons(scenario, capability)),
  }
}

function groupSpans(mentions: readonly SourcedMention[]): Map<string, Span[]> {
  const spans = new Map<string, Span[]>()
  for (const { concept, span } of mentions) {
    const known = spans.get(concept) ?? []
    if (known.length < SPANS_MAX) spans.set(concept, [...known, span])
  }
  return spans
}

/** Shares of `value - neutral`, as ten-thousandths of the value. */
function sharePoints<T>(
  pieces: readonly (T & { strength: number })[],
  value: number,
  neutral: number,
): (T & { strength: number; points: number })[] {
  const whole = pieces.reduce((sum, piece) => sum + piece.strength, 0)
  const gained = value <= 0 ? 0 : Math.max(0, value - neutral) / value
  return pieces
    .map(piece => ({ ...piece, points: whole === 0 ? 0 : Math.floor((10_000 * gained * piece.strength) / whole) }))
    .sort((a, b) => b.points - a.points)
    .slice(0, PIECES_MAX)
}

function conceptEvidence(
  scenario: ScenarioFeatures,
  capability: CapabilityFeatures,
  part: ConceptPart,
  value: number,
  demand: Map<string, Span[]>,
  supply: Map<string, Span[]>,
): Evidence[] {
  const { lexicon, plan } = scenario
  const hits = findHits(plan, part, capability.concepts)
  return sharePoints(hits, value, NEUTRAL[part]).map(({ query, supply: number, points }) => {
    const asked = lexicon.concepts[plan.queries[query]?.concept ?? -1]?.id ?? ''
    const offered = lexicon.concepts[number]?.id ?? ''
    return { concept: offered, scenario: demand.get(asked) ?? [], capability: supply.get(offered) ?? [], points }
  })
}

function dataEvidence(
  scenario: ScenarioFeatures,
  capability: CapabilityFeatures,
  services: readonly Service[],
): Evidence[] {
  const pieces = services.filter(isServed).map(service => ({ ...service, strength: service.value }))
  const value = dataValue(services, capability.requirements)
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
  part: 'operation' | 'commercial' | 'trackRecord',
  reasons: Reasons,
): Evidence[] {
  return sharePoints(reasons.gains, reasonsValue(part, reasons), NEUTRAL[part]).map(reason => ({
    ...(reason.concept === undefined ? {} : { concept: reason.concept }),
    scenario: [scenarioSpan(scenario, reason.scenario)],
    capability: [{ field: reason.capability, surface: surfaceAt(capability.input, reason.capability) }],
    points: reason.points,
  }))
}

/** A constraint may stand in a text instead of its field: then the words are shown. */
function scenarioSpan(scenario: ScenarioFeatures, field: string): Span {
  const key = field.split('/').at(-1) ?? ''
  const sources: Record<string, Span | undefined> = scenario.sources
  return sources[key] ?? { field, surface: surfaceAt(scenario.input, field) }
}

/** The value at a JSON pointer as short text. */
function surfaceAt(input: object, pointer: string): string {
  let at: unknown = input
  for (const key of pointer.split('/').slice(1)) {
    if (key === '') return ''
    at = typeof at === 'object' && at !== null ? Object.getOwnPropertyDescriptor(at, key)?.value : undefined
  }
  return at === undefined ? '' : typeof at === 'string' ? at : JSON.stringify(at).slice(0, 200)
}

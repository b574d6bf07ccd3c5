import type { CapabilityFeatures, ScenarioFeatures } from '../features.ts'
import { PICKED } from '../features/concepts.ts'
import { dataValue, pairValue, type Service } from '../interface.ts'
import { accept, FIELD_WEIGHTS, type Judgement } from '../interface/judgement.ts'
import { judgeModality } from '../interface/modality.ts'
import { commercialReasons } from '../parts/commercial.ts'
import { operationReasons } from '../parts/operation.ts'
import { trackRecordReasons } from '../parts/track-record.ts'
import { reasonsValue } from '../parts.ts'
import { GAP_FIELDS } from '../types.ts'
import type { NeededData } from '../features/resolved.ts'
import type { RecordShape } from './facets.ts'
import type { SupplyShard } from './supply.ts'

/** For each class of a facet the most that the part can be worth to one scenario. */
export type StructuredBounds = {
  data: Float32Array
  operation: Float32Array
  commercial: Float32Array
  /** By slot, not by class, since the scenario's industry picks single supplies. */
  trackRecord: Float32Array
}

const NOTHING: CapabilityFeatures = {
  input: { id: '', title: '' },
  concepts: { numbers: [], weights: [] },
  places: [],
  requirements: [],
  mentionedDeployments: [],
  hardware: [],
  integrations: [],
  industries: [],
  cases: [],
}

/** Runs each part's formula once per class of supplies. */
export function boundStructuredParts(shard: SupplyShard, scenario: ScenarioFeatures): StructuredBounds {
  const { data, operation, commercial } = shard.facets
  return {
    data: boundData(data.representatives, scenario),
    operation: Float32Array.from(operation.representatives, features =>
      reasonsValue('operation', operationReasons(scenario, features)),
    ),
    commercial: Float32Array.from(commercial.representatives, features =>
      reasonsValue('commercial', commercialReasons(scenario, features)),
    ),
    trackRecord: boundTrackRecord(shard, scenario),
  }
}

/**
 * At most the data part of requirements of these kinds: each kind as if everything but the kind of data were met. That
 * no attribute but the modality is looked at makes it a bound, since rows that are met only raise a pair's value.
 */
function boundData(needed: readonly NeededData[][], scenario: ScenarioFeatures): Float32Array {
  const services = new Map<string, Service & { kind: number }>()
  const values = new Map<number, number>()
  const serveBest = (modality: string) => {
    const known = services.get(modality)
    if (known !== undefined) return known
    const service = boundService(scenario, modality)
    const kind = values.get(service.value) ?? values.size
    values.set(service.value, kind)
    const numbered = { ...service, kind }
    services.set(modality, numbered)
    return numbered
  }
  // Lists of requirements that are served equally well are worth the same, and there are few ways to be served.
  const known = new Map<number, number>()
  const bounds = new Float32Array(needed.length)
  for (const [number, kinds] of needed.entries()) {
    let key = kinds.length
    for (const { modality, level } of kinds)
      key = key * 256 + serveBest(modality).kind * 2 + (level === 'required' ? 1 : 0)
    let bound = Number.isSafeInteger(key) ? known.get(key) : undefined
    if (bound === undefined) {
      const list = kinds.map(({ modality }, requirement) => ({ ...serveBest(modality), requirement }))
      bound = dataValue(list, kinds)
      known.set(key, bound)
    }
    bounds[number] = bound
  }
  return bounds
}

/** Values of a requirement that nothing serves: where data is held, and where nothing is said about any. */
const UNSERVED = 0.1
const UNTOLD = 0.4

function boundService({ lexicon, datasets }: ScenarioFeatures, modality: string): Service {
  const needed = { name: '', modality, level: 'required' as const }
  const judged = datasets.map(held => judgeModality(lexicon, held, needed))
  const values = judged.map((judgement, dataset) => ({ dataset, value: pairValue([judgement, ...MET_ROWS]) }))
  const best = values.reduce((a, b) => (b.value > a.value ? b : a), { dataset: -1, value: 0 })
  const floor = datasets.length > 0 ? UNSERVED : UNTOLD
  const judgements = best.value > 0 ? [] : judged.slice(0, 1)
  return { requirement: 0, dataset: best.value > 0 ? best.dataset : -1, value: Math.max(floor, best.value), judgements }
}

const MET_ROWS: Judgement[] = GAP_FIELDS.filter(field => field !== 'modality' && FIELD_WEIGHTS[field] > 0).map(field =>
  accept(field, { need: null, have: null }),
)

/** A posting's impact in `industries`: how many cases are of the industry, and whether the vendor names it. */
export const CASES_MAX = 100
export const NAMED_MARK = 128

function boundTrackRecord(shard: SupplyShard, scenario: ScenarioFeatures): Float32Array {
  const { facets, industries, supplies } = shard
  const kpi = findKpi(scenario)
  const shapes = facets.trackRecord.representatives
  const classes = facets.trackRecord.classes()
  const value = (shape: RecordShape | undefined, match: number) =>
    shape === undefined
      ? 1
      : reasonsValue('trackRecord', trackRecordReasons(scenario, makeRecord(shape, scenario.industry, kpi, match)))
  const plain = Float32Array.from(shapes, shape => value(shape, 0))
  const bounds = new Float32Array(supplies.length)
  for (let slot = 0; slot < bounds.length; slot++) bounds[slot] = plain[classes[slot] as number] as number
  if (scenario.industry === undefined) return bounds
  const matched = new Map<number, number>()
  const postings = industries.data()
  const start = industries.startOf(scenario.industry)
  const end = start + industries.lengthOf(scenario.industry)
  for (let at = start; at < end; at++) {
    const posting = postings[at] as number
    const slot = posting >>> 8
    const key = (classes[slot] as number) * 256 + (posting & 255)
    const known = matched.get(key) ?? value(shapes[classes[slot] as number], posting & 255)
    matched.set(key, known)
    bounds[slot] = known
  }
  return bounds
}

/** A measure that the scenario is after, so that a case on some measure counts as one on it. */
function findKpi({ lexicon, concepts }: ScenarioFeatures): string | undefined {
  const place = concepts.numbers.findIndex((number, i) => {
    const weight = concepts.weights[i] ?? 0
    return lexicon.concepts[number]?.scheme === 'kpi' && (weight > PICKED || weight >= 0.6)
  })
  return lexicon.concepts[concepts.numbers[place] ?? -1]?.id
}

const OTHER_INDUSTRY = '-'

function makeRecord(
  shape: RecordShape,
  industry: string | undefined,
  kpi: string | undefined,
  match: number,
): CapabilityFeatures {
  const named = industry !== undefined && match >= NAMED_MARK
  const casesInIndustry = match % NAMED_MARK
  return {
    ...NOTHING,
    input: { id: '', title: '', ...(shape.trl === undefined ? {} : { trl: shape.trl }) },
    industries: shape.namesIndustries ? [named ? industry : OTHER_INDUSTRY] : [],
    // Cases come with the best first, so the industry falls on those where it makes most.
    cases: shape.cases.map(({ kpi: hasKpi, verified }, i) => ({
      verified,
      ...(industry !== undefined && i < casesInIndustry ? { industry } : {}),
      ...(hasKpi && kpi !== undefined ? { kpi } : {}),
    })),
  }
}

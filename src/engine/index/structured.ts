import type { CapabilityFeatures, ScenarioFeatures } from '../features.ts'
import { PICKED } from '../features/concepts.ts'
import { dataValue, pairValue, type Service } from '../interface.ts'
import { accept, FIELD_WEIGHTS, type Judgement } from '../interface/judgement.ts'
import { judgeModality } from '../interface/modality.ts'
import type { Lexicon } from '../lexicon/lexicon.ts'
import { balanceValue } from '../parts.ts'
import { GAP_FIELDS } from '../types.ts'
import type { NeededData } from '../features/resolved.ts'
import { PART_POINTS } from './points.ts'
import { CODE_STEPS, type DataKinds, type RecordShape } from './facets.ts'
import type { SupplyShard } from './supply.ts'

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

/** By class of each part at least the points that it can bring. */
export type ClassPoints = Record<'data' | 'operation' | 'commercial' | 'trackRecord', Float32Array>

/**
 * At least the points that data, operation, commercial and track record can bring, each part's formula run once per class
 * of supplies. What cases in the scenario's industry bring beyond that is written to `industry`, by slot.
 */
export function boundClasses(shard: SupplyShard, scenario: ScenarioFeatures, industry: Float32Array): ClassPoints {
  const { data, operation, commercial, trackRecord } = shard.facets
  const kpi = findKpi(scenario)
  const recordPoints = Float32Array.from(trackRecord.representatives, shape => boundRecord(scenario, shape, kpi, 0))
  addIndustry(shard, scenario, kpi, recordPoints, industry)
  return {
    data: boundData(data, scenario),
    operation: Float32Array.from(operation.representatives, features => {
      return PART_POINTS.operation * balanceValue('operation', scenario, features)
    }),
    commercial: Float32Array.from(commercial.representatives, features => {
      return PART_POINTS.commercial * balanceValue('commercial', scenario, features)
    }),
    trackRecord: recordPoints,
  }
}

/** Ways to be served that are told apart in the key of a table. */
const WAY_STEPS = 16
const WAYS_MAX = 3

/**
 * At most the points of requirements of these kinds: each kind as if everything but the kind of data were met. That no
 * attribute but the modality is looked at makes it a bound, since rows that are met only raise a pair's value. Lists of
 * requirements that are served equally well are worth the same, and there are few ways to be served.
 */
function boundData({ shapes, kindsOf }: DataKinds, scenario: ScenarioFeatures): Float32Array {
  const wayOf = createWays(scenario)
  const ways = new Uint8Array(CODE_STEPS)
  const known = new Float32Array(WAY_STEPS ** WAYS_MAX)
  const { representatives } = shapes
  const points = new Float32Array(representatives.length)
  for (let number = 0; number < points.length; number++) {
    const shape = representatives[number] as number
    let key = 0
    for (let rest = shape; rest > 0; rest >>>= 8) {
      const code = rest & 255
      if (ways[code] === 0) ways[code] = wayOf(kindsOf(code)[0])
      key = ways[code] === WAY_UNKNOWN ? Infinity : key * WAY_STEPS + (ways[code] as number)
    }
    const fits = shape >= 0 && key < known.length
    if (!fits || known[key] === 0) {
      const bound = PART_POINTS.data * boundKinds(scenario, kindsOf(shape))
      if (fits) known[key] = bound
      points[number] = bound
    } else points[number] = known[key] as number
  }
  return points
}

function boundKinds(scenario: ScenarioFeatures, kinds: readonly NeededData[]): number {
  return dataValue(
    kinds.map(({ modality }, requirement) => ({ ...boundService(scenario, modality), requirement })),
    kinds,
  )
}

/** Stands for a way that has no number of its own: whoever needs it is worked out alone. */
const WAY_UNKNOWN = 255

/** Numbers what the worth of a kind of data depends on: how it is served at best, and how much it is needed. From 1. */
function createWays(scenario: ScenarioFeatures): (kind: NeededData | undefined) => number {
  const ways = new Map<string, number>()
  return kind => {
    if (kind === undefined) return WAY_UNKNOWN
    const service = boundService(scenario, kind.modality)
    const name = `${kind.level} ${service.value} ${service.dataset >= 0}`
    const way = ways.get(name) ?? ways.size + 1
    ways.set(name, way)
    return way < WAY_STEPS ? way : WAY_UNKNOWN
  }
}

/** Values of a requirement that nothing serves: where data is held, and where nothing is said about any. */
const UNSERVED = 0.1
const UNTOLD = 0.4

function boundService({ lexicon, datasets }: ScenarioFeatures, modality: string): Service {
  let best = { dataset: -1, value: 0 }
  for (const [dataset, held] of datasets.entries()) {
    const value = boundModality(lexicon, held.modality, modality)
    if (value > best.value) best = { dataset, value }
  }
  const floor = datasets.length > 0 ? UNSERVED : UNTOLD
  return { requirement: 0, dataset: best.dataset, value: Math.max(floor, best.value), judgements: [] }
}

/** What data of one kind is worth for a need of another, by both names: the same few kinds meet in every ranking. */
const modalityWorths = new WeakMap<Lexicon, Map<string, number>>()
const WORTHS_MAX = 10_000

function boundModality(lexicon: Lexicon, held: string, needed: string): number {
  const worths = modalityWorths.get(lexicon) ?? new Map<string, number>()
  modalityWorths.set(lexicon, worths)
  const key = `${held}\n${needed}`
  const known = worths.get(key)
  if (known !== undefined) return known
  const judgement = judgeModality(lexicon, held, needed)
  const worth = pairValue([judgement, ...MET_ROWS])
  if (worths.size >= WORTHS_MAX) worths.clear()
  worths.set(key, worth)
  return worth
}

const MET_ROWS: Judgement[] = GAP_FIELDS.filter(field => field !== 'modality' && FIELD_WEIGHTS[field] > 0).map(field =>
  accept(field, { need: null, have: null }),
)

/** A posting's impact in `industries`: how many cases are of the industry, and whether the vendor names it. */
export const CASES_MAX = 100
export const NAMED_MARK = 128

/** What the track record gains where the scenario's industry is among those that the vendor names and has cases in. */
function addIndustry(
  { facets, industries }: SupplyShard,
  scenario: ScenarioFeatures,
  kpi: string | undefined,
  plain: Float32Array,
  gains: Float32Array,
): void {
  if (scenario.industry === undefined) return
  const shapes = facets.trackRecord.representatives
  const classes = facets.trackRecord.classes()
  /** By class the gain for each impact of a posting. */
  const known: (Float32Array | undefined)[] = []
  const postings = industries.data()
  const start = industries.startOf(scenario.industry)
  const end = start + industries.lengthOf(scenario.industry)
  for (let at = start; at < end; at++) {
    const posting = postings[at] as number
    const slot = posting >>> 8
    const number = classes[slot] as number
    const ofClass = (known[number] ??= new Float32Array(IMPACTS).fill(-1))
    const match = posting & 255
    if (ofClass[match] === -1) {
      ofClass[match] = boundRecord(scenario, shapes[number], kpi, match) - (plain[number] as number) + FLOAT_STEP
    }
    gains[slot] = ofClass[match] as number
  }
}

const IMPACTS = 256
/** Covers that points are kept in 32 bits; also keeps a gain of nothing apart from one that is not known. */
const FLOAT_STEP = 0.001

function boundRecord(
  scenario: ScenarioFeatures,
  shape: RecordShape | undefined,
  kpi: string | undefined,
  match: number,
): number {
  if (shape === undefined) return PART_POINTS.trackRecord
  const record = makeRecord(shape, scenario.industry, kpi, match)
  return PART_POINTS.trackRecord * balanceValue('trackRecord', scenario, record)
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

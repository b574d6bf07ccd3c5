import type { HeldData, NeededData } from '../features/resolved.ts'
import type { Service } from '../interface.ts'
import type { Judgement } from '../interface/judgement.ts'
import type { GapField } from '../types.ts'
import type { Change, ChangeCode, Pair } from './change.ts'

/** What the factory, or whoever helps it, could do about each row that is not met; and what the vendor could ask less. */
export function listDataChanges(pair: Pair, services: readonly Service[]): Change[] {
  return services.flatMap(service => {
    const needed = pair.capability.requirements[service.requirement]
    const held = pair.scenario.datasets[service.dataset]
    if (needed === undefined) return []
    if (held === undefined) return [provideDataset(service, needed)]
    return service.judgements
      .filter(row => row.verdict !== 'ok')
      .flatMap(row => [closeRow(pair, service, held, needed, row), lowerMinimum(service, needed, row)])
      .filter(change => change !== undefined)
  })
}

function replaceDataset(index: number, patch: Partial<HeldData>): (pair: Pair) => Pair {
  return ({ scenario, capability }) => {
    const datasets = scenario.datasets.map((dataset, i) => (i === index ? { ...dataset, ...patch } : dataset))
    return { scenario: { ...scenario, datasets }, capability }
  }
}

/** A dataset that meets the requirement in every attribute: to be confirmed while nothing is told, else to be collected. */
function provideDataset({ requirement, judgements }: Service, needed: NeededData): Change {
  const { name, modality, formats, protocols, volumeMin, labelCoverageMin, labelledSamplesMin } = needed
  const samples = Math.max(labelledSamplesMin ?? 0, volumeMin?.unit === 'samples' ? volumeMin.value : 0)
  const dataset: HeldData = {
    name,
    modality,
    ...(formats && { formats }),
    ...(protocols && { protocols }),
    ...(volumeMin
      ? { volume: volumeMin }
      : samples > 0
        ? { volume: { value: samples, unit: 'samples' as const } }
        : {}),
    ...(labelledSamplesMin !== undefined || labelCoverageMin !== undefined ? { labelCoverage: 1 } : {}),
    ...(needed.negativeSamplesMin !== undefined && { negativeSamples: needed.negativeSamplesMin }),
    ...(needed.samplingHzMin !== undefined && { samplingHz: needed.samplingHzMin }),
    ...(needed.timeSpanDaysMin !== undefined && { timeSpanDays: needed.timeSpanDaysMin }),
    ...(needed.freshnessMin && { freshness: needed.freshnessMin }),
    ...(needed.completenessMin !== undefined && { completeness: needed.completenessMin }),
    ...(needed.needsContext && { hasContext: true }),
    ...(needed.accessModes?.[0] && { accessMode: needed.accessModes[0] }),
    ...(needed.personalDataAllowed === false && { personalData: false }),
  }
  const apply = ({ scenario, capability }: Pair): Pair => ({
    scenario: {
      ...scenario,
      datasets: [...scenario.datasets, dataset],
      datasetSpans: [...scenario.datasetSpans, { field: '/datasets', surface: name }],
    },
    capability,
  })
  const isUntold = judgements.some(row => row.fix === 'askFactory')
  return {
    change: isUntold ? 'confirmData' : 'collectDataset',
    params: { modality },
    by: 'factory',
    about: `${requirement}/modality`,
    apply,
  }
}

/** The attribute values with which a row would be met, and how that is called. */
function closeRow(
  pair: Pair,
  service: Service,
  held: HeldData,
  needed: NeededData,
  row: Judgement,
): Change | undefined {
  const told = row.fix === 'askFactory'
  const closing = CLOSERS[row.field](needed, row, held, pair)
  if (closing === undefined) return undefined
  const params = { dataset: held.name, ...closing.params }
  const about = `${service.requirement}/${row.field}`
  const apply = replaceDataset(service.dataset, closing.patch)
  if (told)
    return {
      change: 'confirmData',
      params: { dataset: held.name, field: row.field, ...closing.params },
      by: 'factory',
      about,
      apply,
    }
  return { change: closing.change, params, by: row.by?.[0] ?? 'factory', about, apply }
}

type Closing = { change: ChangeCode; patch: Partial<HeldData>; params: Record<string, string | number> }

type Closer = (needed: NeededData, row: Judgement, held: HeldData, pair: Pair) => Closing | undefined

/** For each attribute the values with which its row would be met, and what bringing it there is called. */
const CLOSERS: Record<GapField, Closer> = {
  labels: (needed, row, held) => closeLabels(held, needed, row),
  volume: ({ volumeMin }, row) =>
    volumeMin && {
      change: 'collectSamples',
      patch: { volume: volumeMin },
      params: { amount: missingAmount(row), unit: volumeMin.unit },
    },
  negativeSamples: ({ negativeSamplesMin = 0 }, row) => ({
    change: 'collectNegativeSamples',
    patch: { negativeSamples: negativeSamplesMin },
    params: { amount: missingAmount(row) },
  }),
  modality: ({ modality }) => ({ change: 'convertFormat', patch: { modality }, params: { to: modality } }),
  format: ({ formats = [] }) => ({ change: 'convertFormat', patch: { formats }, params: { to: formats[0] ?? '' } }),
  protocol: ({ protocols = [] }) => ({
    change: 'addGateway',
    patch: { protocols },
    params: { to: protocols[0] ?? '' },
  }),
  sampling: ({ samplingHzMin = 0 }) => ({
    change: 'raiseSampling',
    patch: { samplingHz: samplingHzMin },
    params: { hertz: samplingHzMin },
  }),
  timeSpan: ({ timeSpanDaysMin = 0 }, row) => ({
    change: 'extendHistory',
    patch: { timeSpanDays: timeSpanDaysMin },
    params: { days: missingAmount(row) },
  }),
  freshness: ({ freshnessMin }) =>
    freshnessMin && {
      change: 'updateMoreOften',
      patch: { freshness: freshnessMin },
      params: { freshness: freshnessMin },
    },
  completeness: ({ completenessMin = 1 }) => ({
    change: 'cleanData',
    patch: { completeness: completenessMin },
    params: { percent: Math.round(completenessMin * 100) },
  }),
  context: () => ({ change: 'joinContext', patch: { hasContext: true }, params: {} }),
  access: ({ accessModes: [mode = 'desensitised'] = [] }) => ({
    change: 'agreeAccess',
    patch: { accessMode: mode },
    params: { mode },
  }),
  personalData: (_, row) =>
    row.verdict === 'forbidden' ? undefined : { change: 'desensitise', patch: { personalData: false }, params: {} },
  storage: () => ({ change: 'exportData', patch: { storage: 'exported' }, params: {} }),
  reach: (_, row, __, pair) => closeReach(pair, row),
}

const missingAmount = (row: Judgement): number => {
  const need = typeof row.need === 'number' ? row.need : 0
  return Math.max(0, Math.ceil(need - (typeof row.have === 'number' ? row.have : 0)))
}

/** Enough samples with enough labels, touching no more than is needed. */
function closeLabels(held: HeldData, needed: NeededData, row: Judgement): Closing {
  const count = needed.labelledSamplesMin ?? 0
  const known = held.volume?.unit === 'samples' ? held.volume.value : 0
  const total = Math.max(known, count)
  const coverage = Math.min(
    1,
    Math.max(needed.labelCoverageMin ?? 0, total === 0 ? 1 : count / total, held.labelCoverage ?? 0),
  )
  const keepsVolume = held.volume !== undefined && (held.volume.unit !== 'samples' || known >= count)
  const patch: Partial<HeldData> = { labelCoverage: keepsVolume && held.volume?.unit !== 'samples' ? 1 : coverage }
  if (!keepsVolume && total > 0) patch.volume = { value: total, unit: 'samples' }
  const amount = row.unit === 'share' ? Math.ceil(total * (coverage - (held.labelCoverage ?? 0))) : missingAmount(row)
  return { change: 'labelSamples', patch, params: amount > 0 ? { amount } : {} }
}

/** Wider reach for this dataset alone, as far as the vendor goes; a law cannot be lifted by the owner. */
function closeReach(pair: Pair, row: Judgement): Closing | undefined {
  const to = row.need
  if (row.verdict !== 'forbidden' || row.fix !== 'liftRestriction') return undefined
  const reach = (['park', 'mainland', 'hkmo', 'abroad'] as const).find(wider => wider === to)
  return reach === undefined || pair.scenario.datasets.length === 0
    ? undefined
    : { change: 'widenReach', patch: { reach }, params: { reach } }
}

/** The vendor could live with what is there, where that is a known figure above zero. */
function lowerMinimum(service: Service, needed: NeededData, row: Judgement): Change | undefined {
  const have = row.have
  if (row.verdict !== 'missing' || row.fix === 'askFactory' || typeof have !== 'number' || have <= 0) return undefined
  const patch = loweredPatch(needed, row.field, have)
  if (patch === undefined) return undefined
  const apply = ({ scenario, capability }: Pair): Pair => {
    const requirements = capability.requirements.map((requirement, i) =>
      i === service.requirement ? { ...requirement, ...patch } : requirement,
    )
    return { scenario, capability: { ...capability, requirements } }
  }
  const params = { field: row.field, to: have, ...(row.unit === undefined ? {} : { unit: row.unit }) }
  return { change: 'lowerMinimum', params, by: 'vendor', about: `${service.requirement}/${row.field}`, apply }
}

function loweredPatch(needed: NeededData, field: Judgement['field'], have: number): Partial<NeededData> | undefined {
  if (field === 'volume' && needed.volumeMin !== undefined) return { volumeMin: { ...needed.volumeMin, value: have } }
  if (field === 'labels' && needed.labelledSamplesMin !== undefined) return { labelledSamplesMin: have }
  if (field === 'negativeSamples') return { negativeSamplesMin: have }
  if (field === 'timeSpan') return { timeSpanDaysMin: have }
  return field === 'sampling' ? { samplingHzMin: have } : undefined
}

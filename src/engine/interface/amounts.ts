import type { HeldData, NeededData } from '../features/resolved.ts'
import type { Volume, VolumeUnit } from '../types.ts'
import { unlabelledKind } from './modality.ts'
import { accept, ask, convert, type Judgement, lack } from './judgement.ts'

const WORKING_DAYS = 5 / 7
/** Rough sizes for comparing volumes told in different units (own judgement; a verdict by estimate is never `ok`). */
const SAMPLES_PER_HOUR = 360
const SAMPLES_PER_GIGABYTE = 400
const ROWS_PER_GIGABYTE = 5_000_000
const HOURS_PER_GIGABYTE = 1
const SECONDS_PER_HOUR = 3600
/** What one person labels in a day, slow and fast. */
const LABELS_PER_DAY = { slow: 200, fast: 1000 }
const WAIT_DAYS_MAX = 180

/** The volume in another unit: exact where one sample is one row or one document, else an estimate. */
function inUnit(held: HeldData, volume: Volume, unit: VolumeUnit): { value: number; exact: boolean } | undefined {
  if (volume.unit === unit) return { value: volume.value, exact: true }
  const pair = `${volume.unit}>${unit}`
  const pieces = ['samples', 'rows', 'documents']
  if (pieces.includes(volume.unit) && pieces.includes(unit)) return { value: volume.value, exact: true }
  const rowsPerHour = held.samplingHz === undefined ? undefined : held.samplingHz * SECONDS_PER_HOUR
  const factors: Record<string, number | undefined> = {
    'hours>samples': SAMPLES_PER_HOUR,
    'hours>rows': rowsPerHour,
    'rows>hours': rowsPerHour === undefined ? undefined : 1 / rowsPerHour,
    'gigabytes>samples': SAMPLES_PER_GIGABYTE,
    'gigabytes>documents': SAMPLES_PER_GIGABYTE,
    'gigabytes>rows': ROWS_PER_GIGABYTE,
    'gigabytes>hours': HOURS_PER_GIGABYTE,
    'samples>gigabytes': 1 / SAMPLES_PER_GIGABYTE,
    'rows>gigabytes': 1 / ROWS_PER_GIGABYTE,
    'hours>gigabytes': 1 / HOURS_PER_GIGABYTE,
    'samples>hours': 1 / SAMPLES_PER_HOUR,
  }
  const factor = factors[pair]
  return factor === undefined ? undefined : { value: volume.value * factor, exact: false }
}

/** Whether there is enough of it. Half of it can be augmented; a source that runs fills up by waiting. */
export function judgeVolume(held: HeldData, needed: NeededData): Judgement | undefined {
  const minimum = needed.volumeMin
  if (minimum === undefined) return undefined
  const { value: need, unit } = minimum
  if (held.volume === undefined) return ask('volume', { need, have: null, unit })
  const have = inUnit(held, held.volume, unit)
  if (have === undefined) return ask('volume', { need, have: held.volume.value, unit: held.volume.unit })
  const values = { need, have: Math.round(have.value * 100) / 100, unit }
  if (have.value >= need)
    return have.exact ? accept('volume', values) : convert('volume', values, 'convertFormat', ['vendor'], [1, 3])
  const days = daysUntil(held, have.value, need)
  if (days !== undefined) return convert('volume', values, 'wait', ['factory'], [days, days])
  if (have.value >= need / 2 && unit === 'samples') return convert('volume', values, 'augment', ['vendor'], [3, 10])
  return lack('volume', values, 'collect', ['factory'], [10, 40], {
    resource: 'rs.hqdataset',
    share: have.value / need,
  })
}

/** Working days until a running source has filled up, where its past pace is known and the wait is bounded. */
function daysUntil(held: HeldData, have: number, need: number): number | undefined {
  if (!isRunning(held) || held.timeSpanDays === undefined || held.timeSpanDays <= 0 || have <= 0) return undefined
  const days = Math.ceil((need - have) / (have / held.timeSpanDays))
  return days <= WAIT_DAYS_MAX ? Math.ceil(days * WORKING_DAYS) : undefined
}

const isRunning = (held: HeldData) =>
  held.freshness === 'live' || held.freshness === 'hourly' || held.freshness === 'daily'

/** Whether the history is long enough; a source that runs only needs time, up to half a year. */
export function judgeTimeSpan(held: HeldData, needed: NeededData): Judgement | undefined {
  const need = needed.timeSpanDaysMin
  if (need === undefined) return undefined
  const have = held.timeSpanDays
  if (have === undefined) return ask('timeSpan', { need, have: null, unit: 'days' })
  const values = { need, have, unit: 'days' }
  if (have >= need) return accept('timeSpan', values)
  const days = Math.ceil((need - have) * WORKING_DAYS)
  if (isRunning(held) && need - have <= WAIT_DAYS_MAX)
    return convert('timeSpan', values, 'wait', ['factory'], [days, days])
  return lack('timeSpan', values, isRunning(held) ? 'wait' : 'collect', ['factory'], [days, days], {
    share: have / need,
  })
}

/** Labelled samples are the volume times the share that is labelled; a kind that means labels needs some at least. */
export function judgeLabels(held: HeldData, needed: NeededData): Judgement | undefined {
  const samples = held.volume === undefined ? undefined : inUnit(held, held.volume, 'samples')?.value
  const count = needed.labelledSamplesMin
  const coverage =
    needed.labelCoverageMin ?? (count === undefined && unlabelledKind(needed.modality) !== undefined ? 0.5 : undefined)
  const byCount = count === undefined ? undefined : judgeLabelCount(held, samples, count)
  const byCoverage = coverage === undefined ? undefined : judgeCoverage(held, samples, coverage)
  if (byCount === undefined || byCoverage === undefined) return byCount ?? byCoverage
  return severity(byCoverage) > severity(byCount) ? byCoverage : byCount
}

function judgeLabelCount(held: HeldData, samples: number | undefined, need: number): Judgement {
  const unit = 'samples'
  const have =
    held.labelCoverage === 0
      ? 0
      : samples === undefined || held.labelCoverage === undefined
        ? undefined
        : Math.round(samples * held.labelCoverage)
  if (have === undefined) {
    const cannotBe = samples !== undefined && samples < need
    return cannotBe
      ? lack('labels', { need, have: null, unit }, 'collect', ['factory'], [10, 40], { share: samples / need / 2 })
      : ask('labels', { need, have: null, unit })
  }
  const values = { need, have, unit }
  if (have >= need) return accept('labels', values)
  if (samples === undefined || samples >= need)
    return convert('labels', values, 'label', ['factory', 'vendor', 'park'], labellingDays(need - have), 'rs.labelbase')
  return lack('labels', values, 'collect', ['factory'], [10, 40], { resource: 'rs.labelbase', share: have / need })
}

function judgeCoverage(held: HeldData, samples: number | undefined, need: number): Judgement {
  const have = held.labelCoverage
  if (have === undefined) return ask('labels', { need, have: null, unit: 'share' })
  const values = { need, have, unit: 'share' }
  if (have >= need) return accept('labels', values)
  const missing = samples === undefined ? undefined : Math.ceil(samples * (need - have))
  return convert(
    'labels',
    values,
    'label',
    ['factory', 'vendor', 'park'],
    missing === undefined ? [5, 20] : labellingDays(missing),
    'rs.labelbase',
  )
}

function labellingDays(samples: number): [number, number] {
  return [Math.ceil(samples / LABELS_PER_DAY.fast), Math.ceil(samples / LABELS_PER_DAY.slow)]
}

const severity = (judgement: Judgement) => ['ok', 'convertible', 'missing', 'forbidden'].indexOf(judgement.verdict)

/** Samples of the fault itself: from half of them the vendor can make more, none at all must be collected. */
export function judgeNegativeSamples(held: HeldData, needed: NeededData): Judgement | undefined {
  const need = needed.negativeSamplesMin
  if (need === undefined) return undefined
  const have = held.negativeSamples
  const unit = 'samples'
  if (have === undefined) return ask('negativeSamples', { need, have: null, unit })
  const values = { need, have, unit }
  if (have >= need) return accept('negativeSamples', values)
  if (have > 0 && have >= need / 2) return convert('negativeSamples', values, 'augment', ['vendor'], [3, 10])
  return lack('negativeSamples', values, 'collect', ['factory'], [10, 60], {
    resource: 'rs.hqdataset',
    share: have / need,
  })
}

/** PLC and gateway polling goes up to about ten readings a second; faster signals need their own sensors. */
const POLLING_HZ_MAX = 10

/** A faster record can be thinned out, a slower one cannot be filled in: the source must be read faster. */
export function judgeSampling(held: HeldData, needed: NeededData): Judgement | undefined {
  const need = needed.samplingHzMin
  if (need === undefined) return undefined
  const have = held.samplingHz
  const unit = 'Hz'
  if (have === undefined) return ask('sampling', { need, have: null, unit })
  const values = { need, have, unit }
  if (have >= need) return accept('sampling', values)
  const protocols = held.protocols ?? []
  const isConnected =
    protocols.some(protocol => protocol !== 'proto.none' && protocol !== 'proto.file') || held.freshness === 'live'
  if (need <= POLLING_HZ_MAX && isConnected)
    return convert('sampling', values, 'addGateway', ['vendor', 'factory'], [3, 15])
  return lack('sampling', values, 'collect', ['vendor', 'factory'], [10, 40], {
    share: Math.log1p(have) / Math.log1p(need),
  })
}

/** Gaps of up to 15 points of completeness can be cleaned; beyond that data is simply not there. */
const CLEANABLE = 0.15

export function judgeCompleteness(held: HeldData, needed: NeededData): Judgement | undefined {
  const need = needed.completenessMin
  if (need === undefined) return undefined
  const have = held.completeness
  if (have === undefined) return ask('completeness', { need, have: null, unit: 'share' })
  const values = { need, have, unit: 'share' }
  if (have >= need) return accept('completeness', values)
  if (need - have <= CLEANABLE + 1e-9) return convert('completeness', values, 'clean', ['vendor', 'factory'], [3, 10])
  return lack('completeness', values, 'collect', ['factory'], [20, 60], { share: have / need })
}

/** Whether rows can be joined to batch, order or machine. */
export function judgeContext(held: HeldData, needed: NeededData): Judgement | undefined {
  if (needed.needsContext !== true) return undefined
  const values = { need: true, have: held.hasContext ?? null }
  if (held.hasContext === undefined) return ask('context', values)
  return held.hasContext
    ? accept('context', values)
    : convert('context', values, 'join', ['factory', 'vendor'], [5, 20])
}

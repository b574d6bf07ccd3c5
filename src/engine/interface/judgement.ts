import type { Fix, FixedBy, GapField, Verdict } from '../types.ts'

/** A gap row before it is known to which requirement and dataset it belongs. */
export type Judgement = {
  field: GapField
  verdict: Verdict
  need: string | number | boolean | string[] | null
  have: string | number | boolean | string[] | null
  unit?: string
  fix?: Fix
  effortDays?: [number, number]
  by?: FixedBy[]
  resource?: string
  /** How near a known lack is to the minimum, 0 to 1: 400 of 500 images is better than none. */
  share?: number
}

type Values = Pick<Judgement, 'need' | 'have'> & { unit?: string }

/** The need is met. */
export function accept(field: GapField, values: Values): Judgement {
  return { field, verdict: 'ok', ...values }
}

/** Known, bounded work on data that is held, or on a source that already runs, closes the gap. */
export function convert(
  field: GapField,
  values: Values,
  fix: Fix,
  by: FixedBy[],
  effortDays: [number, number],
  resource?: string,
): Judgement {
  const row: Judgement = { field, verdict: 'convertible', ...values, fix, by, effortDays }
  if (resource !== undefined) row.resource = resource
  return row
}

/** New data or a new permission must come. */
export function lack(
  field: GapField,
  values: Values,
  fix: Fix,
  by: FixedBy[],
  effortDays: [number, number],
  { resource, share }: Pick<Judgement, 'resource' | 'share'> = {},
): Judgement {
  const row: Judgement = { field, verdict: 'missing', ...values, fix, by, effortDays }
  if (resource !== undefined) row.resource = resource
  if (share !== undefined) row.share = share
  return row
}

/** A minimum is stated and nothing is known about what is held. */
export function ask(field: GapField, values: Values): Judgement {
  return { field, verdict: 'missing', ...values, fix: 'askFactory', by: ['factory'], effortDays: [0, 2] }
}

/** A rule or a wish of the owner forbids it. */
export function forbid(field: GapField, values: Values, fix: Fix, by: FixedBy[]): Judgement {
  return { field, verdict: 'forbidden', ...values, fix, by }
}

/** How much an attribute says about whether the model can work. The modality decides first, then labels and reach. */
export const FIELD_WEIGHTS: Record<GapField, number> = {
  modality: 4,
  labels: 3,
  reach: 3,
  volume: 2,
  negativeSamples: 2,
  sampling: 2,
  access: 2,
  storage: 1.5,
  protocol: 1.5,
  timeSpan: 1.5,
  freshness: 1.5,
  context: 1.5,
  format: 1,
  completeness: 1,
  personalData: 1,
}

const UNKNOWN_CREDIT = 0.5

/**
 * Worth of a row, 0 to 1: met 1; convertible 0.5 to 0.75, falling with the days of work; unknown 0.5; a known lack
 * 0.05 to 0.4, rising with how near it is; forbidden 0.
 */
export function creditOf(judgement: Judgement): number {
  if (judgement.verdict === 'ok') return 1
  if (judgement.verdict === 'forbidden') return 0
  if (judgement.fix === 'askFactory') return UNKNOWN_CREDIT
  if (judgement.verdict === 'missing') return 0.05 + 0.35 * Math.min(1, judgement.share ?? 0)
  const [from = 0, to = 0] = judgement.effortDays ?? []
  return 0.75 - 0.25 * Math.min(1, (from + to) / 2 / 60)
}

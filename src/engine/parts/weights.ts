import { PART_NAMES, type PartName } from '../types.ts'

export type Direction = 'factory' | 'vendor'

/**
 * What each part is worth to each side, in ten-thousandths; each row sums to 10,000. Own judgement, tuned on the
 * development texts: the words carry most where they are all there is; a factory looks at whether its problem is
 * solved, a vendor at whether the data and the money are there.
 */
export const PART_WEIGHTS: Record<Direction, Record<PartName, number>> = {
  factory: {
    problem: 2200,
    technique: 800,
    text: 2400,
    data: 2000,
    operation: 1100,
    commercial: 700,
    trackRecord: 800,
  },
  vendor: { problem: 2000, technique: 800, text: 2200, data: 2600, operation: 700, commercial: 1300, trackRecord: 400 },
}
/** Names the weights and the stated middle values below; changes whenever one of them does. */
export const WEIGHTS_VERSION = 'weights-2'

/** Value of a part about which nothing is known. */
export const NEUTRAL: Record<Exclude<PartName, 'text' | 'data'>, number> = {
  problem: 0.4,
  technique: 0.4,
  operation: 0.5,
  commercial: 0.5,
  trackRecord: 0.4,
}
/** Value of the problem part where both sides picked problems and none of them meet. */
export const PROBLEM_MISMATCH = 0

/** How strongly each reason for a pair speaks, 0 to 1, where it holds (own judgement; see `balance`). */
export const GAINS = {
  deployment: 0.4,
  reach: 0.4,
  latency: 0.3,
  domesticHardware: 0.4,
  certificate: 0.3,
  integration: 0.2,
  capacity: 0.15,
  priceWithin: 0.6,
  priceTouching: 0.4,
  dates: 0.4,
  region: 0.3,
  industry: 0.3,
  trlProven: 0.35,
  trlPiloted: 0.2,
  trlShown: 0.1,
  caseAny: 0.05,
  caseSameIndustry: 0.25,
  caseSameKpi: 0.2,
  caseVerified: 0.1,
} as const

const FACTORY = PART_NAMES.map(name => PART_WEIGHTS.factory[name])
const VENDOR = PART_NAMES.map(name => PART_WEIGHTS.vendor[name])

/** Score of a direction for part values (0 to 1) in the order of `PART_NAMES`: the rounded weighted sum. */
export function directionScore(direction: Direction, values: ArrayLike<number>): number {
  const weights = direction === 'factory' ? FACTORY : VENDOR
  let sum = 0
  for (let i = 0; i < weights.length; i++) sum += (weights[i] ?? 0) * (values[i] ?? 0)
  return Math.round(sum)
}

/** Joins both directions: the rounded geometric mean, so that a zero on either side kills the pair. */
export function fuse(factory: number, vendor: number): number {
  return Math.round(Math.sqrt(factory * vendor))
}

/** Total for part values in the order of `PART_NAMES`. Never falls when a value rises. */
export function totalOf(values: ArrayLike<number>): number {
  return fuse(directionScore('factory', values), directionScore('vendor', values))
}

/**
 * The largest total that a pair can reach when only some of its part values are known: the unknown ones count as 1.
 * Exact, since the total rises with every part.
 */
export function boundTotal(known: Partial<Record<PartName, number>>): number {
  return totalOf(PART_NAMES.map(name => known[name] ?? 1))
}

/**
 * Splits a direction's score into integer contributions that sum to it exactly: `weight × value` rounded down, and
 * what is left goes to the largest remainders (ties by the order of the parts).
 */
export function splitScore(direction: Direction, values: ArrayLike<number>): number[] {
  const exact = PART_NAMES.map((name, i) => PART_WEIGHTS[direction][name] * (values[i] ?? 0))
  const whole = exact.map(Math.floor)
  let left = directionScore(direction, values) - whole.reduce((a, b) => a + b, 0)
  const byRemainder = exact
    .map((value, i) => ({ i, rest: value - Math.floor(value) }))
    .sort((a, b) => b.rest - a.rest || a.i - b.i)
  for (const { i } of byRemainder) {
    if (left <= 0) break
    whole[i] = (whole[i] ?? 0) + 1
    left--
  }
  return whole
}

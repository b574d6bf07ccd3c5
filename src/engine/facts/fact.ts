import type { VolumeUnit } from '../types.ts'

/** How the text bounds a value: 2 %, at most, at least, about, or from `value` to `valueMax`. */
export type Comparator = '=' | '<=' | '>=' | '~' | 'range'

/** What is counted, where the number is neither data nor money. */
export type CountUnit = 'machines' | 'lines' | 'people' | 'cameras' | 'sites' | 'points' | 'kinds'

/** The closed list of fact kinds with the unit that each is normalised to. Money keeps its currency (ISO 4217). */
export type FactUnits = {
  money: 'CNY' | 'USD' | 'EUR' | 'HKD' | 'JPY' | 'GBP'
  takt: 's/piece'
  speed: 'm/min'
  percent: '%'
  ppm: 'ppm'
  volume: VolumeUnit
  sampling: 'Hz'
  latency: 'ms'
  time: 's'
  duration: 'days'
  count: CountUnit
  shifts: 'shifts'
  /** A plain number that its name makes a measure (Cpk 1.33). */
  index: '1'
  date: 'day'
}
export type FactKind = keyof FactUnits

/** Where a value stood (UTF-16 offsets into the text as written) and how it was bounded. */
type Reading = { comparator: Comparator; value: number; valueMax?: number; start: number; end: number; surface: string }

/**
 * A number with its unit, normalised. `per` marks a recurring amount of money (a rent is no budget); `date` is the
 * RFC 3339 day of a date fact, whose `value` counts days since 1970-01-01.
 */
export type Fact = {
  [K in FactKind]: Reading & { kind: K; unit: FactUnits[K]; per?: string; date?: string }
}[FactKind]

/** The facts of one kind, with their type narrowed. */
export function listFacts<K extends FactKind>(facts: readonly Fact[], kind: K): Extract<Fact, { kind: K }>[] {
  return facts.filter((fact): fact is Extract<Fact, { kind: K }> => fact.kind === kind)
}

import type { CapabilityFeatures } from '../features.ts'
import { hasPick } from '../features/concepts.ts'
import type { NeededData } from '../features/resolved.ts'
import type { Lexicon } from '../lexicon/lexicon.ts'

/**
 * Supplies grouped by what one part reads of them. A part's formula then runs once per class and scenario instead of
 * once per pair. A class is never worth less to any scenario than its members: where its key rounds a figure, the
 * representative has the better end.
 */
export type Facet<T> = {
  /** Puts a supply into its class. */
  add(slot: number, features: CapabilityFeatures): void
  /** What the formula is run on, by class. */
  representatives: readonly T[]
  /** Class of each slot. */
  classes(): Uint32Array
}

export function createFacet<T>(
  classify: (features: CapabilityFeatures) => { key: string; representative: () => T },
): Facet<T> {
  const numbers = new Map<string, number>()
  const representatives: T[] = []
  let classes = new Uint32Array(1024)
  return {
    add: (slot, features) => {
      const { key, representative } = classify(features)
      let number = numbers.get(key)
      if (number === undefined) {
        number = representatives.length
        numbers.set(key, number)
        representatives.push(representative())
      }
      if (slot >= classes.length) {
        const grown = new Uint32Array(Math.max(slot + 1, classes.length * 2))
        grown.set(classes)
        classes = grown
      }
      classes[slot] = number
    },
    representatives,
    classes: () => classes,
  }
}

/** What the track record shows, without naming industries or measures. */
export type RecordShape = {
  trl: number | undefined
  namesIndustries: boolean
  cases: { kpi: boolean; verified: boolean }[]
}

/** The kinds of data that supplies need, each by its code: a number of its own for each kind and level. */
export type DataKinds = {
  /** Codes in rising order as one number, base `CODE_STEPS`; where they do not fit, a negative number. */
  shapes: Facet<number>
  kindsOf(this: void, shape: number): readonly NeededData[]
}

/** The four parts that postings do not tell, and whether the vendor picked a problem. */
export type Facets = {
  data: DataKinds
  operation: Facet<CapabilityFeatures>
  commercial: Facet<CapabilityFeatures>
  trackRecord: Facet<RecordShape>
  picksProblem: Facet<boolean>
}

export function createFacets(lexicon: Lexicon): Facets {
  return {
    data: createDataKinds(),
    operation: createFacet(classifyOperation),
    commercial: createFacet(classifyCommercial),
    trackRecord: createFacet(classifyRecord),
    picksProblem: createFacet(({ concepts }) => {
      const picks = hasPick(lexicon, concepts, 'problem')
      return { key: String(picks), representative: () => picks }
    }),
  }
}

/** Puts a supply into its class of every facet. */
export function addToFacets(facets: Facets, slot: number, features: CapabilityFeatures): void {
  facets.data.shapes.add(slot, features)
  facets.operation.add(slot, features)
  facets.commercial.add(slot, features)
  facets.trackRecord.add(slot, features)
  facets.picksProblem.add(slot, features)
}

export const CODE_STEPS = 256
const CODES_MAX = 3

function createDataKinds(): DataKinds {
  const codes = new Map<string, number>()
  const kinds: NeededData[] = []
  const large: NeededData[][] = []
  const codeOf = ({ modality, level }: NeededData): number => {
    const name = `${level} ${modality}`
    const known = codes.get(name)
    if (known !== undefined) return known
    kinds.push({ name: '', modality, level })
    codes.set(name, kinds.length)
    return kinds.length
  }
  return {
    shapes: createFacet(({ requirements }) => {
      const coded = requirements.map(codeOf).sort((a, b) => a - b)
      const fits = coded.length <= CODES_MAX && coded.every(code => code < CODE_STEPS)
      const representative = () =>
        fits
          ? coded.reduce((shape, code) => shape * CODE_STEPS + code, 0)
          : -large.push(coded.flatMap(code => kinds[code - 1] ?? []))
      return { key: coded.join(' '), representative }
    }),
    kindsOf: shape => {
      if (shape < 0) return large[-shape - 1] ?? []
      const found: NeededData[] = []
      for (let rest = shape; rest > 0; rest = Math.floor(rest / CODE_STEPS)) {
        const kind = kinds[(rest % CODE_STEPS) - 1]
        if (kind !== undefined) found.push(kind)
      }
      return found
    },
  }
}

function classifyOperation(features: CapabilityFeatures) {
  const { deployments, mentionedDeployments, hardware, integrations, certificates, latencyMs, input } = features
  const { capacity, capacityUsed = 0 } = input
  const isFree = capacity === undefined ? null : capacityUsed < capacity
  const key = [deployments ?? { mentionedDeployments }, hardware, integrations, certificates, latencyMs, isFree]
  return { key: JSON.stringify(key), representative: () => features }
}

/** Less money and less time are never worse, so both are rounded down to steps of a half power of two. */
function classifyCommercial(features: CapabilityFeatures) {
  const { price, leadTimeDays, regions } = features
  const roundedPrice = price && {
    currency: price.currency,
    ...(price.min === undefined ? {} : { min: roundDown(price.min) }),
    ...(price.max === undefined ? {} : { max: roundDown(price.max) }),
  }
  const roundedDays = leadTimeDays === undefined ? undefined : roundDown(leadTimeDays)
  return {
    key: JSON.stringify([roundedPrice, roundedDays, regions]),
    representative: (): CapabilityFeatures => ({
      ...features,
      ...(roundedPrice === undefined ? {} : { price: roundedPrice }),
      ...(roundedDays === undefined ? {} : { leadTimeDays: roundedDays }),
    }),
  }
}

function roundDown(value: number): number {
  return value <= 0 ? value : 2 ** (Math.floor(Math.log2(value) * 2) / 2)
}

function classifyRecord({ input, industries, cases }: CapabilityFeatures) {
  const shape: RecordShape = {
    trl: input.trl,
    namesIndustries: industries.length > 0,
    cases: cases.map(({ kpi, verified }) => ({ kpi: kpi !== undefined, verified })),
  }
  const rank = (item: { kpi: boolean; verified: boolean }) => Number(item.kpi) * 2 + Number(item.verified)
  shape.cases.sort((a, b) => rank(b) - rank(a))
  return { key: JSON.stringify(shape), representative: () => shape }
}

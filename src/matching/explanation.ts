import type { Counterfactual, DirectionScore, Gap, Gate, Part, Score, Versions } from '../engine/types.ts'

/**
 * A direction without the evidence of its parts: it is the same in both directions, and evidence is most of a score, so
 * it is stored with the factory's parts alone.
 */
export type BareDirection = { score: number; parts: Omit<Part, 'evidence'>[] }

/** A score as it is stored: everything but the id, which the match carries, and the evidence once. */
export type StoredScore = Omit<Score, 'capabilityId' | 'vendor'> & { vendor: BareDirection; totalWithoutGates?: number }

/** The same proof after redaction for one reader: what may not be seen is absent or masked, never empty by chance. */
export type Explanation = {
  versions: Versions
  total: number
  factory: DirectionScore
  vendor: DirectionScore
  gates: Gate[]
  gaps: Gap[]
  counterfactuals: Counterfactual[]
  /** How many spans, values and gates were hidden from this reader. */
  hidden: number
  /** For near misses: the total that the pair would have without its gates. */
  totalWithoutGates?: number
}

/** An explanation as it is stored. */
export type StoredExplanation = Omit<Explanation, 'vendor'> & { vendor: BareDirection }

/** What is stored of a score. */
export const storeScore = <T extends Score>({ capabilityId: _, vendor, ...rest }: T) => ({
  ...rest,
  vendor: { ...vendor, parts: vendor.parts.map(({ evidence: __, ...part }) => part) },
})

/** The explanation as it is answered, with the evidence in both directions again. */
export const restoreEvidence = (stored: StoredExplanation): Explanation => {
  const evidenceOf = new Map(stored.factory.parts.map(({ name, evidence }) => [name, evidence]))
  const parts = stored.vendor.parts.map(part => ({ ...part, evidence: evidenceOf.get(part.name) ?? [] }))
  return { ...stored, vendor: { ...stored.vendor, parts } }
}

import type { Counterfactual, DirectionScore, Gap, Gate, Score, Versions } from '../engine/types.ts'

/** A score as it is stored: everything but the id, which the match carries. */
export type StoredScore = Omit<Score, 'capabilityId'> & { totalWithoutGates?: number }

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

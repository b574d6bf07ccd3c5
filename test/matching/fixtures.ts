import { type Evidence, PART_NAMES } from '../../src/engine/types.ts'
import type { StoredScore } from '../../src/matching/explanation.ts'

const WEIGHTS = [2500, 1500, 2500, 2000, 500, 500, 500]

/** A score of the given total whose parts add up, for tests of what is done with scores. */
export const makeScore = (total: number, more: Partial<StoredScore> = {}, evidence: Evidence[] = []): StoredScore => {
  let left = total
  const parts = PART_NAMES.map((name, i) => {
    const weight = WEIGHTS[i] ?? 0
    const contribution = Math.min(weight, left)
    left -= contribution
    return {
      name,
      weight,
      value: Math.round((contribution / weight) * 10_000),
      contribution,
      evidence: i === 0 ? evidence : [],
    }
  })
  const vendor = { score: total, parts: parts.map(({ evidence: _, ...part }) => part) }
  return { total, factory: { score: total, parts }, vendor, gates: [], gaps: [], counterfactuals: [], ...more }
}

/** An outcome with the total that a model gives its pair. */
export type ScoredOutcome = { parkId: string; positive: boolean; total: number }

/** How often a pair that went well is above one that did not, of 10,000; ties count half. */
export type ParkMeasure = { parkId: string; comparisons: number; measure: number }

/** Of fewer comparisons a park's measure says nothing. */
const COMPARISONS_MIN = 25
const DEPTH = 10

/** The measure of each park that has enough outcomes of both kinds (area under the ROC curve), by park id. */
export function measureOutcomes(outcomes: readonly ScoredOutcome[]): ParkMeasure[] {
  return [...new Set(outcomes.map(({ parkId }) => parkId))].sort().flatMap(parkId => {
    const own = outcomes.filter(outcome => outcome.parkId === parkId)
    const positives = own.filter(outcome => outcome.positive)
    const negatives = own.filter(outcome => !outcome.positive)
    const comparisons = positives.length * negatives.length
    if (comparisons < COMPARISONS_MIN) return []
    let above = 0
    for (const { total } of positives)
      for (const other of negatives) above += total > other.total ? 1 : total === other.total ? 0.5 : 0
    return [{ parkId, comparisons, measure: Math.round((10_000 * above) / comparisons) }]
  })
}

/** A list, best first, and what belongs at its top. */
export type JudgedList = { ranked: readonly string[]; relevant: ReadonlySet<string> }

/** Mean normalised discounted cumulative gain of the first ten places (Järvelin and Kekäläinen 2002), of 10,000. */
export function measureGolden(lists: readonly JudgedList[]): number {
  const judged = lists.filter(({ relevant }) => relevant.size > 0)
  if (judged.length === 0) return 0
  const sum = judged.reduce((total, { ranked, relevant }) => {
    const gain = ranked.slice(0, DEPTH).reduce((at, id, i) => at + (relevant.has(id) ? discount(i) : 0), 0)
    const ideal = Array.from({ length: Math.min(DEPTH, relevant.size) }, (_, i) => discount(i))
    return total + gain / ideal.reduce((a, b) => a + b, 0)
  }, 0)
  return Math.round((10_000 * sum) / judged.length)
}

function discount(place: number): number {
  return 1 / Math.log2(place + 2)
}

/** One model's measures against another's. */
export type Comparison = {
  parks: readonly { parkId: string; comparisons: number; current: number; candidate: number }[]
  golden: { current: number; candidate: number }
}

/** A candidate is promoted only where something was compared and nothing fell. `because` names the first that did. */
export function judgeComparison({
  parks,
  golden,
}: Comparison): { promote: true } | { promote: false; because: string } {
  if (parks.length === 0) return { promote: false, because: 'no park has enough later outcomes to compare by' }
  const fallen = parks.find(park => park.candidate < park.current)
  if (fallen !== undefined)
    return { promote: false, because: `park ${fallen.parkId} falls from ${fallen.current} to ${fallen.candidate}` }
  if (golden.candidate < golden.current)
    return { promote: false, because: `the golden rankings fall from ${golden.current} to ${golden.candidate}` }
  return { promote: true }
}

/** The share of outcomes, the earliest, that a model is learned from; it is compared on the rest. */
const EARLIER_SHARE = 0.75

/** Splits by time, ties by match. What is decided at one moment may fall on both sides, a match never does. */
export function splitByTime<T extends { at: string; matchId: string }>(
  outcomes: readonly T[],
): { earlier: T[]; later: T[] } {
  const sorted = [...outcomes].sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : a.matchId < b.matchId ? -1 : 1))
  const cut = Math.ceil(sorted.length * EARLIER_SHARE)
  return { earlier: sorted.slice(0, cut), later: sorted.slice(cut) }
}

import { type Reading, spanOf } from '../facts/reading.ts'
import type { Lexicon } from '../lexicon/lexicon.ts'
import type { Span } from '../types.ts'

/** What a defect or a machine says about the problem, against its name (as in the score, MATCHING.md §3). */
const POINTING_SHARE = 0.6
/** A KPI points to many problems, so it only helps to choose between them. */
const MEASURING_SHARE = 0.2
/** Places kept for each finding, the first ones; a text that says one word a thousand times proves nothing more. */
export const SPANS_MAX = 20

/**
 * The problems that a text is about, best first: those it names or hints at, and those that its defects and machines
 * point to; those of its KPIs only where there are no others. Ties by id.
 */
export function rankProblems(lexicon: Lexicon, reading: Reading): { concept: string; score: number; spans: Span[] }[] {
  const scores = new Map<string, { score: number; spans: Span[]; named: boolean }>()
  const add = (concept: string, share: number, span: Span, named: boolean) => {
    const known = scores.get(concept) ?? { score: 0, spans: [], named: false }
    scores.set(concept, known)
    known.score += share
    known.named ||= named
    if (known.spans.length < SPANS_MAX) known.spans.push(span)
  }
  for (const { concept, weight, start, end } of reading.mentions) {
    const span = spanOf(reading, start, end)
    if (lexicon.get(concept)?.scheme === 'problem') add(concept, weight, span, true)
    for (const edge of lexicon.edges(concept, 'indicates')) add(edge.id, POINTING_SHARE * edge.w * weight, span, true)
    for (const edge of lexicon.edges(concept, 'typicalProblem'))
      add(edge.id, POINTING_SHARE * edge.w * weight, span, true)
    for (const edge of lexicon.edgesTo(concept, 'measuredBy'))
      add(edge.id, MEASURING_SHARE * edge.w * weight, span, false)
  }
  // Where nothing names a problem, the measure that is told of shows at least which ones it could be.
  const isNamed = [...scores.values()].some(({ named }) => named)
  return [...scores]
    .filter(([, { named }]) => named || !isNamed)
    .map(([concept, { score, spans }]) => ({ concept, score: Math.round(score * 1000) / 1000, spans }))
    .sort((a, b) => b.score - a.score || (a.concept < b.concept ? -1 : 1))
}

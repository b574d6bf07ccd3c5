import { DENSE_VERSION, type Embedding } from './embedding.ts'
import type { ScenarioFeatures } from './features.ts'
import { boundSupplies, type Candidate, releaseBounds, visitByBound } from './index/candidates.ts'
import { PART_POINTS } from './index/points.ts'
import { createShortlist, isBetter, type Shortlist } from './index/shortlist.ts'
import type { Supply, SupplyIndex } from './index/supply.ts'
import { collectTextEvidence, listTextPieces, type TextPieces } from './lexical/evidence.ts'
import type { TextQuery } from './lexical/query.ts'
import { TEXT_WEIGHTS } from './lexical/weights.ts'
import type { Lexicon } from './lexicon/lexicon.ts'
import { serve, servicesValue } from './parts.ts'
import { explainPair, isGated, partValues, totalOf, type WeighedPair } from './score.ts'
import { type Language, PART_NAMES, type Ranking, type Score, type Versions } from './types.ts'

export type RankOptions = {
  /** Only capabilities offered to at least one of these are seen. */
  audiences: string[]
  excludeOrganisations?: string[]
  /** Matches returned (default 50). */
  limit?: number
  /** Near misses returned (default 10). */
  nearMissLimit?: number
  /** Of the scenario's public text. Used where every supply in the index has a vector of the same model. */
  embedding?: Embedding | undefined
}

/** A scenario as the index reads it. `embedding` is there only where it is compared. */
export type Demand = { features: ScenarioFeatures; query: TextQuery; embedding?: Embedding | undefined }

export type RankContext = { lexicon: Lexicon; supplies: SupplyIndex; versions: Versions }

const LIMIT = 50
const NEAR_MISS_LIMIT = 10
/** A pair's place in the order (by total, then by capability id), and what its explanation is made from. */
type Scored = WeighedPair & { id: string; total: number; supply: Supply; lexical: number }

/**
 * Ranks without scoring every pair: the postings give each pair's text value and bounds on its problem and technique
 * parts; pairs are scored from the highest bound down until no bound left can enter either list. Exact: the same lists
 * as from scoring all (`scoreSupplies`).
 */
export function* rankSupplies(
  { lexicon, supplies, versions }: RankContext,
  demand: Demand,
  options: RankOptions,
): Generator<undefined, Ranking> {
  const bounds = yield* boundSupplies(supplies, demand)
  const lists = {
    matches: createShortlist<Scored>(options.limit ?? LIMIT),
    nearMisses: createShortlist<Scored>(options.nearMissLimit ?? NEAR_MISS_LIMIT),
  }
  const seen = isSeen(options)
  // A near miss counts only while it would have entered the matches, so nothing below their floor matters to either.
  const floor = () => lists.matches.floor().total
  yield* visitByBound(bounds, floor, candidate => {
    if (seen(candidate.supply)) scoreCandidate(demand.features, candidate, lists)
  })
  releaseBounds(supplies, bounds)
  const explain = createExplainer(lexicon, supplies, demand)
  const matches = yield* mapInSteps(lists.matches.list(), pair => withoutTotal(explain(pair)))
  const last = lists.matches.floor()
  const nearMisses = yield* mapInSteps(
    lists.nearMisses.list().filter(pair => isBetter(pair, last)),
    explain,
  )
  const { embedding } = demand
  const used = embedding ? { ...versions, embedding: `${embedding.model}+${DENSE_VERSION}` } : versions
  return { versions: used, matches, nearMisses }
}

const values = new Float64Array(PART_NAMES.length)
const TEXT = PART_NAMES.indexOf('text')

function scoreCandidate(
  scenario: ScenarioFeatures,
  { supply, text, lexical, bound, dataPoints }: Candidate,
  lists: { matches: Shortlist<Scored>; nearMisses: Shortlist<Scored> },
): void {
  const services = serve(scenario, supply.features)
  // The bound looked at kinds of data alone; with the data part as it is, most pairs need no closer look.
  const unserved = dataPoints - PART_POINTS.data * servicesValue(services, supply.features)
  if (bound - unserved < lists.matches.floor().total) return
  partValues(scenario, supply.features, text, values, services)
  const total = totalOf(values)
  if (total < lists.matches.floor().total || total === 0) return
  const pair = { id: supply.id, total, supply, lexical, services, values: values.slice() }
  if (isGated(scenario, supply.features, services)) lists.nearMisses.offer(pair)
  else lists.matches.offer(pair)
}

/** Explains pairs of one demand; what it looks for in the texts is worked out once per language. */
function createExplainer(lexicon: Lexicon, supplies: SupplyIndex, { features, query }: Demand) {
  const pieces: Partial<Record<Language, TextPieces>> = {}
  const listPieces = (language: Language) =>
    listTextPieces(lexicon.vocabulary, TEXT_WEIGHTS, supplies.shards[language].texts, query, features.input, language)
  return ({ supply, lexical, ...weighed }: Scored) => {
    const text = weighed.values[TEXT] ?? 0
    pieces[supply.language] ??= listPieces(supply.language)
    const words = collectTextEvidence(pieces[supply.language] ?? [], supply.features.input)
    // What the vectors added has no words to show, so the words share only what they brought.
    const evidence =
      text > lexical ? words.map(piece => ({ ...piece, points: Math.floor((piece.points * lexical) / text) })) : words
    return explainPair(features, supply.features, weighed, evidence)
  }
}

function withoutTotal({ totalWithoutGates: _, ...score }: Score & { totalWithoutGates: number }): Score {
  return score
}

function* mapInSteps<T, R>(items: readonly T[], map: (item: T) => R): Generator<undefined, R[]> {
  const results: R[] = []
  for (const item of items) {
    results.push(map(item))
    yield
  }
  return results
}

/** Total of every pair that the options let see, gates applied: the measure that `rankSupplies` is exact against. */
export function scoreSupplies(supplies: SupplyIndex, demand: Demand, options: RankOptions): Map<string, number> {
  const totals = new Map<string, number>()
  const seen = isSeen(options)
  const bounds = finish(boundSupplies(supplies, demand))
  const visits = visitByBound(
    bounds,
    () => 0,
    ({ supply, text }) => {
      if (!seen(supply)) return
      partValues(demand.features, supply.features, text, values)
      totals.set(supply.id, isGated(demand.features, supply.features) ? 0 : totalOf(values))
    },
  )
  finish(visits)
  releaseBounds(supplies, bounds)
  return totals
}

/** Runs steps to their end without a pause. */
export function finish<T>(steps: Generator<undefined, T>): T {
  for (;;) {
    const step = steps.next()
    if (step.done) return step.value
  }
}

function isSeen({ audiences, excludeOrganisations = [] }: RankOptions): (supply: Supply) => boolean {
  const wanted = new Set(audiences)
  const excluded = new Set(excludeOrganisations)
  return supply => supply.audiences.some(audience => wanted.has(audience)) && !excluded.has(supply.organisationId)
}

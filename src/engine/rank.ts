import type { ScenarioFeatures } from './features.ts'
import { LANGUAGES, type Supply, type SupplyIndex } from './index/supply.ts'
import type { TextQuery } from './lexical/query.ts'
import { scoreTexts } from './lexical/textIndex.ts'
import type { Lexicon } from './lexicon/lexicon.ts'
import { isGated, partValues, scorePair, totalOf } from './score.ts'
import { PART_NAMES, type Ranking, type Versions } from './types.ts'

export type RankOptions = {
  /** Only capabilities offered to at least one of these are seen. */
  audiences: string[]
  excludeOrganisations?: string[]
  /** Matches returned (default 50). */
  limit?: number
  /** Near misses returned (default 10). */
  nearMissLimit?: number
}

/** A scenario as the index reads it. */
export type Demand = { features: ScenarioFeatures; query: TextQuery }

/** Total of every visible pair, gates applied. */
export function scoreSupplies(supplies: SupplyIndex, demand: Demand, options: RankOptions): Map<string, number> {
  const totals = new Map<string, number>()
  const values = new Float64Array(PART_NAMES.length)
  for (const language of LANGUAGES) {
    const shard = supplies.shards[language]
    const texts = new Float64Array(shard.supplies.length)
    scoreTexts(shard.texts, demand.query.byLanguage[language], texts)
    for (const [slot, supply] of shard.supplies.entries()) {
      if (supply === undefined || !isVisible(supply, options)) continue
      partValues(demand.features, supply.features, texts[slot] ?? 0, values)
      totals.set(supply.id, isGated(demand.features, supply.features) ? 0 : totalOf(values))
    }
  }
  return totals
}

function isVisible(supply: Supply, { audiences, excludeOrganisations = [] }: RankOptions): boolean {
  return (
    supply.audiences.some(audience => audiences.includes(audience)) &&
    !excludeOrganisations.includes(supply.organisationId)
  )
}

type RankContext = { lexicon: Lexicon; supplies: SupplyIndex; versions: Versions }

export function* rankSupplies(
  { supplies, versions }: RankContext,
  demand: Demand,
  options: RankOptions,
): Generator<undefined, Ranking> {
  const totals = [...scoreSupplies(supplies, demand, options)].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
  yield
  const matches = totals.slice(0, options.limit ?? 50).flatMap(([id]) => {
    const supply = supplies.get(id)
    return supply ? [scorePair(demand.features, supply.features, { value: 0, evidence: [] })] : []
  })
  return { versions, matches, nearMisses: [] }
}

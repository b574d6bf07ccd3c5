import type { Bridge } from '../bridge/apply.ts'
import { fuseText } from '../embedding.ts'
import { type ScenarioFeatures, scenarioFeatures } from '../features.ts'
import { compileQuery, type TextQuery } from '../lexical/query.ts'
import { countDocumentTerms, scenarioText, textValue } from '../lexical/textIndex.ts'
import type { Translator } from '../lexical/translate.ts'
import type { TextWeights } from '../lexical/weights.ts'
import type { Lexicon } from '../lexicon/lexicon.ts'
import { partValues, totalOf } from '../score.ts'
import { PART_NAMES, type ScenarioInput } from '../types.ts'
import { RARITY_MAX, type SupplyIndex } from './supply.ts'

/** Demand kept for the reverse look-up; `entry` is the total that a capability needs to enter its shortlist. */
export type IndexedScenario = {
  id: string
  organisationId: string
  /** The audiences in which the scenario looks for supply. */
  audiences: string[]
  input: ScenarioInput
  entry: number
}

/** Holds about ten kilobytes for each scenario. */
export type DemandIndex = {
  put(scenario: IndexedScenario): void
  setEntry(id: string, entry: number): void
  remove(id: string): void
  /** Ids of the scenarios whose list a capability might enter, in ascending order. */
  affectedBy(capabilityId: string): string[]
  readonly size: number
}

type KeptScenario = IndexedScenario & { features: ScenarioFeatures; query: TextQuery }

/** What a total may gain when a bound is rounded. */
const ROUNDED_UP = 2

export function createDemandIndex(
  lexicon: Lexicon,
  supplies: SupplyIndex,
  translator: Translator,
  weights: TextWeights,
  bridge?: Bridge,
): DemandIndex {
  const scenarios = new Map<string, KeptScenario>()
  const values = new Float64Array(PART_NAMES.length)
  return {
    put: scenario => {
      // Rarity falls as supplies come and rises as they go; at its greatest every concept weighs the most it ever can.
      const features = scenarioFeatures(lexicon, scenario.input, () => RARITY_MAX, bridge)
      const query = compileQuery(lexicon.vocabulary, translator, weights, scenarioText(scenario.input))
      scenarios.set(scenario.id, { ...scenario, features, query })
    },
    setEntry: (id, entry) => {
      const kept = scenarios.get(id)
      if (kept) kept.entry = entry
    },
    remove: id => {
      scenarios.delete(id)
    },
    affectedBy: capabilityId => {
      const supply = supplies.get(capabilityId)
      if (supply === undefined) return []
      const { texts } = supplies.shards[supply.language]
      const boundText = texts.createPairBound(countDocumentTerms(lexicon.vocabulary, supply.features.input))
      const mightEnter = ({ audiences, entry, features, query }: KeptScenario): boolean => {
        if (!audiences.some(audience => supply.audiences.includes(audience))) return false
        // Without its vector nothing is compared by vectors any more, and every list may change.
        if (supplies.hasEmbeddings && supply.embedding === undefined) return true
        const { raw, ideal } = boundText(query.byLanguage[supply.language])
        const lexical = textValue(raw, ideal)
        // The scenario's own vector is not kept here: it counts as the most alike there is.
        const text = supply.embedding === undefined ? lexical : fuseText(lexical, 1)
        partValues(features, supply.features, text, values)
        return totalOf(values) + ROUNDED_UP >= entry
      }
      return [...scenarios.values()]
        .filter(mightEnter)
        .map(scenario => scenario.id)
        .sort()
    },
    get size() {
      return scenarios.size
    },
  }
}

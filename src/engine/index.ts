import { openBridge } from './bridge/apply.ts'
import type { BridgeModel } from './bridge/model.ts'
import { compileQuery } from './lexical/query.ts'
import type { Dictionary } from './lexical/dictionary.ts'
import { createTranslator } from './lexical/translate.ts'
import { TEXT_WEIGHTS } from './lexical/weights.ts'
import { scenarioText } from './lexical/textIndex.ts'
import { fingerprint } from './lexicon/fingerprint.ts'
import type { Lexicon } from './lexicon/lexicon.ts'
import { createDemandIndex, type IndexedScenario } from './index/demand.ts'
import { createSupplyIndex, type IndexedCapability } from './index/supply.ts'
import { type Demand, finish, type RankOptions, rankSupplies, scoreSupplies } from './rank.ts'
import { scenarioFeatures } from './features.ts'
import { WEIGHTS_VERSION } from './score.ts'
import type { Ranking, ScenarioInput, Versions } from './types.ts'

export type { IndexedCapability } from './index/supply.ts'
export type { IndexedScenario } from './index/demand.ts'
export type { RankOptions } from './rank.ts'

/** `bridge`: corrections learned from outcomes; without one the lexicon stands as it is. */
export type EngineParts = {
  lexicon: Lexicon
  dictionary?: Dictionary | undefined
  bridge?: BridgeModel | undefined
}

export type Engine = {
  versions: Versions
  index: {
    /** Adds a capability, or replaces the one of the same id. */
    put(capability: IndexedCapability): void
    /** Forgets a capability; an unknown id changes nothing. */
    remove(id: string): void
    readonly size: number
    readonly memoryBytes: number
  }
  /** The best capabilities for a scenario, exactly as if every pair had been scored, each with its explanation. */
  rank(scenario: ScenarioInput, options: RankOptions): Ranking
  /** The same in steps: the caller decides after each `yield` whether to let others run first. */
  rankInSteps(scenario: ScenarioInput, options: RankOptions): Generator<undefined, Ranking>
  /** Total of every visible pair, without explanation: what `rank` is exact against. */
  scoreAll(scenario: ScenarioInput, options: RankOptions): Map<string, number>
  /** Demand kept for `affectedScenarios`. */
  scenarios: {
    /** Adds a scenario, or replaces the one of the same id. */
    put(scenario: IndexedScenario): void
    /** The total that a capability needs by now; an unknown id changes nothing. */
    setEntry(id: string, entry: number): void
    remove(id: string): void
    readonly size: number
  }
  /**
   * Scenarios whose list this capability might enter as it stands in the index now: perhaps too many, never too few.
   * Lists that already hold it are not meant here: the caller knows them.
   */
  affectedScenarios(capabilityId: string): string[]
}

/** Changes whenever the same input, lexicon and weights would give another result. */
const ENGINE_VERSION = 'engine-3'

export function createEngine({ lexicon, dictionary, bridge: model }: EngineParts): Engine {
  const supplies = createSupplyIndex(lexicon, TEXT_WEIGHTS)
  const translator = createTranslator(dictionary, TEXT_WEIGHTS.translationsMax)
  const bridge = model && openBridge(model)
  const demands = createDemandIndex(lexicon, supplies, translator, TEXT_WEIGHTS, bridge)
  const versions: Versions = {
    engine: ENGINE_VERSION,
    lexicon: dictionary === undefined ? lexicon.version : `${lexicon.version}+${dictionary.name}`,
    weights: [WEIGHTS_VERSION, `text-${fingerprint(JSON.stringify(TEXT_WEIGHTS)).slice(0, 8)}`, model?.version]
      .filter(name => name !== undefined)
      .join('+'),
  }
  const read = (input: ScenarioInput, { embedding }: RankOptions): Demand => ({
    features: scenarioFeatures(lexicon, input, supplies.rarity, bridge),
    query: compileQuery(lexicon.vocabulary, translator, TEXT_WEIGHTS, scenarioText(input)),
    ...(embedding && supplies.areEmbedded(embedding) ? { embedding } : {}),
  })
  const rankInSteps = function* (scenario: ScenarioInput, options: RankOptions): Generator<undefined, Ranking> {
    return yield* rankSupplies({ lexicon, supplies, versions }, read(scenario, options), options)
  }
  return {
    versions,
    index: {
      put: capability => supplies.put(capability),
      remove: id => supplies.remove(id),
      get size() {
        return supplies.size
      },
      get memoryBytes() {
        return supplies.memoryBytes
      },
    },
    rank: (scenario, options) => finish(rankInSteps(scenario, options)),
    rankInSteps,
    scenarios: {
      put: scenario => demands.put(scenario),
      setEntry: (id, entry) => demands.setEntry(id, entry),
      remove: id => demands.remove(id),
      get size() {
        return demands.size
      },
    },
    affectedScenarios: capabilityId => demands.affectedBy(capabilityId),
    scoreAll: (scenario, options) => scoreSupplies(supplies, read(scenario, options), options),
  }
}

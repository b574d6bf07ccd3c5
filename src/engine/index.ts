import type { Dictionary } from './lexical/dictionary.ts'
import type { Lexicon } from './lexicon/lexicon.ts'
import type { CapabilityInput, Ranking, ScenarioInput, Versions } from './types.ts'

/** Supply with the readers it is offered to: park ids, or `network` for every park. */
export type IndexedCapability = { id: string; organisationId: string; audiences: string[]; input: CapabilityInput }

/** Demand kept for the reverse look-up; `entry` is the total that a capability needs to enter its shortlist. */
export type IndexedScenario = {
  id: string
  organisationId: string
  audiences: string[]
  input: ScenarioInput
  entry: number
}

export type RankOptions = {
  /** Only capabilities offered to at least one of these are seen. */
  audiences: string[]
  excludeOrganisations?: string[]
  /** Matches returned (default 50). */
  limit?: number
  /** Near misses returned (default 10). */
  nearMissLimit?: number
}

export type EngineParts = { lexicon: Lexicon; dictionary?: Dictionary }

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
  scenarios: {
    put(scenario: IndexedScenario): void
    remove(id: string): void
    readonly size: number
  }
  /** Scenarios whose list this capability might enter: perhaps too many, never too few. */
  affectedScenarios(capabilityId: string): string[]
}

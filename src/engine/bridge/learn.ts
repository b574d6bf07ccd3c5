import type { Lexicon } from '../lexicon/lexicon.ts'
import { BRIDGE_WEIGHT_MAX, type BridgeModel, type BridgePair, makeBridge } from './model.ts'
import { splitByTime } from './compare.ts'
import { addVote, createTally, type Tally } from './tally.ts'

/** What became of one match. The concepts are ids of the lexicon that the public fields of each side name. */
export type Outcome = {
  matchId: string
  /** RFC 3339, when it was decided. */
  at: string
  positive: boolean
  factoryId: string
  vendorId: string
  demand: readonly string[]
  supply: readonly string[]
}

/** Nothing is learned from fewer outcomes. */
export const OUTCOMES_MIN = 200
/** A pair counts only with this many factories behind it, so that none of them shows through the model … */
export const FACTORIES_MIN = 5
/** … and with this many vendors, so that none can learn its own advantage into it. */
export const VENDORS_MIN = 2

/** Factories' worth of average outcomes that are added to every rate: the prior that nothing is to be corrected. */
const PRIOR_FACTORIES = 10
/** A smaller correction, in ten-thousandths of a share, is noise. */
const WEIGHT_MIN = 200

/** Kinds of concepts that a bridge may join. What data and systems a pair shares is judged by the data interface. */
const DEMAND_SCHEMES: ReadonlySet<string> = new Set([
  'problem',
  'defect',
  'equipment',
  'process',
  'kpi',
  'miit-scenario',
])
const SUPPLY_SCHEMES: ReadonlySet<string> = new Set([...DEMAND_SCHEMES, 'technique'])

/** A model with the outcomes that it knows and the later ones that it has not seen, by which it is to be compared. */
export type Learned<T extends Outcome> = { model: BridgeModel; earlier: T[]; later: T[] }

/**
 * Learns corrections for pairs of concepts from the earlier outcomes, or nothing where there are fewer than
 * `OUTCOMES_MIN` in all. Every factory has one vote for a pair, the mean of its outcomes. A pair is worth the rate of its outcomes, shrunken to the rate of all,
 * less what each of its two concepts is worth without the other: only what the pair itself brings. Signs: pairs that
 * the lexicon does not join can only gain, since there is nothing to take. The order of the outcomes does not matter.
 */
export function learnBridge<T extends Outcome>(lexicon: Lexicon, outcomes: readonly T[]): Learned<T> | undefined {
  if (outcomes.length < OUTCOMES_MIN) return undefined
  const { earlier, later } = splitByTime(outcomes)
  return { model: makeBridge(listCorrections(lexicon, countVotes(lexicon, earlier))), earlier, later }
}

function listCorrections(lexicon: Lexicon, counts: Counts): BridgePair[] {
  return [...counts.pairs.values()].flatMap(pair => {
    const weight = weighPair(counts, pair)
    const isBacked = pair.tally.votes.size >= FACTORIES_MIN && pair.vendors.size >= VENDORS_MIN
    if (!isBacked || Math.abs(weight) < WEIGHT_MIN) return []
    const { demand, supply } = pair
    return weight > 0 || areJoined(lexicon, demand, supply) ? [{ demand, supply, weight } satisfies BridgePair] : []
  })
}

type PairCount = { demand: string; supply: string; tally: Tally; vendors: Set<string> }
type Counts = {
  all: Tally
  demands: Map<string, Tally>
  supplies: Map<string, Tally>
  pairs: Map<string, PairCount>
}

function countVotes(lexicon: Lexicon, outcomes: readonly Outcome[]): Counts {
  const counts: Counts = { all: createTally(), demands: new Map(), supplies: new Map(), pairs: new Map() }
  for (const outcome of outcomes) {
    const demands = keepSchemes(lexicon, outcome.demand, DEMAND_SCHEMES)
    const supplies = keepSchemes(lexicon, outcome.supply, SUPPLY_SCHEMES)
    addVote(counts.all, outcome.factoryId, outcome.positive)
    for (const demand of demands) addVote(tallyOf(counts.demands, demand), outcome.factoryId, outcome.positive)
    for (const supply of supplies) addVote(tallyOf(counts.supplies, supply), outcome.factoryId, outcome.positive)
    for (const demand of demands)
      for (const supply of supplies) if (demand !== supply) countPair(counts.pairs, demand, supply, outcome)
  }
  return counts
}

function countPair(pairs: Counts['pairs'], demand: string, supply: string, outcome: Outcome): void {
  const key = `${demand} ${supply}`
  const pair = pairs.get(key) ?? { demand, supply, tally: createTally(), vendors: new Set<string>() }
  addVote(pair.tally, outcome.factoryId, outcome.positive)
  pair.vendors.add(outcome.vendorId)
  pairs.set(key, pair)
}

function tallyOf(tallies: Map<string, Tally>, concept: string): Tally {
  const known = tallies.get(concept)
  if (known !== undefined) return known
  const made = createTally()
  tallies.set(concept, made)
  return made
}

/** Only ids that the lexicon knows: a word that came in some other way ends here. */
function keepSchemes(lexicon: Lexicon, concepts: readonly string[], schemes: ReadonlySet<string>): string[] {
  return [...new Set(concepts)].filter(concept => schemes.has(lexicon.get(concept)?.scheme ?? '')).sort()
}

/** The pair's correction in ten-thousandths of a share; 0 unless it beats, or falls behind, both concepts alone. */
function weighPair({ all, demands, supplies }: Counts, { demand, supply, tally }: PairCount): number {
  const base = rateOf(all, 0.5)
  const rate = rateOf(tally, base)
  const without = [demands.get(demand), supplies.get(supply)].map(whole => rateOf(subtract(whole, tally), base))
  const gain = rate - Math.max(base, ...without)
  const loss = rate - Math.min(base, ...without)
  const weight = Math.round(10_000 * (gain > 0 ? gain : Math.min(0, loss)))
  return Math.max(-BRIDGE_WEIGHT_MAX, Math.min(BRIDGE_WEIGHT_MAX, weight))
}

/** Mean of the factories' votes, with the prior's added. */
function rateOf({ votes }: Tally, base: number): number {
  let sum = 0
  for (const { positives, outcomes } of votes.values()) sum += positives / outcomes
  return (sum + PRIOR_FACTORIES * base) / (votes.size + PRIOR_FACTORIES)
}

/** The votes of a concept in outcomes where the other concept of the pair is absent. */
function subtract(whole: Tally | undefined, part: Tally): Tally {
  const rest = createTally()
  for (const [factory, { positives, outcomes }] of whole?.votes ?? []) {
    const taken = part.votes.get(factory)
    const left = outcomes - (taken?.outcomes ?? 0)
    if (left > 0) rest.votes.set(factory, { positives: positives - (taken?.positives ?? 0), outcomes: left })
  }
  return rest
}

function areJoined(lexicon: Lexicon, a: string, b: string): boolean {
  const place = (id: string) => lexicon.concepts.findIndex(concept => concept.id === id)
  return lexicon.areLinked(place(a), place(b))
}

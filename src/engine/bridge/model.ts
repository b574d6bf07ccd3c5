import { fingerprint } from '../lexicon/fingerprint.ts'

/**
 * A correction learned from outcomes: how much more (or less) of a demand's concept is met by a supply's concept than
 * the lexicon says. `weight` is a share in ten-thousandths, -3,000 to 3,000.
 */
export type BridgePair = { demand: string; supply: string; weight: number }

/** What was learned, named by its content: concept ids and figures, never words of a text. Pairs in rising order. */
export type BridgeModel = { version: string; pairs: BridgePair[] }

/** As much as a parent or child of a concept is worth: outcomes may add a neighbour, never an equal. */
export const BRIDGE_WEIGHT_MAX = 3_000

/** Sorts the pairs and names them by their content, so that equal pairs make an equal model in whatever order they come. */
export function makeBridge(pairs: readonly BridgePair[]): BridgeModel {
  const sorted = pairs
    .map(({ demand, supply, weight }) => ({ demand, supply, weight }))
    .sort((a, b) => compare(a.demand, b.demand) || compare(a.supply, b.supply))
  return { version: `bridge-${fingerprint(JSON.stringify(sorted))}`, pairs: sorted }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

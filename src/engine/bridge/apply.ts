import { BRIDGE_WEIGHT_MAX, type BridgeModel } from './model.ts'

/** The corrections of each demand concept: supply concept and share to add. Made once for an engine. */
export type Bridge = ReadonlyMap<string, ReadonlyMap<string, number>>

/** A correction never takes more than this of what the lexicon says. */
const LEXICON_KEPT = 0.5

/** Opens a model for look-ups. A weight beyond its bound, as a hand may write one, counts as the bound. */
export function openBridge(model: BridgeModel): Bridge {
  const bridge = new Map<string, Map<string, number>>()
  for (const { demand, supply, weight } of model.pairs) {
    const bounded = Math.max(-BRIDGE_WEIGHT_MAX, Math.min(BRIDGE_WEIGHT_MAX, weight))
    const pairs = bridge.get(demand) ?? new Map<string, number>()
    bridge.set(demand, pairs.set(supply, bounded / 10_000))
  }
  return bridge
}

/**
 * The share with which a supply concept meets a demand concept, 0 to 1, once corrected. What the lexicon joins stays
 * joined by at least half; what it does not join can only gain; a concept always meets itself in full.
 */
export function correctShare(share: number, correction: number): number {
  if (share >= 1) return share
  const corrected = Math.round((share + correction) * 10_000) / 10_000
  return Math.min(1, Math.max(corrected, share * LEXICON_KEPT))
}

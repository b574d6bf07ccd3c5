import type { GapField } from '../../engine/types.ts'

/** A least amount that a capability asks for, and what each member holds of it, in the same unit. */
export type DataMinimum = { requirement: string; unit: string; minimum: number }
export type Holding = { scenarioId: string; requirement: string; amount: number }
export type Unlocked = DataMinimum & { together: number; best: number }

/** The minimums that no member reaches alone and all members reach together. */
export const listUnlocked = (minimums: readonly DataMinimum[], holdings: readonly Holding[]): Unlocked[] =>
  minimums.flatMap(minimum => {
    const amounts = holdings
      .filter(({ requirement }) => requirement === minimum.requirement)
      .map(({ amount }) => amount)
    const together = amounts.reduce((sum, amount) => sum + amount, 0)
    const best = Math.max(0, ...amounts)
    return best < minimum.minimum && together >= minimum.minimum ? [{ ...minimum, together, best }] : []
  })

/** What the pool's data together is enough for: the capability, the attribute and its minimum, and no member's amount. */
export type PoolUnlocked = {
  capabilityId: string
  requirement: number
  field: GapField
  minimum: number
  unit: string
}

export type CostShare = { scenarioId: string; aloneYuan: number; shareYuan: number }

/**
 * Each member's share of what the pool costs, in proportion to what it would pay alone; whole yuan, by the largest
 * remainder. Since the pool costs no more than all alone together, nobody pays more than alone.
 * @returns undefined where pooling would cost more than going alone: then nothing is to be shared
 */
export const shareCosts = (
  poolYuan: number,
  alone: readonly { scenarioId: string; aloneYuan: number }[],
): CostShare[] | undefined => {
  const total = alone.reduce((sum, { aloneYuan }) => sum + BigInt(aloneYuan), 0n)
  const pool = BigInt(poolYuan)
  if (pool > total) return undefined
  const shares = alone.map((member, i) => {
    const product = pool * BigInt(member.aloneYuan)
    return total === 0n ? { i, down: 0n, rest: 0n } : { i, down: product / total, rest: product % total }
  })
  let left = pool - shares.reduce((sum, { down }) => sum + down, 0n)
  const extra = new Set<number>()
  for (const { i } of shares.toSorted((a, b) => (a.rest === b.rest ? a.i - b.i : a.rest > b.rest ? -1 : 1)))
    if (left > 0n) {
      extra.add(i)
      left -= 1n
    }
  return alone.map(({ scenarioId, aloneYuan }, i) => ({
    scenarioId,
    aloneYuan,
    shareYuan: Number(shares[i]?.down ?? 0n) + (extra.has(i) ? 1 : 0),
  }))
}

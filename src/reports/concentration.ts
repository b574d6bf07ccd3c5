export type Shown = { id: string; name: string; count: number; capabilities: number; isNew: boolean }

/**
 * How evenly what is shown is spread over those who offer: 0 is the same for all, near 1 all for one (Gini coefficient,
 * mean absolute difference over twice the mean). Who is never shown counts too. Undefined where nothing is shown.
 */
export const giniOf = (counts: readonly number[]): number | undefined => {
  const sorted = counts.toSorted((a, b) => a - b)
  const total = sorted.reduce((sum, count) => sum + count, 0)
  if (total === 0) return undefined
  const weighted = sorted.reduce((sum, count, i) => sum + (2 * (i + 1) - sorted.length - 1) * count, 0)
  return Math.round((weighted / (sorted.length * total)) * 1_000) / 1_000
}

/** A share in per cent with one decimal; null of nothing. */
export const percentOf = (part: number, whole: number): number | null =>
  whole === 0 ? null : Math.round((part / whole) * 1_000) / 10

/** A vendor with so few capabilities here counts as small: nobody asks vendors for their head count. */
export const SMALL_CAPABILITIES_MAX = 2

/** Who is seen: the most shown vendors, how much falls to the first, and what is left for the new and the small. */
export const concentrationOf = (vendors: readonly Shown[]) => {
  const total = vendors.reduce((sum, vendor) => sum + vendor.count, 0)
  const group = (members: readonly Shown[]) => {
    const shown = members.reduce((sum, vendor) => sum + vendor.count, 0)
    return { vendors: members.length, shown, percent: percentOf(shown, total) }
  }
  const [top] = vendors.toSorted((a, b) => b.count - a.count)
  return {
    vendors: vendors.length,
    total,
    topPercent: percentOf(top?.count ?? 0, total),
    gini: giniOf(vendors.map(vendor => vendor.count)) ?? null,
    newVendors: group(vendors.filter(vendor => vendor.isNew)),
    smallVendors: group(vendors.filter(vendor => vendor.capabilities <= SMALL_CAPABILITIES_MAX)),
  }
}

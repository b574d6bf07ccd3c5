/**
 * Industries that a park favours: one leading, up to three pillars, some emerging ones. Each tier adds a bounded number
 * of ten-thousandths to the order of the park's own lists. The score of a match is never touched.
 */
export const FOCUS_TIERS = ['leading', 'pillar', 'emerging'] as const
export type FocusTier = (typeof FOCUS_TIERS)[number]
export type Focus = {
  industries: Record<FocusTier, string[]>
  additions: Record<FocusTier, number>
}

export const FOCUS_INDUSTRIES_MAX: Record<FocusTier, number> = { leading: 1, pillar: 3, emerging: 20 }
/** Less than the difference between a good pair and a bad one: a focus breaks near ties and wins nothing else. */
export const FOCUS_ADDITION_MAX = 500
export const NO_FOCUS: Focus = {
  industries: { leading: [], pillar: [], emerging: [] },
  additions: { leading: 300, pillar: 200, emerging: 100 },
}

/** What a park can set itself a target for. Each is counted from rows, between the target's own days. */
export const TARGET_METRICS = [
  'scenarios_published',
  'scenarios_matched',
  'scenarios_landed',
  'matches_introduced',
  'vendors_joined',
  'manufacturers_joined',
  'vendors_landed',
  'manufacturers_landed',
  'outcomes_confirmed',
] as const
export type TargetMetric = (typeof TARGET_METRICS)[number]

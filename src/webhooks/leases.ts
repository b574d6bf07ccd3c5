import type { Leases } from './tables.ts'

/** The leases that have not ended. One that has ended is nobody's any more: its deliveries may be claimed again. */
export const liveLeases = (leases: Leases, now: Date): Leases => {
  const nowMs = now.getTime()
  return Object.fromEntries(Object.entries(leases).filter(([until]) => Date.parse(until) > nowMs))
}

export const countLeases = (leases: Leases): number => Object.values(leases).reduce((sum, count) => sum + count, 0)

/** When the first of them ends. */
export const firstLeaseEnd = (leases: Leases): Date | undefined => {
  const ends = Object.keys(leases).map(until => Date.parse(until))
  return ends.length === 0 ? undefined : new Date(Math.min(...ends))
}

export const addLeases = (leases: Leases, until: Date, count: number): Leases => {
  const key = until.toISOString()
  return { ...leases, [key]: (leases[key] ?? 0) + count }
}

/** Takes out one lease for each of these ends. What has been dropped as ended before is not missed. */
export const dropLeases = (leases: Leases, ends: readonly Date[]): Leases => {
  // What was claimed together ends together, so there are few different ends.
  const dropped = new Map<number, number>()
  for (const end of ends) dropped.set(end.getTime(), (dropped.get(end.getTime()) ?? 0) + 1)
  const left = { ...leases }
  for (const [endMs, number] of dropped) {
    const key = new Date(endMs).toISOString()
    const count = (left[key] ?? 0) - number
    if (count > 0) left[key] = count
    else delete left[key]
  }
  return left
}

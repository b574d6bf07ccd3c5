import { addLeases, countLeases, firstLeaseEnd, liveLeases } from './leases.ts'
import type { Leases } from './tables.ts'

/** `rateMax` attempts in any second, 0 for no limit; `rateSpent` is how many count until when (RFC 3339). */
export type Rate = { rateMax: number; rateSpent: Leases }

const WINDOW_MS = 1_000

/**
 * What `rateMax` leaves at this moment, and when the next attempt is free if it leaves nothing. Every attempt counts for
 * the second after it: no second, wherever it begins, sees more than `rateMax`. Seconds that are counted one after the
 * other would let twice as many through around a border.
 */
export const rateLeft = ({ rateMax, rateSpent }: Rate, now: Date): { attempts: number; freeAt: Date } => {
  if (rateMax === 0) return { attempts: Number.POSITIVE_INFINITY, freeAt: now }
  const spent = liveLeases(rateSpent, now)
  const attempts = Math.max(0, rateMax - countLeases(spent))
  return { attempts, freeAt: attempts > 0 ? now : (firstLeaseEnd(spent) ?? now) }
}

/** The same endpoint after these attempts. What has left the window is forgotten, so that few ends are kept. */
export const spendRate = <T extends Rate>(endpoint: T, attempts: number, now: Date): T => {
  if (endpoint.rateMax === 0) return endpoint
  const until = new Date(now.getTime() + WINDOW_MS)
  return { ...endpoint, rateSpent: addLeases(liveLeases(endpoint.rateSpent, now), until, attempts) }
}

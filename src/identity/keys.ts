import type { RandomBytes } from '../platform/clock.ts'

/** `duijie_` and 32 random bytes in base64url: long enough that a fast hash at rest is safe. */
export const KEY_PATTERN = /^duijie_[A-Za-z0-9_-]{43}$/
/** How long a key that was rotated may still work. */
export const OVERLAP_HOURS_MAX = 168
const SHOWN_CHARS = 14

export const newKey = (random: RandomBytes): { key: string; prefix: string } => {
  const key = `duijie_${random(32).toString('base64url')}`
  return { key, prefix: key.slice(0, SHOWN_CHARS) }
}

import { randomFillSync } from 'node:crypto'

/** Time and randomness are passed in, so that a test can hold both still. */
export type Clock = { now: () => Date }
export type RandomBytes = (size: number) => Buffer

export const systemClock: Clock = { now: () => new Date() }

/** The time zone of those who name none. */
export const HOME_TIME_ZONE = 'Asia/Shanghai'

/** The calendar day (RFC 3339) of a moment in a time zone. */
export const dayIn = (timeZone: string, moment: Date): string =>
  new Intl.DateTimeFormat('en-CA', { timeZone }).format(moment)

const POOL_BYTES = 8_192

/**
 * Random bytes of the operating system's generator, drawn a pool at a time: a call for each id costs more than all else
 * that an id costs. Each byte is handed out once, and what was handed out does not stay in the pool.
 */
export const createRandom = (): RandomBytes => {
  const pool = Buffer.alloc(POOL_BYTES)
  let used = POOL_BYTES
  return size => {
    if (size > POOL_BYTES) return randomFillSync(Buffer.alloc(size))
    if (used + size > POOL_BYTES) {
      randomFillSync(pool)
      used = 0
    }
    const bytes = Buffer.from(pool.subarray(used, used + size))
    pool.fill(0, used, used + size)
    used += size
    return bytes
  }
}

import { hash, verify } from '@node-rs/argon2'

/** OWASP's first recommendation for Argon2id: 19 MiB, two passes, one lane. Roughly 30 ms of one core. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 }

/** Of a password that nobody knows, by the same cost: an address that nobody has takes as long to refuse. */
const DECOY = '$argon2id$v=19$m=19456,t=2,p=1$MPzrrgLK3EXfAIHh3euPVQ$qjzq72taMD/uWWL2A/Pgrq3LNLk73iUqZIqk4S6gabs'

export const PASSWORD_CHARACTERS_MIN = 12
export const PASSWORD_CHARACTERS_MAX = 200

// One password may be typed as different sequences of code points on different keyboards (NIST SP 800-63B, 3.1.1.2).
const normalise = (password: string): string => password.normalize('NFKC')

/** The password as it is kept: Argon2id in the PHC string format. */
export const hashPassword = async (password: string): Promise<string> => hash(normalise(password), COST)

/** Whether it is the password. Takes the same time where there is none to compare with. */
export const isPassword = async (kept: string | undefined, password: string): Promise<boolean> => {
  const isRight = await verify(kept ?? DECOY, normalise(password))
  return kept !== undefined && isRight
}

export const TRIES_MAX = 5
export const LOCK_MINUTES = 15
const WINDOW_MINUTES = 15
const MINUTE_MS = 60_000

export type Tries = { tries: number; since: Date; lockedUntil: Date | null }

/**
 * What one more try makes of the tries so far: five within a quarter of an hour are free, the sixth locks for a quarter
 * of an hour, and a try while it is locked neither counts nor prolongs it.
 */
export const countTry = (before: Tries | undefined, now: Date): Tries => {
  if (before?.lockedUntil && before.lockedUntil > now) return before
  const isOver = before === undefined || before.lockedUntil !== null || isOld(before.since, now)
  if (isOver) return { tries: 1, since: now, lockedUntil: null }
  const tries = before.tries + 1
  const lockedUntil = tries > TRIES_MAX ? new Date(now.getTime() + LOCK_MINUTES * MINUTE_MS) : null
  return { tries, since: before.since, lockedUntil }
}

const isOld = (since: Date, now: Date): boolean => now.getTime() - since.getTime() >= WINDOW_MINUTES * MINUTE_MS

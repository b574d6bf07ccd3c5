/** Time and randomness are passed in, so that a test can hold both still. */
export type Clock = { now: () => Date }
export type RandomBytes = (size: number) => Buffer

export const systemClock: Clock = { now: () => new Date() }

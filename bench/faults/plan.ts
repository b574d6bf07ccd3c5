import { pickEven, type Random } from '../province/random.ts'

export const FAULTS = ['kill-worker', 'kill-api', 'flush', 'restart'] as const
export type FaultKind = (typeof FAULTS)[number]
/** What goes wrong, when (milliseconds from the start), and how long a restarted database stays away. */
export type Fault = { kind: FaultKind; atMs: number; pauseMs: number }

const PAUSE_MS_MAX = 1_500

/**
 * What goes wrong within a time, the same for the same stream of numbers: each kind once in a random order, then any of
 * them, at gaps of half to one and a half times `gapMs`.
 */
export const planFaults = (
  random: Random,
  options: { kinds: readonly FaultKind[]; forMs: number; gapMs: number },
): Fault[] => {
  const faults: Fault[] = []
  if (options.kinds.length === 0) return faults
  const first = shuffle(random, options.kinds)
  for (let atMs = gap(random, options.gapMs); atMs < options.forMs; atMs += gap(random, options.gapMs)) {
    const kind = first[faults.length] ?? pickEven(random, options.kinds)
    faults.push({ kind, atMs, pauseMs: Math.round(random() * PAUSE_MS_MAX) })
  }
  return faults
}

const gap = (random: Random, gapMs: number): number => Math.round(gapMs * (0.5 + random()))

const shuffle = <T>(random: Random, items: readonly T[]): T[] =>
  items
    .map(item => ({ item, order: random() }))
    .sort((a, b) => a.order - b.order)
    .map(({ item }) => item)

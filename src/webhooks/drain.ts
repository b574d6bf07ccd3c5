import type { Deps } from '../platform/deps.ts'
import { advance } from './advance.ts'
import type { Claim } from './claim.ts'
import { requestDrains } from './drains.ts'
import { send, type Target } from './send.ts'
import type { Finished } from './settle.ts'

export type DrainDeps = Pick<
  Deps,
  'db' | 'clock' | 'random' | 'config' | 'metrics' | 'log' | 'queues' | 'secrets' | 'egress'
>
export type Drain = (endpointId: string, signal?: AbortSignal) => Promise<void>

/** After so many attempts a drain makes room for other endpoints and asks for another one. */
const ATTEMPTS_MAX = 500

/**
 * Drains endpoints, each by one drain of this process at a time: a second one for the same endpoint only tells the first
 * to look again and is done. So an endpoint that is slow to answer keeps one worker busy and never all of them.
 */
export const createDrainer = (deps: DrainDeps): Drain => {
  const running = new Map<string, Bell>()
  return async (endpointId, signal) => {
    const bell = running.get(endpointId)
    if (bell) return bell.ring()
    const own = createBell()
    running.set(endpointId, own)
    try {
      await drain(deps, endpointId, own, signal)
    } finally {
      running.delete(endpointId)
    }
  }
}

/** Wakes a loop that waits. A ring that nobody waited for is kept until the next wait. */
type Bell = { ring: () => void; hasRung: () => boolean; wait: () => Promise<void> }
const createBell = (): Bell => {
  let isRung = false
  let wake = () => {}
  return {
    ring: () => {
      isRung = true
      wake()
    },
    hasRung: () => isRung,
    wait: async () => {
      if (!isRung) await new Promise<void>(resolve => (wake = resolve))
      isRung = false
    },
  }
}

/**
 * Sends what is due until nothing is, as many at the same time as the endpoint bears, with no lock held meanwhile.
 * Whatever this process fails to finish is sent again, under the same id, when its lease has ended.
 */
const drain = async (deps: DrainDeps, endpointId: string, bell: Bell, signal?: AbortSignal): Promise<void> => {
  let inFlight = 0
  let left = ATTEMPTS_MAX
  let finished: Finished[] = []
  const start = async (target: Target, claim: Claim) => {
    try {
      // On a line of its own: `finished` may be another list by the time that the answer has come.
      const sent = await send(deps, target, claim)
      finished.push({ claim, sent })
    } catch (error) {
      // Our own fault, as a secret that no key opens. The lease keeps the delivery from being tried again at once.
      deps.log.error({ err: error, deliveryId: claim.deliveryId }, 'a delivery could not be sent')
    }
    inFlight -= 1
    bell.ring()
  }
  for (;;) {
    const batch = finished
    finished = []
    // Requests are broken off where the process is stopping: nothing more is begun then.
    if (signal?.aborted || batch.some(({ sent }) => isBrokenOff(sent))) left = 0
    const { target, claims, isMoreToDo, drain: next } = await advance(deps, endpointId, batch, left)
    if (next) await requestDrains(deps, [next])
    left -= claims.length
    inFlight += claims.length
    for (const claim of claims) if (target) void start(target, claim)
    if (isMoreToDo) continue
    if (inFlight === 0 && finished.length === 0 && !bell.hasRung()) return
    await bell.wait()
  }
}

const isBrokenOff = ({ result }: Finished['sent']): boolean => result.kind === 'error' && result.code === 'aborted'

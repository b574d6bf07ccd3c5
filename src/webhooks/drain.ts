import type { Deps } from '../platform/deps.ts'
import { advance } from './advance.ts'
import { AHEAD_MS_MAX, type Claim, LEASE_MS } from './claim.ts'
import { judgeInFlightMax } from './classify.ts'
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
/** So many attempts are written down together while more are waiting to be sent. */
const SETTLE_MIN = 200

/**
 * Drains endpoints, each by one drain of this process at a time: a second one for the same endpoint gives its turn to the
 * first and is done. So an endpoint that is slow to answer keeps one worker busy and never all of them.
 */
export const createDrainer = (deps: DrainDeps): Drain => {
  const running = new Map<string, Turn>()
  return async (endpointId, signal) => {
    const present = running.get(endpointId)
    if (present) {
      present.left = ATTEMPTS_MAX
      return present.bell.ring()
    }
    const own: Turn = { bell: createBell(), left: ATTEMPTS_MAX }
    running.set(endpointId, own)
    await drain(deps, endpointId, own, { signal, onEnd: () => running.delete(endpointId) })
  }
}

/** How many attempts a drain may still claim, and the bell by which it hears that it should look. */
type Turn = { bell: Bell; left: number }

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
const drain = async (
  deps: DrainDeps,
  endpointId: string,
  turn: Turn,
  { signal, onEnd }: { signal: AbortSignal | undefined; onEnd: () => void },
): Promise<void> => {
  const { bell } = turn
  const line = createLine(deps, bell)
  try {
    for (;;) {
      const finished = line.takeFinished()
      // Requests are broken off where the process is stopping: nothing more is begun then.
      const isStopping = signal?.aborted === true || finished.some(({ sent }) => isBrokenOff(sent))
      if (isStopping) turn.left = 0
      const released = line.takeBack({ all: isStopping })
      const held = { count: line.count(), released }
      const { target, claims, isMoreToDo, drain: next } = await advance(deps, endpointId, finished, turn.left, held)
      if (next) await requestDrains(deps, [next])
      turn.left -= claims.length
      line.add(target, claims)
      if (isMoreToDo || line.isStuck()) continue
      if (line.isEmpty() && (isStopping || !bell.hasRung())) return
      do {
        await bell.wait()
        line.startNext()
      } while (!line.isWorthALook())
    }
  } finally {
    // At once, with nothing awaited in between: a turn that is given to a drain that has ended would be lost.
    onEnd()
  }
}

/**
 * What one drain has claimed of its endpoint: in flight, waiting for a free slot, or finished and not yet written down.
 * Waiting ones are started without a look at the database for as long as the endpoint accepts everything.
 */
const createLine = (deps: DrainDeps, bell: Bell) => {
  let target: Target | undefined
  let waiting: Claim[] = []
  const finished: Finished[] = []
  /** An answer has come that may change what is sent next, and is not written down yet. */
  let hasRefusal = false
  let inFlight = 0
  const start = async (to: Target, claim: Claim) => {
    try {
      const sent = await send(deps, to, claim)
      finished.push({ claim, sent })
      hasRefusal ||= !isAccepted(sent)
    } catch (error) {
      // Our own fault, as a secret that no key opens. The lease keeps the delivery from being tried again at once.
      deps.log.error({ err: error, deliveryId: claim.deliveryId }, 'a delivery could not be sent')
    }
    inFlight -= 1
    bell.ring()
  }
  const isStale = (claim: Claim) => claim.leaseUntil.getTime() - LEASE_MS + AHEAD_MS_MAX < deps.clock.now().getTime()
  const mayStart = () => target !== undefined && !isPaused(target, deps.clock.now())
  const startNext = () => {
    if (!target || !mayStart() || hasRefusal) return
    const slots = judgeInFlightMax(target.endpoint)
    for (let claim = waiting[0]; claim && inFlight < slots && !isStale(claim); claim = waiting[0]) {
      waiting.shift()
      inFlight += 1
      void start(target, claim)
    }
  }
  return {
    startNext,
    add: (to: Target | undefined, claims: readonly Claim[]) => {
      target = to
      waiting.push(...claims)
      startNext()
    },
    takeFinished: () => {
      hasRefusal = false
      return finished.splice(0)
    },
    /** What has waited for too long, or cannot be sent now, goes back to whoever claims it next. */
    takeBack: ({ all }: { all: boolean }) => {
      const isBack = (claim: Claim) => all || !mayStart() || isStale(claim)
      const back = waiting.filter(isBack)
      if (back.length > 0) waiting = waiting.filter(claim => !isBack(claim))
      return back
    },
    count: () => inFlight + waiting.length,
    isEmpty: () => inFlight + waiting.length + finished.length === 0,
    /** Something waits that nothing will start. */
    isStuck: () => waiting.length > 0 && (!mayStart() || inFlight === 0),
    /** Enough to write down, or an answer that may change what is sent next, or nothing left to start. */
    isWorthALook: () => waiting.length === 0 || inFlight === 0 || finished.length >= SETTLE_MIN || hasRefusal,
  }
}

const isPaused = ({ endpoint }: Target, now: Date): boolean =>
  endpoint.pausedUntil !== null && endpoint.pausedUntil > now

const isAccepted = ({ result }: Finished['sent']): boolean =>
  result.kind === 'response' && result.status >= 200 && result.status < 300

const isBrokenOff = ({ result }: Finished['sent']): boolean => result.kind === 'error' && result.code === 'aborted'

import { performance } from 'node:perf_hooks'
import { lookUp } from './dial.ts'
import type { Cidr } from './address.ts'
import type { Answer, ExchangeRequest, ResponseHeaders } from './exchange.ts'
import { decodeExcerpt, exchange } from './exchange.ts'
import type { EgressErrorCode, Failure } from './failure.ts'
import { blocked, describeFailure } from './failure.ts'
import type { Connection, Pool, PoolDeps, StartTimer } from './pool.ts'
import { createPool } from './pool.ts'
import type { ResolveHost } from './resolver.ts'
import type { UrlPolicy, UrlVerdict } from './url.ts'
import { judgeUrl } from './url.ts'

export type { EgressErrorCode, Failure }

export interface EgressOptions {
  resolver: ResolveHost
  /** Operator's flag, for development: plain http as well. */
  allowHttp: boolean
  /** Operator's list of private blocks that may be called all the same. */
  allowCidrs: readonly Cidr[]
  /** Certificate authorities to trust instead of Node's own, in PEM. */
  ca?: string
  /** A clock that only runs forward, in milliseconds. */
  nowMs?: () => number
  startTimer?: StartTimer
}

export interface PostRequest {
  headers: Readonly<Record<string, string>>
  /** Sent as its UTF-8 bytes. */
  body: string
  /** From the call to the last byte read; 20 s by default. */
  totalMs?: number
  /** For the look-up, TCP and TLS together; 5 s by default. */
  connectMs?: number
  responseBytesMax?: number
  storeBytesMax?: number
}

/** Milliseconds. The parts of a dial are absent where a connection was reused, what was not reached is absent too. */
export type EgressTimings = {
  dnsMs?: number
  connectMs?: number
  tlsMs?: number
  firstByteMs?: number
  totalMs: number
}

export type EgressResult =
  | {
      kind: 'response'
      status: number
      headers: ResponseHeaders
      excerpt: string
      timings: EgressTimings
      remoteAddress?: string | undefined
    }
  | ({ kind: 'error'; timings: EgressTimings; remoteAddress?: string | undefined } & Failure)

export interface Egress {
  /**
   * Sends one POST. Never rejects for what a peer or the network does: each of that is a result with a code. A redirect
   * is an answer like any other and is not followed. A 2xx is one only if its body ended, or reached `responseBytesMax`,
   * in time; any other status counts as soon as its headers came, since it says no all the same.
   */
  post: (url: string, request: PostRequest) => Promise<EgressResult>
  /**
   * May this URL be called, by its form and by what its name resolves to now? For the moment of registration; a name
   * that does not resolve (yet) is no reason to refuse it, and every dial judges again.
   */
  check: (url: string) => Promise<UrlVerdict>
  /** Closes all connections. Requests under way, and later ones, end as `aborted`. */
  close: () => void
}

const TOTAL_MS = 20_000
const CONNECT_MS = 5_000
const RESPONSE_BYTES_MAX = 16_384
const STORE_BYTES_MAX = 4_096
const PLACES_MAX = 2_048

/** The one door to addresses that others chose. Create it once: it keeps connections alive between requests. */
export function createEgress(options: EgressOptions): Egress {
  const deps = { nowMs: () => performance.now(), startTimer: startSystemTimer, ...options }
  const pool = createPool(deps)
  const judge = createJudge(deps)
  let isClosed = false
  return {
    async post(text, request) {
      const startedAt = deps.nowMs()
      const verdict = judge(text)
      if (!verdict.allowed) return refuse(blocked(verdict.rule).failure)
      if (isClosed) return refuse({ code: 'aborted', message: 'The process is stopping.' })
      return send(verdict, request, { deps, pool, startedAt }, pool.takeKept(verdict.origin))
    },
    async check(text) {
      const verdict = judge(text)
      return verdict.allowed ? checkAddresses(verdict.url, deps) : verdict
    },
    close() {
      isClosed = true
      pool.close()
    },
  }
}

const startSystemTimer: StartTimer = (delayMs, onElapsed) => {
  const timer = setTimeout(onElapsed, delayMs)
  return () => clearTimeout(timer)
}

/** An allowed URL with the parts of it that each request needs. */
type Place = { allowed: true; url: URL; origin: string; path: string }

/**
 * Judges by form, and remembers: what `judgeUrl` says follows from the text and the policy alone, never from a name
 * server, and an endpoint is called by the same text again and again. Addresses are judged at every dial.
 */
function createJudge(policy: UrlPolicy): (text: string) => Place | (UrlVerdict & { allowed: false }) {
  const places = new Map<string, Place>()
  return text => {
    const known = places.get(text)
    if (known) return known
    const verdict = judgeUrl(text, policy)
    if (!verdict.allowed) return verdict
    const { url } = verdict
    const place: Place = { allowed: true, url, origin: url.origin, path: url.pathname + url.search }
    if (places.size >= PLACES_MAX) places.clear()
    places.set(text, place)
    return place
  }
}

interface Sending {
  deps: { startTimer: StartTimer; nowMs: () => number }
  pool: Pool
  startedAt: number
}

async function send(place: Place, request: PostRequest, sending: Sending, kept?: Connection): Promise<EgressResult> {
  const { pool, deps, startedAt } = sending
  const connection = kept ?? pool.open(place.url, request.connectMs ?? CONNECT_MS)
  const remainingMs = (request.totalMs ?? TOTAL_MS) - (deps.nowMs() - startedAt)
  const answer = await exchange(connection, toExchange(place, request), deps, remainingMs)
  if (answer.isComplete) pool.giveBack(connection)
  else pool.drop(connection)
  // A peer may close a kept connection at the very moment we use it. That says nothing about the peer, and receivers
  // know a repeated delivery by its id, so a fresh connection gets one chance.
  if (kept && answer.status === 0 && answer.failure?.code === 'connection_reset') return send(place, request, sending)
  return toResult(answer, connection, request, sending)
}

function toExchange({ path }: Place, request: PostRequest): ExchangeRequest {
  const { headers, body, responseBytesMax = RESPONSE_BYTES_MAX } = request
  // A compressed answer would have to be inflated to be read, and a small one can become a very large one.
  return { path, headers: { ...headers, 'accept-encoding': 'identity' }, body, responseBytesMax }
}

function toResult(answer: Answer, connection: Connection, request: PostRequest, sending: Sending): EgressResult {
  const { status, headers, failure } = answer
  const { remoteAddress } = connection.log
  const timings: EgressTimings = { ...connection.log.timings, totalMs: sending.deps.nowMs() - sending.startedAt }
  if (status > 0) timings.firstByteMs = answer.headersAt - sending.startedAt
  const isSuccess = status >= 200 && status < 300
  if (failure && (status === 0 || isSuccess)) return { kind: 'error', ...failure, timings, remoteAddress }
  const excerpt = decodeExcerpt(answer, request.storeBytesMax ?? STORE_BYTES_MAX)
  return { kind: 'response', status, headers, excerpt, timings, remoteAddress }
}

/** Bounded like a dial; whatever keeps the name from being resolved is for the first attempt to report. */
async function checkAddresses(url: URL, deps: PoolDeps): Promise<UrlVerdict> {
  const late = new AbortController()
  const cancelTimer = deps.startTimer(CONNECT_MS, () => late.abort())
  try {
    await lookUp(url, deps, late.signal)
  } catch (error) {
    const failure = describeFailure(error)
    if (failure.code === 'blocked_address') return { allowed: false, rule: failure.rule, message: failure.message }
  } finally {
    cancelTimer()
  }
  return { allowed: true, url }
}

function refuse(failure: Failure): EgressResult {
  return { kind: 'error', ...failure, timings: { totalMs: 0 } }
}

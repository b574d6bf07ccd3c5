import type { Socket } from 'node:net'
import { Client } from 'undici'
import type { DialDeps, DialLog } from './dial.ts'
import { dial } from './dial.ts'
import type { Failure } from './failure.ts'
import { describeFailure, EgressError } from './failure.ts'

/** Calls back after `delayMs` milliseconds unless the returned function is called before. */
export type StartTimer = (delayMs: number, onElapsed: () => void) => () => void

/** One HTTP/1.1 connection, in use by one request at a time. */
export interface Connection {
  origin: string
  client: Client
  /** Of the dial made for the present request; in phase `waiting` as long as the connection is reused. */
  log: DialLog
  socket?: Socket
  dialledAt: number
  /** Told how many bytes came off the wire in all, whenever more did. */
  onRead?: (bytesRead: number) => void
  /** Gives up a dial under way and closes the socket. */
  destroy: () => void
}

export interface PoolDeps extends DialDeps {
  startTimer: StartTimer
}

export interface Pool {
  /** A connection to the origin that is still open and was judged lately, if there is one. */
  takeKept: (origin: string) => Connection | undefined
  /** A new connection, dialled (and its addresses judged) when its request is dispatched. */
  open: (url: URL, connectMs: number) => Connection
  /** Keeps the connection for the next request, if it may be kept. */
  giveBack: (connection: Connection) => void
  drop: (connection: Connection) => void
  /** Closes all connections; requests under way fail as aborted. */
  close: () => void
}

/** The answers of the name servers were judged when the connection was dialled; they are not trusted for longer. */
const CONNECTION_AGE_MS_MAX = 30_000
const IDLE_MS_MAX = 4_000
const IDLE_MS_MAX_BY_HINT = 10_000
const IDLE_CONNECTIONS_MAX = 1_024
const HEADERS_BYTES_MAX = 16_384

/** Connections kept alive by origin, newest first out, bounded in number and in age. */
export function createPool(deps: PoolDeps): Pool {
  const idle = new Map<string, Connection[]>()
  const all = new Set<Connection>()
  let idleCount = 0

  const drop = (connection: Connection) => {
    all.delete(connection)
    connection.destroy()
  }
  const takeIdle = (origin: string) => {
    const kept = idle.get(origin)
    const connection = kept?.pop()
    if (connection) idleCount -= 1
    if (kept?.length === 0) idle.delete(origin)
    return connection
  }
  /** A peer closed the connection: when it is idle, it must not be handed out again. */
  const forget = (connection: Connection) => {
    const kept = idle.get(connection.origin) ?? []
    const rest = kept.filter(other => other !== connection)
    if (rest.length === kept.length) return
    idleCount -= 1
    if (rest.length > 0) idle.set(connection.origin, rest)
    else idle.delete(connection.origin)
    drop(connection)
  }

  return {
    takeKept(origin) {
      for (let kept = takeIdle(origin); kept; kept = takeIdle(origin)) {
        kept.log = { phase: 'waiting', timings: {}, remoteAddress: kept.log.remoteAddress }
        if (deps.nowMs() - kept.dialledAt < CONNECTION_AGE_MS_MAX) return kept
        drop(kept)
      }
      return undefined
    },
    open(url, connectMs) {
      const connection = createConnection(url, connectMs, deps)
      connection.client.on('disconnect', () => forget(connection))
      all.add(connection)
      return connection
    },
    giveBack(connection) {
      const isKept = idleCount < IDLE_CONNECTIONS_MAX && deps.nowMs() - connection.dialledAt < CONNECTION_AGE_MS_MAX
      // A peer that answered `connection: close` has none to keep.
      if (!isKept || !all.has(connection) || connection.socket?.destroyed !== false) return drop(connection)
      const kept = idle.get(connection.origin)
      if (kept) kept.push(connection)
      else idle.set(connection.origin, [connection])
      idleCount += 1
    },
    drop,
    close() {
      for (const connection of all) connection.destroy()
      all.clear()
      idle.clear()
      idleCount = 0
    },
  }
}

function createConnection(url: URL, connectMs: number, deps: PoolDeps): Connection {
  const stop = new AbortController()
  const connection: Connection = {
    origin: url.origin,
    log: { phase: 'waiting', timings: {} },
    dialledAt: deps.nowMs(),
    destroy() {
      stop.abort(new EgressError({ code: 'aborted', message: 'The request was given up.' }))
      connection.client.destroy(null, () => {})
    },
    client: new Client(url.origin, {
      connect: (_options, callback) => {
        dialWithin(connectMs, url, connection, deps, stop.signal).then(
          socket => callback(null, socket),
          (error: unknown) => callback(new EgressError(describeFailure(error)), null),
        )
      },
      pipelining: 1,
      maxHeaderSize: HEADERS_BYTES_MAX,
      keepAliveTimeout: IDLE_MS_MAX,
      keepAliveMaxTimeout: IDLE_MS_MAX_BY_HINT,
      // The one deadline of a request covers all of its phases; undici's own timers would only add to the work.
      headersTimeout: 0,
      bodyTimeout: 0,
    }),
  }
  return connection
}

async function dialWithin(
  connectMs: number,
  url: URL,
  connection: Connection,
  deps: PoolDeps,
  stop: AbortSignal,
): Promise<Socket> {
  const late = new AbortController()
  const cancelTimer = deps.startTimer(connectMs, () => late.abort(new EgressError(lateDial(connection.log))))
  try {
    const socket = await dial(url, deps, connection.log, AbortSignal.any([stop, late.signal]))
    connection.socket = socket
    // Deferred, so that the HTTP client has parsed these bytes before anyone asks what they were.
    socket.on('readable', () => queueMicrotask(() => connection.onRead?.(socket.bytesRead)))
    connection.dialledAt = deps.nowMs()
    return socket
  } finally {
    cancelTimer()
  }
}

/** What a dial that took too long was waiting for. */
export function lateDial(log: DialLog): Failure {
  return log.phase === 'dns'
    ? { code: 'dns_timeout', message: 'The host name was not resolved in time.' }
    : { code: 'connect_timeout', message: 'No connection was established in time.' }
}

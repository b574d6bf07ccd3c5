import type { LookupFunction, Socket } from 'node:net'
import { isIP, isIPv6, connect as connectTcp } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { Cidr } from './address.ts'
import { judgeAddress } from './address.ts'
import { blocked, describeFailure, EgressError } from './failure.ts'
import type { ResolveHost } from './resolver.ts'
import { hostOf } from './url.ts'

export interface DialDeps {
  resolver: ResolveHost
  allowCidrs: readonly Cidr[]
  /** Certificate authorities to trust instead of Node's own, in PEM. */
  ca?: string | undefined
  /** A clock that only runs forward, in milliseconds. */
  nowMs: () => number
}

/** How far a dial has come and how long its parts took. The dial writes it, so that it can be read when it fails. */
export interface DialLog {
  phase: 'waiting' | 'dns' | 'connect' | 'ready'
  timings: { dnsMs?: number; connectMs?: number; tlsMs?: number }
  remoteAddress?: string | undefined
}

/** Node's sockets read up to 64 KiB ahead by default; a hostile answer should not get that far. */
const READ_AHEAD_BYTES = 16_384

/**
 * Opens a connection to the origin of `url`. The name is looked up once, **every** answer must be callable, and only
 * those answers are dialled: a name server that changes its mind between a check and a use has no second say.
 * @throws EgressError; when `signal` aborts, its reason.
 */
export async function dial(url: URL, deps: DialDeps, log: DialLog, signal: AbortSignal): Promise<Socket> {
  const startedAt = deps.nowMs()
  log.phase = 'dns'
  const addresses = await lookUp(url, deps, signal)
  if (isIP(hostOf(url)) === 0) log.timings.dnsMs = deps.nowMs() - startedAt
  log.phase = 'connect'
  const socket = openSocket(url, addresses, deps)
  await connected(socket, url.protocol === 'https:', { deps, log, signal })
  log.phase = 'ready'
  return socket
}

/**
 * The judged addresses of a URL's host.
 * @throws EgressError `blocked_address` if a single one may not be called, or that of the resolver.
 */
export async function lookUp(url: URL, deps: DialDeps, signal: AbortSignal): Promise<readonly string[]> {
  const host = hostOf(url)
  const addresses = isIP(host) === 0 ? await untilAborted(deps.resolver(host), signal) : [host]
  if (addresses.length === 0) {
    throw new EgressError({ code: 'dns_not_found', message: 'The host name does not exist or has no address.' })
  }
  for (const address of addresses) judgeOrThrow(address, deps)
  return addresses
}

function judgeOrThrow(address: string, deps: DialDeps): void {
  const verdict = judgeAddress(address, deps)
  if (!verdict.allowed) throw blocked(verdict.rule)
}

function openSocket(url: URL, addresses: readonly string[], deps: DialDeps): Socket {
  const host = hostOf(url)
  const pinned = addresses.map(address => ({ address, family: isIPv6(address) ? 6 : 4 }))
  const lookup: LookupFunction = (_name, _options, callback) => callback(null, pinned)
  const target = { host, lookup, autoSelectFamily: true, highWaterMark: READ_AHEAD_BYTES, noDelay: true }
  if (url.protocol === 'http:') return connectTcp({ ...target, port: Number(url.port || 80) })
  // An address is no server name (RFC 6066, 3); the certificate is then checked against the address itself.
  const servername = isIP(host) === 0 ? host : ''
  const trust = deps.ca === undefined ? {} : { ca: deps.ca }
  return connectTls({ ...target, ...trust, servername, port: Number(url.port || 443), ALPNProtocols: ['http/1.1'] })
}

interface Dialling {
  deps: DialDeps
  log: DialLog
  signal: AbortSignal
}

function connected(socket: Socket, isTls: boolean, { deps, log, signal }: Dialling): Promise<void> {
  const startedAt = deps.nowMs()
  let isTcpOpen = false
  return new Promise((resolve, reject) => {
    const abort = () => socket.destroy(signal.reason instanceof Error ? signal.reason : undefined)
    if (signal.aborted) abort()
    signal.addEventListener('abort', abort, { once: true })
    const settle = (done: () => void) => {
      signal.removeEventListener('abort', abort)
      done()
    }
    // This listener stays, so that an error between here and the HTTP client taking over is not an uncaught one.
    socket.on('error', error => settle(() => reject(explain(error, isTls && isTcpOpen))))
    socket.once('close', () => settle(() => reject(explain(undefined, isTls && isTcpOpen))))
    // First of all listeners, so that nothing, not even a TLS greeting, is sent to an address that fails the check.
    socket.prependOnceListener('connect', () => {
      isTcpOpen = true
      log.timings.connectMs = deps.nowMs() - startedAt
      log.remoteAddress = socket.remoteAddress
      const verdict = judgeAddress(log.remoteAddress ?? '', deps)
      if (!verdict.allowed) socket.destroy(blocked(verdict.rule))
      else if (!isTls) settle(resolve)
    })
    socket.once('secureConnect', () => {
      log.timings.tlsMs = deps.nowMs() - startedAt - (log.timings.connectMs ?? 0)
      settle(resolve)
    })
  })
}

/** Once TCP stands, whatever fails before TLS does is TLS's failure, a connection closed on us included. */
function explain(error: Error | undefined, isHandshake: boolean): EgressError {
  const message = error?.message ?? 'The connection was closed.'
  if (error instanceof EgressError) return error
  if (isHandshake) return new EgressError({ code: 'tls_error', message })
  return new EgressError(error ? describeFailure(error) : { code: 'connection_reset', message })
}

function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason instanceof Error ? signal.reason : new Error('aborted'))
    if (signal.aborted) abort()
    signal.addEventListener('abort', abort, { once: true })
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}

import { errors } from 'undici'
import type { UrlRule } from './url.ts'
import { explainUrlRule } from './url.ts'

/** Every way in which a request can fail to get an answer. */
export const EGRESS_ERROR_CODES = [
  'blocked_address', // refused by the rules of `url.ts` or `address.ts`; the failure names the rule
  'dns_not_found',
  'dns_failure', // the name servers answered, but not with addresses
  'dns_timeout',
  'connection_refused',
  'host_unreachable',
  'connect_timeout', // TCP or TLS took too long
  'tls_error',
  'connection_reset', // closed before the answer was complete
  'timeout', // connected, but the answer was not complete before the deadline
  'header_overflow',
  'bad_response', // not HTTP/1.1, or a change of protocol that was not asked for
  'invalid_request', // the HTTP client refuses to send it: our mistake
  'aborted', // the process is stopping
  'connection_failed', // none of the above
] as const
export type EgressErrorCode = (typeof EGRESS_ERROR_CODES)[number]

/** A request that got no answer. A blocked address always says which rule blocked it. */
export type Failure =
  | { code: 'blocked_address'; rule: UrlRule; message: string }
  | { code: Exclude<EgressErrorCode, 'blocked_address'>; message: string }

export class EgressError extends Error {
  readonly failure: Failure

  constructor(failure: Failure) {
    super(failure.message)
    this.name = 'EgressError'
    this.failure = failure
  }
}

export const blocked = (rule: UrlRule): EgressError =>
  new EgressError({ code: 'blocked_address', rule, message: explainUrlRule(rule) })

const CODES: Readonly<Record<string, Exclude<EgressErrorCode, 'blocked_address'>>> = {
  ECONNREFUSED: 'connection_refused',
  ECONNRESET: 'connection_reset',
  EPIPE: 'connection_reset',
  EHOSTUNREACH: 'host_unreachable',
  ENETUNREACH: 'host_unreachable',
  EADDRNOTAVAIL: 'host_unreachable',
  ETIMEDOUT: 'connect_timeout',
  UND_ERR_HEADERS_OVERFLOW: 'header_overflow',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'bad_response',
  UND_ERR_INVALID_ARG: 'invalid_request',
  UND_ERR_NOT_SUPPORTED: 'invalid_request',
  UND_ERR_DESTROYED: 'aborted',
  UND_ERR_CLOSED: 'aborted',
}

/** The failure behind an error of the socket, of TLS or of the HTTP client. */
export function describeFailure(error: unknown): Failure {
  if (error instanceof EgressError) return error.failure
  const message = error instanceof Error && error.message !== '' ? error.message : 'The connection failed.'
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (error instanceof errors.HTTPParserError) return { code: 'bad_response', message }
  // An alert can still come after our side of a TLS 1.3 handshake, for instance when a client certificate is wanted.
  if (/^ERR_(SSL|TLS)_/.test(code)) return { code: 'tls_error', message }
  // undici has one code for a socket that closed and for a protocol that it gave up on.
  if (code === 'UND_ERR_SOCKET') {
    return { code: message.startsWith('bad ') ? 'bad_response' : 'connection_reset', message }
  }
  return { code: CODES[code] ?? 'connection_failed', message }
}

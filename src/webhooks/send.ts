import { hash } from 'node:crypto'
import type { Deps } from '../platform/deps.ts'
import type { EgressResult } from '../platform/egress/post.ts'
import { newId } from '../platform/ids.ts'
import { type Span, startSpan } from '../platform/telemetry/tracing.ts'
import { openHeaders, type StoredSecret, signingKeys } from './secrets.ts'
import { type SignedContent, sign } from './signing.ts'
import type { EndpointRow } from './write.ts'

/** An endpoint as the sender needs it. Its secrets stay sealed until the moment of signing. */
export type Target = { endpoint: EndpointRow; secrets: readonly StoredSecret[] }

/** What is sent: the event's id and stored text. A test has no number. */
export type Message = { eventId: string; body: string; sequence?: number; traceparent?: string | null }

export type Sent = {
  attemptId: string
  at: Date
  result: EgressResult
  /** What was signed, and the headers that carry the signature. */
  content: SignedContent
  headers: Record<string, string>
}

const USER_AGENT = 'Duijie-Webhooks/1.0'

/**
 * Signs and sends once. Receivers refuse timestamps older than five minutes, so each attempt carries its own, while the
 * id stays: it is how a receiver knows a repeated delivery. Never rejects for what the peer does.
 */
export const send = async (
  deps: Pick<Deps, 'clock' | 'random' | 'secrets' | 'egress'>,
  target: Target,
  message: Message,
): Promise<Sent> => {
  const at = deps.clock.now()
  const attemptId = newId(deps, 'attempt')
  const content = { id: message.eventId, timestampS: Math.floor(at.getTime() / 1_000), body: message.body }
  const span = startAttempt(target, message, attemptId)
  const headers = {
    'content-type': 'application/json; charset=utf-8',
    'user-agent': USER_AGENT,
    'webhook-id': content.id,
    'webhook-timestamp': String(content.timestampS),
    'webhook-signature': sign({ ...content, keys: signingKeys(deps, target.secrets, at) }),
    traceparent: span?.traceparent ?? traceparentOf(message.eventId, attemptId),
    ...(message.sequence === undefined ? {} : { 'duijie-sequence': String(message.sequence) }),
  }
  const own = target.endpoint.headersSealed === null ? headers : { ...openHeaders(deps, target.endpoint), ...headers }
  const result = await deps.egress.post(target.endpoint.url, { headers: own, body: message.body })
  if (span) endAttempt(span, result)
  return { attemptId, at, result, content, headers }
}

/** The attempt in the trace of the event; a test stands in that of its request. The address is its owner's and left out. */
const startAttempt = ({ endpoint }: Target, message: Message, attemptId: string): Span | undefined =>
  startSpan('webhook attempt', {
    kind: 'client',
    parent: message.traceparent ?? undefined,
    attributes: {
      'messaging.message.id': message.eventId,
      'duijie.endpoint_id': endpoint.id,
      'duijie.attempt_id': attemptId,
      'http.request.method': 'POST',
    },
  })

const endAttempt = (span: Span, result: EgressResult): void => {
  if (result.kind === 'response') span.set({ 'http.response.status_code': result.status })
  if (result.kind === 'error') span.fail(result.code)
  else if (result.status >= 300) span.fail(String(result.status))
  span.end()
}

/** The trace of an event, from its own id: everything that was done about it is found by one search. */
export const traceIdOf = (eventId: string): string => hash('sha256', eventId, 'hex').slice(0, 32)

/** W3C Trace Context, where no traces are made. Not sampled: we keep no spans, the ids stand in our log. */
const traceparentOf = (eventId: string, attemptId: string): string =>
  `00-${traceIdOf(eventId)}-${hash('sha256', attemptId, 'hex').slice(0, 16)}-00`

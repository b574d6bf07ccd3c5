import type { Dispatcher } from 'undici'
import type { Failure } from './failure.ts'
import { describeFailure } from './failure.ts'
import type { Connection, StartTimer } from './pool.ts'
import { lateDial } from './pool.ts'

export type ResponseHeaders = Readonly<Record<string, string | string[] | undefined>>

export interface ExchangeRequest {
  path: string
  headers: Readonly<Record<string, string>>
  body: string
  /** How much of the answer's body is read. */
  responseBytesMax: number
}

export interface ExchangeDeps {
  startTimer: StartTimer
  nowMs: () => number
}

/** An answer as far as it came. */
export interface Answer {
  /** Of the final answer; 0 when none came. */
  status: number
  headers: ResponseHeaders
  /** When the final answer's headers were complete, by the caller's clock. */
  headersAt: number
  chunks: Buffer[]
  bytes: number
  /** The whole answer was read, so the connection stands at the start of the next one. */
  isComplete: boolean
  /** Why the answer did not come to its end, if it did not. */
  failure: Failure | undefined
}

/**
 * Headers, chunk framing, trailers and interim answers are not body and so are not counted as such, and a peer can send
 * them without end. So this much is taken off the wire at most, over and above the body that is read.
 */
const FRAMING_BYTES_MAX = 49_152

/**
 * Sends one POST over a connection of its own and reads the answer until it ends, its body reaches `responseBytesMax`
 * (which counts as its end) or `remainingMs` have passed. Never rejects; the caller disposes of the connection.
 */
export async function exchange(
  connection: Connection,
  request: ExchangeRequest,
  deps: ExchangeDeps,
  remainingMs: number,
): Promise<Answer> {
  const answer: Answer = {
    status: 0,
    headers: {},
    headersAt: 0,
    chunks: [],
    bytes: 0,
    isComplete: false,
    failure: undefined,
  }
  answer.failure = await new Promise<Failure | undefined>(end => {
    const cancelTimer = deps.startTimer(remainingMs, () => end(late(connection)))
    const endOnce = (failure: Failure | undefined) => {
      cancelTimer()
      end(failure)
    }
    const wireBytesMax = (connection.socket?.bytesRead ?? 0) + request.responseBytesMax + FRAMING_BYTES_MAX
    connection.onRead = bytesRead => {
      if (bytesRead > wireBytesMax) endOnce(answer.status > 0 ? undefined : ENDLESS_HEADERS)
    }
    const { path, headers, body } = request
    connection.client.dispatch(
      { method: 'POST', path, headers, body },
      readInto(answer, request.responseBytesMax, deps, endOnce),
    )
  })
  return answer
}

const ENDLESS_HEADERS: Failure = { code: 'header_overflow', message: 'The answer never came to its body.' }

function readInto(
  answer: Answer,
  responseBytesMax: number,
  deps: ExchangeDeps,
  end: (failure: Failure | undefined) => void,
): Dispatcher.DispatchHandler {
  return {
    // undici knows the present form of handlers by this method.
    onRequestStart() {},
    onResponseStart(_controller, status, headers) {
      // Interim answers (103 Early Hints) precede the answer; they are not it.
      if (status >= 200) Object.assign(answer, { status, headers, headersAt: deps.nowMs() })
    },
    onResponseData(_controller, chunk) {
      answer.chunks.push(chunk)
      answer.bytes += chunk.length
      if (answer.bytes >= responseBytesMax) end(undefined)
    },
    onResponseEnd() {
      answer.isComplete = true
      end(undefined)
    },
    onResponseError: (_controller, error) => end(describeFailure(error)),
  }
}

/**
 * The text of an answer's first bytes. A character cut in two is left out, and NUL, which PostgreSQL cannot store,
 * replaced.
 */
export function decodeExcerpt(answer: Answer, storeBytesMax: number): string {
  if (answer.bytes === 0) return ''
  const bytes = Buffer.concat(answer.chunks).subarray(0, storeBytesMax)
  return new TextDecoder().decode(bytes, { stream: true }).replaceAll('\0', '\u{fffd}')
}

function late(connection: Connection): Failure {
  const { phase } = connection.log
  if (phase === 'dns' || phase === 'connect') return lateDial(connection.log)
  return { code: 'timeout', message: 'The answer was not complete before the deadline.' }
}

import type { Socket } from 'node:net'
import { type Problem, problems } from '../errors.ts'

const PROBLEMS: Record<string, Problem> = {
  HPE_HEADER_OVERFLOW: problems.headersTooLarge,
  ERR_HTTP_REQUEST_TIMEOUT: problems.requestTimeout,
}

/**
 * Answers what was no request: no route, language or id is known yet, so the bytes are written by hand, in both
 * languages, and the connection ends.
 */
export const answerClientError = (error: Error & { code?: string }, socket: Socket): void => {
  if (error.code === 'ECONNRESET' || socket.destroyed || !socket.writable) return void socket.destroy()
  const problem = PROBLEMS[error.code ?? ''] ?? problems.malformed
  const body = JSON.stringify({
    type: `/problems/${problem.type}`,
    title: `${problem.title.zh} / ${problem.title.en}`,
    status: problem.status,
  })
  socket.end(
    [
      `HTTP/1.1 ${problem.status} ${REASONS[problem.status] ?? 'Bad Request'}`,
      'Content-Type: application/problem+json; charset=utf-8',
      `Content-Length: ${Buffer.byteLength(body)}`,
      'Connection: close',
      '',
      body,
    ].join('\r\n'),
  )
}

const REASONS: Record<number, string> = { 408: 'Request Timeout', 431: 'Request Header Fields Too Large' }

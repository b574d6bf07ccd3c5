import type { Bilingual } from '../engine/types.ts'

const HEADERS_MAX = 20
const HEADERS_BYTES_MAX = 4_096

export type HeaderProblem = { name: string; message: Bilingual }
export type HeadersVerdict =
  | { allowed: true; headers: Readonly<Record<string, string>> }
  | { allowed: false; problems: readonly HeaderProblem[] }

/** Names that frame the message or route it, that we set ourselves, or that would make us send someone's session. */
const REFUSED_NAMES = new Set(
  (
    'host connection keep-alive transfer-encoding te trailer upgrade expect cookie cookie2 set-cookie user-agent ' +
    'accept-encoding date via forwarded traceparent tracestate http2-settings'
  ).split(' '),
)
const REFUSED_PREFIXES = ['webhook-', 'duijie-', 'content-', 'proxy-']

// RFC 9110, 5.6.2: token.
const NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/
// Visible ASCII with blanks inside: line breaks would smuggle a header, other bytes are read differently everywhere.
const VALUE = /^[\x21-\x7e]([\t\x20-\x7e]*[\x21-\x7e])?$/

/**
 * May these headers be sent along with every delivery to an endpoint? At most 20, together 4 KB, lower-cased. The
 * problems name every refused header but never quote a value, because values are secrets more often than not.
 */
export function judgeHeaders(headers: Readonly<Record<string, string>>): HeadersVerdict {
  const entries = Object.entries(headers).map(([name, value]) => ({ name: name.toLowerCase(), value }))
  const problems = entries.flatMap(({ name, value }, index) => {
    const isRepeated = entries.findIndex(entry => entry.name === name) < index
    const message = isRepeated ? { zh: '重复出现', en: 'is given twice' } : judgeHeader(name, value)
    return message ? [{ name, message }] : []
  })
  if (entries.length > HEADERS_MAX)
    problems.push({ name: '*', message: { zh: `不能超过 ${HEADERS_MAX} 个`, en: `must be at most ${HEADERS_MAX}` } })
  const bytes = entries.reduce((sum, { name, value }) => sum + Buffer.byteLength(name) + Buffer.byteLength(value), 0)
  if (bytes > HEADERS_BYTES_MAX)
    problems.push({
      name: '*',
      message: {
        zh: `合计不能超过 ${HEADERS_BYTES_MAX} 字节`,
        en: `must be at most ${HEADERS_BYTES_MAX} bytes together`,
      },
    })
  if (problems.length > 0) return { allowed: false, problems }
  return { allowed: true, headers: Object.fromEntries(entries.map(({ name, value }) => [name, value])) }
}

function judgeHeader(name: string, value: string): Bilingual | undefined {
  if (!NAME.test(name)) return { zh: '不是有效的请求头名称', en: 'is not a header name' }
  if (REFUSED_NAMES.has(name) || REFUSED_PREFIXES.some(prefix => name.startsWith(prefix)))
    return { zh: '由平台设置，不能自定义', en: 'is set by the platform' }
  if (!VALUE.test(value))
    return { zh: '值为空，或含有可见 ASCII 以外的字符', en: 'has a value that is empty or not visible ASCII' }
  return undefined
}

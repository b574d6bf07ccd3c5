import type { Bilingual, Language } from '../engine/types.ts'

/** One wrong field: `pointer` is a JSON pointer into the body, or the name of a query or path parameter. */
export type FieldError = {
  pointer: string
  code: string
  detail: Bilingual
  suggestions?: { id: string; label: string }[]
}

/** What a catalogue entry says: `type` is stable and part of the API; the text is for people. */
export type Problem = { status: number; type: string; title: Bilingual }

/** The one error that the edge renders: RFC 9457 problem details. */
export class ProblemError extends Error {
  readonly problem: Problem
  readonly detail: Bilingual | undefined
  readonly errors: FieldError[]
  readonly retryAfterS: number | undefined

  constructor(problem: Problem, more: { detail?: Bilingual; errors?: FieldError[]; retryAfterS?: number } = {}) {
    super(problem.title.en)
    this.problem = problem
    this.detail = more.detail
    this.errors = more.errors ?? []
    this.retryAfterS = more.retryAfterS
  }
}

/** An entry of a catalogue; each room has its own. */
export const define = (status: number, type: string, zh: string, en: string): Problem => ({
  status,
  type,
  title: { zh, en },
})

/** Problems that any room may answer. A room's own stand in its `errors.ts`. */
export const problems = {
  malformed: define(400, 'malformed_request', '请求无法解析', 'The request cannot be read'),
  unauthenticated: define(
    401,
    'unauthenticated',
    '请先登录，或提供有效的 API 密钥',
    'Sign in, or send a valid API key',
  ),
  forbidden: define(403, 'forbidden', '您无权执行此操作', 'You may not do this'),
  notFound: define(404, 'not_found', '找不到该资源，或您无权查看', 'It does not exist, or you may not see it'),
  methodNotAllowed: define(405, 'method_not_allowed', '不支持该方法', 'This method is not supported here'),
  requestTimeout: define(408, 'request_timeout', '请求发送超时', 'The request did not arrive in time'),
  conflict: define(409, 'conflict', '与当前状态冲突', 'It conflicts with the present state'),
  alreadyExists: define(409, 'already_exists', '同名记录已存在', 'One of that name exists already'),
  secretAlreadyShown: define(
    409,
    'secret_already_shown',
    '密钥只显示一次，此前已显示',
    'The secret was shown once and is not shown again',
  ),
  requestRunning: define(409, 'request_running', '同一请求仍在处理中', 'The same request is still being worked on'),
  staleVersion: define(
    412,
    'stale_version',
    '记录已被他人修改，请刷新后重试',
    'It was changed meanwhile: read it again',
  ),
  tooLarge: define(413, 'too_large', '请求体过大', 'The body is too large'),
  unsupportedType: define(415, 'unsupported_media_type', '请以 application/json 发送', 'Send application/json'),
  invalid: define(422, 'invalid', '部分字段有误', 'Some fields are wrong'),
  idempotencyMismatch: define(
    422,
    'idempotency_mismatch',
    '该 Idempotency-Key 已用于另一请求',
    'This Idempotency-Key was used for another request',
  ),
  preconditionRequired: define(
    428,
    'precondition_required',
    '请带上 If-Match',
    'Send If-Match with the entity tag that you read',
  ),
  tooManyRequests: define(429, 'too_many_requests', '请求过于频繁，请稍后重试', 'Too many requests: try again later'),
  headersTooLarge: define(431, 'headers_too_large', '请求头过大', 'The headers are too large'),
  internal: define(500, 'internal', '服务器内部错误', 'Something went wrong here'),
  unavailable: define(503, 'unavailable', '服务暂时不可用，请稍后重试', 'Not available now: try again later'),
} as const

export const notFound = () => new ProblemError(problems.notFound)
export const forbidden = (zh: string, en: string) => new ProblemError(problems.forbidden, { detail: { zh, en } })
export const conflict = (zh: string, en: string) => new ProblemError(problems.conflict, { detail: { zh, en } })
export const invalid = (errors: FieldError[]) => new ProblemError(problems.invalid, { errors })

/** A field that is well formed and cannot be true, by itself or beside another. */
export type Contradiction = { pointer: string; detail: Bilingual }

/** @throws 422 invalid if there is any */
export const refuseContradictions = (found: Contradiction[]): void => {
  if (found.length === 0) return
  throw invalid(found.map(({ pointer, detail }) => ({ pointer, code: 'contradiction', detail })))
}

/** Chinese unless the caller prefers English (RFC 9110 §12.5.4, by quality). */
export const languageOf = (acceptLanguage: string | undefined): Language => {
  const wishes = (acceptLanguage ?? '').split(',').map(part => {
    const [tag = '', ...parameters] = part.trim().toLowerCase().split(';')
    const quality = parameters.map(text => /^\s*q=([01](?:\.\d{0,3})?)\s*$/.exec(text)?.[1]).find(Boolean)
    return { tag, quality: quality === undefined ? 1 : Number(quality) }
  })
  const best = (prefix: string) =>
    Math.max(0, ...wishes.filter(wish => wish.tag.startsWith(prefix)).map(w => w.quality))
  return best('en') > best('zh') ? 'en' : 'zh'
}

import type { z } from 'zod'
import type { ZodFastifySchemaValidationError } from 'fastify-type-provider-zod'
import type { Bilingual, Language } from '../engine/types.ts'
import type { FieldError } from './errors.ts'

/** What a person reads for each kind of zod issue. `{…}` takes the issue's own parameters. */
const MESSAGES: Record<string, Bilingual> = {
  required: { zh: '必填', en: 'is required' },
  invalid_type: { zh: '类型应为{expected}', en: 'must be of type {expected}' },
  too_small: { zh: '不能小于 {minimum}', en: 'must be at least {minimum}' },
  too_big: { zh: '不能大于 {maximum}', en: 'must be at most {maximum}' },
  too_short: { zh: '长度不能少于 {minimum}', en: 'must have at least {minimum} characters or items' },
  too_long: { zh: '长度不能超过 {maximum}', en: 'must have at most {maximum} characters or items' },
  invalid_format: { zh: '格式不正确（应为 {format}）', en: 'has the wrong form (expected {format})' },
  not_multiple_of: { zh: '应为 {divisor} 的整数倍', en: 'must be a multiple of {divisor}' },
  unrecognized_keys: { zh: '不认识的字段：{keys}', en: 'unknown fields: {keys}' },
  invalid_value: { zh: '只能是：{values}', en: 'must be one of: {values}' },
  invalid_union: { zh: '不符合任何一种允许的形式', en: 'fits none of the allowed forms' },
  invalid_key: { zh: '键名不正确', en: 'has a wrong key' },
  invalid_element: { zh: '元素不正确', en: 'has a wrong element' },
  bad_text: {
    zh: '含有无法存储的字符（NUL 或不成对的代理项）',
    en: 'has characters that cannot be stored (NUL or lone surrogates)',
  },
  too_deep: { zh: '嵌套层级过深', en: 'is nested too deeply' },
}

/** What JSON calls a type, and a standard calls a form, in the words of a reader of Chinese. */
const CHINESE_NAMES: Record<string, string> = {
  string: '字符串',
  number: '数字',
  int: '整数',
  boolean: '布尔值（true 或 false）',
  array: '数组',
  object: '对象',
  date: '日期，如 2026-03-31',
  datetime: '带时区的时间，如 2026-03-31T08:00:00Z',
  email: '电子邮箱地址',
  url: '网址',
}

/** The message of a rule of our own, for a `refine` or an issue: zod carries one text, and a reader has a language. */
export const told = (zh: string, en: string): { params: { told: Bilingual } } => ({ params: { told: { zh, en } } })

/** Field errors of a value that was parsed outside of a route. */
export const issueErrors = ({ issues }: z.ZodError): FieldError[] =>
  fieldErrors(
    issues.map(issue => ({
      keyword: issue.code,
      instancePath: `/${issue.path.map(String).join('/')}`,
      schemaPath: '',
      message: issue.message,
      params: { ...issue },
    })),
  )

/** Field errors of a failed schema. */
export const fieldErrors = (failures: ZodFastifySchemaValidationError[]): FieldError[] =>
  failures.map(failure => {
    // The parameters are the zod issue's own: `expected`, `minimum`, `keys` and their like.
    const parameters: Record<string, unknown> = { ...failure.params }
    const code = codeOf(failure)
    const own = (parameters['params'] as { told?: Bilingual } | undefined)?.told
    return { pointer: failure.instancePath.replace(/\/$/, ''), code, detail: own ?? explain(code, failure, parameters) }
  })

const explain = (
  code: string,
  { message = code }: ZodFastifySchemaValidationError,
  parameters: Record<string, unknown>,
): Bilingual => {
  const template = MESSAGES[code] ?? { zh: message, en: message }
  return { zh: fill(template.zh, readable(parameters, 'zh')), en: fill(template.en, readable(parameters, 'en')) }
}

/** The parameters as a person names them: the pattern of an id is its prefix, and types have Chinese names. */
const readable = (parameters: Record<string, unknown>, language: Language): Record<string, unknown> => {
  const { expected, format, pattern } = parameters
  const prefix = typeof pattern === 'string' ? /^\/\^([a-z]{3}_)\[/.exec(pattern)?.[1] : undefined
  const id = language === 'zh' ? `${prefix} 开头的 id` : `an id that begins with ${prefix}`
  const form = prefix === undefined ? (format === 'regex' ? pattern : format) : id
  if (language === 'en') return { ...parameters, format: form }
  return { ...parameters, format: inChinese(form), expected: inChinese(expected) }
}

const inChinese = (name: unknown): unknown => (typeof name === 'string' ? (CHINESE_NAMES[name] ?? name) : name)

const codeOf = ({ keyword, message, params }: ZodFastifySchemaValidationError): string => {
  // zod does not hand out what it was given, but says that it was nothing.
  if (keyword === 'invalid_type' && message?.endsWith('received undefined')) return 'required'
  const isSized = params['origin'] === 'string' || params['origin'] === 'array'
  if (keyword === 'too_small' && isSized) return 'too_short'
  if (keyword === 'too_big' && isSized) return 'too_long'
  return keyword
}

const fill = (template: string, parameters: Record<string, unknown>): string =>
  template.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = parameters[name]
    if (Array.isArray(value)) return value.join(', ')
    return typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint' ? String(value) : ''
  })

const DEPTH_MAX = 32
// A lone surrogate cannot be written as UTF-8, and PostgreSQL's text cannot hold NUL.
const isStorable = (text: string): boolean => !text.includes('\u0000') && text.isWellFormed()

/** The first text that the database could not store, or a nesting without end. Walks without recursion. */
export const findBadText = (root: unknown): FieldError | undefined => {
  const open: { value: unknown; pointer: string; depth: number }[] = [{ value: root, pointer: '', depth: 0 }]
  for (let next = open.pop(); next; next = open.pop()) {
    const { value, pointer, depth } = next
    if (typeof value === 'string' && !isStorable(value)) return bad(pointer, 'bad_text')
    if (typeof value !== 'object' || value === null) continue
    if (depth > DEPTH_MAX) return bad(pointer.slice(0, 80), 'too_deep')
    for (const [key, inner] of Object.entries(value)) {
      if (!isStorable(key)) return bad(pointer, 'bad_text')
      open.push({
        value: inner,
        pointer: `${pointer}/${key.replace(/~/g, '~0').replace(/\//g, '~1')}`,
        depth: depth + 1,
      })
    }
  }
  return undefined
}

const bad = (pointer: string, code: 'bad_text' | 'too_deep'): FieldError => ({
  pointer,
  code,
  detail: MESSAGES[code] ?? { zh: code, en: code },
})

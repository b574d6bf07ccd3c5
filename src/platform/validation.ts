import type { ZodFastifySchemaValidationError } from 'fastify-type-provider-zod'
import type { Language } from '../engine/types.ts'
import type { FieldError } from './errors.ts'

/** What a person reads for each kind of zod issue. `{…}` takes the issue's own parameters. */
const MESSAGES: Record<string, { zh: string; en: string }> = {
  required: { zh: '必填', en: 'is required' },
  invalid_type: { zh: '类型应为 {expected}', en: 'must be of type {expected}' },
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

/** Field errors of a failed schema, in the reader's language. */
export const fieldErrors = (failures: ZodFastifySchemaValidationError[], language: Language): FieldError[] =>
  failures.map(failure => {
    // The parameters are the zod issue's own: `expected`, `minimum`, `keys` and their like.
    const parameters: Record<string, unknown> = { ...failure.params }
    if (parameters['format'] === 'regex') parameters['format'] = parameters['pattern']
    const code = codeOf(failure)
    return {
      pointer: failure.instancePath.replace(/\/$/, ''),
      code,
      detail: MESSAGES[code] ? fill(MESSAGES[code][language], parameters) : (failure.message ?? code),
    }
  })

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
export const findBadText = (root: unknown, language: Language): FieldError | undefined => {
  const open: { value: unknown; pointer: string; depth: number }[] = [{ value: root, pointer: '', depth: 0 }]
  for (let next = open.pop(); next; next = open.pop()) {
    const { value, pointer, depth } = next
    if (typeof value === 'string' && !isStorable(value)) return bad(pointer, 'bad_text', language)
    if (typeof value !== 'object' || value === null) continue
    if (depth > DEPTH_MAX) return bad(pointer.slice(0, 80), 'too_deep', language)
    for (const [key, inner] of Object.entries(value)) {
      if (!isStorable(key)) return bad(pointer, 'bad_text', language)
      open.push({
        value: inner,
        pointer: `${pointer}/${key.replace(/~/g, '~0').replace(/\//g, '~1')}`,
        depth: depth + 1,
      })
    }
  }
  return undefined
}

const bad = (pointer: string, code: 'bad_text' | 'too_deep', language: Language): FieldError => ({
  pointer,
  code,
  detail: MESSAGES[code]?.[language] ?? code,
})

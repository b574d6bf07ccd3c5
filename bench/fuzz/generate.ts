import type { Random } from '../province/random.ts'
import type { Document, Schema } from './document.ts'

export const pick = <T>(random: Random, from: readonly T[]): T | undefined => from[Math.floor(random() * from.length)]
const between = (random: Random, min: number, max: number) => min + Math.floor(random() * (max - min + 1))

/** What has broken servers before: injection, encodings, numbers at and beyond their ends, nesting, prototypes. */
export const HOSTILE: readonly unknown[] = [
  '',
  ' ',
  '\u0000',
  '\ud800',
  "'; drop table scenarios; --",
  '${7*7}{{7*7}}<%= 7*7 %>',
  '<script>alert(1)</script>',
  '../../../../etc/passwd',
  '%00%ff',
  '\u202e\u200b\ufeff',
  '𠮷'.repeat(100),
  '中'.repeat(5_000),
  'a'.repeat(70_000),
  '=cmd|calc!A1',
  'http://169.254.169.254/latest/meta-data',
  '2026-02-30T25:61:61Z',
  '-0',
  '1e309',
  0,
  -1,
  1.5,
  2 ** 31,
  2 ** 53,
  -(2 ** 63),
  1e308,
  5e-324,
  null,
  true,
  [],
  {},
  [[[[[[[[]]]]]]]],
  { constructor: { prototype: { polluted: true } } },
  Array.from({ length: 2_000 }, (_, i) => i),
]

export type Known = { [parameter: string]: string }

/** Values for a JSON Schema as zod writes it: mostly valid; `wildness` is the share of values that are anything at all. */
export const createGenerator = (document: Document, random: Random, known: Known) => {
  const chance = (share: number) => random() < share
  const resolve = (schema: Schema): Schema => {
    const name = typeof schema['$ref'] === 'string' ? (schema['$ref'].split('/').at(-1) ?? '') : undefined
    return name === undefined ? schema : (document.components.schemas[name] ?? {})
  }
  const ids = Object.values(known)
  const idLike = (pattern: string): string | undefined => {
    const prefix = /^\^([a-z]{3}_)\[/.exec(pattern)?.[1]
    if (prefix === undefined) return undefined
    const own = ids.filter(id => id.startsWith(prefix))
    return (chance(0.7) ? pick(random, own) : undefined) ?? prefix + '0123456789abcdefghjkmnpqrs'
  }
  const string = (schema: Schema): string => {
    const [min, max] = [Number(schema['minLength'] ?? 0), Number(schema['maxLength'] ?? 40)]
    const format = typeof schema['format'] === 'string' ? FORMATS[schema['format']] : undefined
    if (format) return format
    const id = typeof schema['pattern'] === 'string' ? idLike(schema['pattern']) : undefined
    if (id !== undefined) return id
    if (typeof schema['pattern'] === 'string') return pick(random, PATTERNED) ?? ''
    const text = (pick(random, TEXTS) ?? '').repeat(chance(0.05) ? Math.ceil(max / 4) : 1).slice(0, max)
    return text.length < min ? text.padEnd(min, '工') : text
  }
  const number = (schema: Schema): number => {
    const min = Number(schema['minimum'] ?? schema['exclusiveMinimum'] ?? -1_000)
    const max = Number(schema['maximum'] ?? schema['exclusiveMaximum'] ?? 1_000_000)
    if (chance(0.2)) return chance(0.5) ? min : max
    return between(random, Math.max(min, -1e9), Math.min(max, 1e9))
  }
  const object = (schema: Schema, wildness: number, depth: number): Record<string, unknown> => {
    const required = new Set((schema['required'] as string[] | undefined) ?? [])
    const made: Record<string, unknown> = {}
    for (const [name, property] of Object.entries((schema['properties'] as Record<string, Schema> | undefined) ?? {})) {
      if (!required.has(name) && !chance(depth > 3 ? 0.1 : 0.4)) continue
      if (required.has(name) && chance(wildness / 4)) continue
      made[name] = value(property, wildness, depth + 1)
    }
    if (chance(wildness / 4))
      made[pick(random, ['unknown', '__proto', 'constructor', '']) ?? ''] = pick(random, HOSTILE)
    return made
  }
  const array = (schema: Schema, wildness: number, depth: number): unknown[] => {
    const [min, max] = [Number(schema['minItems'] ?? 0), Number(schema['maxItems'] ?? 5)]
    const length = chance(wildness / 4) ? Math.min(max + 1, 300) : between(random, min, Math.min(max, min + 3))
    return Array.from({ length }, () => value((schema['items'] as Schema | undefined) ?? {}, wildness, depth + 1))
  }
  const value = (given: Schema, wildness: number, depth = 0): unknown => {
    if (chance(wildness)) return pick(random, HOSTILE)
    const schema = resolve(given)
    if (Array.isArray(schema['examples']) && chance(0.3)) return pick(random, schema['examples'])
    if (schema['const'] !== undefined) return schema['const']
    if (Array.isArray(schema['enum'])) return pick(random, schema['enum'])
    const choice = schema['anyOf'] ?? schema['oneOf']
    if (Array.isArray(choice)) return value(pick(random, choice as Schema[]) ?? {}, wildness, depth + 1)
    if (Array.isArray(schema['allOf'])) return value((schema['allOf'] as Schema[])[0] ?? {}, wildness, depth + 1)
    const type = Array.isArray(schema['type']) ? pick(random, schema['type'] as string[]) : schema['type']
    if (type === 'object') return object(schema, wildness, depth)
    if (type === 'array') return array(schema, wildness, depth)
    if (type === 'string') return string(schema)
    if (type === 'integer') return Math.round(number(schema))
    if (type === 'number') return number(schema) + (chance(0.3) ? 0.5 : 0)
    if (type === 'boolean') return chance(0.5)
    return null
  }
  return { value }
}

const FORMATS: Record<string, string> = {
  'date-time': '2026-10-30T08:00:00Z',
  date: '2026-10-30',
  email: 'chen@example.com',
  uri: 'http://127.0.0.1:19997/hook',
  url: 'http://127.0.0.1:19997/hook',
}
const TEXTS = ['冲压件划痕', 'surface defect', '漏检率 2%，预算 12 万', 'mod.image', 'ind.C33', 'a', '质检']
const PATTERNED = [
  'CNY',
  'rs.labelbase',
  'mod.image',
  '0',
  '"1"',
  'my-key',
  'park-1',
  '9001.mat_0123456789abcdefghjkmnpqrs',
]

import { z } from 'zod'
import { VOLUME_UNITS } from '../engine/types.ts'
import { told } from './validation.ts'
import { ID_PREFIXES, idPattern, type IdKind } from './ids.ts'

/** Building blocks that every room's schemas use. */
export const Id = (kind: IdKind) =>
  z.string().regex(idPattern(kind)).describe(`Id of the ${kind}, with the prefix \`${ID_PREFIXES[kind]}_\``)
export const Instant = z.iso.datetime({ offset: true }).describe('RFC 3339 time')
export const Day = z.iso.date().describe('RFC 3339 full date')
export const Score = z.int().min(0).max(10_000).describe('Ten-thousandths, 0 to 10,000')

/** Text of one line, and of many. */
export const Line = (charactersMax = 200) => z.string().trim().min(1).max(charactersMax)
export const Language = z.enum(['zh', 'en']).describe('Language of the text')

const amount = z.int().min(0).max(1e13)
export const MoneyRange = z
  .strictObject({
    min: amount.optional(),
    max: amount.optional(),
    currency: z
      .string()
      .regex(/^[A-Z]{3}$/)
      .describe('ISO 4217'),
  })
  .describe('In whole currency units')
  .meta({ id: 'MoneyRange', examples: [{ min: 50_000, max: 120_000, currency: 'CNY' }] })

export const Volume = z
  .strictObject({ value: z.number().min(0).max(1e15), unit: z.enum(VOLUME_UNITS) })
  .meta({ id: 'Volume', examples: [{ value: 1_200, unit: 'samples' }] })

export const Contact = z
  .strictObject({ person: Line(100).optional(), phone: Line(40).optional(), email: z.email().max(254).optional() })
  .describe('Sealed: read only by those who were introduced')
  .meta({ id: 'Contact', examples: [{ person: '陈工', phone: '0769-0000 0000' }] })

/** The fields of a change: each may be left out (it stays), given (it replaces) or null (it goes). */
export const changeable = <Shape extends z.ZodRawShape>(shape: Shape) =>
  Object.fromEntries(
    Object.entries(shape).map(([field, schema]) => [field, z.nullable(schema as z.ZodType).optional()]),
  ) as unknown as Changeable<Shape>
type Changeable<Shape extends z.ZodRawShape> = { [F in keyof Shape]: z.ZodOptional<z.ZodNullable<Shape[F]>> }

/** A thing after a change of such fields. */
export const applyChange = <Fields extends object>(
  fields: Fields,
  change: { [F in keyof Fields]?: Fields[F] | null },
) => {
  const given = Object.entries(change).filter(([, value]) => value !== undefined)
  const changed = { ...fields, ...Object.fromEntries(given) }
  return Object.fromEntries(Object.entries(changed).filter(([, value]) => value !== null)) as Fields
}

/** A page of a list whose cursor has a form: a wrong one is refused and does not quietly begin at the beginning. */
export const pageAfter = (cursor: z.ZodType<string>) =>
  z.strictObject({
    limit: z.coerce.number().int().min(1).max(100).default(20).describe('Items per page'),
    cursor: cursor.optional().describe('`nextCursor` of the page before'),
  })

/** A page of a list that is sorted by the id of one kind of thing. */
export const pageBy = (kind: IdKind) => pageAfter(z.string().regex(idPattern(kind)))

export const Problem = z
  .object({
    type: z.string().describe('Stable name of the problem, a URI reference'),
    title: z.string().describe('What it means, in your language'),
    status: z.int(),
    detail: z.string().optional().describe('What it means here'),
    instance: z.string().optional().describe('Id of the request, to quote when asking for help'),
    errors: z
      .array(
        z.object({
          pointer: z.string().describe('JSON pointer into the body, or into the query'),
          code: z.string(),
          detail: z.string(),
          suggestions: z.array(z.object({ id: z.string(), label: z.string() })).optional(),
        }),
      )
      .optional(),
  })
  .meta({ id: 'Problem', description: 'RFC 9457 problem details' })

const problemResponse = (description: string) => ({
  description,
  content: { 'application/problem+json': { schema: Problem } },
})

const PROBLEM_RESPONSES = {
  400: problemResponse('The request cannot be read'),
  401: problemResponse('Nobody is signed in, and no valid key came along'),
  403: problemResponse('Not allowed'),
  404: problemResponse('Not there, or not to be seen'),
  409: problemResponse('Conflict with the present state'),
  412: problemResponse('Changed meanwhile'),
  413: problemResponse('Body too large'),
  415: problemResponse('Not JSON'),
  422: problemResponse('Fields are wrong'),
  428: problemResponse('If-Match is missing'),
  429: problemResponse('Too many: try later'),
  503: problemResponse('Not available now'),
} as const
type ProblemStatus = keyof typeof PROBLEM_RESPONSES

/** The problem responses that a route may answer; 401 and 422 always. */
export const problemsOf = (...statuses: ProblemStatus[]) =>
  Object.fromEntries([401, 422, ...statuses].map(status => [status, PROBLEM_RESPONSES[status as ProblemStatus]]))

export const IdempotencyHeaders = z.object({
  'idempotency-key': z
    .string()
    .refine(
      key => /^[\x21-\x7e]{1,200}$/.test(key),
      told('应为 1 至 200 个可见的 ASCII 字符，不含空格', 'must be 1 to 200 visible ASCII characters without blanks'),
    )
    .meta({ minLength: 1, maxLength: 200, pattern: '^[\\x21-\\x7e]+$' })
    .optional()
    .describe('Repeat safely: the same key within 24 hours answers with what the first request made'),
})

export const IfMatchHeaders = z.object({
  'if-match': z.string().max(40).optional().describe('The `ETag` that was read'),
})

/** A page of items. */
export const pageOf = <T extends z.ZodType>(item: T) =>
  z.object({ items: z.array(item), nextCursor: z.string().optional() })

import { z } from 'zod'
import { Id, Instant, Line, pageBy } from '../platform/schemas.ts'
import { told } from '../platform/validation.ts'
import { CreditCode } from './schemas.ts'

const named = {
  organisationId: Id('organisation').optional().describe('An organisation that you can see'),
  creditCode: CreditCode.optional().describe('Its unified social credit code; it need not have registered yet'),
  name: Line(200).optional().describe('Its name, compared without regard to case, width and blanks'),
}

export const NewExclusion = z
  .strictObject({
    ...named,
    reason: Line(1_000).optional().describe('Why, for your own memory: nobody else ever reads it'),
    until: Instant.optional().describe('When it ends by itself; absent: when you end it'),
  })
  .refine(
    ({ organisationId, creditCode, name }) =>
      [organisationId, creditCode, name].filter(given => given !== undefined).length === 1,
    told(
      '请在 organisationId、creditCode、name 中恰好填写一项',
      'must have exactly one of organisationId, creditCode and name',
    ),
  )
  .meta({
    id: 'NewExclusion',
    examples: [{ creditCode: '91350100M000100Y43', reason: '直接竞争对手' }, { name: '某某智能科技有限公司' }],
  })

export const Exclusion = z
  .object({
    id: Id('exclusion'),
    ...named,
    reason: z.string().optional(),
    until: Instant.optional(),
    createdAt: Instant,
    endedAt: Instant.optional().describe('Absent while it holds'),
  })
  .meta({ id: 'Exclusion' })

export const ExclusionQuery = pageBy('exclusion').extend({
  ended: z.stringbool().default(false).describe('Also those that have ended'),
})

const count = z.int().min(0)
export const ExclusionCounts = z
  .object({
    organisations: count.describe('Active members of the park that keep a list'),
    entries: count.describe('What they list together, now in force'),
  })
  .meta({ id: 'ExclusionCounts' })

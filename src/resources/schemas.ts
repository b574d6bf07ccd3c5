import { z } from 'zod'
import { Id, Instant, Line, pageBy } from '../platform/schemas.ts'
import { ELEMENTS } from './tables.ts'

const Paragraph = z.string().trim().min(1).max(4_000)
const Kind = z
  .string()
  .regex(/^rs\.[a-z0-9-]+$/)
  .max(100)
  .describe('Concept of the lexicon, e.g. rs.labelbase')

const fields = {
  parkId: Id('park'),
  element: z.enum(ELEMENTS),
  kind: Kind,
  title: Line(),
  titleEn: Line().optional(),
  summary: Paragraph.optional(),
  quota: z
    .strictObject({ amount: z.number().min(0).max(1e15), unit: Line(60) })
    .optional()
    .describe('What may be lent in all, and of what'),
  eligibility: Paragraph.optional().describe('Who may have it'),
  source: Line(500).optional().describe('Where the rule stands, for a voucher or a subsidy'),
}

export const NewResource = z
  .strictObject({
    ...fields,
    organisationId: Id('organisation')
      .optional()
      .describe("Whose it is; absent: the caller's. A park lists what its members lend"),
  })
  .meta({ id: 'NewResource' })

export const Resource = z
  .object({ id: Id('resource'), ...fields, organisationId: Id('organisation'), createdAt: Instant })
  .meta({ id: 'Resource' })

export const ResourceFilters = pageBy('resource').extend({
  parkId: Id('park').optional(),
  element: z.enum(ELEMENTS).optional(),
  kind: Kind.optional(),
})

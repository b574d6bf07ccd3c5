import { z } from 'zod'
import { ORGANISATION_KINDS } from '../platform/actor.ts'
import { Day, Id, Instant, Line, pageBy } from '../platform/schemas.ts'
import { ELEMENTS, QUOTA_MODES, RESERVATION_STATES } from './tables.ts'

const Paragraph = z.string().trim().min(1).max(4_000)
const Kind = z
  .string()
  .regex(/^rs\.[a-z0-9-]+$/)
  .max(100)
  .describe('Concept of the lexicon, e.g. rs.labelbase')

const DatasetSchema = z
  .strictObject({
    jurisdiction: Line(40).describe('Whose law holds, as an ISO 3166 code: CN, HK, MO'),
    sensitivity: z.enum(['general', 'important', 'core']).describe('Grade under the Data Security Law'),
    purposes: z.array(Line(100)).min(1).max(10).describe('What it may be used for'),
    duties: z
      .array(z.enum(['attribute', 'delete', 'inform']))
      .max(3)
      .describe('What the user has to do'),
    forbids: z
      .array(z.enum(['distribute', 'derive', 'export']))
      .max(3)
      .describe('What the user may not do'),
    usage: z.strictObject({ zh: Line(1_000), en: Line(1_000) }).describe('The terms in plain words'),
    format: Line(100).optional().describe('Media type, e.g. image/jpeg'),
    theme: Line(100).optional(),
  })
  .describe('Of a data set: what the data catalogue says of it, with its terms of use')
  .meta({ id: 'DatasetTerms' })

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
    .describe('What may be lent, and of what'),
  quotaMode: z
    .enum(QUOTA_MODES)
    .optional()
    .describe('`total` (without it): what is lent in all. `concurrent`: at the same time, as places and machines are'),
  availableFrom: Day.optional().describe('First day on which it may be reserved'),
  availableUntil: Day.optional().describe('Last day on which it may be reserved'),
  eligibleKinds: z
    .array(z.enum(ORGANISATION_KINDS))
    .min(1)
    .max(ORGANISATION_KINDS.length)
    .optional()
    .describe('Who may reserve it; absent: every member of the park'),
  isDomestic: z
    .boolean()
    .optional()
    .describe('Of compute: whether it runs on domestic hardware. What does not say so counts as not'),
  dataset: DatasetSchema.optional(),
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

export const NewReservation = z
  .strictObject({
    amount: z.int().min(1).max(1e15).describe("In the unit of the resource's quota"),
    fromDay: Day,
    untilDay: Day.describe('The last day, included'),
    purpose: Line(500),
  })
  .meta({
    id: 'NewReservation',
    examples: [{ amount: 2, fromDay: '2026-09-01', untilDay: '2026-09-05', purpose: '划痕检测打光验证' }],
  })
export const Reservation = NewReservation.extend({
  id: Id('reservation'),
  resourceId: Id('resource'),
  parkId: Id('park'),
  organisationId: Id('organisation'),
  state: z.enum(RESERVATION_STATES),
  createdAt: Instant,
  endedAt: Instant.optional(),
}).meta({ id: 'Reservation' })
export const ReservationFilters = pageBy('reservation').extend({
  resourceId: Id('resource').optional(),
  state: z.enum(RESERVATION_STATES).optional(),
})
export const ReservationEnd = z
  .strictObject({ state: z.enum(['returned', 'cancelled']) })
  .meta({ id: 'ReservationEnd', examples: [{ state: 'returned' }] })

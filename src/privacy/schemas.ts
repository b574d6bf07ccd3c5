import { z } from 'zod'
import { Id, Instant, Line, pageBy } from '../platform/schemas.ts'
import { told } from '../platform/validation.ts'
import { ERASURE_STATES, SUBJECT_KINDS } from './tables.ts'

const confirm = Line(254).describe(
  "Typed by hand: the organisation's name, or the person's e-mail address. Anything else is refused",
)
export const OwnErasure = z
  .strictObject({ confirm })
  .meta({ id: 'OwnErasure', examples: [{ confirm: 'chen@example.com' }] })

export const NewErasure = z
  .strictObject({
    organisationId: Id('organisation').optional(),
    personId: Id('person').optional(),
    confirm,
  })
  .refine(
    ({ organisationId, personId }) => (organisationId === undefined) !== (personId === undefined),
    told('请在 organisationId、personId 中恰好填写一项', 'must have exactly one of organisationId and personId'),
  )
  .meta({
    id: 'NewErasure',
    examples: [{ organisationId: 'org_01k9y2v7wq8m3n5r7t9x1z3b5k', confirm: '恒泰冲压有限公司' }],
  })

export const Erasure = z
  .object({
    id: Id('erasure'),
    kind: z.enum(SUBJECT_KINDS),
    subjectId: z.string(),
    state: z.enum(ERASURE_STATES),
    requestedAt: Instant,
    dueAt: Instant.describe('Until then it can be cancelled; from then on it cannot be undone'),
    finishedAt: Instant.optional(),
    receipt: z
      .string()
      .optional()
      .describe('Shown once: with it the certificate can be fetched when the account is gone'),
  })
  .meta({ id: 'Erasure' })

export const ErasureQuery = pageBy('erasure')
export const Receipt = z
  .strictObject({ receipt: z.string().min(1).max(100) })
  .meta({ id: 'ErasureReceipt', examples: [{ receipt: 'pX2c…' }] })
export const CertificateQuery = z.strictObject({ format: z.enum(['json', 'html']).default('json') })

const Text = z.object({ zh: z.string(), en: z.string() })
const rows = z.int().min(0)
export const ErasureCertificate = z
  .object({
    id: Id('erasure'),
    subject: z.object({
      kind: z.enum(SUBJECT_KINDS),
      id: z.string(),
      people: z.int().min(0).describe('Erased together with their only organisation'),
    }),
    requestedAt: Instant,
    requestedBy: z.enum(['subject', 'park']),
    completedAt: Instant,
    removed: z.array(z.object({ table: z.string(), what: Text, how: z.enum(['deleted', 'cleared']), rows })),
    auditKeyDestroyed: z.boolean(),
    kept: z.array(z.object({ table: z.string(), what: Text, rows, why: Text.describe('The law that asks for it') })),
    notes: z.array(Text),
    hash: z.string().describe('SHA-256 of the rest as JSON with sorted keys and without spaces'),
  })
  .meta({ id: 'ErasureCertificate' })

export const RetentionRule = z
  .object({
    id: z.string(),
    tables: z.array(z.string()),
    what: Text,
    keptDays: z.int().min(0).optional().describe('Absent: as long as the platform runs, or until erasure'),
    from: Text.describe('What the days count from'),
    source: Text.describe('Why so long'),
    applied: z.enum(['sweep', 'nightly', 'never']).describe('By which job'),
    last: z
      .object({ day: z.iso.date(), removed: rows, finishedAt: Instant })
      .optional()
      .describe('Its last nightly run'),
  })
  .meta({ id: 'RetentionRule' })
export const RetentionRules = z.object({ items: z.array(RetentionRule) })

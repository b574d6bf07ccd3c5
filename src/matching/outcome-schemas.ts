import { z } from 'zod'
import { Day, Id, Instant } from '../platform/schemas.ts'
import { told } from '../platform/validation.ts'
import { OUTCOME_STATES } from './tables.ts'

const Figure = z.number().min(-1e15).max(1e15)
const fields = {
  kpi: z
    .string()
    .trim()
    .min(1)
    .max(100)
    .describe('What was measured')
    .meta({ examples: ['漏检率'] }),
  unit: z
    .string()
    .trim()
    .min(1)
    .max(30)
    .meta({ examples: ['%'] }),
  baseline: Figure.describe('Before'),
  target: Figure.optional().describe('What was hoped for'),
  actual: Figure.describe('What was reached'),
  evidence: z.string().trim().min(1).max(2_000).describe('How it was measured'),
  evidenceUrl: z
    .url({ protocol: /^https$/ })
    .max(500)
    .optional()
    .describe('Where one can read it'),
  measuredOn: Day.describe('Day of the measurement'),
}

export const NewOutcome = z.strictObject(fields).meta({
  id: 'NewOutcome',
  examples: [
    {
      kpi: '漏检率',
      unit: '%',
      baseline: 2,
      target: 0.3,
      actual: 0.4,
      evidence: '三号线连续四周抽检 12,000 件',
      measuredOn: '2026-10-30',
    },
  ],
})

export const Outcome = z
  .object({
    id: Id('outcome'),
    matchId: Id('match'),
    ...fields,
    state: z.enum(OUTCOME_STATES).describe('It counts in reports once it is `confirmed`'),
    reportedBy: z.enum(['factory', 'vendor']),
    reportedAt: Instant,
    waitingFor: z.enum(['factory', 'vendor']).optional().describe('Who is asked to confirm it'),
    decidedAt: Instant.optional(),
    disputeNote: z.string().optional(),
  })
  .meta({ id: 'Outcome', description: 'What a match brought. Both parties and the park read it.' })

export const Outcomes = z.object({ items: z.array(Outcome) })

export const OutcomeDecision = z
  .strictObject({
    decision: z.enum(['confirm', 'dispute']),
    note: z.string().trim().min(1).max(2_000).optional().describe('Required to dispute'),
  })
  .superRefine((value, context) => {
    if (value.decision === 'dispute' && value.note === undefined)
      context.addIssue({ code: 'custom', path: ['note'], ...told('提出异议时必填', 'is required to dispute') })
    if (value.decision === 'confirm' && value.note !== undefined)
      context.addIssue({ code: 'custom', path: ['note'], ...told('仅用于异议', 'belongs to a dispute') })
  })
  .meta({ id: 'OutcomeDecision' })

import { z } from 'zod'
import { CHECKLIST_ELEMENTS, CHECKLIST_NEEDS, CHECKLIST_VERDICTS } from '../engine/checklist.ts'
import { FIXES, GAP_FIELDS } from '../engine/types.ts'
import { Id, Instant } from '../platform/schemas.ts'

const Value = z.union([z.string(), z.number(), z.boolean(), z.array(z.string()), z.null()])
const Verdict = z
  .enum(CHECKLIST_VERDICTS)
  .describe('`have`: in place. `gap`: missing. `unknown`: nobody said it, or you may not see it')

const Lender = z.object({
  resourceId: Id('resource'),
  organisationId: Id('organisation'),
  kind: z.string(),
  title: z.string(),
  isEligible: z.boolean().describe("Whether it is lent to organisations of the scenario owner's kind, and not over"),
  eligibility: z.string().optional(),
  quota: z.object({ amount: z.number(), unit: z.string() }).optional(),
  left: z.number().optional().describe('What is left of the quota today'),
})
const Item = z.object({
  code: z.enum(CHECKLIST_NEEDS),
  verdict: Verdict,
  need: Value.describe('Null: not said, or not for you'),
  have: Value.describe('Null: not said, or not for you'),
  unit: z.string().optional(),
  field: z.enum(GAP_FIELDS).optional().describe('Of `interface`: the attribute of the data interface'),
  fix: z.enum(FIXES).optional(),
  by: z.array(z.string()).optional().describe('Who could close it'),
  text: z.string().describe('The same in words, in your language'),
  kinds: z.array(z.string()).describe('Kinds of resources that would close it'),
  lenders: z.array(Lender).describe('Real offers of the park, those that may be had first; at most ten'),
})

export const Checklist = z
  .object({
    scenarioId: Id('scenario'),
    capabilityId: Id('capability').optional().describe('Of the pair by which it was judged; absent: there is none yet'),
    at: Instant,
    elements: z
      .array(z.object({ element: z.enum(CHECKLIST_ELEMENTS), verdict: Verdict, items: z.array(Item) }))
      .describe('Scenario, data, compute, capital, talent, in this order'),
  })
  .meta({ id: 'Checklist', description: 'What a scenario needs of the five elements, has, lacks, and who lends it' })

import { z } from 'zod'
import { Day, Id, Instant, Line } from '../platform/schemas.ts'
import { CONDITIONS, COST_KINDS, LIMITS } from './funding.ts'

const yuan = z.int().min(0).max(1e13).describe('Whole yuan')
/** So many costs an application may name. */
const COSTS_MAX = 50
const total = z
  .int()
  .min(0)
  .max(COSTS_MAX * 1e13)
  .describe('Whole yuan')
const share = z.int().min(0).max(10_000).describe('Share in ten-thousandths: 5,000 is 50 %')
const conditions = z.array(z.enum(CONDITIONS)).max(CONDITIONS.length)

const rule = {
  costs: z.array(z.enum(COST_KINDS)).min(1).max(COST_KINDS.length).describe('Which costs it supports'),
  share,
  variants: z
    .array(
      z.strictObject({
        when: conditions,
        costs: z.array(z.enum(COST_KINDS)).min(1).max(COST_KINDS.length).optional(),
        share: share.optional(),
        projectCapYuan: yuan.optional(),
      }),
    )
    .max(10)
    .optional()
    .describe('Another share or cap where all conditions hold; the first that fits counts'),
  conditions: conditions.optional().describe('What must hold'),
  projectCapYuan: yuan.optional(),
  firmCapYuan: yuan.optional(),
  firmYearCapYuan: yuan.optional(),
  vendorCapYuan: yuan.optional(),
  poolYuan: yuan.optional().describe('What there is in all'),
  poolYearYuan: yuan.optional().describe('What there is in a year'),
  from: Day.optional(),
  until: Day.optional(),
  stackingShare: share.optional().describe('All support together is at most this share of the costs'),
  exclusiveGroup: Line(60).optional().describe('Of rules in one group a project gets one'),
}
export const NewFundingRule = z
  .strictObject({ parkId: Id('park'), title: Line(), source: Line(500).describe('Where the rule stands'), ...rule })
  .meta({
    id: 'NewFundingRule',
    examples: [
      {
        parkId: 'prk_01k9y2v7wq8m3n5r7t9x1z3b5g',
        title: '东莞算力券',
        source: '东府〔2025〕1号',
        costs: ['compute'],
        share: 5_000,
        firmYearCapYuan: 1_000_000,
        poolYuan: 50_000_000,
      },
    ],
  })
export const FundingRuleSchema = z
  .object({ id: Id('fundingRule'), parkId: Id('park'), title: Line(), source: Line(500), ...rule, createdAt: Instant })
  .meta({ id: 'FundingRule' })

export const FundingApplication = z
  .strictObject({
    parkId: Id('park'),
    firmId: Id('organisation').describe('Who gets it'),
    vendorId: Id('organisation').optional().describe('Whom the firm pays'),
    day: Day.describe('The day that windows and years are counted by'),
    costs: z
      .array(z.strictObject({ kind: z.enum(COST_KINDS), amountYuan: yuan }))
      .min(1)
      .max(COSTS_MAX),
    conditions: conditions.default([]).describe('What is true of the firm and the project'),
    ruleIds: z.array(Id('fundingRule')).max(50).default([]).describe('Which rules; empty: all of the park'),
  })
  .meta({ id: 'FundingApplication' })

const plan = {
  costsYuan: total,
  totalYuan: total.describe('All support together'),
  ownYuan: total.describe('What is left to pay'),
  supports: z.array(
    z.object({
      ruleId: Id('fundingRule'),
      basisYuan: total.describe('The costs that the rule supports'),
      supportYuan: total,
      limitedBy: z.enum(LIMITS).describe('What kept it from being more'),
      because: z.string(),
    }),
  ),
}
export const FundingPlan = z.object(plan).meta({ id: 'FundingPlan' })
export const FundingGrant = z
  .object({
    id: Id('fundingGrant'),
    parkId: Id('park'),
    firmId: Id('organisation'),
    day: Day,
    createdAt: Instant,
    ...plan,
  })
  .meta({ id: 'FundingGrant' })

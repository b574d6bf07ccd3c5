import { z } from 'zod'
import { Id, Instant, Line, pageBy } from '../platform/schemas.ts'
import { ENTRY_SIDES, ROUND_STATES } from './tables.ts'

const SCENARIOS_MAX = 2_000
const VENDORS_MAX = 1_000
const seats = z.int().min(0).max(1_000)
const Subject = z.union([Id('scenario'), Id('organisation')])

const Limit = z
  .strictObject({
    side: z.enum(ENTRY_SIDES),
    name: Line(),
    members: z
      .array(Subject)
      .min(1)
      .max(SCENARIOS_MAX)
      .describe('Whose pairs count: scenarios, or organisations of vendors'),
    others: z
      .array(Subject)
      .min(1)
      .max(SCENARIOS_MAX)
      .optional()
      .describe('Only pairs with these of the other side count; the limit then belongs to one member'),
    seatsMax: seats.optional().describe('At most so many pairs'),
    seatsReserved: seats.optional().describe('So many seats go to these first, and to others once they want no more'),
  })
  .meta({ id: 'RoundLimit' })
const PairIds = z.strictObject({ scenarioId: Id('scenario'), vendorId: Id('organisation') })

export const NewRound = z
  .strictObject({
    parkId: Id('park'),
    title: Line(),
    deadlineAt: Instant.describe('Until when preferences may be changed, within a year'),
    scenarios: z
      .array(z.strictObject({ scenarioId: Id('scenario'), capacity: z.int().min(0).max(50).default(1) }))
      .min(1)
      .max(SCENARIOS_MAX)
      .describe('Who asks, and how many vendors each meets. Their order decides between equals'),
    vendors: z
      .array(z.strictObject({ vendorId: Id('organisation'), capacity: z.int().min(0).max(100).default(3) }))
      .min(1)
      .max(VENDORS_MAX),
    limits: z
      .array(Limit)
      .max(200)
      .default([])
      .describe(
        'Upper limits on nested groups, and seats reserved for a group. Of one side they must be nested or apart',
      ),
    forced: z.array(PairIds).max(500).default([]).describe('Placed first; their seats are out of the round'),
    forbidden: z.array(PairIds).max(5_000).default([]),
  })
  .meta({
    id: 'NewRound',
    examples: [
      {
        parkId: 'prk_01k9y2v7wq8m3n5r7t9x1z3b5g',
        title: '三季度机器视觉对接会',
        deadlineAt: '2026-12-31T10:00:00.000Z',
        scenarios: [{ scenarioId: 'scn_01k9y2v7wq8m3n5r7t9x1z3b5e', capacity: 2 }],
        vendors: [{ vendorId: 'org_01k9y2v7wq8m3n5r7t9x1z3b5q', capacity: 3 }],
      },
    ],
  })
export type NewRound = z.infer<typeof NewRound>

const Proof = z.object({
  pairs: z.int(),
  examined: z.int().describe('Acceptable pairs outside the result that were looked at, one by one'),
  blocking: z.int().describe('Pairs that both sides would rather have than what they hold'),
  broken: z.int().describe('Limits that are broken'),
  misplaced: z.int().describe('Forced pairs that are missing, forbidden ones that are there'),
})
const Advice = z.object({
  side: z.enum(ENTRY_SIDES),
  where: z.string().describe('Id of who has too few seats, or the name of a limit'),
  waiting: z.int().describe('Pairs that wait for a seat there'),
  pairsAdded: z.int().describe('What one seat more would bring, computed'),
  scenariosServed: z.int(),
  vendorsServed: z.int(),
})
const Entry = z.object({
  subjectId: Subject,
  side: z.enum(ENTRY_SIDES),
  capacity: z.int(),
  preferences: z.array(Subject).optional().describe('As adjusted; absent: by score'),
})
const PairSchema = z.object({ ...PairIds.shape, matchId: Id('match'), isForced: z.boolean() })

const card = {
  id: Id('round'),
  parkId: Id('park'),
  title: z.string(),
  state: z.enum(ROUND_STATES),
  deadlineAt: Instant,
  proof: Proof.optional().describe('Of the published result; what "blocking" means: docs/adr/0008'),
  version: z.int(),
  createdAt: Instant,
  updatedAt: Instant,
  publishedAt: Instant.optional(),
}
export const RoundCard = z.object(card).meta({ id: 'RoundCard' })
export const Round = z
  .object({
    ...card,
    entries: z.array(Entry).describe('Yours; all of them for the park'),
    pairs: z.array(PairSchema).describe('Yours; all of them for the park'),
    advice: z.array(Advice).optional().describe('For the park: where one seat more would help'),
  })
  .meta({ id: 'Round' })
export const DryRun = z
  .object({ pairs: z.array(PairSchema), proof: Proof, advice: z.array(Advice) })
  .meta({ id: 'RoundDryRun', description: 'What the result would be now; nothing is stored' })

export const RoundQuery = pageBy('round').extend({
  parkId: Id('park').optional(),
  state: z.enum(ROUND_STATES).optional(),
})
export const NewPreferences = z
  .strictObject({
    subjectId: Subject.describe('Your scenario, or your own organisation as a vendor'),
    preferences: z
      .array(Subject)
      .max(SCENARIOS_MAX)
      .refine(list => new Set(list).size === list.length)
      .nullable()
      .describe('Of the other side, best first; who is left out is not acceptable. Null: by score again'),
  })
  .meta({ id: 'NewPreferences' })
export const NewRoundTransition = z.strictObject({ action: z.enum(['publish', 'cancel']) }).meta({
  id: 'RoundTransition',
  examples: [{ action: 'publish' }],
})

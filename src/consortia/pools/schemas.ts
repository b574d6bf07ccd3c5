import { z } from 'zod'
import { GAP_FIELDS } from '../../engine/types.ts'
import { Id, Instant, Line, pageBy, Score } from '../../platform/schemas.ts'
import { POOL_ACTIONS, POOL_MEMBER_STATES, POOL_SHARINGS, POOL_STATES } from './rules.ts'

const Yuan = z.int().min(0).max(2e9).describe('Whole yuan')

export const PoolCard = z
  .object({
    id: Id('pool'),
    parkId: Id('park'),
    state: z
      .enum(POOL_STATES)
      .describe(
        '`proposed`: asked, too few have joined. `open`: enough have joined and know each other. `formed`: a consortium was begun. `lapsed`, `dissolved`: ended without one',
      ),
    problems: z.array(z.string()).describe('Problems that all its scenarios name'),
    processes: z.array(z.string()),
    modalities: z.array(z.string()),
    similarity: Score.describe('How alike the scenarios are'),
    size: z.int().min(0).describe('Organisations that were asked and have not declined or left'),
    joined: z.int().min(0).describe('Of these, how many have joined'),
    membersMin: z.int().min(2).describe('How many must join before they learn of each other'),
    unlocked: z
      .array(
        z.object({
          capabilityId: Id('capability'),
          requirement: z.int().min(0).describe('Index into its `dataRequirements`'),
          field: z.enum(GAP_FIELDS),
          minimum: z.number(),
          unit: z.string(),
        }),
      )
      .describe(
        'Data minimums that no scenario reaches alone and all reach together; the amounts stay with their owners',
      ),
    sharing: z
      .enum(POOL_SHARINGS)
      .describe(
        '`unquoted`: no quote yet. `incomplete`: somebody who joined has not said what it would pay alone. `dearer`: together costs more than alone, so nothing is shared. `shared`: each share is at most what its payer would pay alone',
      ),
    quoteYuan: Yuan.optional().describe('The lowest standing quote for serving all who joined'),
    consortiumId: Id('consortium').optional(),
    deadlineAt: Instant.describe('Until when those who were asked answer'),
    version: z.int().min(1),
    createdAt: Instant,
    updatedAt: Instant,
  })
  .meta({ id: 'PoolCard' })

export const Pool = PoolCard.extend({
  mine: z
    .array(
      z.object({
        scenarioId: Id('scenario'),
        state: z.enum(POOL_MEMBER_STATES),
        aloneYuan: Yuan.optional().describe('What you said that you would pay alone'),
        shareYuan: Yuan.optional().describe('What you would pay of the quote; never more than alone'),
      }),
    )
    .describe('Your own scenarios in it'),
  members: z
    .array(
      z.object({
        organisationId: Id('organisation'),
        organisationName: z.string(),
        scenarioId: Id('scenario'),
        state: z.enum(POOL_MEMBER_STATES),
      }),
    )
    .describe('Who has joined, once you have and enough others have; for the park, everybody who was asked'),
  quotes: z
    .array(z.object({ organisationId: Id('organisation'), costYuan: Yuan, note: z.string().optional(), at: Instant }))
    .describe('For those who have joined an open pool, and the park'),
}).meta({ id: 'Pool' })

export const PoolQuery = pageBy('pool').extend({
  parkId: Id('park').optional(),
  state: z.enum(POOL_STATES).optional(),
})

export const NewPoolMembership = z
  .strictObject({
    action: z.enum(POOL_ACTIONS),
    scenarioId: Id('scenario').optional().describe('Absent: all of your scenarios in the pool'),
    aloneYuan: Yuan.optional().describe(
      'With `join`: what you would pay alone. It is shown to nobody but the park; yet whoever shares a cost of two can work out the other share, so say it only if you accept that',
    ),
  })
  .meta({ id: 'PoolMembership', examples: [{ action: 'join', aloneYuan: 300_000 }] })
export const NewPoolQuote = z
  .strictObject({ costYuan: Yuan, note: Line(1_000).optional().describe('Who offered it, and for what') })
  .meta({ id: 'NewPoolQuote', examples: [{ costYuan: 480_000, note: '三家合用一套模型，含标注' }] })
export const NewPoolTransition = z
  .strictObject({
    action: z
      .enum(['form', 'dissolve'])
      .describe('`form`: go on with those who have joined. `dissolve`: give it up, for the park'),
  })
  .meta({ id: 'PoolTransition', examples: [{ action: 'form' }] })

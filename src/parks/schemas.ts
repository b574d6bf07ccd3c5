import { z } from 'zod'
import { Day, Id, Instant, Score } from '../platform/schemas.ts'
import { told } from '../platform/validation.ts'
import { FOCUS_ADDITION_MAX, FOCUS_INDUSTRIES_MAX } from './focus.ts'
import { PUBLICATIONS } from './tables.ts'
import { REMINDER_DAYS_MAX, STAGE_DAYS_MAX } from './stages.ts'
import { TARGET_METRICS } from './targets.ts'

const fields = {
  publication: z
    .enum(PUBLICATIONS)
    .describe('Who publishes a scenario: its `author`, or the `park` after a look at what was handed in'),
  matchThreshold: Score.describe('Total that a pair must reach to be announced and to count as served'),
  shortlistMax: z.int().min(1).max(50).describe('Most capabilities announced for one scenario'),
  reminderDays: z.int().min(0).max(REMINDER_DAYS_MAX).describe('Days before a deadline that it is recalled; 0: never'),
}
const day = z.int().min(1).max(STAGE_DAYS_MAX)
const stages = { proposed: day, interest: day, mutual: day, introduced: day, pilot: day, contracted: day }
const industries = (most: number) => z.array(z.string().min(1).max(40)).max(most)
const addition = z.int().min(0).max(FOCUS_ADDITION_MAX)
export const Focus = z
  .strictObject({
    industries: z.strictObject({
      leading: industries(FOCUS_INDUSTRIES_MAX.leading),
      pillar: industries(FOCUS_INDUSTRIES_MAX.pillar),
      emerging: industries(FOCUS_INDUSTRIES_MAX.emerging),
    }),
    additions: z
      .strictObject({ leading: addition, pillar: addition, emerging: addition })
      .describe("Ten-thousandths added to the order of the park's own lists. The score itself never changes."),
  })
  .describe('Industries that the park favours: one leading, three pillars, some emerging')
  .meta({ id: 'Focus' })
const domesticText = 'Share of the compute taken up that is to run on domestic hardware, of 10,000; null: no target'
const stageDaysText = 'Days that a match may rest in each stage before it expires'

export const ParkSettings = z
  .object({
    parkId: Id('park'),
    ...fields,
    stageDays: z.object(stages).describe(stageDaysText),
    focus: Focus,
    domesticComputeTarget: Score.nullable().describe(domesticText),
    updatedAt: Instant.optional().describe('Absent: these are the defaults'),
  })
  .meta({ id: 'ParkSettings' })

export const ParkSettingsChange = z
  .strictObject({
    ...fields,
    stageDays: z.strictObject(stages).partial().describe(stageDaysText),
    focus: Focus,
    domesticComputeTarget: Score.nullable().describe(domesticText),
  })
  .partial()
  .meta({ id: 'ParkSettingsChange' })

const target = {
  metric: z.enum(TARGET_METRICS),
  title: z.string().trim().min(1).max(100),
  value: z.number().positive().max(1e9),
  from: Day.describe("First day, in the park's time zone"),
  to: Day.describe('Last day, included'),
  source: z.string().trim().min(1).max(300).optional().describe('Where it was set, such as the number of a document'),
}
export const NewTarget = z
  .strictObject(target)
  .refine(({ from, to }) => from <= to, { path: ['to'], ...told('不能早于 `from`', 'must not be before `from`') })
  .meta({
    id: 'NewTarget',
    examples: [
      {
        metric: 'vendors_joined',
        title: '引进 AI 企业',
        value: 10,
        from: '2026-01-01',
        to: '2026-12-31',
        source: '东府〔2025〕1号',
      },
    ],
  })
export const Target = z.object({ id: Id('target'), parkId: Id('park'), ...target }).meta({ id: 'Target' })
export const Targets = z.object({ items: z.array(Target) })

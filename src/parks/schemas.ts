import { z } from 'zod'
import { Id, Instant, Score } from '../platform/schemas.ts'
import { REMINDER_DAYS_MAX, STAGE_DAYS_MAX } from './stages.ts'

const fields = {
  matchThreshold: Score.describe('Total that a pair must reach to be announced and to count as served'),
  shortlistMax: z.int().min(1).max(50).describe('Most capabilities announced for one scenario'),
  reminderDays: z.int().min(0).max(REMINDER_DAYS_MAX).describe('Days before a deadline that it is recalled; 0: never'),
}
const day = z.int().min(1).max(STAGE_DAYS_MAX)
const stages = { proposed: day, interest: day, mutual: day, introduced: day, pilot: day, contracted: day }
const stageDaysText = 'Days that a match may rest in each stage before it expires'

export const ParkSettings = z
  .object({
    parkId: Id('park'),
    ...fields,
    stageDays: z.object(stages).describe(stageDaysText),
    updatedAt: Instant.optional().describe('Absent: these are the defaults'),
  })
  .meta({ id: 'ParkSettings' })

export const ParkSettingsChange = z
  .strictObject({ ...fields, stageDays: z.strictObject(stages).partial().describe(stageDaysText) })
  .partial()
  .meta({ id: 'ParkSettingsChange' })

import { z } from 'zod'
import { Id, Instant, Score } from '../platform/schemas.ts'

const fields = {
  matchThreshold: Score.describe('Total that a pair must reach to be announced and to count as served'),
  shortlistMax: z.int().min(1).max(50).describe('Most capabilities announced for one scenario'),
}

export const ParkSettings = z
  .object({ parkId: Id('park'), ...fields, updatedAt: Instant.optional().describe('Absent: these are the defaults') })
  .meta({ id: 'ParkSettings' })

export const ParkSettingsChange = z.strictObject(fields).partial().meta({ id: 'ParkSettingsChange' })

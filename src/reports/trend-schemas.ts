import { z } from 'zod'
import { Id, Instant } from '../platform/schemas.ts'
import { Figure } from './schemas.ts'

const month = z.string().regex(/^\d{4}-\d{2}$/)
export const ReportTrends = z
  .object({
    parkId: Id('park'),
    at: Instant,
    timeZone: z.string(),
    months: z.array(
      z.object({
        month: month.describe("By the clocks of the park's time zone"),
        published: Figure.describe('Scenarios published in the month'),
        matched: Figure.describe('Of these, with a match by now'),
        landed: Figure.describe('Matches that landed in the month'),
      }),
    ),
  })
  .meta({ id: 'ReportTrends', description: 'Month by month: published, matched, landed' })
export type ReportTrends = z.infer<typeof ReportTrends>

import { z } from 'zod'
import { Checklist } from '../consortia/checklist-schemas.ts'
import { MATCH_STATES } from '../matching/rules.ts'
import { READERS } from '../matching/tables.ts'
import { Id, Instant, Score } from '../platform/schemas.ts'

const Pair = {
  scenarioId: Id('scenario'),
  capabilityId: Id('capability'),
  title: z.string().optional().describe('Of the other side'),
  total: Score,
}
export const MatchReport = z
  .object({
    id: z.string(),
    title: z.string(),
    at: Instant,
    elements: Checklist.shape.elements.optional().describe('Of a scenario: its five elements'),
    pairs: z
      .array(
        z.object({
          matchId: Id('match'),
          ...Pair,
          side: z.enum(READERS).describe('As whom you see it'),
          state: z.enum(MATCH_STATES),
          why: z.array(z.string()).describe('What speaks for it, in your language'),
          whyNot: z.array(z.string()).describe('What is missing or stands in the way'),
        }),
      )
      .describe('What people have touched first, then the best'),
    nearMisses: z
      .array(
        z.object({
          ...Pair,
          total: Score.describe('What the pair would have reached'),
          rules: z.array(z.object({ rule: z.string(), why: z.string(), liftedBy: z.array(z.string()) })),
          whyNot: z.array(z.string()),
        }),
      )
      .describe('Pairs that would stand in the list but for a rule'),
    changes: z
      .array(
        z.object({
          change: z.string(),
          by: z.string().describe('Who could do it'),
          said: z.string(),
          gain: z.int().describe('Over all pairs, in ten-thousandths'),
          matchIds: z.array(Id('match')),
        }),
      )
      .describe('What would change most, first'),
    stuck: z
      .array(
        z.object({
          matchId: Id('match'),
          state: z.enum(MATCH_STATES),
          since: Instant,
          days: z.int(),
          waitingFor: z.array(z.enum(READERS)).describe('Who has to act next'),
          deadlineAt: Instant.optional(),
          isOverdue: z.boolean(),
        }),
      )
      .describe('What waits for somebody, the longest first'),
  })
  .meta({ id: 'MatchReport', description: 'Why, why not, what would change it, what is stuck, who acts next' })

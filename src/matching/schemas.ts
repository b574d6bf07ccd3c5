import { z } from 'zod'
import { FIXES, GAP_FIELDS, PART_NAMES, VERDICTS } from '../engine/types.ts'
import { Id, Instant, pageAfter, Score } from '../platform/schemas.ts'
import { told } from '../platform/validation.ts'
import { DECLINE_REASONS, MATCH_ACTIONS, MATCH_STATES, PLATFORM_ACTIONS } from './rules.ts'
import { READERS } from './tables.ts'

const Span = z
  .object({ field: z.string(), start: z.int().optional(), end: z.int().optional(), surface: z.string() })
  .describe('JSON pointer of the field, UTF-16 offsets into it, and the words there')
const Evidence = z.object({
  concept: z.string().optional().describe('Where both sides meet'),
  scenario: z.array(Span).describe('Empty where it is hidden from you'),
  capability: z.array(Span).describe('Empty where it is hidden from you'),
  points: z.int().describe('Its share of the value of the part'),
})
const Direction = z.object({
  score: Score,
  parts: z.array(
    z.object({
      name: z.enum(PART_NAMES),
      weight: z.int().describe('Weights of a direction sum to 10,000'),
      value: z.number().min(0).max(1),
      contribution: z.int().describe('Contributions of a direction sum to its score exactly'),
      evidence: z.array(Evidence),
    }),
  ),
})
const Value = z.union([z.string(), z.number(), z.boolean(), z.array(z.string())]).nullable()

export const Explanation = z
  .object({
    versions: z.object({
      engine: z.string(),
      lexicon: z.string(),
      weights: z.string(),
      embedding: z.string().optional(),
    }),
    total: Score.describe('round(sqrt(factory × vendor)), 0 where a gate fires'),
    totalWithoutGates: Score.optional(),
    factory: Direction,
    vendor: Direction,
    gates: z
      .array(
        z.object({
          rule: z.string(),
          source: z.string().describe('What the rule follows from: a law, a must-have, a fact'),
          liftedBy: z.array(z.string()).describe('Who can lift it'),
          scenarioField: z.string().describe('JSON pointer'),
          capabilityField: z.string().optional().describe('JSON pointer'),
          need: z.string(),
          have: z.string().nullable(),
        }),
      )
      .describe('Why the pair is impossible; empty where it is not'),
    gaps: z.array(
      z.object({
        requirement: z.int().describe('Place in `dataRequirements` of the capability'),
        level: z.enum(['required', 'useful']),
        dataset: z.int().optional().describe('Place in `datasets` of the scenario; absent where none fits, or hidden'),
        field: z.enum(GAP_FIELDS),
        verdict: z.enum(VERDICTS),
        need: Value.describe('What the model needs'),
        have: Value.describe('What the factory holds; null where it is unknown or hidden from you'),
        haveField: z.string().optional().describe('The text that the figure was read in'),
        unit: z.string().optional(),
        fix: z.enum(FIXES).optional(),
        effortDays: z.array(z.number()).optional().describe('Working days, from and to'),
        by: z.array(z.string()).optional().describe('Who could do it'),
        resource: z.string().optional().describe('Kind of park resource that could help'),
      }),
    ),
    counterfactuals: z
      .array(
        z.object({
          change: z.string(),
          params: z.record(z.string(), z.union([z.string(), z.number()])),
          delta: z.int().describe('What it would add to the total, in ten-thousandths'),
          by: z.string().describe('Who could do it'),
        }),
      )
      .describe('What would change the total most'),
    hidden: z.int().describe('How many pieces are hidden from you at this stage'),
    reasons: z.array(z.string()).describe('The same in sentences, in your language'),
  })
  .meta({ id: 'Explanation' })

export const Match = z
  .object({
    id: Id('match'),
    scenarioId: Id('scenario'),
    capabilityId: Id('capability'),
    parkId: Id('park'),
    scenarioTitle: z.string().optional(),
    capabilityTitle: z.string().optional(),
    vendorId: Id('organisation'),
    side: z.enum(READERS).describe('As whom you see it'),
    state: z.enum(MATCH_STATES),
    stateSince: Instant,
    rank: z.int().optional().describe('Place in the list of the scenario; absent once the pair fell out of it'),
    total: Score,
    factoryScore: Score,
    vendorScore: Score,
    factoryInterested: z.boolean(),
    vendorInterested: z.boolean(),
    factoryAccepted: z.boolean(),
    vendorAccepted: z.boolean(),
    decline: z.object({ by: z.enum(READERS), reason: z.enum(DECLINE_REASONS), note: z.string().optional() }).optional(),
    waitingFor: z.array(z.enum(READERS)).describe('Who has to act next'),
    deadlineAt: Instant.optional().describe('When it expires if nobody acts; absent where nobody is asked to'),
    createdAt: Instant,
    updatedAt: Instant,
    explanation: Explanation.optional().describe('Absent for a moment after a change of stage'),
  })
  .meta({ id: 'Match' })

export const NearMiss = z
  .object({
    scenarioId: Id('scenario'),
    capabilityId: Id('capability'),
    capabilityTitle: z.string().optional(),
    total: Score.describe('What the pair would have reached without its gates'),
    explanation: Explanation,
  })
  .meta({ id: 'NearMiss', description: 'A pair that would stand in the list but for a gate' })

export const MatchList = z.object({ items: z.array(Match), nextCursor: z.string().optional() })
export const ScenarioMatches = MatchList.extend({ nearMisses: z.array(NearMiss) })

export const MatchQuery = pageAfter(z.string().regex(/^\d{1,5}\.mat_[0-9a-hjkmnp-tv-z]{26}$/)).extend({
  state: z.enum(MATCH_STATES).optional(),
})

export const MatchListQuery = pageAfter(z.string().regex(/^(\d{1,15}\.)?mat_[0-9a-hjkmnp-tv-z]{26}$/)).extend({
  parkId: Id('park').optional(),
  scenarioId: Id('scenario').optional(),
  capabilityId: Id('capability').optional(),
  state: z.enum(MATCH_STATES).optional(),
  waitingFor: z.literal('me').optional().describe('Only those where your organisation has to act'),
  totalMin: z.coerce.number().int().min(0).max(10_000).optional().describe('Total from which on, in ten-thousandths'),
  q: z.string().trim().min(1).max(100).optional().describe('Part of the title of the scenario or the capability'),
  order: z
    .enum(['newest', 'deadline'])
    .default('newest')
    .describe('`deadline`: those that expire next first, without those that nobody is asked about'),
})
export type MatchListQuery = z.infer<typeof MatchListQuery>

/** A row of a list: everything but the proof. */
export const MatchCards = z.object({
  items: z.array(Match.omit({ explanation: true }).meta({ id: 'MatchCard', description: 'A match without its proof' })),
  nextCursor: z.string().optional(),
})

export const NewTransition = z
  .strictObject({
    action: z.enum(MATCH_ACTIONS),
    reason: z.enum(DECLINE_REASONS).optional().describe('Required to decline'),
    note: z.string().trim().min(1).max(2_000).optional().describe('Required with the reason `other`'),
    termsVersion: z
      .int()
      .min(1)
      .max(1_000_000)
      .optional()
      .describe(
        "Accepts this version of the park's confidentiality terms. Required to express interest and to accept an introduction where the park has terms",
      ),
    until: Instant.optional().describe('Required to hold: the new deadline, at most 90 days after that of the stage'),
  })
  .superRefine((value, context) => {
    const isDecline = value.action === 'decline'
    if (isDecline && value.reason === undefined)
      context.addIssue({ code: 'custom', path: ['reason'], ...told('婉拒时必填', 'is required to decline') })
    if (isDecline && value.reason === 'other' && value.note === undefined)
      context.addIssue({
        code: 'custom',
        path: ['note'],
        ...told('理由为 `other` 时必填', 'is required with the reason `other`'),
      })
    const isHold = value.action === 'hold'
    if (isHold && value.until === undefined)
      context.addIssue({ code: 'custom', path: ['until'], ...told('暂缓时必填', 'is required to hold') })
    if (!isHold && value.until !== undefined)
      context.addIssue({ code: 'custom', path: ['until'], ...told('仅用于暂缓', 'belongs to a hold') })
    if (!isDecline && value.reason !== undefined)
      context.addIssue({ code: 'custom', path: ['reason'], ...told('仅用于婉拒', 'belongs to a decline') })
  })
  .meta({ id: 'NewTransition' })

export const Transitions = z.object({
  items: z.array(
    z
      .object({
        id: Id('transition'),
        action: z.enum([...MATCH_ACTIONS, ...PLATFORM_ACTIONS]),
        from: z.enum(MATCH_STATES),
        to: z.enum(MATCH_STATES),
        by: z.enum([...READERS, 'platform']),
        reason: z.enum(DECLINE_REASONS).optional(),
        note: z.string().optional(),
        termsVersion: z.int().optional().describe('Of the confidentiality terms, as accepted by this move'),
        at: Instant,
      })
      .meta({ id: 'Transition', description: 'One move of a match' }),
  ),
})

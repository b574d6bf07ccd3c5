import { z } from 'zod'
import { ORGANISATION_KINDS } from '../platform/actor.ts'
import { Id, Instant, Line, pageBy, Score } from '../platform/schemas.ts'
import { ELEMENTS } from '../resources/tables.ts'
import { CONSORTIUM_STATES, MEMBER_ROLES, MEMBER_STATES } from './rules.ts'
import { CONSORTIUM_MODES, CONSORTIUM_ORIGINS } from './tables.ts'

const Paragraph = z.string().trim().min(1).max(8_000)
const roles = ORGANISATION_KINDS.filter(kind => kind !== 'park' && kind !== 'operator')

export const FacetId = z
  .string()
  .regex(
    new RegExp(
      `^((pb|df|tech|proc|eq|sys|proto|hw|rs)\\.[a-z0-9-]+|role\\.(${roles.join('|')})|element\\.(${ELEMENTS.join('|')}))$`,
    ),
  )
  .max(100)
  .describe(
    'A concept (`pb.*`, `tech.*`, `rs.*` …), a kind of party (`role.institute`), or one of the five elements (`element.capital`)',
  )
export const FacetSchema = z
  .strictObject({ id: FacetId, weight: z.int().min(1).max(10).default(1).describe('How much its quality counts') })
  .meta({ id: 'Facet', examples: [{ id: 'pb.defect-inspection', weight: 3 }] })

export const NewConsortium = z
  .strictObject({
    scenarioId: Id('scenario'),
    title: Line().optional().describe("Absent: the scenario's"),
    mode: z
      .enum(CONSORTIUM_MODES)
      .default('team')
      .describe('`team`: a team is worked out. `challenge`: institutes and vendors answer, and answers are reviewed'),
    facets: z
      .array(FacetSchema)
      .max(12)
      .refine(facets => new Set(facets.map(({ id }) => id)).size === facets.length)
      .default([])
      .describe("What must be covered; empty: the scenario's problems and missing data. Each once"),
    required: z.array(Id('organisation')).max(10).default([]).describe('Who must be in'),
    exclusions: z
      .array(z.tuple([Id('organisation'), Id('organisation')]))
      .max(50)
      .default([])
      .describe('Pairs that will not work together'),
    costs: z
      .array(z.strictObject({ organisationId: Id('organisation'), costYuan: z.int().min(0).max(1e10) }))
      .max(100)
      .default([])
      .describe('What a party would cost, where you know it, in whole yuan'),
    membersMax: z.int().min(2).max(20).default(8),
    deadlineAt: Instant.describe('Until when the invited answer and vote, within a year'),
  })
  .meta({
    id: 'NewConsortium',
    examples: [
      {
        scenarioId: 'scn_01k9y2v7wq8m3n5r7t9x1z3b5e',
        facets: [
          { id: 'pb.defect-inspection', weight: 3 },
          { id: 'rs.labelbase', weight: 1 },
        ],
        deadlineAt: '2026-12-31T10:00:00.000Z',
      },
    ],
  })
export type NewConsortium = z.infer<typeof NewConsortium>

const Team = z
  .object({
    members: z.array(z.string()),
    assignments: z.array(z.object({ facet: z.string(), candidate: z.string(), quality: Score })),
    uncovered: z.array(z.string()).describe('Facets that nobody takes'),
    burden: z.int().describe('What was minimised, in points: lower is better'),
  })
  .meta({ id: 'ConsortiumTeam' })
const ProposalSchema = z
  .object({
    team: Team,
    method: z.enum(['exact', 'greedy']),
    lowerBound: z.int().describe('No team has a burden below this'),
    gap: Score.describe('How far the team may be from the best, of its burden; 0: proven best'),
    contributions: z.array(
      z.object({
        member: z.string(),
        points: z.int().describe('By how much the burden would be higher without it'),
        onlyOne: z.array(z.string()).describe('Facets that nobody else of the team could take'),
      }),
    ),
    alternatives: z.array(Team).describe('The next best teams'),
  })
  .meta({ id: 'ConsortiumProposal' })

const Member = z.object({
  organisationId: Id('organisation'),
  role: z.enum(MEMBER_ROLES),
  isLead: z.boolean(),
  state: z.enum(MEMBER_STATES),
  facets: z.array(z.string()),
})
const Share = z.object({
  organisationId: Id('organisation'),
  cost: Score.describe('Share of the costs'),
  result: Score.describe('Share of the results'),
})
const Charter = z.object({
  version: z.int().min(1),
  terms: Paragraph,
  shares: z.array(Share),
  proposedById: Id('organisation'),
  createdAt: Instant,
  votes: z.array(z.object({ organisationId: Id('organisation'), approves: z.boolean(), note: z.string().optional() })),
})

export const Consortium = z
  .object({
    id: Id('consortium'),
    parkId: Id('park'),
    scenarioId: Id('scenario'),
    title: z.string(),
    state: z.enum(CONSORTIUM_STATES),
    mode: z.enum(CONSORTIUM_MODES),
    origin: z
      .enum(CONSORTIUM_ORIGINS)
      .describe('`unserved`: nobody alone reached the threshold. `asked`: somebody asked'),
    facets: z.array(FacetSchema),
    members: z.array(Member).describe('As far as you may see them: the invited do not see whose scenario it is'),
    proposal: ProposalSchema.optional().describe("For the park and the scenario's owner"),
    charter: Charter.optional().describe('The newest version, for members'),
    charterVersion: z.int().optional().describe('The version that all members adopted'),
    obstacles: z.array(z.string()).describe('What stands between the newest charter and its adoption'),
    deadlineAt: Instant,
    version: z.int().min(1),
    createdAt: Instant,
    updatedAt: Instant,
  })
  .meta({ id: 'Consortium' })
export const ConsortiumCard = Consortium.omit({ members: true, proposal: true, charter: true, obstacles: true }).meta({
  id: 'ConsortiumCard',
})
export const ConsortiumQuery = pageBy('consortium').extend({
  parkId: Id('park').optional(),
  scenarioId: Id('scenario').optional(),
  state: z.enum(CONSORTIUM_STATES).optional(),
  mode: z.enum(CONSORTIUM_MODES).optional(),
})

export const NewInvitations = z
  .strictObject({
    alternative: z
      .int()
      .min(0)
      .max(3)
      .default(0)
      .describe('Which team to invite: 0 the proposal, 1 to 3 its alternatives'),
    lead: Id('organisation').optional().describe('Who leads; absent: who contributes most'),
    also: z
      .array(z.strictObject({ organisationId: Id('organisation'), facets: z.array(FacetId).max(12).default([]) }))
      .max(10)
      .default([])
      .describe('Others to invite besides'),
  })
  .meta({ id: 'NewInvitations' })
export const NewAnswerToInvitation = z
  .strictObject({ action: z.enum(['accept', 'decline', 'leave']) })
  .meta({ id: 'MembershipAction', examples: [{ action: 'accept' }] })
export const NewCharter = z
  .strictObject({
    terms: Paragraph.describe('Purpose, duties, data, results, exit: in your own words'),
    shares: z.array(Share.strict()).min(2).max(20).describe('Each accepted member once; each kind adds up to 10,000'),
  })
  .meta({ id: 'NewCharter' })
export const NewVote = z
  .strictObject({ version: z.int().min(1), approves: z.boolean(), note: Line(1_000).optional() })
  .meta({ id: 'NewVote', examples: [{ version: 1, approves: true }] })
export const NewConsortiumTransition = z
  .strictObject({ action: z.enum(['complete', 'dissolve']) })
  .meta({ id: 'ConsortiumTransition', examples: [{ action: 'complete' }] })

export const NewChallengeAnswer = z
  .strictObject({
    approach: Paragraph.describe('How you would solve it'),
    facets: z.array(FacetId).min(1).max(12).describe('What you would take'),
    costYuan: z.int().min(0).max(2e9),
    weeks: z.int().min(1).max(260),
  })
  .meta({ id: 'NewChallengeAnswer' })
export const ChallengeAnswer = NewChallengeAnswer.extend({
  id: Id('answer'),
  consortiumId: Id('consortium'),
  organisationId: Id('organisation'),
  createdAt: Instant,
  review: z
    .object({
      score: Score,
      note: z.string().optional(),
      reviewedById: Id('organisation'),
      reviewedAt: Instant,
      isSelected: z.boolean(),
    })
    .optional(),
}).meta({ id: 'ChallengeAnswer' })
export const NewReview = z
  .strictObject({
    score: Score,
    note: Line(2_000).optional(),
    select: z.boolean().default(false).describe('Invite who answered, to take the facets of the answer'),
  })
  .meta({ id: 'NewReview' })

import { z } from 'zod'
import { GAP_FIELDS } from '../engine/types.ts'
import { LADDER_STATES, MATCH_STATES } from '../matching/rules.ts'
import { OUTCOME_STATES } from '../matching/tables.ts'
import { FOCUS_TIERS } from '../parks/focus.ts'
import { Focus, Target } from '../parks/schemas.ts'
import { Day, Id, Instant, pageAfter, Score } from '../platform/schemas.ts'
import { told } from '../platform/validation.ts'
import { ELEMENTS } from '../resources/tables.ts'
import { RESOURCE_USES } from '../resources/uses.ts'
import { SCENARIO_STATES } from '../scenarios/tables.ts'
import { FIGURES } from './figures.ts'
import { FORMATS } from './formats/render.ts'
import { FILE_STATES } from './tables.ts'

/** Rows of one table of the report, at most: the largest first. */
export const ROWS_MAX = 100

const days = {
  from: Day.optional().describe("First day, in the park's time zone"),
  to: Day.optional().describe('Last day, included'),
}
type Days = { from?: string | undefined; to?: string | undefined }
const isOrdered = ({ from, to }: Days) => from === undefined || to === undefined || from <= to
const disordered = { path: ['to'], ...told('不能早于 `from`', 'must not be before `from`') }

export const ReportPeriod = z.strictObject(days).refine(isOrdered, disordered)
const moment = {
  at: Instant.optional().describe(
    'The moment up to which waiting and elapsed time are counted; absent: now. The same moment on the same data gives the same bytes',
  ),
}
export const ReportQuery = z.strictObject({ ...days, ...moment }).refine(isOrdered, disordered)
export type ReportPeriod = z.infer<typeof ReportPeriod>

/** The states that a park sees: a draft is nobody's business but its owner's. */
export const REPORTED_STATES = SCENARIO_STATES.filter(state => state !== 'draft')

export const Figure = z
  .object({ count: z.int(), url: z.string().describe('The rows behind the number') })
  .meta({ id: 'Figure', description: 'A number and where one reads what stands behind it' })
const Percent = z.number().nullable().describe('Per cent with one decimal; null of nothing')
const Hours = z.number().nullable()
const Named = z.object({ id: z.string(), label: z.string() })
const Concept = {
  id: z.string().nullable().describe('Concept; null where none is public'),
  label: z.string().nullable().describe('Its name in your language'),
}
const Sides = z.enum(['factory', 'vendor'])

const Step = z.object({
  stage: z.enum(['published', 'matched', ...LADDER_STATES]),
  label: z.string(),
  scenarios: Figure,
  ofPrevious: Percent,
  ofFirst: Percent,
})
const ListedScenario = z.object({
  id: Id('scenario'),
  title: z.string(),
  industry: Named.nullable(),
  problems: z.array(Named).describe('What a vendor would have to solve'),
  bestTotal: Score.nullable().describe('The best that came near; null where nothing was compared'),
  publishedAt: Instant,
  order: z
    .object({
      tier: z.enum(FOCUS_TIERS).nullable(),
      addition: z.int().describe("Added by the park's focus, in ten-thousandths; the score itself stays"),
      place: z.int().describe('Place in this list'),
      placeWithout: z.int().describe('Place that it would have without a focus'),
    })
    .describe("The exact effect of the park's focus"),
})

const amount = z.number().min(0)
const yuan = amount.describe('Yuan')
const ResourceUseReport = z
  .object({
    uses: z.array(
      z.object({
        use: z.enum(RESOURCE_USES),
        label: z.string(),
        resources: Figure,
        reservations: Figure.describe('That touch the period and were not cancelled'),
        organisations: z.int().describe('How many reserved'),
        amounts: z.array(z.object({ unit: z.string(), quota: amount, reserved: amount, reservations: Figure })),
      }),
    ),
    domesticCompute: z
      .array(
        z.object({
          unit: z.string(),
          reserved: amount,
          domestic: amount.describe('Of it on domestic hardware'),
          reservations: Figure.describe('Those on domestic hardware'),
          percent: Percent,
          targetPercent: z.number().nullable().describe("The park's own target; null: none"),
          status: z.enum(['reached', 'behind']).nullable(),
        }),
      )
      .describe('Compute that was taken up, by unit'),
    funding: z.object({
      grants: Figure,
      firms: z.int(),
      costsYuan: yuan.describe('Costs that were supported, in yuan'),
      totalYuan: yuan,
      rules: z.array(
        z.object({
          ruleId: Id('fundingRule'),
          title: z.string(),
          paidYuan: yuan,
          grants: Figure,
          poolYuan: yuan.nullable(),
          percentOfPool: Percent.describe('What the grants of the period take of the whole pool'),
        }),
      ),
    }),
  })
  .meta({ id: 'ResourceUse' })

export const Report = z
  .object({
    parkId: Id('park'),
    at: Instant.describe('The moment that the numbers are of'),
    timeZone: z.string(),
    period: ReportPeriod.describe('Scenarios published, and moves made, on these days'),
    threshold: Score.describe('Total from which a scenario counts as matched'),
    shortlistMax: z.int().describe('Most pairs of a scenario that are announced'),
    scenarios: z.object({
      byState: z.array(Figure.extend({ state: z.enum(REPORTED_STATES) })),
      published: Figure,
      scored: Figure.describe('Published, and compared with the supply at least once'),
      matched: Figure.describe('Published, with a match at the threshold or above that nobody has ended'),
      unserved: Figure.describe('Scored, and not matched'),
    }),
    funnel: z.object({
      scenarios: z.array(Step).describe('How many scenarios ever came so far with at least one match'),
      matches: z.array(
        z.object({
          stage: z.enum(LADDER_STATES),
          label: z.string(),
          matches: Figure,
          ofPrevious: Percent,
          ofFirst: Percent,
        }),
      ),
      stages: z
        .array(
          z.object({
            stage: z.enum(MATCH_STATES),
            label: z.string(),
            left: Figure.describe('Moves out of the stage in the period'),
            medianHours: Hours.describe('Of these: how long the match had been there'),
            p90Hours: Hours,
            waiting: Figure.describe('Matches that are in it now'),
            waitingMedianHours: Hours.describe('Of these, for how long; null before anybody has touched them'),
            waitingLongestHours: Hours,
          }),
        )
        .describe('Time in each stage'),
    }),
    matches: z.array(Figure.extend({ state: z.enum(MATCH_STATES), label: z.string() })),
    targets: z.array(
      Target.extend({
        actual: Figure,
        expected: z.number().describe('Share of the value for the days that have passed, today included'),
        percent: z.number(),
        status: z.enum(['reached', 'on_track', 'behind']),
      }),
    ),
    byProblem: z.array(z.object({ ...Concept, demand: Figure, matched: Figure, landed: Figure, supply: Figure })),
    byIndustry: z.array(z.object({ ...Concept, demand: Figure, matched: Figure, landed: Figure })),
    map: z
      .array(
        z.object({
          industry: z.object(Concept),
          problem: Named,
          demand: Figure,
          supply: Figure.describe('Capabilities that solve the problem and are meant for the industry, or for all'),
          matched: Figure,
          landed: Figure,
        }),
      )
      .describe(`Supply and demand, industry by problem: the ${ROWS_MAX} largest cells`),
    unserved: z.array(ListedScenario).describe('What to attract vendors for'),
    priorities: z.array(ListedScenario).describe('Matched scenarios in the order of the park'),
    focus: Focus,
    idleSupply: Figure.extend({
      items: z.array(z.object({ id: Id('capability'), title: z.string(), organisationId: Id('organisation') })),
    }).describe('Capabilities offered here that no scenario of the period is shown'),
    dataGaps: z
      .array(
        z.object({
          field: z.enum(GAP_FIELDS),
          label: z.string(),
          scenarios: Figure.describe(
            'Published scenarios that lack it for a pair of their shortlist; where none reaches the threshold, for the best pair',
          ),
          required: Figure.describe('Of these, where the model does not work without it'),
          forbidden: Figure.describe('Of these, where it is there but may not be used'),
          unlocks: Figure.describe('Scenarios that lack nothing else that is required: what closing it would unlock'),
          needs: z
            .array(Named.extend({ scenarios: Figure }))
            .describe('For `modality`: the kinds of data, most wanted first'),
          resourceKinds: z.array(Named).describe('Kinds of resource that could help'),
        }),
      )
      .describe('What would unlock most, first'),
    exposure: z.object({
      vendors: z.int(),
      total: z.int().describe('Places in shortlists'),
      topPercent: Percent.describe('What falls to the vendor that is shown most'),
      gini: z.number().nullable().describe('0: all vendors are shown alike; towards 1: one takes all'),
      newVendors: z.object({ vendors: z.int(), shown: z.int(), percent: Percent }).describe('Joined within 180 days'),
      smallVendors: z
        .object({ vendors: z.int(), shown: z.int(), percent: Percent })
        .describe('At most two capabilities here'),
      top: z.array(z.object({ id: Id('organisation'), name: z.string(), shown: Figure, percent: Percent })),
    }),
    responses: z.array(
      z.object({
        side: Sides,
        answered: Figure.describe('Interest, acceptance or decline in the period'),
        medianHours: Hours,
        p90Hours: Hours,
        silent: Figure.describe('Asked to act, with no answer by the deadline'),
        silentPercent: Percent,
      }),
    ),
    silentOrganisations: z.array(
      z.object({ id: Id('organisation'), name: z.string().nullable(), side: Sides, count: z.int() }),
    ),
    outcomes: z.array(Figure.extend({ state: z.enum(OUTCOME_STATES) })).describe('Only confirmed ones count'),
    resources: z.array(z.object({ element: z.enum(ELEMENTS), count: z.int(), url: z.string() })),
    resourceUse: ResourceUseReport.describe("What of the park's means was taken up on these days"),
  })
  .meta({ id: 'Report' })
export type Report = z.infer<typeof Report>

/** Rows stand in the order of their ids, whatever they are. */
const RowId = z.string().regex(/^(scn|mat|mtr|cap|org|out|res|rsv|fgr)_[0-9a-hjkmnp-tv-z]{26}$/)

export const RowsQuery = pageAfter(RowId)
  .extend({
    ...days,
    figure: z.enum(FIGURES).describe('Which number'),
    state: z.enum([...MATCH_STATES, ...SCENARIO_STATES, ...OUTCOME_STATES]).optional(),
    industry: z.string().max(40).optional().describe('A concept, or `none`'),
    problem: z.string().max(60).optional(),
    field: z.enum(GAP_FIELDS).optional(),
    need: z.string().max(60).optional(),
    vendorId: Id('organisation').optional(),
    side: Sides.optional(),
    targetId: Id('target').optional(),
    use: z.enum(RESOURCE_USES).optional(),
    unit: z.string().max(60).optional(),
    ruleId: Id('fundingRule').optional(),
  })
  .refine(isOrdered, disordered)

export const ReportRows = z
  .object({
    items: z.array(
      z.object({
        id: z.string(),
        kind: z.enum([
          'scenario',
          'match',
          'move',
          'capability',
          'organisation',
          'outcome',
          'resource',
          'reservation',
          'grant',
        ]),
        title: z.string().optional(),
        state: z.string().optional(),
        at: Instant.optional(),
        matchId: Id('match').optional(),
        amount: z.number().nullable().optional().describe('Of what is lent, reserved or granted'),
        unit: z.string().optional().describe('Of the amount; `CNY`: yuan'),
      }),
    ),
    nextCursor: z.string().optional(),
  })
  .meta({ id: 'ReportRows', description: 'What stands behind a number of the report' })

const LanguageCode = z.enum(['zh', 'en']).describe('Absent: the one that you ask for in Accept-Language')
export const FileQuery = z
  .strictObject({ ...days, ...moment, format: z.enum(FORMATS), language: LanguageCode.optional() })
  .refine(isOrdered, disordered)
export const NewReportFile = FileQuery.meta({
  id: 'NewReportFile',
  examples: [{ format: 'pdf', language: 'zh', from: '2026-01-01', to: '2026-12-31' }],
})
export const ReportFile = z
  .object({
    id: Id('reportFile'),
    parkId: Id('park'),
    format: z.enum(FORMATS),
    language: LanguageCode,
    ...days,
    state: z.enum(FILE_STATES),
    progress: z.int().min(0).max(100).describe('Per cent'),
    requestedAt: Instant,
    finishedAt: Instant.optional(),
    expiresAt: Instant,
    bytes: z.int().optional(),
    url: z.string().optional().describe('Where it is fetched, once it is `done`'),
  })
  .meta({ id: 'ReportFile' })

import { z } from 'zod'
import { GAP_FIELDS } from '../engine/types.ts'
import { MATCH_STATES } from '../matching/rules.ts'
import { Day, Id, Instant, Score } from '../platform/schemas.ts'
import { told } from '../platform/validation.ts'
import { ELEMENTS } from '../resources/tables.ts'
import { SCENARIO_STATES } from '../scenarios/tables.ts'

/** Ids that stand behind one number, at most. The count is always that of all. */
export const IDS_MAX = 100
/** Rows of one table of the report, at most: the largest first. */
export const ROWS_MAX = 100

export const ReportPeriod = z
  .strictObject({
    from: Day.optional().describe("First day, in the park's time zone"),
    to: Day.optional().describe('Last day, included'),
  })
  .refine(({ from, to }) => from === undefined || to === undefined || from <= to, {
    path: ['to'],
    ...told('不能早于 `from`', 'must not be before `from`'),
  })
export type ReportPeriod = z.infer<typeof ReportPeriod>

/** The states that a park sees: a draft is nobody's business but its owner's. */
export const REPORTED_STATES = SCENARIO_STATES.filter(state => state !== 'draft')

const Figure = z
  .object({
    count: z.int(),
    ids: z
      .array(z.string())
      .describe(`What was counted, newest first, at most ${IDS_MAX}: narrow the dates to see the rest`),
    url: z.string().optional().describe('List that shows them, over all dates'),
  })
  .meta({ id: 'Figure', description: 'A number and what stands behind it' })

const Concept = {
  id: z.string().nullable().describe('Concept; null where none is public'),
  label: z.string().nullable().describe('Its name in your language'),
}
const Named = z.object({ id: z.string(), label: z.string() })

export const Report = z
  .object({
    parkId: Id('park'),
    at: Instant.describe('The moment that every number is of'),
    period: ReportPeriod.describe('Scenarios published on these days'),
    threshold: Score.describe('Total from which a scenario counts as matched'),
    shortlistMax: z.int().describe('Most pairs of a scenario that are announced'),
    scenarios: z.object({
      byState: z.array(Figure.extend({ state: z.enum(REPORTED_STATES) })),
      published: Figure,
      scored: Figure.describe('Published, and compared with the supply at least once'),
      matched: Figure.describe('Published, with a match at the threshold or above that nobody has ended'),
      unserved: Figure.describe('Scored, and not matched'),
    }),
    matches: z.array(
      Figure.extend({
        state: z.enum(MATCH_STATES),
        medianHours: z.number().nullable().describe('Median time in this state until now'),
        longestHours: z.number().nullable(),
      }),
    ),
    byProblem: z.array(
      z.object({
        ...Concept,
        demand: Figure,
        matched: Figure,
        supply: Figure.describe('Published capabilities offered here'),
      }),
    ),
    byIndustry: z.array(z.object({ ...Concept, demand: Figure, matched: Figure })),
    unserved: z
      .array(
        z.object({
          id: Id('scenario'),
          title: z.string(),
          problems: z.array(Named).describe('What a vendor to attract would have to solve'),
          bestTotal: Score.nullable().describe('The best that came near; null where nothing was compared'),
          publishedAt: Instant,
        }),
      )
      .describe('Longest waiting first'),
    dataGaps: z
      .array(
        z.object({
          field: z.enum(GAP_FIELDS),
          label: z.string().describe('Its name in your language'),
          scenarios: Figure.describe(
            'Published scenarios that lack it for at least one pair of their shortlist; where none reaches the threshold, for the best pair',
          ),
          required: Figure.describe('Of these, where the model does not work without it'),
          forbidden: Figure.describe('Of these, where it is there but may not be used'),
          needs: z
            .array(Named.extend({ scenarios: Figure }))
            .describe('For `modality`: the kinds of data that are missing, the most wanted first'),
          resourceKinds: z.array(Named).describe('Kinds of resource that could help'),
        }),
      )
      .describe('What stands in the way most often, first'),
    resources: z.array(z.object({ element: z.enum(ELEMENTS), count: z.int(), url: z.string() })),
  })
  .meta({ id: 'Report' })
export type Report = z.infer<typeof Report>

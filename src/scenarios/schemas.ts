import { z } from 'zod'
import { ACCESS_MODES, DATA_GRADES, DATA_REACHES, FRESHNESSES, STORAGE_STATES, TIERS } from '../engine/types.ts'
import { ConceptRef, ConceptSuggestion } from '../platform/concepts.ts'
import {
  changeable,
  Contact,
  Day,
  Id,
  Instant,
  Language,
  Line,
  MoneyRange,
  pageBy,
  Volume,
} from '../platform/schemas.ts'
import { REVIEW_DECISIONS, SCENARIO_STATES, VISIBILITIES } from './tables.ts'

const concepts = (max = 20) => z.array(ConceptRef).max(max)
const share = z.number().min(0).max(1).describe('0 to 1')
const measure = z.number().min(-1e12).max(1e12)

export const Goal = z
  .strictObject({
    kpi: ConceptRef.describe('`kp.*`'),
    unit: Line(40).optional().describe('As written: "%", "s/件"'),
    baseline: measure.optional(),
    target: measure.optional(),
  })
  .meta({ id: 'Goal', examples: [{ kpi: 'kp.escape', unit: '%', baseline: 2.1, target: 0.3 }] })

export const Dataset = z
  .strictObject({
    name: Line(),
    modality: ConceptRef.describe('`mod.*`'),
    formats: concepts().optional().describe('`fmt.*`'),
    protocols: concepts().optional().describe('`proto.*`'),
    systems: concepts().optional().describe('`sys.*`'),
    volume: Volume.optional(),
    labelCoverage: share.optional().describe('Share of the samples that carry a label, 0 to 1'),
    negativeSamples: z.int().min(0).max(1e12).optional().describe('Samples that show the defect or fault'),
    samplingHz: z.number().min(0).max(1e9).optional(),
    timeSpanDays: z.number().min(0).max(36_500).optional(),
    freshness: z.enum(FRESHNESSES).optional(),
    completeness: share.optional().describe('Share of the values that are present, 0 to 1'),
    hasContext: z.boolean().optional().describe('Rows can be joined to batch, order or machine'),
    storage: z.enum(STORAGE_STATES).optional(),
    grade: z.enum(DATA_GRADES).optional().describe('Grade under the Data Security Law'),
    industrialLevel: z.literal([1, 2, 3]).optional().describe('Industrial data level, 3 is the highest'),
    personalData: z.boolean().optional(),
    accessMode: z.enum(ACCESS_MODES).optional(),
    reach: z.enum(DATA_REACHES).optional().describe("How far this data may travel; overrides the constraints' reach"),
  })
  .describe('Data that the factory holds. An attribute that is left out is unknown, not zero')
  .meta({
    id: 'Dataset',
    examples: [
      { name: '历史缺陷图片', modality: 'mod.image', volume: { value: 1_200, unit: 'samples' }, reach: 'site' },
    ],
  })

export const Constraints = z
  .strictObject({
    deployments: concepts().optional().describe('`dp.*` that are accepted; absent or empty: any'),
    reach: z.enum(DATA_REACHES).optional().describe('How far data may travel'),
    latencyMsMax: z.number().min(0).max(86_400_000).optional(),
    taktS: z.number().min(0).max(2_592_000).optional().describe('Seconds per piece'),
    domesticHardware: z.boolean().optional(),
    certificates: concepts().optional().describe('`cp.*` that are asked for'),
    publicAudience: z.boolean().optional().describe('People outside the factory use what is generated'),
  })
  .meta({ id: 'Constraints', examples: [{ deployments: ['dp.onprem'], reach: 'site', taktS: 3 }] })

/** What a scenario says, each field in one of the three tiers (`tiers.ts`). */
const fields = {
  language: Language,
  title: Line(),
  summary: Line(2_000),
  details: Line(20_000),
  industry: ConceptRef.describe('`ind.*`'),
  processes: concepts().describe('`proc.*`'),
  equipment: concepts().describe('`eq.*`'),
  problems: concepts().describe('`pb.*` or `df.*`'),
  goals: z.array(Goal).max(20),
  datasets: z.array(Dataset).max(50),
  constraints: Constraints,
  budget: MoneyRange,
  startsOn: Day,
  neededBy: Day,
  place: Line().describe('City, in plain words'),
  contact: Contact,
}
const optionalFields = z.strictObject(fields).partial().required({ title: true })
export type ScenarioFields = z.infer<typeof optionalFields>

const fromPublic = z.enum(TIERS)
const fromShared = z.enum(TIERS).exclude(['public'])
export const ScenarioTiers = z
  .strictObject({
    summary: fromPublic,
    industry: fromPublic,
    processes: fromPublic,
    problems: fromPublic,
    goals: fromPublic,
    place: fromPublic,
    datasets: fromShared,
    constraints: fromShared,
    budget: fromShared,
    startsOn: fromShared,
    neededBy: fromShared,
  })
  .partial()
  .describe(
    'Moves fields to a higher tier than their own. Public: everyone who sees the scenario. Shared: once both sides are interested. Sealed: once both were introduced. Title and language are always public; details, equipment and contact are always sealed. Matching reads all tiers, whoever may see them',
  )
  .meta({ id: 'ScenarioTiers', examples: [{ goals: 'shared', summary: 'sealed' }] })
export type ScenarioTiers = z.infer<typeof ScenarioTiers>

const visibility = z
  .enum(VISIBILITIES)
  .describe('`park`: the public tier shows in its own park. `network`: to active members of every park')

const expiresAt = Instant.describe('When the scenario ends by itself, within five years')

export const NewScenario = optionalFields
  .extend({
    parkId: Id('park'),
    visibility: visibility.default('park'),
    expiresAt: expiresAt.optional(),
    tiers: ScenarioTiers.optional(),
    publish: z.boolean().default(false).describe('Publish at once instead of keeping a draft'),
  })
  .meta({
    id: 'NewScenario',
    examples: [
      {
        parkId: 'prk_01k9y2v7wq8m3n5r7t9x1z3b5g',
        title: '冲压件划痕漏检',
        summary: '人工抽检漏检约 2%，希望在线全检，节拍 3 秒一件。',
        industry: 'ind.C33',
        problems: ['pb.defect-inspection'],
        goals: [{ kpi: 'kp.escape', unit: '%', baseline: 2, target: 0.3 }],
        datasets: [{ name: '缺陷图片', modality: 'mod.image', volume: { value: 1_200, unit: 'samples' } }],
        publish: true,
      },
    ],
  })
export type NewScenario = z.infer<typeof NewScenario>

export const ScenarioPatch = z
  .strictObject({
    ...changeable(fields),
    title: fields.title.optional(),
    visibility: visibility.optional(),
    expiresAt: expiresAt.nullable().optional(),
    tiers: ScenarioTiers.nullable().optional(),
  })
  .describe('A field that is given replaces the whole field, null removes it, one that is left out stays')
  .meta({ id: 'ScenarioPatch', examples: [{ budget: { max: 150_000, currency: 'CNY' }, neededBy: null }] })
export type ScenarioPatch = z.infer<typeof ScenarioPatch>

const card = {
  id: Id('scenario'),
  parkId: Id('park'),
  organisationId: Id('organisation').optional().describe('Absent where you may not know yet who it is'),
  state: z.enum(SCENARIO_STATES),
  visibility,
  isWithheld: z.boolean().optional().describe('True while the park has suspended its owner: others do not see it'),
  version: z.int().min(1),
  etag: z.string().describe('Send as `If-Match` when changing it'),
  expiresAt: Instant.optional(),
  createdAt: Instant,
  updatedAt: Instant,
  publishedAt: Instant.optional(),
}

export const Scenario = z
  .object({
    ...card,
    ...optionalFields.shape,
    tiers: ScenarioTiers.optional(),
    tiersVisible: z.array(z.enum(TIERS)).describe('The tiers that this answer shows you'),
    suggestions: z.array(ConceptSuggestion).optional().describe('Nearest concepts for words that name none'),
    review: z
      .object({ decision: z.enum(REVIEW_DECISIONS), reason: z.string().optional(), decidedAt: Instant })
      .optional()
      .describe('What the park last decided about it; for its author and the park'),
  })
  .meta({ id: 'Scenario' })

export const ScenarioReturn = z
  .strictObject({ reason: Line(1_000).describe('What its author should mend') })
  .meta({ id: 'ScenarioReturn', examples: [{ reason: '请补充节拍和数据量' }] })

/** A row of a list: the public tier, whoever reads. */
export const ScenarioCard = z
  .object({
    ...card,
    ...optionalFields.pick({
      language: true,
      title: true,
      summary: true,
      industry: true,
      processes: true,
      problems: true,
      goals: true,
      place: true,
    }).shape,
  })
  .meta({ id: 'ScenarioCard', description: 'The public tier of a scenario' })

export const ScenarioQuery = pageBy('scenario').extend({
  parkId: Id('park').optional(),
  state: z.enum(SCENARIO_STATES).optional(),
  industry: z.string().max(100).optional().describe('`ind.*`, where the industry is public'),
  problem: z.string().max(100).optional().describe('`pb.*`, where the problems are public'),
  organisationId: z
    .union([z.literal('mine'), Id('organisation')])
    .optional()
    .describe('`mine`, or an organisation that you may know'),
  q: z.string().trim().min(1).max(100).optional().describe('Part of the title'),
})
export type ScenarioQuery = z.infer<typeof ScenarioQuery>

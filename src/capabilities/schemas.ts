import { z } from 'zod'
import { ACCESS_MODES, DATA_REACHES, FRESHNESSES, TIERS } from '../engine/types.ts'
import { ConceptRef, ConceptSuggestion } from '../platform/concepts.ts'
import { changeable, Contact, Id, Instant, Language, Line, MoneyRange, pageBy, Volume } from '../platform/schemas.ts'
import { CAPABILITY_STATES } from './tables.ts'

const concepts = (max = 20) => z.array(ConceptRef).max(max)
const share = z.number().min(0).max(1)
const measure = z.number().min(-1e12).max(1e12)

export const DataRequirement = z
  .strictObject({
    name: Line(),
    level: z.enum(['required', 'useful']).describe('`required`: it does not work without'),
    modality: ConceptRef.describe('`mod.*`'),
    formats: concepts().optional().describe('`fmt.*`'),
    protocols: concepts().optional().describe('`proto.*`'),
    volumeMin: Volume.optional(),
    labelCoverageMin: share.optional().describe('Share of the samples that must carry a label, 0 to 1'),
    labelledSamplesMin: z.int().min(0).max(1e12).optional().describe('Labelled samples, whatever the whole volume is'),
    negativeSamplesMin: z.int().min(0).max(1e12).optional().describe('Samples that show the defect or fault'),
    samplingHzMin: z.number().min(0).max(1e9).optional(),
    timeSpanDaysMin: z.number().min(0).max(36_500).optional(),
    freshnessMin: z.enum(FRESHNESSES).optional().describe('The stalest that still works'),
    completenessMin: share.optional().describe('Share of the values that must be present, 0 to 1'),
    needsContext: z.boolean().optional().describe('Rows must be joinable to batch, order or machine'),
    accessModes: z.array(z.enum(ACCESS_MODES)).max(ACCESS_MODES.length).optional().describe('Absent: any but `none`'),
    reach: z.enum(DATA_REACHES).optional().describe('Where the data is taken to be worked on'),
    personalDataAllowed: z.boolean().optional().describe('Absent: yes'),
  })
  .describe('Data that the model needs, as minimums')
  .meta({
    id: 'DataRequirement',
    examples: [{ name: '缺陷图片', level: 'required', modality: 'mod.image', labelledSamplesMin: 300 }],
  })

export const CaseEvidence = z
  .strictObject({
    title: Line(),
    industry: ConceptRef.optional().describe('`ind.*`'),
    kpi: ConceptRef.optional().describe('`kp.*`'),
    unit: Line(40).optional(),
    before: measure.optional(),
    after: measure.optional(),
    customers: z.int().min(0).max(1e7).optional(),
    verified: z.boolean().optional().describe('The customer confirms the figures and may be asked'),
  })
  .describe('A case that was delivered')
  .meta({
    id: 'CaseEvidence',
    examples: [{ title: '冲压件在线全检', industry: 'ind.C33', kpi: 'kp.escape', unit: '%', before: 2.1, after: 0.2 }],
  })

/** What a capability says, each field in one of the three tiers (`tiers.ts`). */
const fields = {
  language: Language,
  title: Line(),
  summary: Line(2_000),
  details: Line(20_000),
  benefits: Line(5_000).describe('What a customer gains'),
  techniques: concepts().describe('`tech.*`'),
  problems: concepts(50).describe('`pb.*` or `df.*`'),
  industries: concepts(50).describe('`ind.*`'),
  processes: concepts(50).describe('`proc.*`'),
  dataRequirements: z.array(DataRequirement).max(30),
  deployments: concepts().describe('`dp.*`'),
  latencyMs: z.number().min(0).max(86_400_000),
  hardware: concepts().describe('`hw.*`'),
  integrations: concepts(50).describe('`sys.*` or `proto.*`'),
  evidence: z.array(CaseEvidence).max(50),
  price: MoneyRange,
  leadTimeDays: z.number().min(0).max(3_650),
  capacity: z.int().min(0).max(10_000).describe('Projects that can run at once'),
  capacityUsed: z.int().min(0).max(10_000).describe('How many of them are taken'),
  regions: z.array(Line(100)).max(100).describe('Cities or regions served, in plain words; absent: everywhere'),
  certificates: concepts().describe('`cp.*`'),
  limits: z.array(Line(500)).max(30).describe('What it cannot do'),
  trl: z.int().min(1).max(9).describe('Technology readiness level'),
  genaiFiling: Line(100).describe('Number of the generative-AI filing or registration'),
  contact: Contact,
}
const optionalFields = z.strictObject(fields).partial().required({ title: true })
export type CapabilityFields = z.infer<typeof optionalFields>

const fromPublic = z.enum(TIERS)
const fromShared = z.enum(TIERS).exclude(['public'])
export const CapabilityTiers = z
  .strictObject({
    summary: fromPublic,
    benefits: fromPublic,
    techniques: fromPublic,
    problems: fromPublic,
    industries: fromPublic,
    processes: fromPublic,
    dataRequirements: fromPublic,
    deployments: fromPublic,
    latencyMs: fromPublic,
    hardware: fromPublic,
    integrations: fromPublic,
    evidence: fromPublic,
    regions: fromPublic,
    certificates: fromPublic,
    limits: fromPublic,
    trl: fromPublic,
    genaiFiling: fromPublic,
    price: fromShared,
    leadTimeDays: fromShared,
    capacity: fromShared,
    capacityUsed: fromShared,
  })
  .partial()
  .describe(
    'Moves fields to a higher tier than their own. Public: everyone who sees the capability. Shared: once both sides are interested. Sealed: once both were introduced. Title and language are always public; details and contact are always sealed. Matching reads all tiers, whoever may see them',
  )
  .meta({ id: 'CapabilityTiers', examples: [{ evidence: 'shared' }] })
export type CapabilityTiers = z.infer<typeof CapabilityTiers>

const audiences = z
  .array(z.union([z.literal('network'), Id('park')]))
  .min(1)
  .max(100)
  .describe(
    'Parks that it is offered to, or `network` for every park. Absent: the parks where you are an active member',
  )

export const NewCapability = optionalFields
  .extend({
    audiences: audiences.optional(),
    tiers: CapabilityTiers.optional(),
    publish: z.boolean().default(false).describe('Publish at once instead of keeping a draft'),
  })
  .meta({
    id: 'NewCapability',
    examples: [
      {
        title: '小样本表面缺陷检测',
        summary: '三百张标注图起步，边缘部署，单件 200 毫秒。',
        techniques: ['tech.fewshot'],
        problems: ['pb.defect-inspection'],
        dataRequirements: [{ name: '缺陷图片', level: 'required', modality: 'mod.image', labelledSamplesMin: 300 }],
        deployments: ['dp.edge'],
        latencyMs: 200,
        audiences: ['network'],
        publish: true,
      },
    ],
  })
export type NewCapability = z.infer<typeof NewCapability>

export const CapabilityPatch = z
  .strictObject({
    ...changeable(fields),
    title: fields.title.optional(),
    audiences: audiences.optional(),
    tiers: CapabilityTiers.nullable().optional(),
  })
  .describe('A field that is given replaces the whole field, null removes it, one that is left out stays')
  .meta({ id: 'CapabilityPatch', examples: [{ capacityUsed: 3, leadTimeDays: null }] })
export type CapabilityPatch = z.infer<typeof CapabilityPatch>

const card = {
  id: Id('capability'),
  organisationId: Id('organisation').optional().describe('Absent where you may not know yet who it is'),
  state: z.enum(CAPABILITY_STATES),
  audiences: audiences.optional().describe('Read by its owner only'),
  version: z.int().min(1),
  etag: z.string().describe('Send as `If-Match` when changing it'),
  createdAt: Instant,
  updatedAt: Instant,
  publishedAt: Instant.optional(),
}

export const Capability = z
  .object({
    ...card,
    ...optionalFields.shape,
    tiers: CapabilityTiers.optional(),
    tiersVisible: z.array(z.enum(TIERS)).describe('The tiers that this answer shows you'),
    suggestions: z.array(ConceptSuggestion).optional().describe('Nearest concepts for words that name none'),
  })
  .meta({ id: 'Capability' })

/** A row of a list: the public tier, whoever reads, without the long lists. */
export const CapabilityCard = z
  .object({
    ...card,
    ...optionalFields.pick({
      language: true,
      title: true,
      summary: true,
      techniques: true,
      problems: true,
      industries: true,
      processes: true,
      deployments: true,
      latencyMs: true,
      regions: true,
      trl: true,
    }).shape,
  })
  .meta({ id: 'CapabilityCard', description: 'The head of a capability: a part of its public tier' })

export const CapabilityQuery = pageBy('capability').extend({
  parkId: Id('park').optional().describe('Offered to this park, by name or to every park'),
  state: z.enum(CAPABILITY_STATES).optional(),
  technique: z.string().max(100).optional().describe('`tech.*`, where the techniques are public'),
  problem: z.string().max(100).optional().describe('`pb.*`, where the problems are public'),
  organisationId: z
    .union([z.literal('mine'), Id('organisation')])
    .optional()
    .describe('`mine`, or an organisation that you may know'),
  q: z.string().trim().min(1).max(100).optional().describe('Part of the title'),
})
export type CapabilityQuery = z.infer<typeof CapabilityQuery>

import t from 'tap'
import { capabilityFeatures, scenarioFeatures } from '../../src/engine/features.ts'
import { GATE_RULES } from '../../src/engine/gates.ts'
import { scorePair } from '../../src/engine/score.ts'
import type { CapabilityInput, DataRequirement, ScenarioInput } from '../../src/engine/types.ts'
import { lexicon } from './lexicon.ts'

type Case = { rule: string; promise: string; scenario: Partial<ScenarioInput>; capability: Partial<CapabilityInput> }

const image: DataRequirement = { name: '图', level: 'required', modality: 'mod.image' }
const held = { name: '图', modality: 'mod.image' }

const FIRING: Case[] = [
  {
    rule: 'data-reach',
    promise: 'data may not leave and the vendor works in the cloud only',
    scenario: { constraints: { reach: 'site' }, datasets: [held] },
    capability: { deployments: ['dp.public'], dataRequirements: [image] },
  },
  {
    rule: 'data-reach',
    promise: 'the same, said in the text, for a vendor without requirements',
    scenario: { summary: '数据不能出厂' },
    capability: { deployments: ['dp.api'] },
  },
  {
    rule: 'data-grade',
    promise: 'industrial level 3 stays in the plant whatever the owner allows',
    scenario: { datasets: [{ ...held, industrialLevel: 3, reach: 'abroad' }] },
    capability: { deployments: ['dp.privcloud'], dataRequirements: [image] },
  },
  {
    rule: 'data-access',
    promise: 'the data is not given out',
    scenario: { datasets: [{ ...held, accessMode: 'none' }] },
    capability: { dataRequirements: [image] },
  },
  {
    rule: 'personal-information',
    promise: 'faces go to a vendor that takes no personal information',
    scenario: { datasets: [{ name: '人脸', modality: 'mod.face' }] },
    capability: { dataRequirements: [{ ...image, modality: 'mod.face', personalDataAllowed: false }] },
  },
  {
    rule: 'personal-information-export',
    promise: 'personal information would go abroad with nobody’s permission',
    scenario: { datasets: [{ ...held, personalData: true }] },
    capability: { dataRequirements: [{ ...image, reach: 'abroad' }] },
  },
  {
    rule: 'deployment',
    promise: 'no form of deployment is accepted',
    scenario: { constraints: { deployments: ['dp.onprem'] } },
    capability: { deployments: ['dp.public', 'dp.parkcloud'] },
  },
  {
    rule: 'genai-filing',
    promise: 'a generative service for the public shows no filing: absence is a refusal',
    scenario: { constraints: { publicAudience: true } },
    capability: { techniques: ['tech.llm'] },
  },
  {
    rule: 'mlps-level',
    promise: 'the level is asked for in a field and the vendor is silent: absence is a refusal',
    scenario: { constraints: { certificates: ['cp.mlps3'] } },
    capability: {},
  },
  {
    rule: 'certificate',
    promise: 'the vendor lists its certificates and the one asked for is not there',
    scenario: { constraints: { certificates: ['cp.iatf'] } },
    capability: { certificates: ['cp.iso27001'] },
  },
  {
    rule: 'domestic-hardware',
    promise: 'domestic chips are asked for and only foreign ones are named',
    scenario: { constraints: { domesticHardware: true } },
    capability: { hardware: ['hw.gpu-nvidia'] },
  },
  {
    rule: 'latency',
    promise: 'it is more than five times too slow',
    scenario: { constraints: { latencyMsMax: 100 } },
    capability: { latencyMs: 501 },
  },
  {
    rule: 'dates',
    promise: 'it takes more than twice the time there is',
    scenario: { startsOn: '2027-01-01', neededBy: '2027-01-31' },
    capability: { leadTimeDays: 61 },
  },
  {
    rule: 'region',
    promise: 'the vendor serves elsewhere',
    scenario: { place: '东莞' },
    capability: { regions: ['江苏', '上海'] },
  },
]

const SILENT: (Omit<Case, 'rule'> & { rule?: never })[] = [
  {
    promise: 'a vendor that names no deployment',
    scenario: { constraints: { reach: 'site' }, datasets: [held] },
    capability: { dataRequirements: [image] },
  },
  {
    promise: 'a cloud that only the prose mentions',
    scenario: { constraints: { reach: 'site' } },
    capability: { summary: '公有云SaaS，账号即用' },
  },
  {
    promise: 'one of several forms that stays in the plant',
    scenario: { constraints: { reach: 'site' } },
    capability: { deployments: ['dp.public', 'dp.edge'] },
  },
  {
    promise: 'a dataset that alone may travel',
    scenario: { constraints: { reach: 'site' }, datasets: [{ ...held, reach: 'mainland' }] },
    capability: { deployments: ['dp.privcloud'], dataRequirements: [image] },
  },
  {
    promise: 'withheld data that is only useful',
    scenario: { datasets: [{ ...held, accessMode: 'none' }] },
    capability: { dataRequirements: [{ ...image, level: 'useful' }] },
  },
  {
    promise: 'a filed generative service',
    scenario: { constraints: { publicAudience: true } },
    capability: { techniques: ['tech.llm'], genaiFiling: '粤-2026-1' },
  },
  {
    promise: 'a public service that is not generative',
    scenario: { constraints: { publicAudience: true } },
    capability: { techniques: ['tech.obj-det'] },
  },
  {
    promise: 'a higher MLPS level than asked',
    scenario: { constraints: { certificates: ['cp.mlps2'] } },
    capability: { certificates: ['cp.mlps3'] },
  },
  {
    promise: 'a market certificate of which the vendor says nothing',
    scenario: { constraints: { certificates: ['cp.iso27001'] } },
    capability: {},
  },
  {
    promise: 'a domestic chip beside a foreign one',
    scenario: { constraints: { domesticHardware: true } },
    capability: { hardware: ['hw.gpu-nvidia', 'hw.ascend'] },
  },
  {
    promise: 'hardware that is no chip',
    scenario: { constraints: { domesticHardware: true } },
    capability: { hardware: ['hw.camera-area'] },
  },
  {
    promise: 'a price far above the budget',
    scenario: { budget: { max: 100_000, currency: 'CNY' } },
    capability: { price: { min: 5_000_000, currency: 'CNY' } },
  },
  {
    promise: 'a city inside the region served',
    scenario: { place: '广东省东莞市' },
    capability: { regions: ['珠三角'] },
  },
  { promise: 'an English region', scenario: { place: 'Dongguan' }, capability: { regions: ['Guangdong'] } },
  { promise: 'a place that nobody knows', scenario: { place: '某某镇' }, capability: { regions: ['上海'] } },
  { promise: 'dates without a start', scenario: { neededBy: '2027-01-31' }, capability: { leadTimeDays: 900 } },
]

const score = ({ scenario, capability }: Pick<Case, 'scenario' | 'capability'>) =>
  scorePair(
    scenarioFeatures(lexicon, { id: 's', title: '检测', ...scenario }),
    capabilityFeatures(lexicon, { id: 'c', title: '方案', ...capability }),
    { value: 0.5, evidence: [] },
  )

t.test('every gate of the closed list fires, alone, with its rule, its source and who can lift it', async t => {
  for (const firing of FIRING) {
    const found = score(firing)
    t.same(
      found.gates.map(gate => gate.rule),
      [firing.rule],
      `${firing.rule}: ${firing.promise}`,
    )
    t.equal(found.total, 0)
    t.ok(found.totalWithoutGates > 0)
    const [gate] = found.gates
    t.ok(gate !== undefined && gate.source !== '' && gate.liftedBy.length > 0 && gate.scenarioField.startsWith('/'))
  }
  t.same(new Set(FIRING.map(({ rule }) => rule)), new Set(Object.keys(GATE_RULES)), 'no rule is left out')
})

t.test('no gate fires for', async t => {
  for (const silent of SILENT) t.same(score(silent).gates, [], silent.promise)
})

t.test('a wish said in a text names that text, so that its tier decides who reads it', async t => {
  const found = score({ scenario: { details: '数据不能出厂' }, capability: { deployments: ['dp.public'] } })
  t.equal(found.gates[0]?.scenarioField, '/details')
})

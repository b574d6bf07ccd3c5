import t from 'tap'
import { capabilityFeatures, scenarioFeatures } from '../../src/engine/features.ts'
import { GATE_RULES, type GateRule } from '../../src/engine/gates.ts'
import { renderReasons } from '../../src/engine/render.ts'
import { scorePair } from '../../src/engine/score.ts'
import {
  type CapabilityInput,
  DATA_GRADES,
  DATA_REACHES,
  type DataRequirement,
  type Dataset,
  type ScenarioInput,
} from '../../src/engine/types.ts'
import { lexicon } from './lexicon.ts'

/** The gates of the list: data grade, industrial level, personal information, reach, filing, MLPS, hardware. */
const pairOf = (scenario: Partial<ScenarioInput>, capability: Partial<CapabilityInput>) =>
  scorePair(
    scenarioFeatures(lexicon, { id: 's', title: '检测', ...scenario }),
    capabilityFeatures(lexicon, { id: 'c', title: '方案', ...capability }),
    { value: 0.5, evidence: [] },
  )
const rulesOf = (scenario: Partial<ScenarioInput>, capability: Partial<CapabilityInput>) =>
  pairOf(scenario, capability).gates.map(gate => gate.rule)

const held: Dataset = { name: '图', modality: 'mod.image' }
const needs = (more: Partial<DataRequirement> = {}) => ({
  dataRequirements: [{ name: '图', level: 'required', modality: 'mod.image', ...more } satisfies DataRequirement],
})
const holds = (more: Partial<Dataset>) => ({ datasets: [{ ...held, ...more }] })
const rank = (reach: (typeof DATA_REACHES)[number]) => DATA_REACHES.indexOf(reach)

t.test('data travels no farther than its owner allows: site, park, mainland, Hong Kong and Macao, abroad', async t => {
  for (const allowed of DATA_REACHES)
    for (const wanted of DATA_REACHES) {
      const isBlocked = rank(wanted) > rank(allowed)
      t.same(
        rulesOf(holds({ reach: allowed }), needs({ reach: wanted })),
        isBlocked ? ['data-reach'] : [],
        `allowed ${allowed}, wanted ${wanted}`,
      )
    }
})

/** How far each class may travel at the most, whatever its owner says (DOMAIN.md §6). */
const CLASSES = [
  { grade: 'general', farthest: 'abroad' },
  { grade: 'important', farthest: 'mainland' },
  { grade: 'core', farthest: 'site' },
  { industrialLevel: 1, farthest: 'abroad' },
  { industrialLevel: 2, farthest: 'abroad' },
  { industrialLevel: 3, farthest: 'site' },
] as const

t.test(
  'data of a grade or an industrial level travels no farther than the law allows, whatever its owner says',
  async t => {
    t.same(
      CLASSES.flatMap(row => ('grade' in row ? [row.grade] : [])),
      DATA_GRADES,
      'every grade stands in the table',
    )
    for (const { farthest, ...dataClass } of CLASSES)
      for (const wanted of DATA_REACHES)
        t.same(
          rulesOf(holds({ ...dataClass, reach: 'abroad' }), needs({ reach: wanted })),
          rank(wanted) > rank(farthest) ? ['data-grade'] : [],
          `${JSON.stringify(dataClass)} to ${wanted}`,
        )
  },
)

t.test('a vendor that states no needs is held to the freest data that there is', async t => {
  const cloud = { deployments: ['dp.public'] }
  t.same(rulesOf({ datasets: [{ ...held, grade: 'core' }] }, cloud), ['data-grade'])
  t.same(rulesOf({ datasets: [{ ...held, grade: 'core' }, held] }, cloud), [], 'it may take the other one')
  t.same(
    rulesOf(
      {
        datasets: [
          { ...held, grade: 'important' },
          { ...held, reach: 'park' },
        ],
      },
      cloud,
    ),
    ['data-grade'],
  )
  t.same(rulesOf({ datasets: [{ ...held, reach: 'park' }] }, cloud), ['data-reach'])
  t.same(rulesOf({ datasets: [{ ...held, grade: 'important' }] }, { deployments: ['dp.privcloud'] }), [])
  t.same(rulesOf({ datasets: [{ ...held, grade: 'core' }] }, { deployments: ['dp.edge', 'dp.public'] }), [])
})

type Row = {
  promise: string
  rule: GateRule | undefined
  scenario: Partial<ScenarioInput>
  capability: Partial<CapabilityInput>
}
const ROWS: Row[] = [
  {
    promise: 'faces to a vendor that takes no personal information',
    rule: 'personal-information',
    scenario: holds({ modality: 'mod.face' }),
    capability: needs({ modality: 'mod.face', personalDataAllowed: false }),
  },
  {
    promise: 'personal information that can be masked is converted, not refused',
    rule: undefined,
    scenario: holds({ personalData: true }),
    capability: needs({ personalDataAllowed: false }),
  },
  ...(['hkmo', 'abroad'] as const).map(
    (reach): Row => ({
      promise: `personal information to ${reach} with nobody's word for it`,
      rule: 'personal-information-export',
      scenario: holds({ personalData: true }),
      capability: needs({ reach }),
    }),
  ),
  {
    promise: 'personal information within the mainland',
    rule: undefined,
    scenario: holds({ personalData: true }),
    capability: needs({ reach: 'mainland' }),
  },
  ...['tech.llm', 'tech.rag', 'tech.gen', 'tech.vlm', 'tech.agent'].map(
    (technique): Row => ({
      promise: `${technique} for the public without a filing`,
      rule: 'genai-filing',
      scenario: { constraints: { publicAudience: true } },
      capability: { techniques: [technique] },
    }),
  ),
  {
    promise: 'the same with a filing',
    rule: undefined,
    scenario: { constraints: { publicAudience: true } },
    capability: { techniques: ['tech.llm'], genaiFiling: '粤-20250001' },
  },
  {
    promise: 'the same for use inside the company',
    rule: undefined,
    scenario: { constraints: { publicAudience: false } },
    capability: { techniques: ['tech.llm'] },
  },
  {
    promise: 'what is not generative, for the public',
    rule: undefined,
    scenario: { constraints: { publicAudience: true } },
    capability: { techniques: ['tech.detection'] },
  },
  ...[1, 2, 3, 4, 5].flatMap(asked =>
    [undefined, 1, 2, 3, 4, 5].map(
      (level): Row => ({
        promise: `MLPS level ${asked} is asked for, ${level ?? 'none'} is held`,
        rule: level === undefined || level < asked ? 'mlps-level' : undefined,
        scenario: { constraints: { certificates: [`cp.mlps${asked}`] } },
        capability: level === undefined ? {} : { certificates: [`cp.mlps${level}`] },
      }),
    ),
  ),
  ...(['hw.ascend', 'hw.cambricon', 'hw.kunpeng', 'hw.rockchip', 'hw.domestic-ai'] as const).map(
    (chip): Row => ({
      promise: `domestic hardware is asked for and ${chip} offered beside a foreign one`,
      rule: undefined,
      scenario: { constraints: { domesticHardware: true } },
      capability: { hardware: ['hw.gpu-nvidia', chip] },
    }),
  ),
  {
    promise: 'domestic hardware is asked for and only a foreign one offered',
    rule: 'domestic-hardware',
    scenario: { constraints: { domesticHardware: true } },
    capability: { hardware: ['hw.gpu-nvidia'] },
  },
  {
    promise: 'domestic hardware is asked for and no chip named: silence refuses nobody',
    rule: undefined,
    scenario: { constraints: { domesticHardware: true } },
    capability: { hardware: ['hw.camera-area'] },
  },
]

t.test('personal information, filing for the public, MLPS level and domestic hardware', async t => {
  for (const { promise, rule, scenario, capability } of ROWS)
    t.same(rulesOf(scenario, capability), rule === undefined ? [] : [rule], promise)
})

t.test('each gate says its rule, its source and who can lift it, in both languages', async t => {
  for (const [rule, { source, liftedBy }] of Object.entries(GATE_RULES))
    t.ok(source.length > 5 && liftedBy.length > 0, rule)
  const blocked = pairOf(holds({ grade: 'core', reach: 'abroad' }), needs({ reach: 'abroad' }))
  t.equal(blocked.total, 0)
  t.match(blocked.gates, [{ rule: 'data-grade', liftedBy: ['vendor', 'authority'], need: 'site', have: 'abroad' }])
  const told = (language: 'zh' | 'en') => JSON.stringify(renderReasons(blocked, { language, lexicon }))
  t.match(told('zh'), /规则 data-grade，依据：.*《?数据安全法.*可由.*解除/)
  t.match(told('en'), /Rule data-grade, source: .*it can be lifted by/)
})

import fc from 'fast-check'
import {
  ACCESS_MODES,
  type CapabilityInput,
  DATA_REACHES,
  type DataRequirement,
  type Dataset,
  FRESHNESSES,
  type ScenarioInput,
  STORAGE_STATES,
} from '../../src/engine/types.ts'

/** Every property runs from a fixed seed, so that a failure comes back. */
export const runs = (numRuns: number) => ({ seed: 20_260, numRuns })

const modality = fc.constantFrom(
  'mod.image',
  'mod.image-line',
  'mod.label-img',
  'mod.video',
  'mod.ts',
  'mod.vibration',
  'mod.plc',
  'mod.order',
  'mod.table',
  'mod.face',
)
const volume = fc.record({
  value: fc.integer({ min: 0, max: 50_000 }),
  unit: fc.constantFrom('samples' as const, 'rows' as const, 'hours' as const, 'gigabytes' as const),
})
const share = fc.constantFrom(0, 0.1, 0.5, 0.9, 1)
const some = <T>(value: fc.Arbitrary<T>, max = 3) => fc.uniqueArray(value, { maxLength: max })
const problem = fc.constantFrom('pb.defect-inspection', 'pb.over-reject', 'pb.pdm', 'pb.scheduling', 'pb.energy-opt')
const technique = fc.constantFrom('tech.obj-det', 'tech.fewshot', 'tech.ts-anomaly', 'tech.llm', 'tech.aps')
const deployment = fc.constantFrom('dp.edge', 'dp.onprem', 'dp.parkcloud', 'dp.privcloud', 'dp.public', 'dp.api')
const certificate = fc.constantFrom('cp.mlps2', 'cp.mlps3', 'cp.iso27001')
const money = fc
  .record({ min: fc.integer({ min: 1, max: 200 }), more: fc.integer({ min: 0, max: 100 }) })
  .map(({ min, more }) => ({ min: min * 10_000, max: (min + more) * 10_000, currency: 'CNY' }))

/** Demand prose with the words and figures that the engine reads. */
export const arbitraryText = fc
  .array(
    fc.constantFrom(
      '冲压件表面划痕',
      '靠人工目检',
      '漏检率2%',
      '有2万张未标注图片',
      '数据不能出厂',
      '预算80万左右',
      '节拍3秒/件',
      '设备突然停机',
      '空压机电费高',
      'scratches on stamped parts',
      'we have 20,000 images',
      '🏭',
    ),
    { maxLength: 6 },
  )
  .map(words => words.join('，'))

const dataset: fc.Arbitrary<Dataset> = fc.record(
  {
    name: fc.constantFrom('甲', '乙', '丙'),
    modality,
    volume,
    labelCoverage: share,
    negativeSamples: fc.integer({ min: 0, max: 500 }),
    samplingHz: fc.constantFrom(0.1, 1, 1000),
    timeSpanDays: fc.integer({ min: 0, max: 800 }),
    freshness: fc.constantFrom(...FRESHNESSES),
    completeness: share,
    hasContext: fc.boolean(),
    storage: fc.constantFrom(...STORAGE_STATES),
    grade: fc.constantFrom('general' as const, 'important' as const, 'core' as const),
    industrialLevel: fc.constantFrom(1 as const, 2 as const, 3 as const),
    personalData: fc.boolean(),
    accessMode: fc.constantFrom(...ACCESS_MODES),
    reach: fc.constantFrom(...DATA_REACHES),
    protocols: some(fc.constantFrom('proto.opcua', 'proto.none', 'proto.file', 'proto.modbustcp'), 2),
    formats: some(fc.constantFrom('fmt.jpg', 'fmt.csv', 'fmt.xlsx', 'fmt.video'), 2),
  },
  { requiredKeys: ['name', 'modality'] },
)

const requirement: fc.Arbitrary<DataRequirement> = fc.record(
  {
    name: fc.constantFrom('子', '丑', '寅'),
    level: fc.constantFrom('required' as const, 'useful' as const),
    modality,
    volumeMin: volume,
    labelCoverageMin: share,
    labelledSamplesMin: fc.integer({ min: 1, max: 5000 }),
    negativeSamplesMin: fc.integer({ min: 1, max: 300 }),
    samplingHzMin: fc.constantFrom(0.1, 1, 1000),
    timeSpanDaysMin: fc.integer({ min: 1, max: 500 }),
    freshnessMin: fc.constantFrom(...FRESHNESSES),
    completenessMin: share,
    needsContext: fc.boolean(),
    accessModes: fc.uniqueArray(
      fc.constantFrom('download' as const, 'api' as const, 'desensitised' as const, 'onSite' as const),
      { minLength: 1, maxLength: 3 },
    ),
    reach: fc.constantFrom(...DATA_REACHES),
    personalDataAllowed: fc.boolean(),
    protocols: some(fc.constantFrom('proto.opcua', 'proto.file'), 2),
    formats: some(fc.constantFrom('fmt.jpg', 'fmt.csv'), 2),
  },
  { requiredKeys: ['name', 'level', 'modality'] },
)

/** Scenarios of every kind, from a bare title to every field filled. */
export const arbitraryScenario: fc.Arbitrary<ScenarioInput> = fc.record(
  {
    id: fc.constant('scn_1'),
    title: fc.constantFrom('表面缺陷检测', '设备预测性维护', 'Energy saving', '排产'),
    summary: arbitraryText,
    industry: fc.constantFrom('ind.C33', 'ind.C39'),
    processes: some(fc.constantFrom('proc.stamping', 'proc.gluing')),
    problems: some(problem),
    goals: some(fc.record({ kpi: fc.constantFrom('kp.escape', 'kp.downtime'), baseline: share, target: share }), 2),
    datasets: fc.array(dataset, { maxLength: 3 }),
    constraints: fc.record(
      {
        deployments: some(deployment),
        reach: fc.constantFrom(...DATA_REACHES),
        latencyMsMax: fc.integer({ min: 10, max: 1000 }),
        taktS: fc.integer({ min: 1, max: 30 }),
        domesticHardware: fc.boolean(),
        certificates: some(certificate),
        publicAudience: fc.boolean(),
      },
      { requiredKeys: [] },
    ),
    budget: money,
    startsOn: fc.constantFrom('2027-01-01', '2027-03-01'),
    neededBy: fc.constantFrom('2027-04-01', '2027-12-31'),
    place: fc.constantFrom('东莞', '苏州', '某地'),
  },
  { requiredKeys: ['id', 'title'] },
)

/** Capabilities of every kind. */
export const arbitraryCapability: fc.Arbitrary<CapabilityInput> = fc.record(
  {
    id: fc.constant('cap_1'),
    title: fc.constantFrom('AI视觉质检', '设备健康管理', 'Scheduling engine'),
    summary: fc.constantFrom('基于目标检测识别划痕', '基于振动信号预测故障', 'cloud SaaS for planning', ''),
    techniques: some(technique),
    problems: some(problem),
    industries: some(fc.constantFrom('ind.C33', 'ind.C39', 'ind.C35')),
    dataRequirements: fc.array(requirement, { maxLength: 3 }),
    deployments: some(deployment),
    latencyMs: fc.integer({ min: 5, max: 5000 }),
    hardware: some(fc.constantFrom('hw.gpu-nvidia', 'hw.ascend', 'hw.camera-area')),
    integrations: some(fc.constantFrom('sys.mes', 'sys.plc')),
    evidence: fc.array(
      fc.record({
        title: fc.constant('案例'),
        industry: fc.constantFrom('ind.C33', 'ind.C35'),
        kpi: fc.constantFrom('kp.escape', 'kp.oee'),
        verified: fc.boolean(),
      }),
      { maxLength: 3 },
    ),
    price: money,
    leadTimeDays: fc.integer({ min: 5, max: 900 }),
    capacity: fc.integer({ min: 0, max: 4 }),
    capacityUsed: fc.integer({ min: 0, max: 4 }),
    regions: some(fc.constantFrom('广东', '长三角', '全国', '别处')),
    certificates: some(certificate),
    trl: fc.integer({ min: 1, max: 9 }),
    genaiFiling: fc.constant('粤-1'),
  },
  { requiredKeys: ['id', 'title'] },
)

/** A dataset that meets a requirement in everything it states. */
export function meetRequirement(needed: DataRequirement): Dataset {
  const samples = Math.max(
    needed.labelledSamplesMin ?? 0,
    needed.volumeMin?.unit === 'samples' ? needed.volumeMin.value : 0,
  )
  return {
    name: '新',
    modality: needed.modality,
    ...(needed.formats && { formats: needed.formats }),
    ...(needed.protocols && { protocols: needed.protocols }),
    volume:
      needed.volumeMin !== undefined && needed.volumeMin.unit !== 'samples'
        ? needed.volumeMin
        : { value: samples, unit: 'samples' },
    labelCoverage: 1,
    negativeSamples: needed.negativeSamplesMin ?? 0,
    samplingHz: needed.samplingHzMin ?? 1,
    timeSpanDays: needed.timeSpanDaysMin ?? 1,
    freshness: needed.freshnessMin ?? 'daily',
    completeness: 1,
    hasContext: true,
    personalData: false,
    storage: 'exported',
    ...(needed.accessModes?.[0] && { accessMode: needed.accessModes[0] }),
  }
}

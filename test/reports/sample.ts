import type { Report } from '../../src/reports/schemas.ts'

const figure = (count: number) => ({ count, url: '/v1/parks/prk_x/report/rows?figure=x' })
const listed = (place: number, title: string, addition = 0): Report['unserved'][number] => ({
  id: `scn_${place}`,
  title,
  industry: { id: 'ind.C33', label: '金属制品业' },
  problems: [{ id: 'pb.defect-inspection', label: '缺陷检测' }],
  bestTotal: 5_000 - place * 100,
  publishedAt: '2026-03-01T02:00:00.000Z',
  order: { tier: addition > 0 ? 'leading' : null, addition, place, placeWithout: place },
})
const step = (stage: Report['funnel']['scenarios'][number]['stage'], label: string, count: number) => ({
  stage,
  label,
  scenarios: figure(count),
  ofPrevious: null,
  ofFirst: Math.round((count / 71) * 1_000) / 10,
})

/** A small report that fills every table. */
export const SAMPLE: Report = {
  parkId: 'prk_x',
  at: '2026-11-02T08:00:00.000Z',
  timeZone: 'Asia/Shanghai',
  period: { from: '2026-01-01', to: '2026-12-31' },
  threshold: 4_500,
  shortlistMax: 10,
  scenarios: {
    byState: [{ ...figure(71), state: 'published' }],
    published: figure(71),
    scored: figure(70),
    matched: figure(50),
    unserved: figure(20),
  },
  funnel: {
    scenarios: [step('published', '已发布', 71), step('landed', '已落地', 34)],
    matches: [],
    stages: [
      {
        stage: 'interest',
        label: '一方有意向',
        left: figure(12),
        medianHours: 30.5,
        p90Hours: 100,
        waiting: figure(3),
        waitingMedianHours: 10,
        waitingLongestHours: 99.9,
      },
    ],
  },
  matches: [],
  targets: [
    {
      id: 'tgt_x',
      parkId: 'prk_x',
      metric: 'vendors_joined',
      title: '引进供方',
      value: 10,
      from: '2026-01-01',
      to: '2026-12-31',
      actual: figure(2),
      expected: 8.4,
      percent: 20,
      status: 'behind',
    },
  ],
  byProblem: [
    { id: 'pb.x', label: '缺陷检测', demand: figure(40), matched: figure(30), landed: figure(20), supply: figure(12) },
    { id: 'pb.y', label: '排程', demand: figure(31), matched: figure(20), landed: figure(14), supply: figure(0) },
  ],
  byIndustry: [],
  map: [
    {
      industry: { id: null, label: null },
      problem: { id: 'pb.x', label: '缺陷检测' },
      demand: figure(40),
      supply: figure(12),
      matched: figure(30),
      landed: figure(20),
    },
  ],
  unserved: [listed(1, '毛织验布'), listed(2, '锂电极片测厚', 300)],
  priorities: [listed(1, '冲压件划痕')],
  focus: {
    industries: { leading: ['ind.C33'], pillar: [], emerging: [] },
    additions: { leading: 300, pillar: 200, emerging: 100 },
  },
  idleSupply: { ...figure(1), items: [{ id: 'cap_x', title: '声纹诊断', organisationId: 'org_x' }] },
  dataGaps: [
    {
      field: 'labels',
      label: '标注样本',
      scenarios: figure(9),
      required: figure(7),
      forbidden: figure(0),
      unlocks: figure(4),
      needs: [],
      resourceKinds: [{ id: 'rs.labelbase', label: '数据标注基地' }],
    },
  ],
  exposure: {
    vendors: 12,
    total: 300,
    topPercent: 25,
    gini: 0.41,
    newVendors: { vendors: 2, shown: 30, percent: 10 },
    smallVendors: { vendors: 5, shown: 60, percent: 20 },
    top: [{ id: 'org_x', name: '讯视科技', shown: figure(75), percent: 25 }],
  },
  responses: [
    { side: 'factory', answered: figure(20), medianHours: 24, p90Hours: 90, silent: figure(4), silentPercent: 16.7 },
    { side: 'vendor', answered: figure(25), medianHours: 8.5, p90Hours: 40, silent: figure(1), silentPercent: 3.8 },
  ],
  silentOrganisations: [{ id: 'org_y', name: '某五金厂', side: 'factory', count: 4 }],
  outcomes: [{ ...figure(3), state: 'confirmed' }],
  resources: [{ element: 'data', count: 2, url: '/v1/resources' }],
  resourceUse: {
    uses: [
      {
        use: 'compute',
        label: '算力',
        resources: figure(3),
        reservations: figure(7),
        organisations: 4,
        amounts: [{ unit: '卡时', quota: 20_000, reserved: 12_500, reservations: figure(7) }],
      },
    ],
    domesticCompute: [
      {
        unit: '卡时',
        reserved: 12_500,
        domestic: 5_000,
        reservations: figure(2),
        percent: 40,
        targetPercent: 50,
        status: 'behind',
      },
    ],
    funding: {
      grants: figure(3),
      firms: 2,
      costsYuan: 2_000_000,
      totalYuan: 850_000,
      rules: [
        {
          ruleId: 'fru_x',
          title: '算力券',
          paidYuan: 850_000,
          grants: figure(3),
          poolYuan: 50_000_000,
          percentOfPool: 1.7,
        },
      ],
    },
  },
}

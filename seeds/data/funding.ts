import type { FundingRule } from '../../src/resources/funding.ts'
import { DONGGUAN } from './parks.ts'

/** A rule as it was published, with its source. What a source leaves open is left out, never guessed. */
export type FundingRuleSeed = Omit<FundingRule, 'id'> & { park: string; source: string }

export const fundingRules: FundingRuleSeed[] = [
  {
    park: DONGGUAN,
    title: '东莞算力券',
    source: '东府〔2025〕1号：三年合计不超过 5000 万元，不超过服务费 50%，每家每年不超过 100 万元',
    costs: ['compute'],
    share: 5_000,
    firmYearCapYuan: 1_000_000,
    poolYuan: 50_000_000,
    from: '2025-01-01',
    until: '2027-12-31',
  },
  {
    park: DONGGUAN,
    title: '深圳训力券',
    source: '深圳市 2024-12-18 措施：每年不超过 5 亿元，不超过合同 50%（初创企业 60%），每家不超过 1000 万元',
    costs: ['training'],
    share: 5_000,
    variants: [{ when: ['startUp'], share: 6_000 }],
    firmCapYuan: 10_000_000,
    poolYearYuan: 500_000_000,
  },
  {
    park: DONGGUAN,
    title: '深圳语料券',
    source: '深圳市 2024-12-18 措施：每年不超过 5000 万元，不超过合同 30%，每家不超过 200 万元（开放数据 100 万元）',
    costs: ['data', 'openData'],
    share: 3_000,
    variants: [{ when: [], costs: ['openData'], projectCapYuan: 1_000_000 }],
    firmCapYuan: 2_000_000,
    poolYearYuan: 50_000_000,
  },
  {
    park: DONGGUAN,
    title: '深圳模型券',
    source:
      '深圳市 2024-12-18 措施：每年不超过 1 亿元，抵扣不超过 30%，一般不超过 100 万元，每家最多 200 万元，模型须已备案',
    costs: ['model'],
    share: 3_000,
    conditions: ['modelFiled'],
    projectCapYuan: 1_000_000,
    firmCapYuan: 2_000_000,
    poolYearYuan: 100_000_000,
  },
  {
    park: DONGGUAN,
    title: '深圳示范项目资助',
    source: '深圳市 2024-12-18 措施：不超过 30%，不超过 200 万元，标杆项目不超过 1000 万元',
    costs: ['project', 'equipment'],
    share: 3_000,
    conditions: ['demonstration'],
    variants: [{ when: ['benchmark'], projectCapYuan: 10_000_000 }],
    projectCapYuan: 2_000_000,
  },
]

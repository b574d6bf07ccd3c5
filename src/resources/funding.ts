import type { Bilingual } from '../engine/types.ts'

/** What a project pays for, as the rules speak of it. */
export const COST_KINDS = ['compute', 'training', 'data', 'openData', 'model', 'equipment', 'project', 'other'] as const
export type CostKind = (typeof COST_KINDS)[number]

/** What may be true of a firm or a project, and what a rule may ask for. */
export const CONDITIONS = ['startUp', 'modelFiled', 'benchmark', 'demonstration'] as const
export type Condition = (typeof CONDITIONS)[number]

/**
 * A funding rule as data. All money is in whole yuan, shares are in ten-thousandths (5,000 is 50 %). An amount that is
 * left out does not limit. Caps of a firm, of a vendor and of the pool count what was granted before under the rule.
 */
export type FundingRule = {
  id: string
  title: string
  /** Which costs it supports. */
  costs: CostKind[]
  share: number
  /** Another share or cap where all conditions hold; the first that fits counts. */
  variants?: {
    when: Condition[]
    costs?: CostKind[]
    share?: number
    projectCapYuan?: number
  }[]
  conditions?: Condition[]
  projectCapYuan?: number
  firmCapYuan?: number
  firmYearCapYuan?: number
  vendorCapYuan?: number
  poolYuan?: number
  poolYearYuan?: number
  /** RFC 3339 days, both included. */
  from?: string
  until?: string
  /** All support together may not be more than this share of the project's costs. */
  stackingShare?: number
  /** Of rules in the same group a project gets one. */
  exclusiveGroup?: string
}

export type ProjectCost = { kind: CostKind; amountYuan: number }
export type FundingProject = {
  /** RFC 3339 day that windows are compared with. */
  day: string
  costs: readonly ProjectCost[]
  conditions: readonly Condition[]
}

/** What was granted under a rule so far: in all and in the year of the project's day. */
export type Granted = {
  firmYuan: number
  firmYearYuan: number
  vendorYuan: number
  poolYuan: number
  poolYearYuan: number
}
export const NOTHING_GRANTED: Granted = { firmYuan: 0, firmYearYuan: 0, vendorYuan: 0, poolYuan: 0, poolYearYuan: 0 }

export const LIMITS = [
  'window',
  'condition',
  'no_costs',
  'share',
  'project_cap',
  'firm_cap',
  'firm_year_cap',
  'vendor_cap',
  'pool',
  'pool_year',
  'exclusive',
  'stacking',
] as const
export type FundingLimit = (typeof LIMITS)[number]
export type Support = {
  ruleId: string
  /** The costs that the rule supports. */
  basisYuan: number
  supportYuan: number
  /** What kept it from being more. */
  limitedBy: FundingLimit
}
export type SupportPlan = { supports: Support[]; totalYuan: number; costsYuan: number; ownYuan: number }

/**
 * What a project gets under each rule, to the yuan, with the limit that decided. Amounts are rounded down: a rule says
 * "at most". Of an exclusive group only the highest support stays (of equals the first). Support is then cut, from the
 * last rule backwards, until each rule's stacking share holds for all together and no cost is paid more than once.
 */
export const planSupport = (
  project: FundingProject,
  rules: readonly FundingRule[],
  grantedUnder: (ruleId: string) => Granted,
): SupportPlan => {
  const costsYuan = sum(project.costs.map(({ amountYuan }) => amountYuan))
  const alone = rules.map(rule => supportAlone(project, rule, grantedUnder(rule.id)))
  const exclusive = alone.map((support, i) => {
    const group = rules[i]?.exclusiveGroup
    const isBeaten = alone.some(
      (other, j) =>
        group !== undefined &&
        rules[j]?.exclusiveGroup === group &&
        (other.supportYuan > support.supportYuan || (other.supportYuan === support.supportYuan && j < i)),
    )
    return isBeaten && support.supportYuan > 0
      ? { ...support, supportYuan: 0, limitedBy: 'exclusive' as const }
      : support
  })
  const supports = stack(project, rules, exclusive, costsYuan)
  const totalYuan = sum(supports.map(({ supportYuan }) => supportYuan))
  return { supports, totalYuan, costsYuan, ownYuan: costsYuan - totalYuan }
}

const supportAlone = (project: FundingProject, rule: FundingRule, granted: Granted): Support => {
  const refuse = (limitedBy: FundingLimit, basisYuan = 0): Support => ({
    ruleId: rule.id,
    basisYuan,
    supportYuan: 0,
    limitedBy,
  })
  if ((rule.from !== undefined && project.day < rule.from) || (rule.until !== undefined && project.day > rule.until))
    return refuse('window')
  const holds = (condition: Condition) => project.conditions.includes(condition)
  if (!(rule.conditions ?? []).every(holds)) return refuse('condition')
  const supported = project.costs.filter(({ kind }) => rule.costs.includes(kind))
  const basisYuan = sum(supported.map(({ amountYuan }) => amountYuan))
  if (basisYuan === 0) return refuse('no_costs')
  const variant = rule.variants?.find(
    ({ when, costs }) =>
      when.every(holds) && (costs === undefined || supported.every(({ kind }) => costs.includes(kind))),
  )
  const projectCap = variant?.projectCapYuan ?? rule.projectCapYuan
  const ceilings: [FundingLimit, number][] = [
    ['share', shareOf(basisYuan, variant?.share ?? rule.share)],
    ['project_cap', projectCap ?? Infinity],
    ['firm_cap', left(rule.firmCapYuan, granted.firmYuan)],
    ['firm_year_cap', left(rule.firmYearCapYuan, granted.firmYearYuan)],
    ['vendor_cap', left(rule.vendorCapYuan, granted.vendorYuan)],
    ['pool', left(rule.poolYuan, granted.poolYuan)],
    ['pool_year', left(rule.poolYearYuan, granted.poolYearYuan)],
  ]
  const [limitedBy, supportYuan] = ceilings.reduce((least, ceiling) => (ceiling[1] < least[1] ? ceiling : least))
  return { ruleId: rule.id, basisYuan, supportYuan, limitedBy }
}

/** Cuts the later supports until what is paid of each cost, and of all costs, is within every rule's bounds. */
const stack = (
  project: FundingProject,
  rules: readonly FundingRule[],
  supports: readonly Support[],
  costsYuan: number,
): Support[] => {
  const kept: Support[] = []
  for (const [i, support] of supports.entries()) {
    const rule = rules[i]
    if (!rule) continue
    const sharing = kept.filter(
      (other, j) => other.supportYuan > 0 && rules[j]?.costs.some(kind => rule.costs.includes(kind)),
    )
    // Rules that share a kind of cost may together pay no more than all costs that one of them supports.
    const kinds = new Set([
      ...rule.costs,
      ...sharing.flatMap(({ ruleId }) => rules.find(({ id }) => id === ruleId)?.costs ?? []),
    ])
    const payable = sum(project.costs.filter(({ kind }) => kinds.has(kind)).map(({ amountYuan }) => amountYuan))
    const bound = Math.min(
      payable - sum(sharing.map(({ supportYuan }) => supportYuan)),
      ...[rule, ...kept.flatMap((other, j) => (other.supportYuan > 0 ? (rules[j] ?? []) : []))].map(
        ({ stackingShare }) =>
          shareOf(costsYuan, stackingShare ?? 10_000) - sum(kept.map(({ supportYuan }) => supportYuan)),
      ),
    )
    kept.push(
      support.supportYuan > bound ? { ...support, supportYuan: Math.max(0, bound), limitedBy: 'stacking' } : support,
    )
  }
  return kept
}

/** A share of an amount in ten-thousandths, rounded down to the yuan. In big integers, so that no product is rounded. */
export const shareOf = (amountYuan: number, share: number): number =>
  Number((BigInt(amountYuan) * BigInt(share)) / 10_000n)

const left = (capYuan: number | undefined, grantedYuan: number): number =>
  capYuan === undefined ? Infinity : Math.max(0, capYuan - grantedYuan)

const sum = (amounts: readonly number[]): number => amounts.reduce((total, amount) => total + amount, 0)

/** What each limit means, for people. */
export const LIMIT_TEXTS: Record<FundingLimit, Bilingual> = {
  window: { zh: '不在申报期内', en: 'Outside the window of the rule' },
  condition: { zh: '不满足申报条件', en: 'A condition of the rule does not hold' },
  no_costs: { zh: '没有该政策支持的费用', en: 'No cost that the rule supports' },
  share: { zh: '达到支持比例', en: 'The share that the rule supports' },
  project_cap: { zh: '达到单个项目上限', en: 'The cap of one project' },
  firm_cap: { zh: '达到单家企业累计上限', en: 'The cap of one firm' },
  firm_year_cap: { zh: '达到单家企业年度上限', en: 'The cap of one firm in a year' },
  vendor_cap: { zh: '达到单家服务商上限', en: 'The cap of one vendor' },
  pool: { zh: '资金池余额不足', en: 'What is left in the pool' },
  pool_year: { zh: '年度资金池余额不足', en: "What is left of the year's pool" },
  exclusive: { zh: '与另一项政策不可同享', en: 'Another rule of the same group gives more' },
  stacking: { zh: '达到叠加支持上限', en: 'The limit of all support together' },
}

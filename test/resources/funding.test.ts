import fc from 'fast-check'
import t from 'tap'
import {
  CONDITIONS,
  COST_KINDS,
  type FundingProject,
  type FundingRule,
  type Granted,
  NOTHING_GRANTED,
  planSupport,
  shareOf,
} from '../../src/resources/funding.ts'

const SEED = 20260731
const yuan = fc.integer({ min: 0, max: 50_000_000 })
const cap = fc.option(yuan, { nil: undefined })
const day = fc.constantFrom('2024-12-31', '2025-01-01', '2025-07-01', '2026-01-01')

/** Invented figures: nothing here is a rule that anybody made. */
const arbitraryRule = (id: string): fc.Arbitrary<FundingRule> =>
  fc.record(
    {
      id: fc.constant(id),
      title: fc.constant(`invented rule ${id}`),
      costs: fc.subarray([...COST_KINDS], { minLength: 1, maxLength: 3 }),
      share: fc.integer({ min: 0, max: 10_000 }),
      variants: fc.array(
        fc.record({ when: fc.subarray([...CONDITIONS], { maxLength: 1 }), share: fc.integer({ min: 0, max: 10_000 }) }),
        { maxLength: 1 },
      ),
      conditions: fc.subarray([...CONDITIONS], { maxLength: 1 }),
      projectCapYuan: cap,
      firmCapYuan: cap,
      firmYearCapYuan: cap,
      vendorCapYuan: cap,
      poolYuan: cap,
      poolYearYuan: cap,
      from: day,
      until: day,
      stackingShare: fc.integer({ min: 0, max: 10_000 }),
      exclusiveGroup: fc.constantFrom('one', 'two'),
    },
    { requiredKeys: ['id', 'title', 'costs', 'share'] },
  )

const arbitraryProject: fc.Arbitrary<FundingProject> = fc.record({
  day,
  costs: fc.array(fc.record({ kind: fc.constantFrom(...COST_KINDS), amountYuan: yuan }), { maxLength: 5 }),
  conditions: fc.subarray([...CONDITIONS]),
})
const arbitraryGranted: fc.Arbitrary<Granted> = fc.record({
  firmYuan: yuan,
  firmYearYuan: yuan,
  vendorYuan: yuan,
  poolYuan: yuan,
  poolYearYuan: yuan,
})
const arbitraryCase = fc.record({
  project: arbitraryProject,
  rules: fc.tuple(arbitraryRule('a'), arbitraryRule('b'), arbitraryRule('c')),
  granted: arbitraryGranted,
})

t.test('support is whole yuan, never negative, within every cap, and never more than what was paid', async () => {
  fc.assert(
    fc.property(arbitraryCase, ({ project, rules, granted }) => {
      const plan = planSupport(project, rules, () => granted)
      const paying = plan.supports.filter(support => support.supportYuan > 0)
      return (
        plan.supports.every(({ supportYuan, ruleId, basisYuan }) => {
          const rule = rules.find(({ id }) => id === ruleId)
          const isWithin = (capYuan: number | undefined, already: number) =>
            capYuan === undefined || supportYuan === 0 || supportYuan + already <= capYuan
          return (
            rule !== undefined &&
            Number.isSafeInteger(supportYuan) &&
            supportYuan >= 0 &&
            supportYuan <= basisYuan &&
            isWithin(rule.projectCapYuan, 0) &&
            isWithin(rule.firmCapYuan, granted.firmYuan) &&
            isWithin(rule.firmYearCapYuan, granted.firmYearYuan) &&
            isWithin(rule.vendorCapYuan, granted.vendorYuan) &&
            isWithin(rule.poolYuan, granted.poolYuan) &&
            isWithin(rule.poolYearYuan, granted.poolYearYuan)
          )
        }) &&
        plan.totalYuan <= plan.costsYuan &&
        plan.ownYuan === plan.costsYuan - plan.totalYuan &&
        paying.every(({ ruleId }) => {
          const rule = rules.find(({ id }) => id === ruleId)
          return plan.totalYuan <= shareOf(plan.costsYuan, rule?.stackingShare ?? 10_000)
        }) &&
        ['one', 'two'].every(
          group =>
            paying.filter(({ ruleId }) => rules.find(({ id }) => id === ruleId)?.exclusiveGroup === group).length <= 1,
        )
      )
    }),
    { seed: SEED, numRuns: 3_000 },
  )
})

t.test('the limit that is named is the one that decided: without it there is more', async () => {
  const LIFTED = {
    project_cap: ['projectCapYuan', 'variants'],
    firm_cap: ['firmCapYuan'],
    firm_year_cap: ['firmYearCapYuan'],
    vendor_cap: ['vendorCapYuan'],
    pool: ['poolYuan'],
    pool_year: ['poolYearYuan'],
  } as const
  fc.assert(
    fc.property(arbitraryCase, ({ project, rules: [rule], granted }) => {
      const [support] = planSupport(project, [{ ...rule, stackingShare: 10_000 }], () => granted).supports
      const fields = LIFTED[support?.limitedBy as keyof typeof LIFTED]
      if (!support || !fields || support.basisYuan === 0) return true
      const [first] = fields
      // One yuan more of it is one yuan more of support, unless the next limit stands at the same amount.
      const raised = {
        ...rule,
        stackingShare: 10_000,
        [first]: (rule[first] ?? 0) + 1 + Object.values(granted).reduce((a, b) => a + b),
      }
      const [more] = planSupport(project, [raised], () => granted).supports
      return more !== undefined && (more.supportYuan > support.supportYuan || more.limitedBy !== support.limitedBy)
    }),
    { seed: SEED, numRuns: 2_000 },
  )
})

t.test('paying more never brings less', async () => {
  fc.assert(
    fc.property(arbitraryCase, yuan, ({ project, rules: [rule], granted }, more) => {
      const [kind = 'other'] = rule.costs
      const before = planSupport({ ...project, costs: [{ kind, amountYuan: 1_000 }] }, [rule], () => granted)
      const after = planSupport({ ...project, costs: [{ kind, amountYuan: 1_000 + more }] }, [rule], () => granted)
      return after.totalYuan >= before.totalYuan
    }),
    { seed: SEED, numRuns: 1_000 },
  )
})

t.test('granting again and again never overdraws the pool', async () => {
  fc.assert(
    fc.property(arbitraryRule('a'), fc.array(arbitraryProject, { maxLength: 20 }), (rule, projects) => {
      const granted = { ...NOTHING_GRANTED }
      for (const project of projects) {
        const { totalYuan } = planSupport(project, [rule], () => granted)
        granted.poolYuan += totalYuan
        granted.poolYearYuan += totalYuan
        granted.firmYuan += totalYuan
        granted.firmYearYuan += totalYuan
        granted.vendorYuan += totalYuan
      }
      return granted.poolYuan <= (rule.poolYuan ?? Infinity) && granted.firmYuan <= (rule.firmCapYuan ?? Infinity)
    }),
    { seed: SEED, numRuns: 1_000 },
  )
})

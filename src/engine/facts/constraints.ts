import type { Lexicon } from '../lexicon/lexicon.ts'
import type { Constraints, MoneyRange } from '../types.ts'
import { listFacts } from './fact.ts'
import { clauseText, type Implied, listClauses, type Reading, spanOf } from './reading.ts'

/** Deployment forms that keep data and computing inside the plant. */
export const SITE_DEPLOYMENTS = ['dp.airgap', 'dp.appliance', 'dp.edge', 'dp.embedded', 'dp.onprem']

type Rule = { pattern: RegExp; constraint: Constraints }
const RULES: Rule[] = [
  {
    pattern:
      /不(?:能|得|可|允许|可以|准|许|想|愿意?|希望|肯)?(?:让[^，。,;；]{1,8}?)?(?:离开|流出|出)(?:工?厂区?|车间|企业|公司|内网)|(?:只能|必须|要)?留在(?:工?厂|车间|公司|企业|内网)|只(?:能|准|许|可以)?(?:走|用)?(?:厂内|公司内|内部)(?:局域)?网|不(?:希望|想|愿意?|能|得|可|允许)?(?:让|把)?[^，。,;；]{0,6}传到(?:外网|公网|外部|厂外|外面)|(?:must|may|can)(?: ?not|n't) leave (?:the |our )?network|不(?:能|得|可|允许|可以|准|许)?(?:外传|外发|外泄|对外提供)|只(?:能|许|准|可以)?在(?:工?厂区?|车间|企业|公司|内网)[内里]|nothing (?:may |can |must )?(?:ever )?leaves? (?:the |our )?(?:plant|site|factory|premises)|cannot leave (?:the |our )?(?:plant|site|factory|premises|company)|(?:must|may|can|shall|should|does|do)(?: ?not|n't) leave (?:the |our )?(?:plant|site|factory|premises|shop ?floor|company)|stays? (?:on[- ]site|in(?:side)? the (?:plant|factory))|never leaves? the (?:plant|factory|site)/gi,
    constraint: { reach: 'site' },
  },
  {
    pattern: /不(?:能|得|可|允许)?出(?:本)?园区?|只(?:能|许|准|可以)?在(?:本)?园区内?|stays? in(?:side)? the park/gi,
    constraint: { reach: 'park' },
  },
  {
    pattern:
      /不(?:能|得|可|允许)?出境|境内存储|只(?:能|许|准|可以)?在(?:境内|国内)|(?:must|may|can) ?not leave (?:the country|mainland|china)|stays? in (?:mainland )?china|(?:servers?|data|stored|hosted|kept)[^.,;]{0,16} in (?:mainland )?china/gi,
    constraint: { reach: 'mainland' },
  },
  {
    pattern:
      /(?:不能|不得|不可|不允许|不可以|不|拒绝|禁止|不想|不愿意?)(?:上|传|放)(?:到)?(?:公有)?云|(?:不要|不用|不接受|不考虑|拒绝|别用)(?:公有)?云|不(?:能|可以?|准|许|允许|得)?(?:联|连|接|上)(?:互联|外)?网|(?:not|never) (?:be )?(?:uploaded|sent|copied|go|leave) to (?:any |the |a )?(?:public )?cloud|物理隔离|与?外网隔离|(?:no|without|not (?:use |in |on )?(?:the )?)\s*(?:public )?cloud/gi,
    constraint: { deployments: SITE_DEPLOYMENTS, reach: 'site' },
  },
  {
    pattern:
      /本地化?部署|私有化部署|内网部署|部署在(?:本地|内网|厂内)|on[- ]prem(?:ises?)?(?: deployment)?|deployed locally/gi,
    constraint: { deployments: SITE_DEPLOYMENTS },
  },
  {
    pattern: /国产化|信创|国产(?:芯片|算力|硬件|gpu)|domestic (?:chips?|hardware|ai chips?|computing)/gi,
    constraint: { domesticHardware: true },
  },
  { pattern: /面向(?:公众|消费者)|对公众(?:开放|提供)|public[- ]facing/gi, constraint: { publicAudience: true } },
]
const REFUSED = /(?:不需要?|无需|不必|不用|不要求|no need for|not require)[^，。,.;；]{0,6}$/i
const ASKED = /需|要求|必须|应|通过|符合|满足|具备|require|must|compl|certif/
const CERTIFICATES = /^cp\.(mlps\d|iso27001|iatf|gmp|exproof|funcsafe)$/

/** Constraints that a text states: reach of the data, deployment, domestic hardware, certificates, latency and takt. */
export function implyConstraints(lexicon: Lexicon, reading: Reading): Implied<Constraints>[] {
  const stated = RULES.flatMap(({ pattern, constraint }) =>
    [...reading.text.matchAll(pattern)]
      .filter(match => !REFUSED.test(reading.text.slice(Math.max(0, match.index - 10), match.index)))
      .map(match => ({ value: constraint, span: spanOf(reading, match.index, match.index + match[0].length) })),
  )
  return [...stated, ...readCertificates(lexicon, reading), ...readPace(reading)]
}

function readCertificates(lexicon: Lexicon, reading: Reading): Implied<Constraints>[] {
  return listClauses(reading).flatMap(clause =>
    clause.mentions
      .filter(mention => CERTIFICATES.test(mention.concept) && ASKED.test(clauseText(clause)))
      .filter(mention => lexicon.get(mention.concept) !== undefined)
      .map(mention => ({
        value: { certificates: [mention.concept] },
        span: spanOf(clause, mention.start, mention.end),
      })),
  )
}

function readPace(reading: Reading): Implied<Constraints>[] {
  const takts = listFacts(reading.facts, 'takt').map(fact => ({
    value: { taktS: fact.value },
    span: spanOf(reading, fact.start, fact.end),
  }))
  const latencies = listFacts(reading.facts, 'latency').map(fact => ({
    value: { latencyMsMax: fact.valueMax ?? fact.value },
    span: spanOf(reading, fact.start, fact.end),
  }))
  return [...takts, ...latencies]
}

const BUDGET =
  /预算|投入|投资|经费|费用|资金|愿意出|控制在|打住|封顶|顶天|\bcap\b|no more than|up to|at most|budget|invest|spend/
const NO_BUDGET =
  /损失|[电水气油煤运]费|维修费|积压|货值|亏损|产值|营收|销售|浪费|罚款|赔|loss|revenue|turnover|cost us|损耗/

/** What a factory says it would spend: an amount in a clause about a budget, never a loss, a turnover or a rent. */
export function implyBudget(reading: Reading): Implied<MoneyRange> | undefined {
  for (const clause of listClauses(reading)) {
    const words = clauseText(clause)
    const money = listFacts(clause.facts, 'money').find(fact => fact.per === undefined)
    if (money === undefined || !BUDGET.test(words) || NO_BUDGET.test(words)) continue
    const { value, valueMax, unit: currency, comparator } = money
    const bounds =
      valueMax !== undefined ? { min: value, max: valueMax } : comparator === '>=' ? { min: value } : { max: value }
    return { value: { ...bounds, currency }, span: spanOf(reading, money.start, money.end) }
  }
  return undefined
}

/** The dates that a text gives: needed by, and starting on. Which words are dates depends on the reading's day. */
export function implyDates(reading: Reading): { neededBy?: Implied<string>; startsOn?: Implied<string> } {
  const dates = listFacts(reading.facts, 'date')
  const as = (fact: (typeof dates)[number] | undefined): Implied<string> | undefined =>
    fact?.date === undefined ? undefined : { value: fact.date, span: spanOf(reading, fact.start, fact.end) }
  const wanted =
    /完成|上线|用上|降到|降至|提到|提升|达到|做到|实现|投用|启用|落地|见效|部署|交付|投产|验收|交货|go live|deliver|finish|complete/i
  const neededBy = as(
    dates.find(
      fact =>
        fact.comparator === '<=' ||
        (fact.comparator === '=' && wanted.test(reading.text.slice(fact.end, fact.end + 12))),
    ),
  )
  const startsOn = as(dates.find(fact => fact.comparator === '>='))
  return { ...(neededBy === undefined ? {} : { neededBy }), ...(startsOn === undefined ? {} : { startsOn }) }
}

import type { Language } from '../../engine/types.ts'
import type { Report } from '../schemas.ts'
import { type Cell, number, type Table, table, text, type Words } from './table.ts'
import { useTables } from './use-tables.ts'
import { METRIC_NAMES, OUTCOME_NAMES, SCENARIO_NAMES, SIDE_NAMES, STATUS_NAMES, TIER_NAMES } from './words.ts'

export type { Cell, Table } from './table.ts'

/** A report laid out in tables, the one form that every format is made of. */
export type Document = { title: string; lines: string[]; tables: Table[]; language: Language }

/** Lays a report out. Pure: the same report and language give the same document. */
export const layOut = (report: Report, parkName: string, language: Language): Document => {
  const words: Words = { say: told => told[language], language }
  const { from, to } = report.period
  const period =
    from === undefined && to === undefined
      ? words.say({ zh: '全部日期', en: 'all dates' })
      : `${from ?? '…'} – ${to ?? '…'}`
  return {
    title: words.say({ zh: `${parkName} 园区对接报告`, en: `Park report: ${parkName}` }),
    lines: [
      words.say({ zh: `期间：${period}（${report.timeZone}）`, en: `Period: ${period} (${report.timeZone})` }),
      words.say({ zh: `数据截至：${report.at}`, en: `As of: ${report.at}` }),
      words.say({
        zh: `匹配阈值 ${report.threshold}/10,000；短名单至多 ${report.shortlistMax} 家`,
        en: `Threshold ${report.threshold} of 10,000; shortlists of at most ${report.shortlistMax}`,
      }),
    ],
    tables: [
      ...demandTables(report, words),
      ...progressTables(report, words),
      ...mapTables(report, words),
      ...listTables(report, words),
      ...supplyTables(report, words),
      ...conductTables(report, words),
      ...useTables(report, words),
    ],
    language,
  }
}

const demandTables = ({ scenarios, targets }: Report, words: Words): Table[] => [
  table(
    words,
    'scenarios',
    { zh: '场景概况', en: 'Scenarios' },
    [text('项目', 'What'), number('数量', 'Count')],
    [
      ...scenarios.byState.map(row => [words.say(SCENARIO_NAMES[row.state]), row.count]),
      [words.say({ zh: '已评估', en: 'scored' }), scenarios.scored.count],
      [words.say({ zh: '已匹配', en: 'matched' }), scenarios.matched.count],
      [words.say({ zh: '未匹配', en: 'unserved' }), scenarios.unserved.count],
    ],
  ),
  table(
    words,
    'targets',
    { zh: '目标与实际', en: 'Targets against actuals' },
    [
      text('目标', 'Target'),
      text('指标', 'Metric'),
      text('起', 'From'),
      text('止', 'To'),
      number('目标值', 'Value'),
      number('实际', 'Actual'),
      number('应达', 'Expected by now'),
      number('完成率 %', 'Per cent'),
      text('状态', 'Status'),
    ],
    targets.map(row => [
      row.title,
      words.say(METRIC_NAMES[row.metric]),
      row.from,
      row.to,
      row.value,
      row.actual.count,
      row.expected,
      row.percent,
      words.say(STATUS_NAMES[row.status]),
    ]),
  ),
]

const progressTables = ({ funnel, outcomes }: Report, words: Words): Table[] => [
  table(
    words,
    'funnel',
    { zh: '场景漏斗', en: 'Funnel of scenarios' },
    [
      text('阶段', 'Stage'),
      number('场景数', 'Scenarios'),
      number('较上一步 %', '% of the step before'),
      number('较已发布 %', '% of published'),
    ],
    funnel.scenarios.map(row => [row.label, row.scenarios.count, row.ofPrevious, row.ofFirst]),
  ),
  table(
    words,
    'stages',
    { zh: '各阶段用时（小时）', en: 'Time in each stage (hours)' },
    [
      text('阶段', 'Stage'),
      number('离开次数', 'Moves out'),
      number('中位用时', 'Median'),
      number('九成以内', '90th percentile'),
      number('现有', 'In it now'),
      number('已等中位', 'Median wait'),
      number('最长等待', 'Longest wait'),
    ],
    funnel.stages.map(row => [
      row.label,
      row.left.count,
      row.medianHours,
      row.p90Hours,
      row.waiting.count,
      row.waitingMedianHours,
      row.waitingLongestHours,
    ]),
  ),
  table(
    words,
    'outcomes',
    { zh: '成效', en: 'Outcomes' },
    [text('状态', 'State'), number('数量', 'Count')],
    outcomes.map(row => [words.say(OUTCOME_NAMES[row.state]), row.count]),
  ),
]

const none = { zh: '未公开', en: 'not public' }
const mapTables = ({ map, byProblem, dataGaps }: Report, words: Words): Table[] => {
  const counts = [
    number('需求', 'Demand'),
    number('供给', 'Supply'),
    number('已匹配', 'Matched'),
    number('已落地', 'Landed'),
  ]
  return [
    table(
      words,
      'problems',
      { zh: '问题供需', en: 'Supply and demand by problem' },
      [text('问题', 'Problem'), ...counts],
      byProblem.map(row => [row.label, row.demand.count, row.supply.count, row.matched.count, row.landed.count]),
    ),
    table(
      words,
      'map',
      { zh: '供需地图（行业 × 问题）', en: 'Map (industry by problem)' },
      [text('行业', 'Industry'), text('问题', 'Problem'), ...counts],
      map.map(row => [
        row.industry.label ?? words.say(none),
        row.problem.label,
        row.demand.count,
        row.supply.count,
        row.matched.count,
        row.landed.count,
      ]),
    ),
    table(
      words,
      'gaps',
      { zh: '数据缺口', en: 'Data gaps' },
      [
        text('数据项', 'Field'),
        number('补齐可解锁', 'Would unlock'),
        number('场景数', 'Scenarios'),
        number('必需', 'Required'),
        number('受限', 'Withheld'),
        text('可用资源', 'Resources that could help'),
      ],
      dataGaps.map(row => [
        row.label,
        row.unlocks.count,
        row.scenarios.count,
        row.required.count,
        row.forbidden.count,
        row.resourceKinds.map(kind => kind.label).join(words.language === 'zh' ? '、' : ', '),
      ]),
    ),
  ]
}

const listTables = ({ unserved, priorities }: Report, words: Words): Table[] => {
  const columns = [
    number('位次', 'Place'),
    text('场景', 'Scenario'),
    text('行业', 'Industry'),
    text('问题', 'Problems'),
    number('最高得分', 'Best total'),
    number('重点产业加分', 'Focus addition'),
    number('不加分位次', 'Place without'),
    text('产业层级', 'Tier'),
  ]
  const rowOf = (row: Report['unserved'][number]): Cell[] => [
    row.order.place,
    row.title,
    row.industry?.label ?? words.say(none),
    row.problems.map(problem => problem.label).join(words.language === 'zh' ? '、' : ', '),
    row.bestTotal,
    row.order.addition,
    row.order.placeWithout,
    row.order.tier === null ? null : words.say(TIER_NAMES[row.order.tier]),
  ]
  return [
    table(
      words,
      'unserved',
      { zh: '未匹配需求（招引清单）', en: 'Unserved demand: whom to attract' },
      columns,
      unserved.map(rowOf),
    ),
    table(
      words,
      'priorities',
      { zh: '已匹配场景（园区排序）', en: 'Matched scenarios in the order of the park' },
      columns,
      priorities.map(rowOf),
    ),
  ]
}

const supplyTables = ({ exposure, idleSupply }: Report, words: Words): Table[] => [
  table(
    words,
    'exposure',
    { zh: '曝光与集中度', en: 'Exposure and concentration' },
    [text('项目', 'What'), number('数值', 'Value')],
    [
      [words.say({ zh: '供方数', en: 'vendors' }), exposure.vendors],
      [words.say({ zh: '短名单席位', en: 'places in shortlists' }), exposure.total],
      [words.say({ zh: '首位供方占比 %', en: '% of the top vendor' }), exposure.topPercent],
      [words.say({ zh: '基尼系数', en: 'Gini coefficient' }), exposure.gini],
      [words.say({ zh: '新供方占比 %', en: '% of new vendors' }), exposure.newVendors.percent],
      [words.say({ zh: '小供方占比 %', en: '% of small vendors' }), exposure.smallVendors.percent],
    ],
  ),
  table(
    words,
    'vendors',
    { zh: '曝光最多的供方', en: 'Vendors shown most' },
    [text('供方', 'Vendor'), number('席位', 'Places'), number('占比 %', 'Per cent')],
    exposure.top.map(row => [row.name, row.shown.count, row.percent]),
  ),
  table(
    words,
    'idle',
    { zh: '闲置供给', en: 'Idle supply' },
    [text('能力', 'Capability')],
    idleSupply.items.map(row => [row.title]),
  ),
]

const conductTables = ({ responses, silentOrganisations, resources }: Report, words: Words): Table[] => [
  table(
    words,
    'responses',
    { zh: '响应与沉默', en: 'Responses and silence' },
    [
      text('一方', 'Side'),
      number('已答复', 'Answered'),
      number('中位用时（小时）', 'Median hours'),
      number('九成以内（小时）', '90 % within hours'),
      number('逾期未答', 'Silent'),
      number('沉默率 %', 'Silent %'),
    ],
    responses.map(row => [
      words.say(SIDE_NAMES[row.side]),
      row.answered.count,
      row.medianHours,
      row.p90Hours,
      row.silent.count,
      row.silentPercent,
    ]),
  ),
  table(
    words,
    'silent',
    { zh: '逾期未答的单位', en: 'Who stayed silent' },
    [text('单位', 'Organisation'), text('一方', 'Side'), number('次数', 'Times')],
    silentOrganisations.map(row => [row.name ?? row.id, words.say(SIDE_NAMES[row.side]), row.count]),
  ),
  table(
    words,
    'resources',
    { zh: '园区资源', en: 'Resources' },
    [text('要素', 'Element'), number('数量', 'Count')],
    resources.map(row => [row.element, row.count]),
  ),
]

import type { Report } from '../schemas.ts'
import { number, type Table, table, text, type Words } from './table.ts'
import { STATUS_NAMES } from './words.ts'

/** What of the park's means was taken up: by use and unit, compute by its hardware, support by its rule. */
export const useTables = ({ resourceUse }: Report, words: Words): Table[] => [
  table(
    words,
    'use',
    { zh: '资源使用', en: 'Use of resources' },
    [
      text('用途', 'Use'),
      text('单位', 'Unit'),
      number('资源数', 'Resources'),
      number('额度', 'Quota'),
      number('已预订', 'Reserved'),
      number('预订数', 'Reservations'),
      number('预订单位数', 'Organisations'),
    ],
    resourceUse.uses.flatMap(use => [
      [use.label, null, use.resources.count, null, null, use.reservations.count, use.organisations],
      ...use.amounts.map(row => [use.label, row.unit, null, row.quota, row.reserved, row.reservations.count, null]),
    ]),
  ),
  table(
    words,
    'domestic',
    { zh: '国产算力占比', en: 'Domestic share of compute' },
    [
      text('单位', 'Unit'),
      number('已预订', 'Reserved'),
      number('其中国产', 'Domestic'),
      number('占比 %', 'Per cent'),
      number('目标 %', 'Target %'),
      text('状态', 'Status'),
    ],
    resourceUse.domesticCompute.map(row => [
      row.unit,
      row.reserved,
      row.domestic,
      row.percent,
      row.targetPercent,
      row.status === null ? null : words.say(STATUS_NAMES[row.status]),
    ]),
  ),
  table(
    words,
    'funding',
    { zh: '支持资金', en: 'Support paid' },
    [
      text('规则', 'Rule'),
      number('核定笔数', 'Grants'),
      number('核定金额（元）', 'Granted (yuan)'),
      number('资金池（元）', 'Pool (yuan)'),
      number('占资金池 %', '% of the pool'),
    ],
    [
      ...resourceUse.funding.rules.map(row => [
        row.title,
        row.grants.count,
        row.paidYuan,
        row.poolYuan,
        row.percentOfPool,
      ]),
      [
        words.say({ zh: '合计', en: 'total' }),
        resourceUse.funding.grants.count,
        resourceUse.funding.totalYuan,
        null,
        null,
      ],
    ],
  ),
]

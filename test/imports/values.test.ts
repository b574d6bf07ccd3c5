import fc from 'fast-check'
import t from 'tap'
import { isCreditCode } from '../../src/identity/credit-code.ts'
import { createSaidTexts } from '../../src/imports/duplicates.ts'
import { FIELDS } from '../../src/imports/fields.ts'
import { recogniseColumns, unitOf } from '../../src/imports/headers.ts'
import { foldName, namesLike } from '../../src/imports/names.ts'
import { createCellReader } from '../../src/imports/values.ts'
import { loadLexicon } from '../../src/platform/lexicon.ts'

const read = createCellReader(loadLexicon())

t.test("the columns of a park's list are recognised by their Chinese headers", async t => {
  t.same(
    recogniseColumns('scenarios', [
      '序号',
      '企业名称*',
      '统一社会信用代码',
      '场景名称',
      '痛点描述',
      '预算（万元）',
      '所属行业',
      '现有数据情况',
      '期望完成时间',
      '联系人',
      '联系电话',
      '镇街（园区）',
    ]),
    {
      '企业名称*': 'organisation',
      统一社会信用代码: 'creditCode',
      场景名称: 'title',
      痛点描述: 'summary',
      '预算（万元）': 'budget',
      所属行业: 'industry',
      现有数据情况: 'datasets',
      期望完成时间: 'neededBy',
      联系人: 'contactPerson',
      联系电话: 'contactPhone',
      '镇街（园区）': 'place',
    },
  )
  t.match(recogniseColumns('capabilities', ['供应商名称', '产品名称', '报价(万元)', '交付周期(月)', '典型案例']), {
    供应商名称: 'organisation',
    产品名称: 'title',
    '报价(万元)': 'price',
    '交付周期(月)': 'leadTimeDays',
    典型案例: 'evidence',
  })
  t.same([unitOf('预算(万元)'), unitOf('交付周期（月）'), unitOf('预算')], [10_000, 30, 1])
})

t.test('every name of a field leads to that field alone', async t => {
  for (const kind of ['scenarios', 'capabilities'] as const)
    for (const field of FIELDS[kind])
      for (const header of [field.label.zh, field.label.en])
        t.same(recogniseColumns(kind, [header]), { [header]: field.name })
})

t.test('amounts, times and dates are read as people write them, by the unit of the header', async t => {
  const money = (cell: string, unit = 10_000) => read({ as: 'money' }, cell, unit).value
  t.same(money('50'), { max: 500_000, currency: 'CNY' })
  t.same(money('30-50'), { min: 300_000, max: 500_000, currency: 'CNY' })
  t.same(money('50万以内'), { max: 500_000, currency: 'CNY' })
  t.same(money('≥30'), { min: 300_000, currency: 'CNY' })
  t.same(money('1,200,000', 1), { max: 1_200_000, currency: 'CNY' })
  t.same(money('面议'), undefined)
  t.match(read({ as: 'money' }, '看情况', 1).problem, { zh: /金额/, en: /money/ })
  t.equal(read({ as: 'milliseconds' }, '0.2秒', 1).value, 200)
  t.equal(read({ as: 'days' }, '3', 30).value, 90)
  t.equal(read({ as: 'date' }, '2026年3月', 1).value, '2026-03-31')
  t.match(read({ as: 'date' }, '明年', 1).problem, { zh: /日期/ })
})

t.test('concepts are found by their full names, other words are kept', async t => {
  const reading = { as: 'concepts', schemes: ['problem', 'defect'] } as const
  t.same(read(reading, '缺陷检测；pb.defect-inspection、毛坯错混料', 1).value, [
    'pb.defect-inspection',
    { text: '毛坯错混料' },
  ])
})

t.test('sentences become data, goals and constraints, and stay as words', async t => {
  t.match(read({ as: 'datasets' }, '有2万张未标注缺陷图片', 1), {
    value: [{ modality: 'mod.image', volume: { value: 20_000, unit: 'samples' }, labelCoverage: 0 }],
    prose: true,
  })
  t.match(read({ as: 'constraints' }, '数据不出厂，节拍3秒/件', 1).value, { reach: 'site', taktS: 3 })
  t.match(read({ as: 'goals' }, '漏检率从2%降到0.3%', 1).value, [{ kpi: 'kp.escape', target: 0.3 }])
})

t.test('an organisation is known by its legal name, its short name and its Latin name', async t => {
  t.equal(foldName('科大讯飞股份有限公司'), foldName('科大讯飞'))
  t.ok(namesLike('科大讯飞股份有限公司').includes(foldName('iFLYTEK Co., Ltd.')))
  t.not(foldName('东莞长盈精密'), foldName('深圳长盈精密'))
})

t.test('a credit code is right in its check character, or wrong (GB 32100-2015)', async t => {
  for (const code of ['91350100M000100Y43', '91110000600037341L', '91440300708461136T']) t.ok(isCreditCode(code), code)
  for (const code of ['91350100M000100Y44', '91350100M000100Y4', '91350100I000100Y43', '']) t.notOk(isCreditCode(code))
  const CHARACTERS = '0123456789ABCDEFGHJKLMNPQRTUWXY'
  fc.assert(
    fc.property(fc.integer({ min: 8, max: 16 }), fc.constantFrom(...Array.from(CHARACTERS)), (place, character) => {
      const right = '91350100M000100Y43'
      const changed = right.slice(0, place) + character + right.slice(place + 1)
      return changed === right || !isCreditCode(changed)
    }),
    { seed: 8, numRuns: 100 },
  )
})

t.test('nearly the same text of one organisation is found, another number is another text', async t => {
  const texts = createSaidTexts()
  const text = '冲压件表面划痕靠人工目检，漏检率高，客户投诉多，希望用机器视觉在线全检，数据不出厂。'
  texts.add('a', `${text}1号线`)
  t.equal(texts.find(`${text}1号线！`), 'a')
  t.equal(texts.find(`${text.replace('客户投诉多', '客户投诉较多')}1号线`), 'a')
  t.equal(texts.find(`${text}2号线`), undefined)
  t.equal(texts.find('电机轴承异响靠老师傅听'), undefined)
})

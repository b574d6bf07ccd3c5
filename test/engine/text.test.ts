import fc from 'fast-check'
import t from 'tap'
import { locateOriginal, normalise } from '../../src/engine/text.ts'

const RUNS = { seed: 20_251, numRuns: 500 }
const mixed = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '軟體',
        '程式碼',
        '質檢',
        '數據採集',
        '设备',
        'ＭＥＳ',
        '㎡',
        '<b>',
        '</b>',
        'e\u0301',
        '錯(cuò)',
        'ﬁ',
        '\u200b',
        ' ',
        '，',
      ),
      fc.string({ unit: 'grapheme', maxLength: 4 }),
      fc.string({ unit: 'binary', maxLength: 3 }),
    ),
    { maxLength: 12 },
  )
  .map(parts => parts.join(''))

t.test('widths, case, script, markup and readings are folded away', async t => {
  const cases: [string, string][] = [
    ['ＭＥＳ系統', 'mes系统'],
    ['<b>質檢</b>', '质检'],
    ['錯(cuò)過(guò)了(le)', '错过了'],
    ['需要軟體與資料庫', '需要软件与数据库'],
    ['20㎡', '20m2'],
    ['数\u200b据', '数据'],
  ]
  for (const [original, folded] of cases) t.equal(normalise(original).text, folded)
})

t.test('what only looks like noise stays', async t => {
  t.equal(normalise('设备(mes)与(erp)').text, '设备(mes)与(erp)', 'brackets without tone marks are no readings')
  t.equal(normalise('压力<5 且 >2').text, '压力<5 且 >2')
  t.equal(normalise('程序文件').text, '程序文件', 'a Simplified text keeps its own words')
})

t.test('every character of a folded text can be shown in the text as it was written', async () => {
  fc.assert(
    fc.property(mixed, original => {
      const { text, map } = normalise(original)
      if (map.starts.length !== text.length || map.ends.length !== text.length) return false
      let last = 0
      for (let i = 0; i < text.length; i++) {
        const start = map.starts[i] ?? -1
        const end = map.ends[i] ?? -1
        if (start < last || end <= start || end > original.length) return false
        last = start
      }
      return true
    }),
    RUNS,
  )
})

t.test('a span of a folded text leads to the words that it was folded from', async t => {
  const original = '我們的<i>軟體</i>支援ＭＥＳ'
  const folded = normalise(original)
  const at = folded.text.indexOf('软件')
  const { start, end } = locateOriginal(folded, at, at + 2)
  t.equal(original.slice(start, end), '軟體')
  const mes = folded.text.indexOf('mes')
  const place = locateOriginal(folded, mes, mes + 3)
  t.equal(original.slice(place.start, place.end), 'ＭＥＳ')
})

t.test('folding a folded text changes nothing', async () => {
  fc.assert(
    fc.property(fc.constantFrom('軟體ＭＥＳ', '质检㎡', 'Café ﬁ', '錯(cuò)過'), original => {
      const once = normalise(original).text
      return normalise(once).text === once
    }),
    RUNS,
  )
})

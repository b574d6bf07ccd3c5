import fc from 'fast-check'
import t from 'tap'
import { buildLexicon } from '../../src/engine/lexicon/lexicon.ts'
import { findLexiconProblems } from '../../src/engine/lexicon/problems.ts'
import { tagText } from '../../src/engine/lexicon/tag.ts'
import { loadLexicon } from '../../src/platform/lexicon.ts'

const lexicon = loadLexicon()
const tags = (text: string) => tagText(lexicon, text).map(({ concept, surface }) => `${surface}=${concept}`)

const rows = (...concepts: object[]) => buildLexicon(concepts.map(concept => JSON.stringify(concept)).join('\n'))

t.test('the lexicon that ships has nothing to complain about', async t => {
  t.same(findLexiconProblems(lexicon), [])
  t.ok(lexicon.concepts.length > 800 && lexicon.vocabulary.size > 700)
})

t.test('the check names a dangling id, a doubled name and a problem that nothing solves', async t => {
  const broken = rows(
    { id: 'pb.a', scheme: 'problem', zh: '缺陷', en: 'defect', related: [{ rel: 'needsModality', id: 'mod.x', w: 1 }] },
    { id: 'pb.b', scheme: 'problem', zh: '瑕疵', en: 'flaw', altZh: ['缺陷'] },
  )
  const problems = findLexiconProblems(broken).join('\n')
  t.match(problems, 'pb.a names mod.x, which does not exist')
  t.match(problems, '"缺陷" stands for both pb.a and pb.b')
  t.match(problems, 'pb.b has no technique that addresses it')
  t.match(problems, 'pb.b names no kind of data that it needs')
})

t.test('a version names the content, not the order of the rows', async t => {
  const a = { id: 'pb.a', scheme: 'problem', zh: '甲类', en: 'a' }
  const b = { id: 'pb.b', scheme: 'problem', zh: '乙类', en: 'b' }
  t.equal(rows(a, b).version, rows(b, a).version)
  t.not(rows(a, b).version, rows(a, { ...b, zh: '丙类' }).version)
})

t.test('a row may extend another, and an id used twice by mistake is refused', async t => {
  const a = { id: 'pb.a', scheme: 'problem', zh: '甲类', en: 'a', altZh: ['甲一'] }
  t.same(rows(a, { id: 'pb.a', extends: true, altZh: ['甲二'] }).get('pb.a')?.altZh, ['甲一', '甲二'])
  t.throws(() => rows(a, a), /used twice/)
  t.throws(() => rows({ scheme: 'problem' }), /without id/)
})

t.test('the longest wording is tagged, whatever script, width or case it is in', async t => {
  t.same(tags('预测性维护'), ['预测性维护=pb.pdm'])
  t.same(tags('預測性維護'), ['預測性維護=pb.pdm'])
  t.match(tags('接入ＭＥＳ系统').join(' '), 'ＭＥＳ=sys.mes')
  t.match(tags('we do solder joint inspections').join(' '), 'solder joint inspections=pb.weld-quality')
})

t.test('a Latin wording is a whole word: nothing is tagged inside another', async t => {
  t.notMatch(tags('the messenger mesh').join(' '), 'sys.mes')
  t.match(tags('用MES管理').join(' '), 'MES=sys.mes')
})

t.test('a wording does not reach across punctuation', async t => {
  t.notMatch(tags('预测性。维护').join(' '), 'pb.pdm')
})

t.test('where a wording belongs to several concepts, its neighbours decide, else the scheme', async t => {
  const ambiguous = rows(
    { id: 'tech.x', scheme: 'technique', zh: '换型', en: 'x' },
    { id: 'pb.x', scheme: 'problem', zh: '换型', en: 'y' },
    { id: 'tech.y', scheme: 'technique', zh: '邻居甲', en: 'z', related: [{ rel: 'addresses', id: 'tech.x', w: 1 }] },
    { id: 'tech.z', scheme: 'technique', zh: '邻居乙', en: 'w', related: [{ rel: 'addresses', id: 'tech.x', w: 1 }] },
  )
  t.equal(tagText(ambiguous, '换型')[0]?.concept, 'pb.x')
  t.equal(tagText(ambiguous, '换型，邻居甲，邻居乙')[0]?.concept, 'tech.x')
})

t.test('what is refused is marked, what is lacking is not', async t => {
  const isNegated = (text: string, concept: string) =>
    tagText(lexicon, text).find(tag => tag.concept === concept)?.negated
  t.equal(isNegated('无需数据标注', 'pb.data-gov'), true)
  t.equal(isNegated('没有MES', 'sys.mes'), false)
  t.equal(isNegated('不需要MES，但要排产', 'pb.scheduling'), false)
  t.equal(isNegated('works without MES', 'sys.mes'), true)
  t.equal(isNegated('we have no MES', 'sys.mes'), false)
})

t.test('a mention always points at its own words', async () => {
  const words = fc.constantFrom(
    '预测性维护',
    '排產',
    'MES',
    ' ',
    '，',
    '無需',
    '焊点',
    'solder',
    '缺陷检测',
    '<b>',
    'ａｐｓ',
  )
  fc.assert(
    fc.property(fc.array(words, { maxLength: 12 }), parts => {
      const text = parts.join('')
      return tagText(lexicon, text).every(
        ({ start, end, surface }) => start < end && text.slice(start, end) === surface,
      )
    }),
    { seed: 20_251, numRuns: 200 },
  )
})

t.test('unknown words are met by the nearest concepts', async t => {
  const [best] = lexicon.suggest('焊缝外观检测', { scheme: 'problem', limit: 3 })
  t.equal(best?.concept.scheme, 'problem')
  t.ok(lexicon.suggest('焊缝检查', { scheme: 'problem' }).some(({ concept }) => concept.id === 'pb.weld-quality'))
  t.same(lexicon.suggest(''), [])
})

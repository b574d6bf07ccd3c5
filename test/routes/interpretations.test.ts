import fc from 'fast-check'
import t from 'tap'
import { build, makeOrganisation, makePark } from '../helper.ts'
import { clientOf, countRows } from './posting.ts'

const DEMAND =
  '冲压件表面划痕现在靠人工看，漏检率约 2%，希望降到 0.3% 以下，节拍 3 秒一件。有 1200 张缺陷图片，没有标注，数据不能出厂。预算 12 万以内，明年 3 月前上线。'

t.test('interpretations', async t => {
  const { app, deps } = await build(t)
  const park = await makePark(deps)
  const factory = await makeOrganisation(deps, 'manufacturer', [park.id], { role: 'reader' })
  const plant = clientOf(app, factory.key)
  const read = async (text: string, more: object = {}, headers: Record<string, string> = {}) => {
    const answer = await plant.post('/interpretations', { text, ...more }, headers)
    if (answer.statusCode !== 200) throw new Error(`${text}: ${answer.body}`)
    return answer.json()
  }

  t.test('a demand in plain words is answered with what it says, and where', async t => {
    const found = await read(DEMAND)
    t.ok(found.problems.some((p: { concept: string }) => p.concept === 'pb.defect-inspection'))
    const [first] = found.problems
    t.ok(first.labels.zh && first.labels.en && first.labels.zh !== first.labels.en, 'named in both languages')
    t.match(found.budget.value, { currency: 'CNY', max: 120_000 })
    for (const { spans } of found.concepts)
      for (const { start, end, surface } of spans) t.equal(DEMAND.slice(start, end), surface)
    t.ok(found.facts.some((fact: { kind: string; value: number }) => fact.kind === 'takt' && fact.value === 3))
    t.ok(found.clarity > 0 && found.clarity <= 10_000)
    t.match(found.lexicon, /^lexicon-/)
  })

  t.test('the questions come in the language that was asked for, else in that of the reader', async t => {
    const english = /[A-Za-z]{3}.*\?/
    const asked = async (more: object, headers: Record<string, string> = {}) =>
      (await read('漏检严重', more, headers)).questions[0].question
    t.match(await asked({ language: 'en' }), english)
    t.match(await asked({}, { 'accept-language': 'en' }), english)
    t.notMatch(await asked({ language: 'zh' }, { 'accept-language': 'en' }), english)
  })

  t.test('a clearer text asks less and is clearer', async t => {
    const vague = await read('质量不行')
    const clear = await read(DEMAND)
    t.ok(clear.clarity > vague.clarity)
    t.ok(clear.questions.length < vague.questions.length)
  })

  t.test('what is read can be posted as a scenario', async t => {
    const owner = clientOf(app, (await makeOrganisation(deps, 'manufacturer', [park.id])).key)
    const { datasets, goals, budget, problems } = await read(DEMAND)
    const values = (list: { value: object }[]) => list.map(entry => entry.value)
    const fields = { datasets: values(datasets), goals: values(goals), budget: budget.value }
    const ids = problems.slice(0, 3).map((p: { concept: string }) => p.concept)
    const made = await owner.post('/scenarios', { parkId: park.id, title: '划痕', ...fields, problems: ids })
    t.equal(made.statusCode, 201, made.body)
  })

  t.test('no text breaks it, and nothing is stored', async t => {
    const before = await countRows(deps)
    const piece = fc.constantFrom(
      '有',
      '张图',
      '99999999999999999999999',
      '1e308',
      '%',
      '预算',
      '万元',
      '-3',
      '亿',
      '毫秒',
      'https://',
      '２０２７年１３月',
      '😀',
      '\n',
      '<script>',
      "'; --",
      '节拍',
      '秒',
      '0',
      '.',
      '数据不出厂',
    )
    const text = fc.oneof(
      fc.array(piece, { minLength: 1, maxLength: 30 }).map(pieces => pieces.join('')),
      fc
        .string({ unit: 'binary', minLength: 1, maxLength: 200 })
        .filter(word => !word.includes('\0') && word.isWellFormed()),
    )
    await fc.assert(
      fc.asyncProperty(text, async words => void (await read(words))),
      { seed: 7, numRuns: 150 },
    )
    await read('漏检，'.repeat(3_333))
    t.same(await countRows(deps), before)
  })

  t.test('a stranger, an empty text and one that is too long are refused', async t => {
    const stranger = await app.inject({ method: 'POST', url: '/v1/interpretations', payload: { text: 'x' } })
    t.equal(stranger.statusCode, 401)
    t.equal((await plant.post('/interpretations', { text: '' })).statusCode, 422)
    t.equal((await plant.post('/interpretations', { text: '长'.repeat(10_001) })).statusCode, 422)
    t.equal((await plant.post('/interpretations', { text: 'x', language: 'fr' })).statusCode, 422)
  })
})

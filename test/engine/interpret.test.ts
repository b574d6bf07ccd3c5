import fc from 'fast-check'
import t from 'tap'
import { type Aspect, ASPECTS, assessClarity } from '../../src/engine/clarity.ts'
import { interpret, reviewScenario } from '../../src/engine/interpret.ts'
import type { ScenarioInput } from '../../src/engine/types.ts'
import { arbitraryText, runs } from './arbitrary.ts'
import { lexicon } from './lexicon.ts'

const EXAMPLE = '冲压件表面划痕靠人工目检，漏检率2%，节拍3秒/件，有2万张未标注图片，数据不能出厂，预算80万左右'

t.test('a demand in plain words is understood piece by piece, each with its place', async t => {
  const found = interpret(lexicon, EXAMPLE, 'zh')
  const [problem] = found.problems
  t.match(problem, { concept: 'pb.defect-inspection', label: '缺陷检测' })
  t.ok(
    problem?.spans.some(span => span.surface === '划痕'),
    'the scratch points to the problem',
  )
  t.equal(found.object?.surface, '冲压件')
  t.match(
    found.concepts.find(concept => concept.scheme === 'process'),
    { concept: 'proc.stamping', spans: [{ surface: '冲压' }] },
  )
  t.match(
    found.concepts.find(concept => concept.scheme === 'defect'),
    { concept: 'df.scratch', spans: [{ surface: '划痕' }] },
  )
  t.match(found.goals, [{ value: { kpi: 'kp.escape', baseline: 2, unit: '%' }, span: { surface: '漏检率2%' } }])
  t.match(found.constraints, [
    { value: { reach: 'site' }, span: { surface: '不能出厂' } },
    { value: { taktS: 3 }, span: { surface: '3秒/件' } },
  ])
  t.match(found.datasets, [
    {
      value: { modality: 'mod.image', volume: { value: 20_000, unit: 'samples' }, labelCoverage: 0 },
      span: { surface: '2万张未标注图片' },
    },
  ])
  t.match(found.budget, { value: { max: 800_000, currency: 'CNY' }, span: { surface: '80万左右' } })
  t.same(
    found.questions.map(question => question.aspect),
    ['target', 'date'],
    'it asks for what is missing, most worth first',
  )
  t.ok(
    found.questions[0]?.suggestions.some(suggestion => suggestion.concept === 'kp.escape'),
    'with the KPI that was told',
  )
})

t.test('the same demand in English means the same', async t => {
  const text =
    'Scratches on stamped parts are inspected by eye; the escape rate is 2% and should fall to 0.5%. Takt 3 s/piece. We have 20,000 unlabelled images, data must not leave the plant, budget about RMB 800k, to be finished by June 2027.'
  const found = interpret(lexicon, text, 'en')
  t.equal(found.problems[0]?.concept, 'pb.defect-inspection')
  t.match(found.goals, [{ value: { kpi: 'kp.escape', baseline: 2, target: 0.5 } }])
  t.match(found.datasets, [
    { value: { modality: 'mod.image', volume: { value: 20_000, unit: 'samples' }, labelCoverage: 0 } },
  ])
  t.ok(
    found.constraints.some(({ value }) => value.reach === 'site') &&
      found.constraints.some(({ value }) => value.taktS === 3),
  )
  t.match(found.budget, { value: { max: 800_000, currency: 'CNY' } })
  t.match(found.neededBy, { value: '2027-06-30' })
  t.ok(found.clarity >= 9000)
})

const READINGS: [text: string, expected: object][] = [
  [
    '漏检约2%，有1200张图没有标注，预算12万以内，数据不出厂',
    {
      datasets: [{ value: { modality: 'mod.image', volume: { value: 1200 }, labelCoverage: 0 } }],
      budget: { value: { max: 120_000 } },
    },
  ],
  [
    '保存了近三年的电表数据，每5分钟采集一次',
    { datasets: [{ value: { modality: 'mod.energy', timeSpanDays: 1095, samplingHz: 1 / 300 } }] },
  ],
  ['有5万张图片，其中3000张已标注', { datasets: [{ value: { volume: { value: 50_000 }, labelCoverage: 0.06 } }] }],
  ['每年停机损失200万元', { datasets: [], budget: undefined }],
  ['准确率从92%提升到98%以上', { goals: [{ value: { kpi: 'kp.precision', baseline: 92, target: 98 } }] }],
  ['OEE 不到 50%', { goals: [{ value: { kpi: 'kp.oee', baseline: 50 } }] }],
  ['相机拍了两万张，没标过', { datasets: [{ value: { modality: 'mod.image', labelCoverage: 0 } }] }],
  ['复判小图和结果存了四个月', { datasets: [{ value: { modality: 'mod.image', timeSpanDays: 122 } }] }],
  ['每件都要读出来，一半订单改过交期', { object: undefined }],
  ['不需要本地部署', { constraints: [] }],
  [
    '必须国产化，并通过等保三级',
    { constraints: [{ value: { domesticHardware: true } }, { value: { certificates: ['cp.mlps3'] } }] },
  ],
]

t.test('details are read as a person would read them', async t => {
  for (const [text, expected] of READINGS) {
    const found = interpret(lexicon, text, 'zh')
    for (const [key, value] of Object.entries(expected)) {
      const read: unknown = Object.entries(found).find(([name]) => name === key)?.[1]
      if (Array.isArray(value) && value.length === 0) t.same(read, [], `${text}: ${key}`)
      else t.match(rounded(read), rounded(value), `${text}: ${key}`)
    }
  }
})

const rounded = (value: unknown): unknown =>
  value === undefined
    ? undefined
    : JSON.parse(JSON.stringify(value), (_key, item: unknown) =>
        typeof item === 'number' ? Math.round(item * 1e6) / 1e6 : item,
      )

t.test(
  'clarity is 0 for nothing and 10,000 for everything, and what a question gains is what its answer adds',
  async t => {
    const all = (told: number) =>
      assessClarity(Object.fromEntries(ASPECTS.map(aspect => [aspect, told])) as Record<Aspect, number>)
    t.equal(all(0), 0)
    t.equal(all(1), 10_000)
    const vague: ScenarioInput = { id: 's', title: '效率低，数据分散，人工统计' }
    const before = reviewScenario(lexicon, vague, 'zh')
    const answers: [string, Partial<ScenarioInput>][] = [
      ['problem', { problems: ['pb.scheduling'] }],
      ['target', { goals: [{ kpi: 'kp.ontime', target: 95 }] }],
      ['constraint', { constraints: { reach: 'site' } }],
      ['budget', { budget: { max: 1, currency: 'CNY' } }],
      ['date', { neededBy: '2027-01-01' }],
    ]
    for (const [aspect, answer] of answers) {
      const after = reviewScenario(lexicon, { ...vague, ...answer }, 'zh')
      const gain = before.questions.find(question => question.aspect === aspect)?.gain ?? 0
      t.ok(after.clarity >= before.clarity + gain && gain > 0, `${aspect} adds at least ${gain}`)
      t.notOk(
        after.questions.some(question => question.aspect === aspect),
        `${aspect} is not asked again`,
      )
    }
  },
)

t.test('any text can be interpreted, with spans inside it and questions in both languages', async () => {
  fc.assert(
    fc.property(fc.oneof(arbitraryText, fc.string({ unit: 'grapheme' })), text => {
      const zh = interpret(lexicon, text, 'zh')
      const en = interpret(lexicon, text, 'en')
      const spans = [
        ...zh.concepts.flatMap(concept => concept.spans),
        ...zh.datasets.map(({ span }) => span),
        ...zh.constraints.map(({ span }) => span),
      ]
      const isSound = spans.every(({ start = 0, end = 0, surface }) => text.slice(start, end) === surface)
      return (
        isSound &&
        zh.clarity === en.clarity &&
        zh.questions.length === en.questions.length &&
        zh.clarity >= 0 &&
        zh.clarity <= 10_000
      )
    }),
    runs(100),
  )
})

t.test('what is part of a number is no problem of the demand, unless the number is to change', async t => {
  const problems = (text: string) => interpret(lexicon, text, 'zh').problems.map(problem => problem.concept)
  t.same(problems(EXAMPLE), ['pb.defect-inspection'])
  t.same(problems('节拍约3秒/件，预算大约在80万'), [])
  t.ok(problems('节拍5秒，要降到3秒').includes('pb.line-balance'), 'a takt that is to fall is the problem')
  t.ok(problems('产线节拍不均，瓶颈工位多').includes('pb.line-balance'), 'so is one without a number')
  t.match(
    interpret(lexicon, '节拍3秒', 'zh').goals,
    [{ value: { kpi: 'kp.takt', baseline: 3 } }],
    'the number stays a figure of its KPI',
  )
})

t.test('data that is said to be lacking is not named as held, and unlabelled images stay images', async t => {
  const named = (text: string) => interpret(lexicon, text, 'zh').concepts.map(concept => concept.concept)
  for (const text of [EXAMPLE, '有2万张没有标注图片', '图片很多，尚未标注图片']) {
    t.notOk(named(text).includes('mod.label-img'), text)
  }
  t.notOk(named('没有振动数据').includes('mod.vibration'))
  t.ok(named('有标注图片3000张').includes('mod.label-img'), 'what is there is named')
  t.ok(named('没有表面缺陷检测').includes('pb.defect-inspection'), 'who lacks an inspection asks for one')
  t.match(interpret(lexicon, '保存有未标注图片', 'zh').datasets, [
    { value: { modality: 'mod.image', labelCoverage: 0 } },
  ])
})

t.test('a long text costs no more work for each character than a short one, and shows few places', async t => {
  const shown = interpret(lexicon, '漏检，'.repeat(3333), 'zh')
  for (const { spans } of [...shown.concepts, ...shown.problems]) t.ok(spans.length > 0 && spans.length <= 20)
  for (const piece of ['漏检率2%，', '节拍3秒，', '不需要振动，', '2026年3月，', '预算80万']) {
    const [short, long] = [200, 1600].map(times => countLookUps(piece.repeat(times)))
    t.ok((long ?? 0) < 8 * 1.1 * (short ?? 0), `${piece}: ${short} look-ups, ${long} in eight times the text`)
  }
})

/** How often the lexicon is asked while a text is interpreted: what grows with the square of a text shows here. */
function countLookUps(text: string): number {
  let asked = 0
  const counting = new Proxy(lexicon, {
    get(target, key, receiver) {
      asked++
      return Reflect.get(target, key, receiver)
    },
  })
  interpret(counting, text, 'zh')
  return asked
}

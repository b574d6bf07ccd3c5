import fc from 'fast-check'
import t from 'tap'
import { CHANGES } from '../../src/engine/counterfactuals/change.ts'
import { capabilityFeatures, scenarioFeatures } from '../../src/engine/features.ts'
import { renderReasons } from '../../src/engine/render.ts'
import { scorePair } from '../../src/engine/score.ts'
import type {
  CapabilityInput,
  Counterfactual,
  Evidence,
  Gap,
  PartName,
  ScenarioInput,
  Score,
} from '../../src/engine/types.ts'
import { arbitraryCapability, arbitraryScenario, runs } from './arbitrary.ts'
import { lexicon } from './lexicon.ts'

const scenario: ScenarioInput = {
  id: 's',
  title: '冲压件表面划痕检测',
  summary: '冲压件表面划痕靠人工目检，漏检率2%',
  problems: ['pb.defect-inspection'],
  datasets: [{ name: '产线图片', modality: 'mod.image', volume: { value: 20_000, unit: 'samples' }, labelCoverage: 0 }],
  constraints: { reach: 'site' },
}
const capability: CapabilityInput = {
  id: 'c',
  title: '金属表面缺陷AI检测',
  problems: ['pb.defect-inspection'],
  techniques: ['tech.obj-det'],
  dataRequirements: [{ name: '缺陷图', level: 'required', modality: 'mod.image', labelledSamplesMin: 1500 }],
  deployments: ['dp.edge'],
  trl: 8,
}
const score = (demand: ScenarioInput, supply: CapabilityInput) =>
  scorePair(scenarioFeatures(lexicon, demand), capabilityFeatures(lexicon, supply), { value: 0.5, evidence: [] })
const render = (found: Score, language: 'zh' | 'en') => renderReasons(found, { language, lexicon })

t.test('an explanation names reasons, gaps with their fix, and what would change the score', async t => {
  const found = score(scenario, capability)
  const zh = render(found, 'zh').join('\n')
  const en = render(found, 'en').join('\n')
  t.match(zh, /问题对口：.*“划痕”.*缺陷检测/)
  t.match(en, /The problem fits: .*“划痕”.*Defect inspection/)
  t.match(
    zh,
    /标注样本需要 1,500 个样本，现有 0 个样本；办法：标注，约 2–8 个工作日，由工厂、供方或园区承担，可用资源：数据标注基地/,
  )
  t.match(
    en,
    /labelled samples: needs 1,500 samples, has 0 samples; fix: label it, about 2–8 working days, by the factory, the vendor or the park, resource: Data labelling base/,
  )
  t.match(zh, /\+\d+(\.\d)? 分：补标注 1,500 个样本（产线图片）（工厂）。/)
  t.match(en, /\+\d+(\.\d)? points: label 1,500 samples \(产线图片\) \(the factory\)\./)
})

t.test('a gate is told with its rule, what it stands on and who can lift it', async t => {
  const found = score(scenario, { ...capability, deployments: ['dp.public'] })
  t.match(
    render(found, 'zh').join('\n'),
    /不可行：数据不得离开允许的范围（要求 厂内，供方为 境外）。规则 data-reach，依据：数据所有者的要求；可由工厂或供方解除。/,
  )
  t.match(render(found, 'en').join('\n'), /Impossible: .*needed: the plant; vendor: abroad.* Rule data-reach/)
})

t.test('both languages say the same: as many sentences, and gaps and changes with the same figures', async () => {
  fc.assert(
    fc.property(arbitraryScenario, arbitraryCapability, (demand, supply) => {
      const found = score(demand, supply)
      const [zh, en] = [render(found, 'zh'), render(found, 'en')]
      // Names of laws and of concepts hold numbers of their own, so only sentences without them are compared.
      const counterfactuals = found.counterfactuals.filter(
        ({ params }) => params.certificate === undefined && params.to === undefined && params.modality === undefined,
      )
      const gaps = found.gaps.filter(({ field }) => !['modality', 'format', 'protocol'].includes(field))
      const bare = { ...found, gates: [], factory: { score: 0, parts: [] }, counterfactuals, gaps }
      const figures = (language: 'zh' | 'en') =>
        render(bare, language).map(said => (said.match(/[+−]?\d[\d,]*(?:\.\d+)?/g) ?? []).sort().join(' '))
      return zh.length === en.length && [...zh, ...en].every(isWhole) && figures('zh').join() === figures('en').join()
    }),
    runs(150),
  )
})

const isWhole = (sentence: string) =>
  !/undefined|null|NaN|\{|\}|\[object|（）|\(\)/.test(sentence) && /[。.]$/.test(sentence)

t.test('what is redacted for a reader is left out, not guessed', async t => {
  const found = score(scenario, capability)
  const redacted = {
    ...found,
    gaps: found.gaps.map(gap => ({ ...gap, need: null, have: null })),
    counterfactuals: found.counterfactuals.map(change => ({ ...change, params: {} })),
  }
  for (const language of ['zh', 'en'] as const) {
    const said = render(redacted, language).join('\n')
    t.notMatch(said, /1,500|20,000|产线图片（|undefined|null/)
  }
})

t.test('every change has a sentence in both languages, with and without its parameters', async t => {
  for (const change of CHANGES) {
    for (const language of ['zh', 'en'] as const) {
      const found = { ...score(scenario, capability), gates: [], gaps: [] }
      const [said] = render(
        {
          ...found,
          factory: { score: 0, parts: [] },
          counterfactuals: [{ change, params: {}, delta: 1400, by: 'vendor' }],
        },
        language,
      )
      t.match(
        said,
        language === 'zh' ? /^\+14 分：[^{}[\]]+（供方）。$/ : /^\+14 points: [^{}[\]]+ \(the vendor\)\.$/,
        `${change} ${language}`,
      )
    }
  }
})

/** The sentences of one part that stands on these pieces alone. */
function renderEvidence(name: PartName, evidence: Evidence[], language: 'zh' | 'en'): string {
  const parts = [{ name, weight: 1, value: 1, contribution: 1, evidence }]
  const direction = { score: 1, parts }
  return render(alone({ factory: direction, vendor: direction }), language).join('\n')
}
const alone = (rest: Partial<Score>): Score => ({
  ...score(scenario, capability),
  factory: { score: 0, parts: [] },
  vendor: { score: 0, parts: [] },
  gates: [],
  gaps: [],
  counterfactuals: [],
  ...rest,
})
const says = (demand: string, supply: string, concept?: string): Evidence => ({
  ...(concept === undefined ? {} : { concept }),
  scenario: [{ field: '/summary', surface: demand }],
  capability: [{ field: '/summary', surface: supply }],
  points: 5000,
})

t.test('filler words are no evidence, and words of both texts are told as said, not as offered', async t => {
  const pieces = [says('左右', '左右'), says('分钟', '分钟'), says('数据', '数据'), says('压伤', '压伤')]
  t.equal(renderEvidence('text', pieces, 'zh'), '描述相近：供方也提到“压伤”。')
  t.equal(renderEvidence('text', pieces, 'en'), 'The wording is close: the vendor also says “压伤”.')
  t.equal(
    renderEvidence('text', [says('压伤', 'dent')], 'zh'),
    '描述相近：需求提到“压伤”，供方也提到“dent”。',
    'a translation is told with both wordings',
  )
  t.equal(renderEvidence('text', [says('没有', '没有')], 'zh'), '', 'filler alone leaves nothing to say')
})

t.test('a machine is told as what has such problems, and only where the problem is not named', async t => {
  const machine = says('冲床', '缺陷检测', 'pb.defect-inspection')
  t.equal(renderEvidence('problem', [machine], 'zh'), '问题对口：设备“冲床”常见问题：缺陷检测。')
  t.equal(
    renderEvidence('problem', [machine], 'en'),
    'The problem fits: a usual problem of the machine “冲床”: Defect inspection.',
  )
  t.equal(
    renderEvidence('problem', [machine, says('划痕', '缺陷检测', 'pb.defect-inspection')], 'zh'),
    '问题对口：需求提到“划痕”，供方提供缺陷检测。',
  )
})

const gap = (rest: Partial<Gap>): Gap => ({
  requirement: 0,
  level: 'required',
  dataset: 0,
  field: 'modality',
  verdict: 'missing',
  need: null,
  have: null,
  ...rest,
})

t.test('gaps read as sentences: spaces, choices, unknowns and single days', async t => {
  const gaps = [
    gap({ need: 'mod.vibration', effortDays: [1, 1] }),
    gap({ field: 'access', need: ['download', 'api', 'onSite'], fix: 'askFactory' }),
    gap({ field: 'access', need: ['download', 'api', 'desensitised', 'onSite'] }),
    gap({ field: 'timeSpan', need: 1, unit: 'days' }),
  ]
  const zh = render(alone({ gaps }), 'zh')
  const en = render(alone({ gaps }), 'en')
  t.match(zh[0], /^数据缺口：数据类型需要振动\S*；约 1 个工作日。$/)
  t.match(en[0], /; about 1 working day\.$/)
  t.equal(zh[1], '数据待确认：访问方式需要可下载、接口调用或仅现场使用，现有情况未知；办法：向工厂确认。')
  t.equal(
    en[1],
    'Data to be confirmed: access: needs download, API or on site only, what the factory has is not known; fix: ask the factory.',
  )
  t.equal(zh[2], '数据缺口：访问方式需要任一方式。')
  t.match(en[3], /needs 1 day\.$/)
})

const change = (rest: Partial<Counterfactual>): Counterfactual => ({
  change: 'confirmData',
  params: {},
  delta: 115,
  by: 'factory',
  ...rest,
})

t.test('changes are told in points of 100, each by what it is about, and those that read alike once', async t => {
  const hidden = [change({ delta: 115 }), change({ delta: 87 }), change({ delta: 60 })]
  t.same(render(alone({ counterfactuals: hidden }), 'zh'), ['+1.2 分：确认数据符合要求（工厂）。'])
  const told = [
    change({ params: { dataset: '产线图片', field: 'freshness', freshness: 'daily' } }),
    change({ delta: 87, params: { dataset: '产线图片', field: 'access', mode: 'api' } }),
    change({ delta: 6, change: 'collectSamples' }),
    change({ delta: 60, change: 'extendHistory', params: { days: 1 } }),
  ]
  t.same(render(alone({ counterfactuals: told }), 'zh'), [
    '+1.2 分：确认数据符合要求：更新频率（产线图片）（工厂）。',
    '+0.9 分：确认数据符合要求：访问方式（产线图片）（工厂）。',
    '+0.06 分：补采数据（工厂）。',
    '+0.6 分：再积累历史数据 1 天（工厂）。',
  ])
  t.equal(render(alone({ counterfactuals: told }), 'en')[3], '+0.6 points: let history grow by 1 day (the factory).')
})

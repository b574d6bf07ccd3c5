import fc from 'fast-check'
import t from 'tap'
import { CHANGES } from '../../src/engine/counterfactuals/change.ts'
import { capabilityFeatures, scenarioFeatures } from '../../src/engine/features.ts'
import { renderReasons } from '../../src/engine/render.ts'
import { scorePair } from '../../src/engine/score.ts'
import type { CapabilityInput, ScenarioInput, Score } from '../../src/engine/types.ts'
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
    /标注样本 需要 1,500 个样本，现有 0 个样本；办法：标注，约 2–8 个工作日，由工厂、供方或园区承担，可用资源：数据标注基地/,
  )
  t.match(
    en,
    /labelled samples needs 1,500 samples, has 0 samples; fix: label it, about 2–8 working days, by the factory, the vendor or the park, resource: Data labelling base/,
  )
  t.match(zh, /\+\d[\d,]* 分：补标注 1,500 个样本（产线图片）（工厂）。/)
  t.match(en, /\+\d[\d,]* points: label 1,500 samples \(产线图片\) \(the factory\)\./)
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
        language === 'zh' ? /^\+1,400 分：[^{}[\]]+（供方）。$/ : /^\+1,400 points: [^{}[\]]+ \(the vendor\)\.$/,
        `${change} ${language}`,
      )
    }
  }
})

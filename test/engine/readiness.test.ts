import t from 'tap'
import { scenarioFeatures } from '../../src/engine/features.ts'
import { assessReadiness } from '../../src/engine/readiness.ts'
import type { Dataset, ScenarioInput } from '../../src/engine/types.ts'
import { lexicon } from './lexicon.ts'

const assess = (datasets: Partial<Dataset>[], more: Partial<ScenarioInput> = {}) =>
  assessReadiness(
    scenarioFeatures(lexicon, {
      id: 's',
      title: '检测',
      datasets: datasets.map(rest => ({ name: '图', modality: 'mod.image', ...rest })),
      ...more,
    }),
  )

t.test('readiness climbs one step at a time and says what the next step is', async t => {
  const steps: [number, string[], Partial<Dataset>][] = [
    [0, ['digitise'], { storage: 'paper' }],
    [1, ['export'], { storage: 'inSystem' }],
    [2, ['labelOrJoin'], { storage: 'exported', labelCoverage: 0 }],
    [2, ['extendHistory'], { storage: 'exported', hasContext: true, timeSpanDays: 5 }],
    [3, ['document', 'agreeAccess'], { storage: 'exported', labelCoverage: 0.8 }],
    [3, ['agreeAccess'], { storage: 'documented', hasContext: true, timeSpanDays: 365 }],
    [4, [], { storage: 'documented', labelCoverage: 1, accessMode: 'api' }],
  ]
  for (const [level, raisedBy, dataset] of steps)
    t.match(assess([dataset]), { level, raisedBy }, JSON.stringify(dataset))
})

t.test('the readiest dataset speaks for the scenario, and nothing listed is level 0', async t => {
  t.equal(
    assess([{ storage: 'paper' }, { name: '好', storage: 'documented', labelCoverage: 1, accessMode: 'api' }]).dataset,
    '好',
  )
  t.match(assess([]), { level: 0, dataset: null, raisedBy: ['listData'] })
})

t.test('low data-management maturity caps readiness at its level plus one', async t => {
  const ready: Partial<Dataset> = { storage: 'documented', labelCoverage: 1, accessMode: 'api' }
  t.match(assess([ready], { summary: '企业通过了DCMM初始级认证' }), { level: 2, cap: 2 })
})

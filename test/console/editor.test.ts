import t from 'tap'
import { sharesIn } from '../../src/console/firm/consortium.ts'
import { patchFrom, tellEditor } from '../../src/console/firm/editor.ts'
import { SCENARIO_EDITOR } from '../../src/console/firm/editors.ts'
import { addAnswers } from '../../src/console/firm/scenario-edit-routes.ts'
import { loadLexicon } from '../../src/platform/lexicon.ts'

const lexicon = loadLexicon()
const reader = { lexicon, language: 'zh', today: '2026-11-23' } as const

const scenario = {
  title: '冲压件划痕漏检',
  summary: '第一行\n第二行',
  problems: ['pb.defect-inspection', { text: '毛坯错混料' }],
  datasets: [
    {
      name: '产线图片',
      modality: 'mod.image',
      volume: { value: 20_000, unit: 'samples' },
      labelCoverage: 0,
      reach: 'site',
    },
  ],
  budget: { max: 800_000, currency: 'CNY' },
  tiers: { summary: 'shared' },
}
/** What a browser sends of the page when nobody has touched it. */
const untouched = {
  title: '冲压件划痕漏检',
  summary: '第一行\r\n第二行',
  'keep.problems': ['0', '1'],
  'datasets.0.name': '产线图片',
  'datasets.0.modality': 'mod.image',
  'datasets.0.amount': '20000',
  'datasets.0.unit': 'samples',
  'datasets.0.labels': '0',
  'datasets.1.modality': 'mod.image',
  'datasets.1.unit': 'samples',
  'budget.max': '800000',
  'tier.summary': 'shared',
  'tier.budget': 'shared',
}

t.test('a form that nobody touched changes nothing', async t => {
  t.same(patchFrom(SCENARIO_EDITOR, untouched, scenario, lexicon), {})
})

t.test('what is emptied is taken away, and what the page does not show stays', async t => {
  const { 'budget.max': _, ...form } = untouched
  const patch = patchFrom(
    SCENARIO_EDITOR,
    {
      ...form,
      'keep.problems': '0',
      'add.problems': '缺陷检测、某种怪病',
      'datasets.0.labels': '50',
      'tier.summary': 'public',
    },
    scenario,
    lexicon,
  )
  t.same(patch, {
    budget: null,
    problems: ['pb.defect-inspection', { text: '某种怪病' }],
    datasets: [{ ...scenario.datasets[0], labelCoverage: 0.5 }],
    tiers: null,
  })
  const { 'datasets.0.name': __, ...without } = untouched
  t.same(patchFrom(SCENARIO_EDITOR, without, scenario, lexicon), { datasets: null }, 'a row without a name goes')
})

t.test('a field can be moved to a higher tier and never to a lower one', async t => {
  const tiers = new Map(tellEditor(SCENARIO_EDITOR, scenario, reader).map(field => [field.name, field.tiers]))
  t.same(tiers.get('summary'), ['public', 'shared', 'sealed'])
  t.same(tiers.get('budget'), ['shared', 'sealed'])
  t.same([tiers.get('title'), tiers.get('details')], [[], []])
})

t.test('answers join the summary and fill what was not said, and leave alone what a person wrote', async t => {
  const before = { summary: '冲压件划痕漏检率3%。', budget: { max: 800_000, currency: 'CNY' } }
  const patch = addAnswers(before, ['预算12万以内', '2027年3月前用上'], reader)
  t.equal(patch['summary'], '冲压件划痕漏检率3%；预算12万以内；2027年3月前用上')
  t.notOk('budget' in patch, 'the budget that was written by hand stays')
  t.match(patch, { neededBy: /^2027-03/ })
})

t.test('the shares of a charter are written per cent and kept in ten-thousandths', async t => {
  t.same(
    sharesIn({ terms: '…', 'cost.org_a': '33.34', 'result.org_a': '50', 'cost.org_b': '66.66', 'result.org_b': '50' }),
    [
      { organisationId: 'org_a', cost: 3_334, result: 5_000 },
      { organisationId: 'org_b', cost: 6_666, result: 5_000 },
    ],
  )
})

import t from 'tap'
import { buildChecklist, CHECKLIST_ELEMENTS, judgeElement } from '../../src/engine/checklist.ts'
import { scenarioFeatures } from '../../src/engine/features.ts'
import { renderChecklistItem } from '../../src/engine/render/checklist.ts'
import type { Gap, ScenarioInput } from '../../src/engine/types.ts'
import { loadLexicon } from '../../src/platform/lexicon.ts'
import { startWorkers } from '../../workers/start.ts'
import { makeCast, SCENARIO } from '../flows/cast.ts'
import { bearer, build, createTestClock, eventually, makeOrganisation } from '../helper.ts'

const lexicon = loadLexicon()
const LABELS: Gap = {
  requirement: 0,
  level: 'required',
  field: 'labels',
  verdict: 'convertible',
  need: 200,
  have: 0,
  unit: 'samples',
  fix: 'label',
  effortDays: [1, 3],
  by: ['factory', 'park'],
  resource: 'rs.labelbase',
}

t.test('what a scenario needs, has and lacks, from the scenario and its best pair', async t => {
  const features = scenarioFeatures(lexicon, { ...SCENARIO, id: 'scn' } as ScenarioInput)
  const items = buildChecklist(features, {
    gaps: [LABELS, { ...LABELS, field: 'storage', verdict: 'ok' }, { ...LABELS, level: 'useful', field: 'volume' }],
    capability: { trl: 8, deployments: ['dp.edge', 'dp.public'], price: { min: 900_000, currency: 'CNY' } },
  })
  const of = (code: string) => items.find(item => item.code === code)
  t.same(
    CHECKLIST_ELEMENTS.map(element => judgeElement(items.filter(item => item.element === element))),
    ['have', 'gap', 'gap', 'gap', 'gap'],
  )
  t.match(of('interface'), { verdict: 'gap', need: 200, have: 0, kinds: ['rs.labelbase'] })
  t.equal(items.filter(({ code }) => code === 'interface').length, 1, 'only what is required and not in order')
  t.match(of('cost'), { verdict: 'gap', need: 900_000, have: 800_000 })
  t.match(of('run'), { verdict: 'unknown' }, 'the factory accepts the edge alone, and nobody asked what stands there')
  t.match(of('work'), { verdict: 'gap', need: 6 }, 'what else would be useful is work as well')
  for (const item of items) {
    const texts = (['zh', 'en'] as const).map(language => renderChecklistItem(item, { language, lexicon }))
    t.match(texts[0], /[\u4e00-\u9fff]/)
    t.notMatch(texts[1], /[\u4e00-\u9fff]/, `${item.code}: ${texts[1]}`)
  }
})

t.test('without a pair, what only a pair can tell is unknown; a robot needs a training ground', async t => {
  const features = scenarioFeatures(lexicon, { id: 'scn', title: '机械手上下料', problems: ['pb.grasp'] })
  const items = buildChecklist(features)
  const of = (code: string) => items.find(item => item.code === code)
  t.match(of('cost'), { verdict: 'unknown', need: null })
  t.match(of('work'), { verdict: 'unknown' })
  t.match(of('goal'), { verdict: 'gap' })
  t.match(of('dataset'), { verdict: 'gap' })
  t.match(of('site'), { verdict: 'unknown', kinds: ['rs.traininground', 'rs.pilotbase'] })
})

t.test('the checklist names who lends it, with what is left, and shows nobody more than he may see', async t => {
  const clock = createTestClock()
  const { app, deps } = await build(t, { clock })
  const workers = await startWorkers(deps)
  t.teardown(() => workers.close())
  const { park, factory, vendor, call, publishScenario, publishCapability } = await makeCast(deps, app)
  const lend = (more: object): Promise<{ id: string }> =>
    call(park.key, 'POST', '/resources', { parkId: park.id, ...more })
  const labels = { element: 'data', kind: 'rs.labelbase' }
  const base = await lend({
    ...labels,
    title: '标注基地',
    titleEn: 'Labelling base',
    quota: { amount: 30, unit: '人天' },
  })
  const closed = await lend({ ...labels, title: '院所标注室', eligibleKinds: ['institute'] })
  const fund = await lend({ element: 'capital', kind: 'rs.fund', title: '产业基金' })
  await call(park.key, 'POST', `/resources/${base.id}/reservations`, {
    amount: 12,
    fromDay: '2026-11-01',
    untilDay: '2026-11-30',
    purpose: '打样',
  })
  await publishCapability()
  const { id } = await publishScenario()
  const read = async (key: string, language = 'zh-CN') => {
    const headers = { ...bearer(key), 'accept-language': language }
    const answer = await app.inject({ method: 'GET', url: `/v1/scenarios/${id}/checklist`, headers })
    return { status: answer.statusCode, body: answer.json() }
  }
  const elementsOf = (body: { elements: { element: string; items: { code: string; lenders: object[] }[] }[] }) =>
    new Map(body.elements.map(entry => [entry.element, entry]))
  const mine = await eventually(async () => {
    const { body } = await read(factory.key)
    return body.capabilityId !== undefined && body
  })
  const data = elementsOf(mine).get('data')
  const labelling = data?.items.filter(({ code }) => code === 'interface') ?? []
  t.match(labelling, [
    {
      field: 'labels',
      verdict: 'gap',
      lenders: [
        { resourceId: base.id, left: 18, isEligible: true },
        { resourceId: closed.id, isEligible: false },
      ],
    },
  ])
  t.match(elementsOf(mine).get('capital')?.items, [{ verdict: 'unknown', lenders: [{ resourceId: fund.id }] }])
  t.notMatch(JSON.stringify(mine), /300000/, 'the price of the vendor is of the shared tier')
  const english = (await read(factory.key, 'en')).body
  t.match(JSON.stringify(english), 'Labelling base')
  const report = await call(park.key, 'GET', `/scenarios/${id}/report`)
  t.same(
    report.elements.map(({ element }: { element: string }) => element),
    CHECKLIST_ELEMENTS,
    'it stands in the match report',
  )
  const theirs = await read(vendor.key)
  t.equal(theirs.status, 200)
  t.notMatch(JSON.stringify(theirs.body), /800000/, 'the vendor does not read the budget by it')
  const stranger = await makeOrganisation(deps, 'vendor')
  t.equal((await read(stranger.key)).status, 404)
})

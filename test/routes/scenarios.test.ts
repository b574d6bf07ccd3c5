import fc from 'fast-check'
import t from 'tap'
import { scenarios as seeds } from '../../seeds/data/scenarios.ts'
import type { Tier } from '../../src/engine/types.ts'
import { checkConcepts, listConceptRefs } from '../../src/platform/concepts.ts'
import { transaction } from '../../src/platform/db.ts'
import { tierOfField } from '../../src/platform/tiers.ts'
import { loadLexicon } from '../../src/platform/lexicon.ts'
import { SCENARIO_CONCEPTS } from '../../src/scenarios/concepts.ts'
import { listScenarioFeed, loadScenarioInputs } from '../../src/scenarios/feed.ts'
import { findContradictions, takeStep } from '../../src/scenarios/rules.ts'
import { NewScenario, ScenarioPatch, type ScenarioFields, type ScenarioTiers } from '../../src/scenarios/schemas.ts'
import { expireScenarios } from '../../src/scenarios/service.ts'
import { SCENARIO_STATES } from '../../src/scenarios/tables.ts'
import { mergeScenario, splitScenario, tiersOfFields } from '../../src/scenarios/tiers.ts'
import { build, createTestClock, makeOrganisation, makePark } from '../helper.ts'
import { clientOf, eventsAbout, openMatch } from './posting.ts'

const DAY_MS = 86_400_000
const WORKER = { kind: 'worker' } as const

/** One word in each field that stands nowhere else, so that a leak can be seen by looking for the word. */
const full = {
  language: 'zh',
  title: '冲压件划痕漏检',
  summary: '概要词',
  details: '细节词',
  industry: 'ind.C33',
  processes: ['proc.stamping'],
  equipment: [{ text: '设备词' }],
  problems: ['pb.defect-inspection', { text: '毛坯错混料' }],
  goals: [{ kpi: { text: '指标词' }, unit: '%', baseline: 2, target: 0.3 }],
  datasets: [{ name: '数据词', modality: 'mod.image', volume: { value: 1200, unit: 'samples' }, reach: 'site' }],
  constraints: { deployments: [{ text: '部署词' }], taktS: 3 },
  budget: { min: 50_000, max: 120_000, currency: 'CNY' },
  startsOn: '2026-12-01',
  neededBy: '2027-03-01',
  place: '东莞',
  contact: { person: '联系词', phone: '0769-12345678', email: 'who@example.com' },
} as const
const SHARED_WORDS = ['数据词', '部署词', '120000', '2027-03-01']
const SEALED_WORDS = ['细节词', '设备词', '联系词', '12345678', 'who@example.com']
const holds = (body: string, words: readonly string[]) => words.filter(word => body.includes(word))

t.test('scenarios', async t => {
  const clock = createTestClock()
  const { app, deps } = await build(t, { clock })
  const park = await makePark(deps)
  const elsewhere = await makePark(deps)
  const factory = await makeOrganisation(deps, 'manufacturer', [park.id])
  const vendor = await makeOrganisation(deps, 'vendor', [park.id])
  const far = await makeOrganisation(deps, 'vendor', [elsewhere.id])
  const operator = await makeOrganisation(deps, 'operator')
  const plant = clientOf(app, factory.key)
  const seller = clientOf(app, vendor.key)
  const stranger = clientOf(app, far.key)
  const office = clientOf(app, park.key)
  const post = async (fields: object = {}) => {
    const made = await plant.post('/scenarios', { parkId: park.id, title: '漏检', ...fields })
    if (made.statusCode !== 201) throw new Error(made.body)
    return made.json()
  }

  t.test('a draft is answered whole to its owner, with its entity tag and place, and tells nobody', async t => {
    const made = await plant.post('/scenarios', { ...full, parkId: park.id })
    t.equal(made.statusCode, 201, made.body)
    const scenario = made.json()
    t.match(scenario, { ...full, parkId: park.id, organisationId: factory.id, state: 'draft', visibility: 'park' })
    t.same(scenario.tiersVisible, ['public', 'shared', 'sealed'])
    t.equal(made.headers['etag'], scenario.etag)
    t.equal(made.headers['location'], `/v1/scenarios/${scenario.id}`)
    t.same(await eventsAbout(deps, scenario.id), [])
    t.equal((await seller.get(`/scenarios/${scenario.id}`)).statusCode, 404, 'nobody else in the park sees a draft')
    t.match((await plant.get(`/scenarios/${scenario.id}`)).json(), full)
  })

  t.test('publishing tells once, however often it is asked; so does taking back', async t => {
    const { id } = await post()
    for (const step of ['publish', 'publish', 'withdraw', 'withdraw'])
      t.equal((await plant.post(`/scenarios/${id}/${step}`)).statusCode, 200)
    t.same(await eventsAbout(deps, id), ['scenario.published', 'scenario.withdrawn'])
    t.match((await plant.get(`/scenarios/${id}`)).json(), { state: 'withdrawn', version: 3 })
    t.equal((await plant.post(`/scenarios/${id}/publish`)).json().state, 'published', 'it may come back')
    const { id: never } = await post()
    await plant.post(`/scenarios/${never}/withdraw`)
    t.same(await eventsAbout(deps, never), [], 'what was never announced ends in silence')
  })

  t.test('each reader gets the tiers that are open to him, and not a word of the others', async t => {
    const { id } = await post({ ...full, publish: true, visibility: 'network' })
    const publicBody = await seller.get(`/scenarios/${id}`)
    t.same(publicBody.json().tiersVisible, ['public'])
    t.match(publicBody.json(), { title: full.title, summary: full.summary, goals: full.goals, place: full.place })
    t.same(holds(publicBody.body, [...SHARED_WORDS, ...SEALED_WORDS, factory.id]), [])
    const parkBody = await office.get(`/scenarios/${id}`)
    t.same(parkBody.json().tiersVisible, ['public', 'shared'])
    t.same(holds(parkBody.body, SHARED_WORDS), SHARED_WORDS)
    t.same(holds(parkBody.body, SEALED_WORDS), [])
    t.same((await clientOf(app, operator.key).get(`/scenarios/${id}`)).json().tiersVisible, ['public'])
    t.same((await stranger.get(`/scenarios/${id}`)).json().tiersVisible, ['public'], 'the network sees the public tier')
    const list = await seller.get(`/scenarios?parkId=${park.id}`)
    t.same(holds(list.body, [...SHARED_WORDS, ...SEALED_WORDS]), [])
  })

  t.test('mutual interest opens the shared tier to the vendor, an introduction the sealed one', async t => {
    const { id: scenarioId } = await post({ ...full, publish: true })
    const made = await seller.post('/capabilities', { title: '检测', publish: true })
    const pair = {
      parkId: park.id,
      scenarioId,
      capabilityId: made.json().id,
      factoryId: factory.id,
      vendorId: vendor.id,
    }
    await openMatch(deps, pair, 'mutual')
    const mutual = await seller.get(`/scenarios/${scenarioId}`)
    t.same(mutual.json().tiersVisible, ['public', 'shared'])
    t.equal(mutual.json().organisationId, factory.id)
    t.same(holds(mutual.body, SEALED_WORDS), [])
    await openMatch(deps, pair, 'introduced')
    const introduced = await seller.get(`/scenarios/${scenarioId}`)
    t.same(holds(introduced.body, [...SHARED_WORDS, ...SEALED_WORDS]), [...SHARED_WORDS, ...SEALED_WORDS])
  })

  t.test('a scenario of the park stays in the park', async t => {
    const { id } = await post({ publish: true })
    t.equal((await seller.get(`/scenarios/${id}`)).statusCode, 200)
    t.equal((await stranger.get(`/scenarios/${id}`)).statusCode, 404)
  })

  t.test('a field that its owner moved up is hidden, and cannot be found by a filter either', async t => {
    const tiers = { goals: 'shared', summary: 'sealed', industry: 'shared', problems: 'sealed' }
    const { id } = await post({ ...full, title: '移动', publish: true, tiers })
    const seen = (await seller.get(`/scenarios/${id}`)).body
    t.same(holds(seen, ['概要词', '指标词', 'ind.C33', 'pb.defect-inspection', '毛坯错混料', 'tiers":{']), [])
    const idsFor = async (query: string) =>
      (await seller.get(`/scenarios?${query}`)).json().items.map((i: { id: string }) => i.id)
    t.notOk((await idsFor('industry=ind.C33')).includes(id))
    t.notOk((await idsFor('problem=pb.defect-inspection')).includes(id))
    t.match((await plant.get(`/scenarios/${id}`)).json(), { ...full, title: '移动', tiers })
    const back = await plant.patch(`/scenarios/${id}`, { tiers: null }, { 'if-match': '"1"' })
    t.equal(back.statusCode, 200, back.body)
    t.ok((await idsFor('industry=ind.C33')).includes(id), 'and shown again when it is moved back')
    const raised = await plant.patch(`/scenarios/${id}`, { tiers: { summary: 'shared' } }, { 'if-match': '"2"' })
    t.equal(raised.statusCode, 200, raised.body)
    t.same(holds((await seller.get(`/scenarios/${id}`)).body, ['概要词']), [], 'moving hides what stood there before')
  })

  t.test('no field can be moved below its own tier', async t => {
    for (const tiers of [{ budget: 'public' }, { contact: 'shared' }, { title: 'sealed' }, { details: 'public' }]) {
      const refused = await plant.post('/scenarios', { parkId: park.id, title: 'x', tiers })
      t.equal(refused.statusCode, 422, JSON.stringify(tiers))
    }
  })

  t.test('a change replaces what it gives, removes what it nulls and leaves the rest', async t => {
    const { id } = await post({ ...full, publish: true })
    const change = { budget: { max: 9, currency: 'CNY' }, neededBy: null, datasets: [], visibility: 'network' }
    const changed = await plant.patch(`/scenarios/${id}`, change, { 'if-match': '"1"' })
    t.equal(changed.statusCode, 200, changed.body)
    t.equal(changed.headers['etag'], '"2"')
    const { neededBy: _, ...rest } = full
    t.match(changed.json(), { ...rest, budget: { max: 9 }, datasets: [], visibility: 'network' })
    t.notOk('neededBy' in changed.json() || 'min' in changed.json().budget)
    t.same(await eventsAbout(deps, id), ['scenario.published', 'scenario.updated'])
    const { id: draft } = await post()
    await plant.patch(`/scenarios/${draft}`, { place: '苏州' }, { 'if-match': '"1"' })
    t.same(await eventsAbout(deps, draft), [], 'a change of a draft tells nobody')
    const empty = await plant.patch(`/scenarios/${draft}`, {}, { 'if-match': '"2"' })
    t.equal(empty.json().version, 2, 'an empty change changes nothing')
  })

  t.test('a change needs the version that was read', async t => {
    const { id } = await post()
    t.equal((await plant.patch(`/scenarios/${id}`, { place: 'x' })).statusCode, 428)
    for (const tag of ['"2"', 'W/"1"', '1', '"1', ''])
      t.equal((await plant.patch(`/scenarios/${id}`, { place: 'x' }, { 'if-match': tag })).statusCode, 412, tag)
    for (const tag of ['"7", "1"', '*'])
      t.equal((await plant.patch(`/scenarios/${id}`, { place: 'x' }, { 'if-match': tag })).statusCode, 200, tag)
  })

  t.test('only its owner changes or moves a scenario', async t => {
    const { id } = await post({ publish: true })
    for (const [who, status] of [
      [seller, 403],
      [office, 403],
      [stranger, 404],
    ] as const) {
      t.equal((await who.patch(`/scenarios/${id}`, { title: '夺' }, { 'if-match': '*' })).statusCode, status)
      t.equal((await who.post(`/scenarios/${id}/withdraw`)).statusCode, status)
    }
    t.match((await plant.get(`/scenarios/${id}`)).json(), { state: 'published', version: 1 })
  })

  t.test('demand comes from those who have some, in a park where they are members', async t => {
    const unknownPark = `prk_${'0'.repeat(26)}`
    t.equal((await seller.post('/scenarios', { parkId: park.id, title: 'x' })).statusCode, 403)
    t.equal((await office.post('/scenarios', { parkId: park.id, title: 'x' })).statusCode, 403)
    t.equal((await plant.post('/scenarios', { parkId: elsewhere.id, title: 'x' })).statusCode, 403)
    t.equal((await plant.post('/scenarios', { parkId: unknownPark, title: 'x' })).statusCode, 404)
    const reader = await makeOrganisation(deps, 'manufacturer', [park.id], { role: 'reader' })
    t.equal((await clientOf(app, reader.key).post('/scenarios', { parkId: park.id, title: 'x' })).statusCode, 403)
  })

  t.test('an unknown concept is refused with near ones, in the words of the reader', async t => {
    const send = (language: string) =>
      plant.post(
        '/scenarios',
        { parkId: park.id, title: 'x', problems: ['pb.surface-defect-inspect'], industry: 'pb.defect-inspection' },
        { 'accept-language': language },
      )
    const en = await send('en')
    t.equal(en.statusCode, 422)
    const [industry, problem] = en.json().errors
    t.match(industry, { pointer: '/industry', code: 'wrong_scheme', detail: /does not belong here/ })
    t.match(problem, { pointer: '/problems/0', code: 'unknown_concept', detail: /lexicon has no/ })
    t.ok(problem.suggestions.length > 0 && problem.suggestions.length <= 5)
    t.match((await send('zh')).json().errors[1].detail, /词表中没有/)
  })

  t.test('words that name no concept are kept as they are and answered with near ones', async t => {
    const words = { text: '外观瑕疵漏看' }
    const scenario = await post({ goals: [{ kpi: words }], industry: { text: '唔知边行' } })
    t.same(scenario.goals, [{ kpi: words }])
    t.same(
      scenario.suggestions.map((s: { pointer: string }) => s.pointer),
      ['/industry', '/goals/0/kpi'],
    )
    t.notOk('suggestions' in (await plant.get(`/scenarios/${scenario.id}`)).json())
  })

  t.test('words that do name a concept can be found by it', async t => {
    const label = loadLexicon().label('pb.defect-inspection', 'zh')
    const { id } = await post({ problems: [{ text: label }], publish: true })
    const found = (await plant.get('/scenarios?problem=pb.defect-inspection')).json().items
    t.ok(found.some((item: { id: string }) => item.id === id))
  })

  t.test('what cannot be true together is refused, also across a change', async t => {
    const { id } = await post({ startsOn: '2027-01-01', budget: { min: 5, currency: 'CNY' } })
    for (const fields of [
      { neededBy: '2026-12-31' },
      { budget: { min: 5, max: 4, currency: 'CNY' } },
      { expiresAt: '2026-11-01T00:00:00Z' },
      { expiresAt: '9999-12-31T23:59:59-12:00' },
    ]) {
      const refused = await plant.patch(`/scenarios/${id}`, fields, { 'if-match': '"1"' })
      t.equal(refused.statusCode, 422, JSON.stringify(fields))
      t.equal(refused.json().errors[0].code, 'contradiction')
    }
  })

  t.test('a list is newest first, in pages, and takes its question literally', async t => {
    const own = await makeOrganisation(deps, 'manufacturer', [park.id])
    const me = clientOf(app, own.key)
    const ids: string[] = []
    for (const title of ['良率 100%', '良率 1000', 'a_b', 'aXb', '反斜\\杠']) {
      const made = await me.post('/scenarios', { parkId: park.id, title, publish: title !== 'aXb' })
      ids.unshift(made.json().id)
      clock.advance(1000)
    }
    const list = async (query: string) => (await me.get(`/scenarios?organisationId=mine&${query}`)).json()
    const titles = async (query: string) => (await list(query)).items.map((item: { title: string }) => item.title)
    const first = await list('limit=2')
    const second = await list(`limit=2&cursor=${first.nextCursor}`)
    const third = await list(`limit=2&cursor=${second.nextCursor}`)
    t.same(
      [first, second, third].flatMap(page => page.items.map((item: { id: string }) => item.id)),
      ids,
    )
    t.notOk(third.nextCursor)
    t.same(await titles(`q=${encodeURIComponent('100%')}`), ['良率 100%'])
    t.same(await titles('q=A_B'), ['a_b'])
    t.same(await titles(`q=${encodeURIComponent('\\')}`), ['反斜\\杠'])
    t.same(await titles('state=draft'), ['aXb'])
    t.same(
      (await seller.get(`/scenarios?organisationId=${own.id}`)).json().items,
      [],
      'nobody finds whom he may not know',
    )
    const seen = (await office.get(`/scenarios?organisationId=${own.id}`)).json().items
    t.equal(seen.length, 4, 'the park sees all but the draft')
    t.equal((await me.get('/scenarios?nonsense=1')).statusCode, 422)
  })

  t.test('a scenario whose time is over ends by itself, tells once, and needs a new time to come back', async t => {
    const expiresAt = new Date(clock.now().getTime() + DAY_MS).toISOString()
    const made = [
      await post({ publish: true, expiresAt }),
      await post({ publish: true, expiresAt }),
      await post({ expiresAt }),
    ]
    t.equal(await expireScenarios(deps, 10), 0)
    clock.advance(DAY_MS)
    t.equal(await expireScenarios(deps, 1), 1, 'a batch is no larger than asked')
    t.equal(await expireScenarios(deps, 10), 1)
    t.equal(await expireScenarios(deps, 10), 0)
    const states = await Promise.all(made.map(async s => (await plant.get(`/scenarios/${s.id}`)).json().state))
    t.same(states, ['expired', 'expired', 'draft'])
    t.same(await eventsAbout(deps, made[0].id), ['scenario.published', 'scenario.withdrawn'])
    t.equal((await plant.post(`/scenarios/${made[0].id}/publish`)).statusCode, 409)
    await plant.patch(`/scenarios/${made[0].id}`, { expiresAt: null }, { 'if-match': '*' })
    t.equal((await plant.post(`/scenarios/${made[0].id}/publish`)).json().state, 'published')
  })

  t.test("matching reads every tier but the persons, and knows each field's tier", async t => {
    const { id } = await post({ ...full, publish: true, tiers: { goals: 'shared' } })
    const [loaded] = await transaction(deps, WORKER, tx => loadScenarioInputs(tx, [id, 'scn_unknown']))
    const { contact: _, ...input } = full
    t.same(loaded?.input, { id, ...input })
    t.match(loaded, { parkId: park.id, organisationId: factory.id, state: 'published', language: 'zh', entryScore: 0 })
    const tiers = loaded?.fieldTiers ?? {}
    const tierOf = (pointer: string) => tierOfField(pointer, tiers)
    t.same(['/title', '/goals/0', '/datasets/0/volume', '/details', '/constructor', ''].map(tierOf), [
      'public',
      'shared',
      'shared',
      'sealed',
      'sealed',
      'sealed',
    ])
    t.same(await transaction(deps, WORKER, tx => loadScenarioInputs(tx, [])), [])
  })

  t.test('the change feed holds every change, in order, and pages without loss', async t => {
    const { id } = await post({ publish: true })
    const read = async (limit: number) => {
      const all: { id: string; feedXid: string; state: string }[] = []
      for (let after = { xid: '0', id: '' }; ; ) {
        const page = await transaction(deps, WORKER, tx => listScenarioFeed(tx, after, limit))
        all.push(...page)
        const last = page.at(-1)
        if (page.length < limit || !last) return all
        after = { xid: last.feedXid, id: last.id }
      }
    }
    const whole = await read(1000)
    t.same(await read(3), whole)
    t.equal(whole.at(-1)?.id, id)
    const first = whole[0]?.id ?? ''
    await plant.patch(`/scenarios/${first}`, { place: '广州' }, { 'if-match': '*' })
    const moved = await read(1000)
    t.equal(moved.at(-1)?.id, first, 'a change moves the row to the end')
    const position = { xid: whole.at(-1)?.feedXid ?? '', id: '' }
    const later = await transaction(deps, WORKER, tx => listScenarioFeed(tx, position, 10))
    t.same(
      later.map(row => row.id),
      [id, first],
      'an empty id starts at the transaction itself',
    )
  })
})

t.test('splitting and merging is the identity, and nothing of a higher tier stands in a lower body', async t => {
  const movable: Record<string, Tier[]> = {
    summary: ['public', 'shared', 'sealed'],
    industry: ['public', 'shared', 'sealed'],
    problems: ['public', 'shared', 'sealed'],
    goals: ['public', 'shared', 'sealed'],
    datasets: ['shared', 'sealed'],
    budget: ['shared', 'sealed'],
  }
  const moved = fc.record(
    Object.fromEntries(Object.entries(movable).map(([field, tiers]) => [field, fc.constantFrom(...tiers)])),
    { requiredKeys: [] },
  )
  const fields = fc
    .subarray(Object.keys(full))
    .map(keys => Object.fromEntries(['title', ...keys].map(key => [key, full[key as keyof typeof full]])))
  fc.assert(
    fc.property(fields, fc.option(moved, { nil: undefined }), (given, tiers) => {
      const whole = { fields: given as unknown as ScenarioFields, ...(tiers ? { moved: tiers as ScenarioTiers } : {}) }
      const bodies = splitScenario(whole)
      t.same(mergeScenario(bodies), whole)
      const wanted = tiersOfFields(whole.moved)
      for (const tier of ['public', 'shared', 'sealed'] as const)
        for (const field of Object.keys(bodies[tier]))
          if (field !== 'tiers') t.equal(wanted[field as keyof ScenarioFields], tier)
      t.same(mergeScenario({ public: bodies.public, shared: null }).moved, undefined)
    }),
    { seed: 42, numRuns: 60 },
  )
})

t.test('a repeated step changes nothing', async t => {
  for (const state of SCENARIO_STATES)
    for (const step of ['publish', 'withdraw', 'expire'] as const) {
      const once = takeStep(state, step)
      t.same(takeStep(once.state, step), { state: once.state }, `${step} from ${state}`)
    }
})

t.test('every seed of demand fits the bounds and the lexicon', async t => {
  const lexicon = loadLexicon()
  for (const { key, visibility, input } of seeds) {
    const parsed = NewScenario.safeParse({ ...input, visibility, parkId: `prk_${'0'.repeat(26)}` })
    t.same(parsed.error?.issues, undefined, key)
    t.doesNotThrow(() => checkConcepts(lexicon, listConceptRefs(input, SCENARIO_CONCEPTS), 'en'), key)
    if (parsed.data) t.same(findContradictions(parsed.data), [], key)
  }
})

t.test('the examples of the document can be sent as they are', async t => {
  const lexicon = loadLexicon()
  for (const schema of [NewScenario, ScenarioPatch])
    for (const example of (schema.meta()?.['examples'] ?? []) as object[]) {
      t.same(schema.safeParse(example).error?.issues, undefined)
      t.doesNotThrow(() => checkConcepts(lexicon, listConceptRefs(example, SCENARIO_CONCEPTS), 'en'))
    }
})

import fc from 'fast-check'
import t from 'tap'
import { capabilities as seeds } from '../../seeds/data/capabilities.ts'
import { CAPABILITY_CONCEPTS } from '../../src/capabilities/concepts.ts'
import { listCapabilityFeed, loadCapabilityInputs } from '../../src/capabilities/feed.ts'
import { findContradictions, takeStep } from '../../src/capabilities/rules.ts'
import {
  type CapabilityFields,
  type CapabilityTiers,
  NewCapability,
  CapabilityPatch,
} from '../../src/capabilities/schemas.ts'
import { CAPABILITY_STATES } from '../../src/capabilities/tables.ts'
import { mergeCapability, splitCapability, tierOfField, tiersOfFields } from '../../src/capabilities/tiers.ts'
import type { Tier } from '../../src/engine/types.ts'
import { checkConcepts, listConceptRefs } from '../../src/platform/concepts.ts'
import { transaction } from '../../src/platform/db.ts'
import { loadLexicon } from '../../src/platform/lexicon.ts'
import { build, createTestClock, makeOrganisation, makePark } from '../helper.ts'
import { clientOf, eventsAbout, openMatch } from './posting.ts'

const WORKER = { kind: 'worker' } as const

/** One word in each field that stands nowhere else, so that a leak can be seen by looking for the word. */
const full = {
  language: 'zh',
  title: '小样本表面缺陷检测',
  summary: '概要词',
  details: '细节词',
  benefits: '收益词',
  techniques: ['tech.fewshot', { text: '技术词' }],
  problems: ['pb.defect-inspection'],
  industries: ['ind.C33'],
  processes: ['proc.stamping'],
  dataRequirements: [{ name: '图片词', level: 'required', modality: 'mod.image', labelledSamplesMin: 300 }],
  deployments: ['dp.edge'],
  latencyMs: 200,
  hardware: [{ text: '硬件词' }],
  integrations: [{ text: '集成词' }],
  evidence: [{ title: '案例词', kpi: 'kp.escape', unit: '%', before: 2, after: 0.2, customers: 3 }],
  price: { min: 81_000, max: 123_000, currency: 'CNY' },
  leadTimeDays: 47,
  capacity: 5,
  capacityUsed: 2,
  regions: ['东莞'],
  certificates: [{ text: '证书词' }],
  limits: ['限制词'],
  trl: 8,
  genaiFiling: '备案词',
  contact: { person: '联系词', email: 'who@example.com' },
} as const
const SHARED_WORDS = ['81000', '123000', '"leadTimeDays":47']
const SEALED_WORDS = ['细节词', '联系词', 'who@example.com']
const holds = (body: string, words: readonly string[]) => words.filter(word => body.includes(word))

t.test('capabilities', async t => {
  const clock = createTestClock()
  const { app, deps } = await build(t, { clock })
  const park = await makePark(deps)
  const elsewhere = await makePark(deps)
  const vendor = await makeOrganisation(deps, 'vendor', [park.id])
  const factory = await makeOrganisation(deps, 'manufacturer', [park.id])
  const far = await makeOrganisation(deps, 'manufacturer', [elsewhere.id])
  const seller = clientOf(app, vendor.key)
  const plant = clientOf(app, factory.key)
  const stranger = clientOf(app, far.key)
  const office = clientOf(app, park.key)
  const offer = async (fields: object = {}) => {
    const made = await seller.post('/capabilities', { title: '检测', ...fields })
    if (made.statusCode !== 201) throw new Error(made.body)
    return made.json()
  }

  t.test('a draft is answered whole to its owner and to nobody else, and is offered where he is a member', async t => {
    const made = await seller.post('/capabilities', full)
    t.equal(made.statusCode, 201, made.body)
    const capability = made.json()
    t.match(capability, { ...full, organisationId: vendor.id, state: 'draft', audiences: [park.id] })
    t.equal(made.headers['location'], `/v1/capabilities/${capability.id}`)
    t.equal(made.headers['etag'], '"1"')
    t.equal((await plant.get(`/capabilities/${capability.id}`)).statusCode, 404)
    t.match((await seller.get(`/capabilities/${capability.id}`)).json(), full)
    t.same(await eventsAbout(deps, capability.id), [])
  })

  t.test('steps tell once, however often they are asked', async t => {
    const { id } = await offer()
    for (const step of ['publish', 'publish', 'withdraw', 'withdraw', 'publish'])
      t.equal((await seller.post(`/capabilities/${id}/${step}`)).statusCode, 200)
    t.same(await eventsAbout(deps, id), ['capability.published', 'capability.withdrawn', 'capability.published'])
  })

  t.test('each reader gets the tiers that are open to him, and not a word of the others', async t => {
    const { id: capabilityId } = await offer({ ...full, publish: true })
    const before = await plant.get(`/capabilities/${capabilityId}`)
    t.same(before.json().tiersVisible, ['public'])
    const {
      details: _,
      contact: __,
      price: ___,
      leadTimeDays: ____,
      capacity: _____,
      capacityUsed: ______,
      ...open
    } = full
    t.match(before.json(), open)
    t.same(holds(before.body, [...SHARED_WORDS, ...SEALED_WORDS, '"audiences"']), [])
    t.same((await office.get(`/capabilities/${capabilityId}`)).json().tiersVisible, ['public'])
    const demand = await plant.post('/scenarios', { parkId: park.id, title: '漏检', publish: true })
    const pair = {
      parkId: park.id,
      scenarioId: demand.json().id,
      capabilityId,
      factoryId: factory.id,
      vendorId: vendor.id,
    }
    await openMatch(deps, pair, 'mutual')
    const mutual = await plant.get(`/capabilities/${capabilityId}`)
    t.same(holds(mutual.body, SHARED_WORDS), SHARED_WORDS)
    t.same(holds(mutual.body, SEALED_WORDS), [])
    t.same((await office.get(`/capabilities/${capabilityId}`)).json().tiersVisible, ['public', 'shared'])
    await openMatch(deps, pair, 'introduced')
    t.same(holds((await plant.get(`/capabilities/${capabilityId}`)).body, SEALED_WORDS), SEALED_WORDS)
    t.same((await office.get(`/capabilities/${capabilityId}`)).json().tiersVisible, ['public', 'shared'])
  })

  t.test('an offer to one park is not seen in another, one to the network is', async t => {
    const { id } = await offer({ publish: true })
    t.equal((await stranger.get(`/capabilities/${id}`)).statusCode, 404)
    const widened = await seller.patch(`/capabilities/${id}`, { audiences: ['network'] }, { 'if-match': '*' })
    t.same(widened.json().audiences, ['network'])
    t.equal((await stranger.get(`/capabilities/${id}`)).statusCode, 200)
    t.same(await eventsAbout(deps, id), ['capability.published', 'capability.updated'])
  })

  t.test('nobody offers where he is no member, nor to the network without a park that vouches for him', async t => {
    const unknownPark = `prk_${'0'.repeat(26)}`
    for (const [audiences, status] of [
      [[elsewhere.id], 403],
      [[park.id, elsewhere.id], 403],
      [[unknownPark], 404],
      [['everyone'], 422],
      [[], 422],
    ] as const) {
      t.equal((await seller.post('/capabilities', { title: 'x', audiences })).statusCode, status)
      const { id } = await offer()
      const changed = await seller.patch(`/capabilities/${id}`, { audiences }, { 'if-match': '*' })
      t.equal(changed.statusCode, status)
    }
    const loner = clientOf(app, (await makeOrganisation(deps, 'vendor')).key)
    t.equal((await loner.post('/capabilities', { title: 'x', audiences: ['network'] })).statusCode, 403)
    t.equal((await office.post('/capabilities', { title: 'x' })).statusCode, 403, 'a park sells nothing')
    t.equal((await plant.post('/capabilities', { title: 'x' })).statusCode, 201, 'a factory may sell what it built')
  })

  t.test('a field that its owner moved up is hidden, and cannot be found by a filter either', async t => {
    const tiers = { evidence: 'shared', techniques: 'sealed', price: 'sealed' }
    const { id } = await offer({ ...full, tiers, publish: true })
    t.same(holds((await plant.get(`/capabilities/${id}`)).body, ['案例词', 'tech.fewshot', '技术词']), [])
    const found = async (query: string) =>
      (await plant.get(`/capabilities?${query}`)).json().items.map((item: { id: string }) => item.id)
    t.notOk((await found('technique=tech.fewshot')).includes(id))
    t.ok((await found('problem=pb.defect-inspection')).includes(id))
    const refused = await seller.post('/capabilities', { title: 'x', tiers: { price: 'public' } })
    t.equal(refused.statusCode, 422)
  })

  t.test('a change replaces, removes, leaves, and needs the version that was read', async t => {
    const { id } = await offer(full)
    const path = `/capabilities/${id}`
    t.equal((await seller.patch(path, { trl: 9 })).statusCode, 428)
    t.equal((await seller.patch(path, { trl: 9 }, { 'if-match': '"2"' })).statusCode, 412)
    const changed = await seller.patch(
      path,
      { trl: 9, limits: null, price: { currency: 'USD' } },
      { 'if-match': '"1"' },
    )
    t.match(changed.json(), { trl: 9, price: { currency: 'USD' }, summary: full.summary, version: 2 })
    t.notOk('limits' in changed.json() || 'min' in changed.json().price)
    const wrong = await seller.patch(path, { capacity: 1 }, { 'if-match': '"2"' })
    t.equal(wrong.json().errors[0].pointer, '/capacityUsed', 'what is taken cannot exceed what there is')
    t.equal((await plant.patch(path, { trl: 1 }, { 'if-match': '*' })).statusCode, 404, "a draft is nobody else's")
    await seller.post(`${path}/publish`)
    t.equal((await plant.patch(path, { trl: 1 }, { 'if-match': '*' })).statusCode, 403)
  })

  t.test('concepts are checked by field, words that name none come back with near ones', async t => {
    const wrong = {
      techniques: ['pb.defect-inspection'],
      integrations: ['dp.edge'],
      evidence: [{ title: 'x', kpi: 'kp.no' }],
    }
    const refused = await seller.post('/capabilities', { title: 'x', ...wrong }, { 'accept-language': 'en' })
    t.same(
      refused.json().errors.map((e: { pointer: string; code: string }) => [e.pointer, e.code]),
      [
        ['/techniques/0', 'wrong_scheme'],
        ['/integrations/0', 'wrong_scheme'],
        ['/evidence/0/kpi', 'unknown_concept'],
      ],
    )
    const kept = await offer({ integrations: ['proto.opcua', { text: '自家总线甲' }] })
    t.match(kept.suggestions, [{ pointer: '/integrations/1', text: '自家总线甲' }])
  })

  t.test('a list is newest first, in pages, by park, owner and title', async t => {
    const own = await makeOrganisation(deps, 'institute', [park.id])
    const me = clientOf(app, own.key)
    const ids: string[] = []
    for (const title of ['甲', '乙', '丙']) {
      ids.unshift((await me.post('/capabilities', { title, publish: true })).json().id)
      clock.advance(1000)
    }
    const list = async (client: typeof me, query: string) => (await client.get(`/capabilities?${query}`)).json()
    const first = await list(me, 'organisationId=mine&limit=2')
    const second = await list(me, `organisationId=mine&limit=2&cursor=${first.nextCursor}`)
    t.same(
      [...first.items, ...second.items].map((item: { id: string }) => item.id),
      ids,
    )
    t.equal((await list(plant, `organisationId=${own.id}&parkId=${park.id}`)).items.length, 3)
    t.equal((await list(plant, `organisationId=${own.id}&parkId=${elsewhere.id}`)).items.length, 0)
    t.equal((await list(plant, `q=${encodeURIComponent('乙')}`)).items.length, 1)
    t.equal((await list(stranger, `organisationId=${own.id}`)).items.length, 0)
  })

  t.test('matching reads every tier but the persons, and the feed moves with each change', async t => {
    const { id } = await offer({ ...full, publish: true, audiences: ['network', park.id] })
    const [loaded] = await transaction(deps, WORKER, tx => loadCapabilityInputs(tx, [id]))
    const { contact: _, ...input } = full
    t.same(loaded?.input, { id, ...input })
    t.match(loaded, { organisationId: vendor.id, state: 'published', audiences: ['network', park.id], language: 'zh' })
    const tierOf = (pointer: string) => tierOfField(pointer, loaded?.fieldTiers ?? {})
    t.same(['/dataRequirements/0', '/price/max', '/details'].map(tierOf), ['public', 'shared', 'sealed'])
    const feed = () => transaction(deps, WORKER, tx => listCapabilityFeed(tx, { xid: '0', id: '' }, 1000))
    const first = (await feed())[0]?.id ?? ''
    await seller.patch(`/capabilities/${first}`, { trl: 1 }, { 'if-match': '*' })
    t.equal((await feed()).at(-1)?.id, first)
  })
})

t.test('splitting and merging is the identity, and nothing of a higher tier stands in a lower body', async t => {
  const tier = fc.constantFrom<Tier>('public', 'shared', 'sealed')
  const moved = fc.record(
    { summary: tier, evidence: tier, techniques: tier, price: fc.constantFrom<Tier>('shared', 'sealed') },
    { requiredKeys: [] },
  )
  const fields = fc
    .subarray(Object.keys(full))
    .map(keys => Object.fromEntries(['title', ...keys].map(key => [key, full[key as keyof typeof full]])))
  fc.assert(
    fc.property(fields, fc.option(moved, { nil: undefined }), (given, tiers) => {
      const whole = {
        fields: given as unknown as CapabilityFields,
        ...(tiers ? { moved: tiers as CapabilityTiers } : {}),
      }
      const bodies = splitCapability(whole)
      t.same(mergeCapability(bodies), whole)
      const wanted = tiersOfFields(whole.moved)
      for (const name of ['public', 'shared', 'sealed'] as const)
        for (const field of Object.keys(bodies[name]))
          if (field !== 'tiers') t.equal(wanted[field as keyof CapabilityFields], name)
    }),
    { seed: 42, numRuns: 60 },
  )
})

t.test('a repeated step changes nothing', async t => {
  for (const state of CAPABILITY_STATES)
    for (const step of ['publish', 'withdraw'] as const) {
      const once = takeStep(state, step)
      t.same(takeStep(once.state, step), { state: once.state }, `${step} from ${state}`)
    }
})

t.test('every seed of supply fits the bounds and the lexicon', async t => {
  const lexicon = loadLexicon()
  for (const { key, input } of seeds) {
    const parsed = NewCapability.safeParse(input)
    t.same(parsed.error?.issues, undefined, key)
    t.doesNotThrow(() => checkConcepts(lexicon, listConceptRefs(input, CAPABILITY_CONCEPTS), 'en'), key)
    if (parsed.data) t.same(findContradictions(parsed.data), [], key)
  }
})

t.test('the examples of the document can be sent as they are', async t => {
  const lexicon = loadLexicon()
  for (const schema of [NewCapability, CapabilityPatch])
    for (const example of (schema.meta()?.['examples'] ?? []) as object[]) {
      t.same(schema.safeParse(example).error?.issues, undefined)
      t.doesNotThrow(() => checkConcepts(lexicon, listConceptRefs(example, CAPABILITY_CONCEPTS), 'en'))
    }
})

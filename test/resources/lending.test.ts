import jsonld from 'jsonld'
import t from 'tap'
import { bearer, build, createTestClock, makeOrganisation, makePark } from '../helper.ts'

const TERMS = {
  jurisdiction: 'CN',
  sensitivity: 'general',
  purposes: ['model training'],
  duties: ['attribute', 'delete'],
  forbids: ['distribute'],
  usage: { zh: '可用于训练，用后删除，不得转发', en: 'For training; delete it afterwards; do not pass it on' },
  format: 'image/jpeg',
}

/**
 * What a catalogue must say, each with the section that defines it: of DCAT 3 (W3C Recommendation of 22 August 2024) the
 * number and name of the class and the anchor of the property's own section; of the ODRL 2.2 Information Model the section.
 * DCAT itself makes nothing mandatory: title, description and access URL are so by DCAT-AP 3, publisher of a catalogue too.
 */
const RESOURCE = 'DCAT 3 §6.4 Class: Cataloged Resource'
const MANDATORY = [
  { of: 'dcat:Catalog', property: 'dct:title', section: `${RESOURCE}, #Property:resource_title` },
  { of: 'dcat:Catalog', property: 'dct:description', section: `${RESOURCE}, #Property:resource_description` },
  { of: 'dcat:Catalog', property: 'dct:publisher', section: `${RESOURCE}, #Property:resource_publisher` },
  { of: 'dcat:Catalog', property: 'dcat:dataset', section: 'DCAT 3 §6.3 Class: Catalog, #Property:catalog_dataset' },
  { of: 'dcat:Dataset', property: 'dct:title', section: `${RESOURCE}, #Property:resource_title` },
  { of: 'dcat:Dataset', property: 'dct:description', section: `${RESOURCE}, #Property:resource_description` },
  { of: 'dcat:Dataset', property: 'odrl:hasPolicy', section: `${RESOURCE}, #Property:resource_has_policy` },
  {
    of: 'dcat:Distribution',
    property: 'dcat:accessURL',
    section: 'DCAT 3 §6.8 Class: Distribution, #Property:distribution_access_url',
  },
  { of: 'odrl:Offer', property: 'odrl:uid', section: 'ODRL 2.2 §2.1 Policy Class: one uid' },
  { of: 'odrl:Offer', property: 'odrl:permission', section: 'ODRL 2.2 §2.1 Policy Class: at least one rule' },
] as const
const PREFIXES: Record<string, string> = {
  dcat: 'http://www.w3.org/ns/dcat#',
  dct: 'http://purl.org/dc/terms/',
  odrl: 'http://www.w3.org/ns/odrl/2/',
}
const iri = (name: string) => {
  const [prefix = '', local = ''] = name.split(':')
  return `${PREFIXES[prefix]}${local}`
}

/** Every node of expanded JSON-LD. */
const nodesOf = (value: unknown): Record<string, unknown>[] => {
  if (Array.isArray(value)) return value.flatMap(nodesOf)
  if (typeof value !== 'object' || value === null) return []
  return [value as Record<string, unknown>, ...Object.values(value).flatMap(nodesOf)]
}

t.test('what a park lends', async t => {
  const { app, deps } = await build(t, { clock: createTestClock('2026-07-01T08:00:00.000Z') })
  const park = await makePark(deps)
  const lender = await makeOrganisation(deps, 'institute', [park.id])
  const factory = await makeOrganisation(deps, 'manufacturer', [park.id])
  const stranger = await makeOrganisation(deps, 'manufacturer', [(await makePark(deps)).id])
  const call = async (key: string, method: 'GET' | 'POST', url: string, payload?: object) => {
    const answer = await app.inject({ method, url: `/v1${url}`, headers: bearer(key), ...(payload ? { payload } : {}) })
    return { status: answer.statusCode, body: answer.json() }
  }
  const list = async (more: object) => {
    const made = await call(lender.key, 'POST', '/resources', {
      parkId: park.id,
      element: 'scenario',
      kind: 'rs.pilotbase',
      title: '打光台',
      ...more,
    })
    t.equal(made.status, 201, made.body.title)
    return made.body.id as string
  }
  const days = { fromDay: '2026-09-01', untilDay: '2026-09-05', purpose: '打光验证' }

  await t.test('fifty reservations at once never pass the quota', async t => {
    const id = await list({
      title: '标注额度',
      element: 'data',
      kind: 'rs.labelbase',
      quota: { amount: 20, unit: '人天' },
    })
    const answers = await Promise.all(
      Array.from({ length: 50 }, () =>
        call(factory.key, 'POST', `/resources/${id}/reservations`, { ...days, amount: 1 }),
      ),
    )
    t.equal(answers.filter(({ status }) => status === 201).length, 20)
    t.equal(answers.filter(({ status }) => status === 409).length, 30)
  })

  await t.test('places that are lent at the same time are counted by day, and given back', async t => {
    const id = await list({ quota: { amount: 2, unit: '台' }, quotaMode: 'concurrent', availableUntil: '2026-12-31' })
    const reserveOn = (fromDay: string, untilDay: string, amount: number) =>
      call(factory.key, 'POST', `/resources/${id}/reservations`, { ...days, fromDay, untilDay, amount })
    t.equal((await reserveOn('2026-09-01', '2026-09-05', 1)).status, 201)
    const second = await reserveOn('2026-09-04', '2026-09-10', 1)
    t.equal(second.status, 201)
    t.equal((await reserveOn('2026-09-05', '2026-09-06', 1)).status, 409, 'both places are taken on the fifth')
    t.equal((await reserveOn('2026-09-06', '2026-09-07', 1)).status, 201, 'on the sixth one is free again')
    t.equal((await reserveOn('2026-12-30', '2027-01-02', 1)).status, 422, 'after its calendar')
    const back = await call(lender.key, 'POST', `/reservations/${second.body.id}/transitions`, { state: 'cancelled' })
    t.equal(back.body.state, 'cancelled')
    t.equal((await reserveOn('2026-09-08', '2026-09-09', 2)).status, 201, 'what was given back is free')
    t.equal((await call(stranger.key, 'POST', `/resources/${id}/reservations`, { ...days, amount: 1 })).status, 404)
    t.same((await call(stranger.key, 'GET', '/reservations')).body.items, [])
  })

  await t.test('some resources are for some kinds of organisations only', async t => {
    const id = await list({ title: '院所专用', quota: { amount: 2, unit: '台' }, eligibleKinds: ['institute'] })
    t.equal((await call(factory.key, 'POST', `/resources/${id}/reservations`, { ...days, amount: 1 })).status, 403)
  })

  await t.test('the data catalogue expands, and says what DCAT and ODRL ask for', async t => {
    await list({ title: '缺陷图集', titleEn: 'Defect images', element: 'data', kind: 'rs.hqdataset', dataset: TERMS })
    const { body } = await call(factory.key, 'GET', `/parks/${park.id}/data-catalogue`)
    const documentLoader = async (url: string) => Promise.reject(new Error(`nothing is fetched: ${url}`))
    const expanded = nodesOf(await jsonld.expand(body, { documentLoader, safe: true }))
    for (const { of, property, section } of MANDATORY) {
      const nodes = expanded.filter(node => [node['@type']].flat().includes(iri(of)))
      t.ok(nodes.length > 0 && nodes.every(node => iri(property) in node), `${of} ${property}: ${section}`)
    }
    t.match(JSON.stringify(expanded), /prohibition/, 'what is forbidden is said')
  })

  await t.test(
    'support is computed to the yuan with the limit that decided, and a pool is never overdrawn',
    async t => {
      // Invented figures: a rule for this test alone.
      const rule = await call(park.key, 'POST', '/funding-rules', {
        parkId: park.id,
        title: '测试用算力券（虚构）',
        source: 'invented for a test',
        costs: ['compute'],
        share: 5_000,
        firmYearCapYuan: 1_000_000,
        poolYuan: 1_000_003,
      })
      t.equal(rule.status, 201, rule.body.title)
      const application = {
        parkId: park.id,
        firmId: factory.id,
        day: '2026-07-01',
        costs: [{ kind: 'compute', amountYuan: 200_001 }],
      }
      const plan = await call(factory.key, 'POST', '/funding-plans', application)
      t.match(plan.body, { totalYuan: 100_000, ownYuan: 100_001, supports: [{ limitedBy: 'share' }] })
      const most = Array.from({ length: 50 }, () => ({ kind: 'equipment', amountYuan: 1e13 }))
      const largest = await call(factory.key, 'POST', '/funding-plans', { ...application, costs: most })
      t.match(largest, { status: 200, body: { costsYuan: 5e14, totalYuan: 0 } }, 'as many and as large as may be sent')
      t.equal((await call(factory.key, 'POST', '/funding-grants', application)).status, 403)
      const answers = await Promise.all(
        Array.from({ length: 14 }, () => call(park.key, 'POST', '/funding-grants', application)),
      )
      const granted = answers.filter(({ status }) => status === 201).map(({ body }) => body.totalYuan as number)
      t.equal(
        granted.reduce((sum, amount) => sum + amount, 0),
        1_000_000,
        'up to the cap of the firm',
      )
      const other = await makeOrganisation(deps, 'manufacturer', [park.id])
      const last = await call(park.key, 'POST', '/funding-grants', { ...application, firmId: other.id })
      t.match(last.body, { totalYuan: 3, supports: [{ limitedBy: 'pool' }] }, 'the last three yuan of the pool')
      t.equal((await call(park.key, 'POST', '/funding-grants', { ...application, firmId: other.id })).status, 409)
      t.equal((await call(stranger.key, 'GET', `/funding-grants/${last.body.id}`)).status, 404)
      t.equal((await call(other.key, 'GET', `/funding-grants/${last.body.id}`)).status, 200)
    },
  )
})

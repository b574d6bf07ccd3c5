import t from 'tap'
import { resourceRoutes } from '../../src/resources/routes.ts'
import { bearer, makeOrganisation, makePark } from '../helper.ts'
import { buildRooms } from '../rooms.ts'

t.test('resources', async t => {
  const { app, deps } = await buildRooms(t, resourceRoutes)
  const park = await makePark(deps)
  const elsewhere = await makePark(deps)
  const provider = await makeOrganisation(deps, 'provider', [park.id])
  const factory = await makeOrganisation(deps, 'manufacturer', [park.id])
  const stranger = await makeOrganisation(deps, 'provider', [elsewhere.id])
  const voucher = {
    parkId: park.id,
    element: 'compute',
    kind: 'rs.compute-voucher',
    title: '算力券',
    quota: { amount: 1_000_000, unit: '元/家·年' },
    eligibility: '园区入驻企业',
    source: '园区〔2026〕3号',
  }
  const labelling = { parkId: park.id, element: 'data', kind: 'rs.labelbase', title: '标注基地' }
  const post = (key: string, payload: object, headers: Record<string, string> = {}) =>
    app.inject({ method: 'POST', url: '/v1/resources', headers: { ...bearer(key), ...headers }, payload })
  const list = async (key: string, query: string) =>
    (await app.inject({ url: `/v1/resources?${query}`, headers: bearer(key) })).json() as {
      items: { id: string; title: string }[]
      nextCursor?: string
    }

  t.test('a park lists its own and those of its members, a member its own only', async t => {
    const made = await post(park.key, voucher)
    t.equal(made.statusCode, 201, made.body)
    t.match(made.json(), { ...voucher, organisationId: park.organisationId })
    const ofMember = await post(park.key, { ...labelling, organisationId: provider.id })
    t.equal(ofMember.json().organisationId, provider.id, ofMember.body)
    t.equal((await post(provider.key, { ...labelling, title: '仪表台架' })).statusCode, 201)
    t.equal((await post(provider.key, { ...labelling, organisationId: factory.id })).statusCode, 403)
    t.equal((await post(stranger.key, labelling)).statusCode, 403)
    t.equal((await post(park.key, { ...labelling, organisationId: stranger.id })).statusCode, 404)
  })

  t.test('the same title of the same organisation stands once, and a repeated request makes nothing new', async t => {
    t.equal((await post(park.key, voucher)).statusCode, 409)
    const once = { 'idempotency-key': 'fund' }
    const fund = { parkId: park.id, element: 'capital', kind: 'rs.fund', title: '产业基金' }
    const first = await post(park.key, fund, once)
    const second = await post(park.key, fund, once)
    t.equal(second.statusCode, 201)
    t.equal(second.json().id, first.json().id)
  })

  t.test('a kind must be a resource of the lexicon, and the nearest ones are offered', async t => {
    const unknown = await post(park.key, { ...voucher, title: 'x', kind: 'rs.compute-vouchers' })
    t.equal(unknown.statusCode, 422)
    t.equal(unknown.json().errors[0].pointer, '/kind')
    t.ok(unknown.json().errors[0].suggestions.some((item: { id: string }) => item.id === 'rs.compute-voucher'))
    t.equal((await post(park.key, { ...voucher, title: 'x', kind: 'pb.defect-inspection' })).statusCode, 422)
    t.equal((await post(park.key, { ...voucher, title: 'x', element: 'land' })).statusCode, 422)
  })

  t.test('members find them by element, kind and park, page by page; other parks see nothing', async t => {
    t.same(
      (await list(factory.key, 'element=compute')).items.map(item => item.title),
      ['算力券'],
    )
    t.same((await list(factory.key, `kind=rs.labelbase&parkId=${park.id}`)).items.length, 2)
    t.same((await list(factory.key, `parkId=${elsewhere.id}`)).items, [])
    t.same((await list(stranger.key, 'limit=100')).items, [])
    const seen: string[] = []
    let cursor = ''
    do {
      const page = await list(factory.key, `limit=1${cursor}`)
      seen.push(...page.items.map(item => item.id))
      cursor = page.nextCursor ? `&cursor=${page.nextCursor}` : ''
    } while (cursor !== '')
    t.equal(seen.length, 4)
    t.equal(new Set(seen).size, 4)
    const url = `/v1/resources/${seen[0]}`
    t.equal((await app.inject({ url, headers: bearer(factory.key) })).statusCode, 200)
    t.equal((await app.inject({ url, headers: bearer(stranger.key) })).statusCode, 404)
  })
})

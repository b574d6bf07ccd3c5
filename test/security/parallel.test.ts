import t from 'tap'
import { bearer, build, makeOrganisation, makePark } from '../helper.ts'
import { clientOf } from '../routes/posting.ts'

const WRITERS = 500
const all = <T>(count: number, call: (i: number) => Promise<T>) =>
  Promise.all(Array.from({ length: count }, (_, i) => call(i)))
const tally = (answers: { statusCode: number }[]) =>
  answers.reduce<Record<string, number>>(
    (counts, { statusCode }) => ({ ...counts, [statusCode]: (counts[statusCode] ?? 0) + 1 }),
    {},
  )

t.test('five hundred at once', async t => {
  const { app, deps } = await build(t, { env: { REQUESTS_IN_FLIGHT_MAX: '1000' } })
  const park = await makePark(deps)
  const plant = clientOf(app, (await makeOrganisation(deps, 'manufacturer', [park.id])).key)
  const vendor = await makeOrganisation(deps, 'vendor', [park.id])
  const seller = clientOf(app, vendor.key)

  await t.test('of those who change one scenario from one version one gets through, and all are told', async t => {
    const { id, etag } = (await plant.post('/scenarios', { parkId: park.id, title: '起' })).json()
    const answers = await all(WRITERS, i => plant.patch(`/scenarios/${id}`, { title: `第 ${i}` }, { 'if-match': etag }))
    t.same(tally(answers), { 200: 1, 412: WRITERS - 1 })
    const winner = answers.find(answer => answer.statusCode === 200)?.json()
    const after = (await plant.get(`/scenarios/${id}`)).json()
    t.same([after.title, after.version], [winner.title, 2])
  })

  await t.test('a capacity of one is taken once by those who try until they are told that it is full', async t => {
    const { id } = (await seller.post('/capabilities', { title: '检测', capacity: 1, capacityUsed: 0 })).json()
    const first = (await seller.get(`/capabilities/${id}`)).json()
    let writes = 0
    const take = async (seen = first): Promise<boolean> => {
      writes += 1
      const change = { capacityUsed: seen.capacityUsed + 1 }
      const answer = await seller.patch(`/capabilities/${id}`, change, { 'if-match': seen.etag })
      if (answer.statusCode === 200) return true
      if (answer.statusCode === 422) return false
      if (answer.statusCode !== 412) throw new Error(answer.body)
      return take((await seller.get(`/capabilities/${id}`)).json())
    }
    const taken = await all(WRITERS, () => take())
    t.equal(taken.filter(Boolean).length, 1, 'nobody who was told yes is lost')
    t.equal((await seller.get(`/capabilities/${id}`)).json().capacityUsed, 1, 'and nothing is over-booked')
    t.ok(writes >= 2 * WRITERS - 1, `${writes} conflicting writes`)
  })

  await t.test(
    'of those who reserve a quota of twenty, twenty get a place and the others are told that none is left',
    async t => {
      const lent = {
        parkId: park.id,
        element: 'data',
        kind: 'rs.labelbase',
        title: '标注',
        quota: { amount: 20, unit: '席' },
      }
      const { id } = (await seller.post('/resources', lent)).json()
      const wish = { amount: 1, fromDay: '2030-09-01', untilDay: '2030-09-05', purpose: '标注' }
      const answers = await all(WRITERS, () => seller.post(`/resources/${id}/reservations`, wish))
      t.same(tally(answers), { 201: 20, 409: WRITERS - 20 })
    },
  )

  await t.test(
    'of those who rotate one secret at once each new one is current once, and three old ones at most sign',
    async t => {
      const { id } = (
        await seller.post('/webhook-endpoints', { url: 'http://127.0.0.1:19996/x', eventTypes: ['match.*'] })
      ).json()
      const answers = await all(WRITERS, () => seller.post(`/webhook-endpoints/${id}/rotate-secret`, {}))
      t.same(tally(answers), { 200: 3, 409: WRITERS - 3 })
      const secrets = answers.filter(answer => answer.statusCode === 200).map(answer => answer.json().secret as string)
      t.equal(new Set(secrets).size, 3)
      const endpoint = (await seller.get(`/webhook-endpoints/${id}`)).json()
      t.equal(endpoint.oldSecretsExpireAt.length, 3)
      const current = await app.inject({
        method: 'POST',
        url: `/v1/webhook-endpoints/${id}/reveal-secret`,
        headers: bearer(vendor.key),
      })
      t.ok(secrets.includes(current.json().secret), 'the current one is one that was handed out')
    },
  )
})

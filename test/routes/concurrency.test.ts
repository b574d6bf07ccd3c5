import t from 'tap'
import { build, makeOrganisation, makePark } from '../helper.ts'
import { clientOf, countRows, eventsAbout } from './posting.ts'

const CALLERS = 100
const tally = (statuses: number[]) => {
  const counts: Record<string, number> = {}
  for (const status of statuses) counts[status] = (counts[status] ?? 0) + 1
  return counts
}

t.test('many at once', async t => {
  const { app, deps } = await build(t)
  const park = await makePark(deps)
  const plant = clientOf(app, (await makeOrganisation(deps, 'manufacturer', [park.id])).key)
  const seller = clientOf(app, (await makeOrganisation(deps, 'vendor', [park.id])).key)
  const all = <T>(call: (i: number) => Promise<T>) => Promise.all(Array.from({ length: CALLERS }, (_, i) => call(i)))

  for (const [room, client, made] of [
    ['scenarios', plant, await plant.post('/scenarios', { parkId: park.id, title: '起', publish: true })],
    ['capabilities', seller, await seller.post('/capabilities', { title: '起', publish: true })],
  ] as const) {
    const { id } = made.json()
    const thing = room === 'scenarios' ? 'scenario' : 'capability'

    t.test(`of a hundred changes of ${room} from the same version exactly one is made, whole`, async t => {
      const answers = await all(i =>
        client.patch(`/${room}/${id}`, { title: `第 ${i}`, summary: `${i}`, details: `${i}` }, { 'if-match': '"1"' }),
      )
      t.same(tally(answers.map(answer => answer.statusCode)), { 200: 1, 412: CALLERS - 1 })
      const winner = answers.find(answer => answer.statusCode === 200)?.json()
      const after = (await client.get(`/${room}/${id}`)).json()
      t.equal(after.version, 2)
      t.same([after.title, after.summary, after.details], [winner.title, winner.summary, winner.details])
      t.same(await eventsAbout(deps, id), [`${thing}.published`, `${thing}.updated`])
    })

    t.test(`ten who change ${room} again and again until they get through lose nothing`, async t => {
      const places = Array.from({ length: 10 }, (_, i) => i)
      await Promise.all(
        places.map(async i => {
          for (;;) {
            const { etag, summary = '' } = (await client.get(`/${room}/${id}`)).json()
            const answer = await client.patch(`/${room}/${id}`, { summary: `${summary}|${i}|` }, { 'if-match': etag })
            if (answer.statusCode === 200) return
            if (answer.statusCode !== 412) throw new Error(answer.body)
          }
        }),
      )
      const { summary } = (await client.get(`/${room}/${id}`)).json()
      for (const i of places) t.ok(summary.includes(`|${i}|`))
    })

    t.test(`a hundred who publish and take back ${room} leave a state that its events tell`, async t => {
      const before = (await eventsAbout(deps, id)).length
      const answers = await all(i => client.post(`/${room}/${id}/${i % 2 === 0 ? 'publish' : 'withdraw'}`))
      t.same(tally(answers.map(answer => answer.statusCode)), { 200: CALLERS })
      const told = (await eventsAbout(deps, id)).slice(before)
      const { state } = (await client.get(`/${room}/${id}`)).json()
      t.ok(
        told.every((type, i) => type === `${thing}.${i % 2 === 0 ? 'withdrawn' : 'published'}`),
        'they alternate',
      )
      t.equal(state, told.length % 2 === 0 ? 'published' : 'withdrawn')
    })
  }

  t.test('a hundred posts under one key make one scenario', async t => {
    const before = await countRows(deps)
    const headers = { 'idempotency-key': 'burst' }
    const answers = await all(() =>
      plant.post('/scenarios', { parkId: park.id, title: '一次', publish: true }, headers),
    )
    const made = answers.filter(answer => answer.statusCode === 201)
    t.ok(made.length > 0)
    t.equal(new Set(made.map(answer => answer.json().id)).size, 1)
    t.ok(answers.every(answer => [201, 409].includes(answer.statusCode)))
    const after = await countRows(deps)
    t.equal(after['scenarios'], (before['scenarios'] ?? 0) + 1)
    t.equal(after['scenario_sealed'], (before['scenario_sealed'] ?? 0) + 1)
    t.equal(after['events'], (before['events'] ?? 0) + 1)
  })
})

import postgres from 'postgres'
import t from 'tap'
import { eventually } from '../helper.ts'
import { answered, createPeers, createWorld } from '../webhooks/world.ts'

type Page = { items: { id: string; type: string; data: object }[]; cursor?: string; hasMore: boolean }

t.test('the feed of events', async t => {
  const peers = createPeers(() => answered(200))
  const world = await createWorld(t, { egress: peers.egress })
  const endpoint = await world.addEndpoint('https://vendor.example.com/hook')
  const poll = async (query = '', key = world.vendor.key): Promise<Page> =>
    (await world.call('GET', `/events?${query}`, undefined, { key })).body
  /** The feed stops before the oldest writer of the whole server, and other tests write too. */
  const pollFor = (count: number, query = '') =>
    eventually(async () => {
      const page = await poll(query)
      return page.items.length >= count && page
    })

  t.test('answers what webhooks carry: the same ids, the same envelope', async t => {
    const [eventId] = await world.announce()
    await world.drain(endpoint.id)
    const { items } = await pollFor(1)
    t.equal(items[0]?.id, eventId)
    t.same(items[0], JSON.parse(peers.posted[0]?.body ?? ''))
  })

  t.test('goes on after a cursor, without a gap and without a repeat', async t => {
    const { cursor: before } = await poll()
    const eventIds = await world.announceMany(25)
    await pollFor(25, `after=${before}`)
    const found: string[] = []
    let page: Page = { items: [], cursor: before ?? '', hasMore: true }
    while (page.hasMore) {
      page = await poll(`limit=10&after=${page.cursor}`)
      found.push(...page.items.map(item => item.id))
    }
    t.same(found.sort(), [...eventIds].sort())
    const end = await poll(`after=${page.cursor}`)
    t.same(end, { items: [], cursor: page.cursor, hasMore: false }, 'the cursor stays where nothing is new')
  })

  t.test('can be narrowed to types', async t => {
    const { items } = await poll('types=match.created,match.updated')
    t.ok(items.length > 0 && items.every(item => item.type === 'match.created'))
    t.same((await poll('types=match.*')).items, items, 'or to all of a noun, as a subscription is')
    t.same((await poll('types=endpoint.*')).items, [])
  })

  t.test('holds nothing that was not meant for the caller', async t => {
    t.same((await poll('', (await world.stranger()).key)).items, [])
  })

  t.test('never passes a transaction that is still running, so that nothing is skipped', async t => {
    const { cursor } = await poll()
    const slow = postgres(world.deps.db.url, { max: 1, onnotice: () => {} })
    const writer = await slow.reserve()
    await writer`begin`
    await writer`select pg_current_xact_id()`
    const eventIds = await world.announceMany(2)
    t.same((await poll(`after=${cursor}`)).items, [], 'the younger events wait')
    await writer`commit`
    const { items } = await pollFor(2, `after=${cursor}`)
    t.same(items.map(item => item.id).sort(), [...eventIds].sort())
    writer.release()
    await slow.end()
  })

  t.test('refuses strangers, unknown types and cursors that are none', async t => {
    t.equal((await world.app.inject({ url: '/v1/events' })).statusCode, 401)
    for (const query of ['types=scenario.published', 'types=nothing', 'after=1', 'after=1.evt_x', 'limit=0', 'x=1'])
      t.equal((await world.call('GET', `/events?${query}`)).status, 422, query)
  })
})

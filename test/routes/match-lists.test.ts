import t from 'tap'
import { MATCH_STATES, waitingFor } from '../../src/matching/rules.ts'
import { matches } from '../../src/matching/tables.ts'
import { transaction } from '../../src/platform/db.ts'
import { newId } from '../../src/platform/ids.ts'
import { makeCast } from '../flows/cast.ts'
import { build, makeOrganisation, makePark } from '../helper.ts'

type Card = { id: string; state: string; waitingFor: string[]; deadlineAt?: string }
type Cards = { items: Card[]; nextCursor?: string }

t.test('lists of matches over a whole park', async t => {
  const { app, deps } = await build(t)
  const cast = await makeCast(deps, app)
  const scenario = await cast.publishScenario()
  const start = Date.parse('2030-01-01T00:00:00Z')
  const rows: (typeof matches.$inferInsert)[] = []
  const flags = [false, true]
  for (const state of MATCH_STATES)
    for (const isFactoryIn of flags)
      for (const isVendorIn of flags) {
        const capability = await cast.publishCapability()
        const at = new Date()
        const [factoryAt, vendorAt] = [isFactoryIn ? at : null, isVendorIn ? at : null]
        const isMutual = state === 'mutual'
        rows.push({
          id: newId(deps, 'match'),
          scenarioId: scenario.id,
          capabilityId: capability.id,
          parkId: cast.park.id,
          factoryId: cast.factory.id,
          vendorId: cast.vendor.id,
          state,
          rank: 1,
          total: 6_000,
          factoryScore: 6_000,
          vendorScore: 6_000,
          factoryInterestAt: isMutual ? at : factoryAt,
          vendorInterestAt: isMutual ? at : vendorAt,
          factoryAcceptedAt: isMutual ? factoryAt : null,
          vendorAcceptedAt: isMutual ? vendorAt : null,
          version: 1,
          createdAt: at,
          updatedAt: at,
          stateSince: at,
          deadlineAt: new Date(start + ((rows.length * 7) % 11) * 3_600_000),
        })
      }
  await transaction(deps, { kind: 'worker' }, tx => tx.insert(matches).values(rows))
  const list = (key: string, query: string): Promise<Cards> => cast.call(key, 'GET', `/matches?${query}`)

  await t.test('what waits for me is what the rules say, for either side', async t => {
    for (const [side, key] of [
      ['factory', cast.factory.key],
      ['vendor', cast.vendor.key],
    ] as const) {
      const owed = rows.filter(row =>
        waitingFor({
          state: row.state,
          factoryInterested: row.factoryInterestAt !== null,
          vendorInterested: row.vendorInterestAt !== null,
          factoryAccepted: row.factoryAcceptedAt !== null,
          vendorAccepted: row.vendorAcceptedAt !== null,
        }).includes(side),
      )
      const { items } = await list(key, 'waitingFor=me&limit=100')
      t.same(new Set(items.map(card => card.id)), new Set(owed.map(row => row.id)), side)
      t.ok(items.every(card => card.waitingFor.includes(side)))
    }
  })

  await t.test('pages follow each other without a gap or a repeat, by deadline and by age', async t => {
    for (const order of ['deadline', 'newest']) {
      const seen: Card[] = []
      for (let cursor: string | undefined = ''; cursor !== undefined; ) {
        const page: Cards = await list(cast.park.key, `order=${order}&limit=7${cursor ? `&cursor=${cursor}` : ''}`)
        seen.push(...page.items)
        cursor = page.nextCursor
      }
      t.equal(new Set(seen.map(card => card.id)).size, rows.length, order)
      const keys = seen.map(card => (order === 'deadline' ? (card.deadlineAt ?? '') : card.id))
      const sorted = keys.toSorted()
      t.same(keys, order === 'deadline' ? sorted : sorted.toReversed())
    }
  })

  await t.test('titles are searched on both sides, and a stranger sees nothing', async t => {
    t.equal((await list(cast.park.key, `q=${encodeURIComponent('小样本')}&limit=100`)).items.length, rows.length)
    t.equal((await list(cast.park.key, 'q=nothing')).items.length, 0)
    const elsewhere = await makePark(deps)
    const stranger = await makeOrganisation(deps, 'vendor', [elsewhere.id])
    for (const key of [stranger.key, elsewhere.key])
      for (const query of ['limit=100', `q=${encodeURIComponent('小样本')}`, `parkId=${cast.park.id}`])
        t.same((await list(key, query)).items, [], query)
  })
})

import fc from 'fast-check'
import t from 'tap'
import { PUBLIC_EVENT_TYPES } from '../../src/events/catalog.ts'
import { subscribesTo } from '../../src/events/catalog.ts'
import { wants } from '../../src/webhooks/filters.ts'

const endpoint = { id: 'whe_1', eventTypes: ['*'], filters: {} }
const match = {
  type: 'match.created' as const,
  parkId: 'prk_1',
  data: { total: 7_000, industry: 'ind.C33', problems: ['pb.a', 'pb.b'], parkId: 'prk_1' },
}

t.test('a type is subscribed to in full, by its noun, or with everything', async t => {
  t.ok(subscribesTo(['match.created'], 'match.created'))
  t.ok(subscribesTo(['match.*'], 'match.created'))
  t.ok(subscribesTo(['*'], 'match.created'))
  t.notOk(subscribesTo(['match.updated', 'scenario.*'], 'match.created'))
})

t.test('each filter lets through what it names and nothing else', async t => {
  const passes = (filters: object) => wants({ ...endpoint, filters }, match)
  t.ok(passes({ totalMin: 7_000 }))
  t.notOk(passes({ totalMin: 7_001 }))
  t.ok(passes({ industries: ['ind.C18', 'ind.C33'] }))
  t.notOk(passes({ industries: ['ind.C18'] }))
  t.ok(passes({ problems: ['pb.b'] }), 'one problem in common is enough')
  t.notOk(passes({ problems: ['pb.c'] }))
  t.ok(passes({ parkIds: ['prk_1'] }))
  t.notOk(passes({ parkIds: ['prk_2'] }))
  t.notOk(passes({ totalMin: 7_000, parkIds: ['prk_2'] }), 'all of them must pass')
})

t.test(
  'a filter does not hold back an event that has no such field, so that a retraction follows its match',
  async t => {
    const retracted = { type: 'match.retracted' as const, parkId: null, data: { parkId: 'prk_1', matchId: 'mat_1' } }
    t.ok(wants({ ...endpoint, filters: { industries: ['ind.C18'], totalMin: 9_000, problems: ['pb.x'] } }, retracted))
    t.notOk(wants({ ...endpoint, filters: { parkIds: ['prk_2'] } }, retracted))
    t.notOk(wants({ ...endpoint, filters: { industries: ['ind.C18'] } }, { ...match, data: { industry: null } }))
  },
)

t.test('no endpoint is told about itself, whatever it subscribes to', async t => {
  const hears = fc.property(
    fc.constantFrom(...PUBLIC_EVENT_TYPES),
    fc.constantFrom('*', 'endpoint.*', 'delivery.*'),
    (type, pattern) => {
      const event = { type, parkId: null, data: { endpointId: endpoint.id } }
      return !wants({ ...endpoint, eventTypes: [pattern] }, event)
    },
  )
  t.doesNotThrow(() => fc.assert(hears, { seed: 7, numRuns: 100 }))
})

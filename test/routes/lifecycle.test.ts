import { sql } from 'drizzle-orm'
import t from 'tap'
import { expireMatches, remindMatches } from '../../src/matching/expire.ts'
import { matches } from '../../src/matching/tables.ts'
import { rowsOf, transaction } from '../../src/platform/db.ts'
import { newId } from '../../src/platform/ids.ts'
import { makeCast } from '../flows/cast.ts'
import { bearer, build, createTestClock, makeOrganisation } from '../helper.ts'

const WORKER = { kind: 'worker' } as const
const DAY_MS = 86_400_000

type Seen = { state: string; waitingFor: string[]; deadlineAt?: string; decline?: object }

t.test('the life of a match', async t => {
  const clock = createTestClock()
  const { app, deps } = await build(t, { clock })
  const cast = await makeCast(deps, app)
  const { factory, vendor, park } = cast
  const scenario = await cast.publishScenario()
  const make = async (): Promise<string> => {
    const capability = await cast.publishCapability()
    const now = clock.now()
    const id = newId(deps, 'match')
    const times = { createdAt: now, updatedAt: now, stateSince: now }
    const scores = { total: 6_000, factoryScore: 6_000, vendorScore: 6_000 }
    const parties = { parkId: park.id, factoryId: factory.id, vendorId: vendor.id }
    const pair = { scenarioId: scenario.id, capabilityId: capability.id }
    await transaction(deps, WORKER, tx =>
      tx
        .insert(matches)
        .values({ id, ...pair, ...parties, ...scores, ...times, state: 'proposed', rank: 1, version: 1 }),
    )
    return id
  }
  const send = (key: string, method: 'GET' | 'POST' | 'PATCH', url: string, payload?: object, language = 'en') =>
    app.inject({
      method,
      url: `/v1${url}`,
      headers: { ...bearer(key), 'accept-language': language },
      ...(payload ? { payload } : {}),
    })
  const move = async (key: string, id: string, action: string, more: object = {}): Promise<Seen> => {
    const answer = await send(key, 'POST', `/matches/${id}/transitions`, { action, ...more })
    t.equal(answer.statusCode, 200, answer.body)
    return answer.json()
  }
  const eventsOf = (type: string, id: string) =>
    transaction(deps, WORKER, async tx =>
      rowsOf<{ data: Record<string, unknown>; readers: string[] }>(
        await tx.execute(sql`select data, array(select organisation_id from event_readers r where r.event_id = e.id) as readers
          from events e where type = ${type} and data ->> 'matchId' = ${id} order by seq`),
      ),
    )
  const climb = async (id: string) => {
    await move(vendor.key, id, 'express_interest')
    await move(factory.key, id, 'express_interest')
    await move(vendor.key, id, 'accept_introduction')
    await move(factory.key, id, 'accept_introduction')
    await move(park.key, id, 'start_pilot')
  }

  await t.test('says who acts next and until when, and remembers who moved it and why', async t => {
    const id = await make()
    const interested = await move(vendor.key, id, 'express_interest')
    t.match(interested, { state: 'interest', waitingFor: ['factory'], deadlineAt: '2026-11-16T08:00:00.000Z' })
    const told = (await eventsOf('match.state_changed', id)).at(-1)
    t.match(told?.data, { by: 'vendor', waitingFor: ['factory'], deadlineAt: '2026-11-16T08:00:00.000Z' })
    t.same(told?.readers.sort(), [factory.id, vendor.id, park.organisationId].sort())
    clock.advance(1_000)
    const declined = await move(factory.key, id, 'decline', { reason: 'other', note: '今年不再上新线' })
    t.match(declined, { state: 'declined', waitingFor: [] })
    t.notOk(declined.deadlineAt, 'nobody is asked any more')
    const seen = (await send(vendor.key, 'GET', `/matches/${id}`)).json<Seen>()
    t.same(seen.decline, { by: 'factory', reason: 'other', note: '今年不再上新线' }, 'the other side learns the reason')
    const history = (await send(park.key, 'GET', `/matches/${id}/transitions`)).json<{ items: object[] }>()
    t.match(history.items, [
      { action: 'express_interest', from: 'proposed', to: 'interest', by: 'vendor' },
      { action: 'decline', from: 'interest', to: 'declined', by: 'factory', reason: 'other' },
    ])
    const stranger = await makeOrganisation(deps, 'vendor', [park.id])
    t.equal((await send(stranger.key, 'GET', `/matches/${id}/transitions`)).statusCode, 404)
  })

  await t.test('reminds those who have to act once, then expires, and may be taken up again', async t => {
    const id = await make()
    await move(vendor.key, id, 'express_interest')
    t.equal(await remindMatches(deps, 100), 0)
    clock.advance(11 * DAY_MS)
    t.equal(await remindMatches(deps, 100), 1)
    t.equal(await remindMatches(deps, 100), 0, 'once for a deadline')
    const reminders = await eventsOf('match.reminder', id)
    t.equal(reminders.length, 1)
    t.match(reminders[0], { data: { state: 'interest', waitingFor: ['factory'] }, readers: [factory.id] })
    clock.advance(3 * DAY_MS - 1)
    t.equal(await expireMatches(deps, 100), 0)
    clock.advance(1)
    t.equal(await expireMatches(deps, 100), 1)
    t.equal(await expireMatches(deps, 100), 0)
    t.match((await send(vendor.key, 'GET', `/matches/${id}`)).json<Seen>(), { state: 'expired', waitingFor: [] })
    t.match((await eventsOf('match.state_changed', id)).at(-1)?.data, {
      from: 'interest',
      to: 'expired',
      by: 'platform',
    })
    const late = await send(vendor.key, 'POST', `/matches/${id}/transitions`, { action: 'accept_introduction' }, 'zh')
    t.equal(late.statusCode, 409)
    t.match(late.json<{ detail: string }>().detail, '已过期')
    t.match(await move(factory.key, id, 'express_interest'), { state: 'mutual', waitingFor: ['factory', 'vendor'] })
  })

  await t.test('can be put off by a bounded time', async t => {
    const id = await make()
    await move(vendor.key, id, 'express_interest')
    const until = new Date(clock.now().getTime() + 60 * DAY_MS).toISOString()
    t.match(await move(factory.key, id, 'hold', { until, note: '等预算' }), { state: 'interest', deadlineAt: until })
    t.match((await eventsOf('match.held', id))[0]?.data, { by: 'factory', deadlineAt: until })
    const tooLate = new Date(clock.now().getTime() + 105 * DAY_MS).toISOString()
    for (const [wrong, status] of [
      [{ until: tooLate }, 409],
      [{ until: clock.now().toISOString() }, 409],
      [{}, 422],
    ] as const)
      t.equal(
        (await send(factory.key, 'POST', `/matches/${id}/transitions`, { action: 'hold', ...wrong })).statusCode,
        status,
      )
    const declined = { action: 'decline', reason: 'data', until }
    t.equal((await send(factory.key, 'POST', `/matches/${id}/transitions`, declined)).statusCode, 422)
  })

  await t.test('takes its deadlines from the settings of the park', async t => {
    const changed = await send(park.key, 'PATCH', `/parks/${park.id}/settings`, {
      stageDays: { interest: 5 },
      reminderDays: 0,
    })
    t.match(changed.json(), { stageDays: { interest: 5, mutual: 14 }, reminderDays: 0 })
    const wrong = await send(park.key, 'PATCH', `/parks/${park.id}/settings`, { stageDays: { interest: 0 } })
    t.equal(wrong.statusCode, 422)
    const id = await make()
    const seen = await move(vendor.key, id, 'express_interest')
    t.equal(seen.deadlineAt, new Date(clock.now().getTime() + 5 * DAY_MS).toISOString())
    clock.advance(4 * DAY_MS)
    t.equal(await remindMatches(deps, 100), 0, 'no reminder is wanted')
  })

  await t.test('what it brought counts when the other party says so', async t => {
    const id = await make()
    const report = {
      kpi: '漏检率',
      unit: '%',
      baseline: 2,
      target: 0.3,
      actual: 0.4,
      evidence: '连续四周抽检 12,000 件',
      measuredOn: '2026-10-30',
    }
    t.equal((await send(factory.key, 'POST', `/matches/${id}/outcomes`, report)).statusCode, 409, 'nothing to measure')
    await climb(id)
    t.equal((await send(park.key, 'POST', `/matches/${id}/outcomes`, report)).statusCode, 403)
    const made = await send(factory.key, 'POST', `/matches/${id}/outcomes`, report)
    t.equal(made.statusCode, 201, made.body)
    const outcome = made.json<{ id: string }>()
    t.match(outcome, { ...report, state: 'reported', reportedBy: 'factory', waitingFor: 'vendor' })
    const decide = (key: string, payload: object) => send(key, 'POST', `/outcomes/${outcome.id}/decisions`, payload)
    for (const key of [factory.key, park.key])
      t.equal((await decide(key, { decision: 'confirm' })).statusCode, 409, 'only the other party decides')
    t.equal((await decide(vendor.key, { decision: 'dispute' })).statusCode, 422, 'a dispute says why')
    t.match((await decide(vendor.key, { decision: 'dispute', note: '口径不同' })).json(), { state: 'disputed' })
    t.match((await decide(vendor.key, { decision: 'confirm' })).json(), { state: 'confirmed' })
    t.equal((await decide(vendor.key, { decision: 'dispute', note: '后悔' })).statusCode, 409)
    const listed = (await send(park.key, 'GET', `/matches/${id}/outcomes`)).json<{ items: object[] }>()
    t.match(listed.items, [{ id: outcome.id, state: 'confirmed', actual: 0.4 }])
    const stranger = await makeOrganisation(deps, 'vendor', [park.id])
    t.equal((await send(stranger.key, 'GET', `/outcomes/${outcome.id}`)).statusCode, 404)
    for (const type of ['outcome.reported', 'outcome.disputed', 'outcome.confirmed']) {
      const [event] = await eventsOf(type, id)
      t.equal(event?.data['outcomeId'], outcome.id, type)
      t.notMatch(JSON.stringify(event), /0\.4|漏检率/, 'figures stay out of events')
    }
  })
})

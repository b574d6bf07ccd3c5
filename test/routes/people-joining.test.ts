import { eq } from 'drizzle-orm'
import t from 'tap'
import { events } from '../../src/events/tables.ts'
import { transaction } from '../../src/platform/db.ts'
import { bearer, build, createTestClock, makeOrganisation, makePark, makePerson, sessionOf, signIn } from '../helper.ts'

const DAY_MS = 86_400_000
const WORKER = { kind: 'worker' } as const
const CODE = '91350100M000100Y43'

t.test('joining', async t => {
  const clock = createTestClock()
  const { app, deps } = await build(t, { clock })
  const park = await makePark(deps, 'binhai')
  const otherPark = await makePark(deps)
  const call = (
    method: 'GET' | 'POST' | 'PATCH' | 'DELETE',
    url: string,
    headers: Record<string, string>,
    payload?: object,
  ) => app.inject({ method, url: `/v1${url}`, headers, ...(payload ? { payload } : {}) })
  const accept = (payload: object, headers: Record<string, string> = {}) =>
    call('POST', '/invitations/accept', headers, payload)
  const eventsOf = async (type: string) =>
    (await transaction(deps, WORKER, tx => tx.select().from(events).where(eq(events.type, type)))).map(row => row.data)

  t.test(
    'a company registers itself, drafts while it waits, publishes once admitted, and is withheld when suspended',
    async t => {
      const registration = {
        parkSlug: 'binhai',
        name: '恒泰冲压有限公司',
        creditCode: CODE.toLowerCase(),
        contact: { name: '陈工', email: 'Chen@example.com' },
      }
      const made = await call('POST', '/registrations', {}, registration)
      t.equal(made.statusCode, 201, made.body)
      t.match(made.json(), { parkId: park.id, state: 'requested' })
      t.match(made.json().url, /\/join#token=[A-Za-z0-9_-]{43}$/)
      const { organisationId, token } = made.json()
      t.match(await eventsOf('membership.requested'), [{ organisationId, organisationName: '恒泰冲压有限公司' }])
      for (const twice of [registration, { ...registration, name: '另一家' }]) {
        const answer = await call('POST', '/registrations', {}, twice)
        t.equal(answer.statusCode, 201, 'a stranger does not learn who is registered')
        t.same(Object.keys(answer.json()), Object.keys(made.json()))
        const claim = answer.json()
        const shown = await call('POST', '/invitations/view', {}, { token: claim.token })
        t.match(shown.json(), { organisationName: twice.name }, 'nor by looking further')
        const path = `/parks/${park.id}/memberships/${claim.organisationId}`
        const admitted = await call('PATCH', path, bearer(park.key), { state: 'active' })
        t.equal(admitted.statusCode, 409)
        t.equal(admitted.json().type, '/problems/already_registered', 'the park does, before it admits it')
      }
      t.equal((await call('POST', '/registrations', {}, { ...registration, parkSlug: 'nowhere' })).statusCode, 404)
      const wrong = await call(
        'POST',
        '/registrations',
        { 'accept-language': 'en' },
        { ...registration, creditCode: '91350100M000100Y44' },
      )
      t.equal(wrong.statusCode, 422)
      t.match(wrong.json().errors, [{ pointer: '/creditCode', detail: /check character/ }])

      const viewed = await call('POST', '/invitations/view', {}, { token })
      t.match(viewed.json(), { email: 'chen@example.com', role: 'owner', organisationName: '恒泰冲压有限公司' })
      const entered = await accept({ token })
      t.equal(entered.statusCode, 201, entered.body)
      t.match(entered.json(), { organisation: { id: organisationId }, person: { name: '陈工' }, parkIds: [] })
      t.equal((await accept({ token })).statusCode, 401, 'a seat is taken once')
      const owner = sessionOf(entered)

      const scenario = { title: '划痕漏检', parkId: park.id }
      const draft = await call('POST', '/scenarios', owner, scenario)
      t.equal(draft.statusCode, 201, draft.body)
      t.equal(draft.json().state, 'draft')
      const publish = () => call('POST', `/scenarios/${draft.json().id}/publish`, owner)
      const early = await publish()
      t.equal(early.statusCode, 403)
      t.match(early.json().detail, /草稿/)
      t.equal((await call('POST', '/scenarios', owner, { ...scenario, publish: true })).statusCode, 403)
      t.equal((await call('POST', '/scenarios', owner, { ...scenario, parkId: otherPark.id })).statusCode, 403)

      const members = `/parks/${park.id}/memberships`
      const waiting = await call('GET', `${members}?state=requested&q=${encodeURIComponent('恒泰')}`, bearer(park.key))
      t.same(
        waiting
          .json()
          .items.map((row: { organisationId: string }) => row.organisationId)
          .includes(organisationId),
        true,
      )
      t.equal((await call('GET', `${members}?state=suspended`, bearer(park.key))).json().items.length, 0)
      const decide = (key: string, state: string) =>
        call('PATCH', `${members}/${organisationId}`, bearer(key), { state })
      t.equal((await decide(otherPark.key, 'active')).statusCode, 403)
      t.match((await decide(park.key, 'active')).json(), { state: 'active' })
      await decide(park.key, 'active')
      t.equal((await eventsOf('membership.activated')).length, 1, 'deciding it again tells nothing')
      t.equal((await publish()).statusCode, 200)

      const vendor = await makeOrganisation(deps, 'vendor', [park.id])
      const see = async (key: string) => (await call('GET', `/scenarios/${draft.json().id}`, bearer(key))).statusCode
      t.equal(await see(vendor.key), 200)
      t.match((await decide(park.key, 'suspended')).json(), { state: 'suspended' })
      t.equal(await see(vendor.key), 404, 'others do not see it from then on')
      t.equal(await see(park.key), 200)
      t.match((await call('GET', `/scenarios/${draft.json().id}`, owner)).json(), {
        isWithheld: true,
        state: 'published',
      })
      t.equal((await publish()).statusCode, 403)
      t.equal(
        (await call('POST', '/scenarios', owner, scenario)).statusCode,
        403,
        'suspended, it drafts nothing either',
      )
      await decide(park.key, 'active')
      t.equal(await see(vendor.key), 200, 'and see it again')
      t.equal((await eventsOf('membership.decided')).length, 3)
    },
  )

  t.test('a capability is withheld in the park that suspended its owner, and nowhere else', async t => {
    const vendor = await makeOrganisation(deps, 'vendor', [park.id, otherPark.id])
    const [here, there] = [
      await makeOrganisation(deps, 'manufacturer', [park.id]),
      await makeOrganisation(deps, 'manufacturer', [otherPark.id]),
    ]
    const offer = { title: '缺陷检测', summary: '小样本缺陷检测', audiences: ['network'], publish: true }
    const made = await call('POST', '/capabilities', bearer(vendor.key), offer)
    t.equal(made.statusCode, 201, made.body)
    const see = async (key: string, id = made.json().id) =>
      (await call('GET', `/capabilities/${id}`, bearer(key))).statusCode
    t.same([await see(here.key), await see(there.key)], [200, 200])
    await call('PATCH', `/parks/${park.id}/memberships/${vendor.id}`, bearer(park.key), { state: 'suspended' })
    t.same([await see(here.key), await see(there.key), await see(park.key)], [404, 200, 200])
    const later = await call('POST', '/capabilities', bearer(vendor.key), { ...offer, title: '另一项' })
    t.same([await see(here.key, later.json().id), await see(there.key, later.json().id)], [404, 200])
  })

  t.test('a park does not suspend itself', async t => {
    const url = `/parks/${park.id}/memberships/${park.organisationId}`
    t.equal((await call('PATCH', url, bearer(park.key), { state: 'suspended' })).statusCode, 409)
  })

  t.test('an owner invites colleagues; who may not is refused, by role', async t => {
    const factory = await makeOrganisation(deps, 'manufacturer', [park.id])
    const url = `/organisations/${factory.id}/invitations`
    const owner = await signIn(deps, app, (await makePerson(deps, [{ organisationId: factory.id }])).id)
    const editor = await signIn(
      deps,
      app,
      (await makePerson(deps, [{ organisationId: factory.id, role: 'editor' }])).id,
    )
    const reader = await signIn(
      deps,
      app,
      (await makePerson(deps, [{ organisationId: factory.id, role: 'reader' }])).id,
    )
    const invited = { email: 'li@example.com', name: '李工', role: 'reader' }
    t.equal((await call('POST', url, editor, invited)).statusCode, 403)
    t.equal((await call('POST', url, reader, invited)).statusCode, 403)
    t.equal(
      (await call('POST', url, bearer(park.key), { ...invited, role: 'owner' })).statusCode,
      403,
      'it has people of its own',
    )
    t.equal((await call('POST', url, bearer(otherPark.key), invited)).statusCode, 404)
    t.equal((await call('POST', url, {}, invited)).statusCode, 401)
    const made = await call('POST', url, owner, invited)
    t.equal(made.statusCode, 201, made.body)
    t.equal((await call('POST', url, owner, invited)).statusCode, 409, 'one invitation for an address')
    t.same(
      await eventsOf('invitation.created').then(list => list.some(data => data['invitationId'] === made.json().id)),
      true,
    )
    t.notOk(JSON.stringify(await eventsOf('invitation.created')).includes(made.json().token), 'no token in the outbox')
    const listed = await call('GET', '/invitations?state=pending', owner)
    t.same(
      listed.json().items.map((row: { id: string }) => row.id),
      [made.json().id],
    )
    t.notOk(listed.body.includes('token'))
    const renewed = await call('POST', `/invitations/${made.json().id}/links`, owner)
    t.equal(renewed.statusCode, 201, renewed.body)
    t.equal((await accept({ token: made.json().token })).statusCode, 401, 'the old link is dead')
    const entered = await accept({ token: renewed.json().token, language: 'en' })
    t.match(entered.json(), { role: 'reader', person: { name: '李工', language: 'en' } })
    t.equal((await call('DELETE', `/invitations/${made.json().id}`, owner)).statusCode, 409)

    const second = await call('POST', url, owner, { email: 'zhao@example.com' })
    t.equal((await call('DELETE', `/invitations/${second.json().id}`, owner)).statusCode, 204)
    t.equal((await accept({ token: second.json().token })).statusCode, 401, 'taken back')
    const third = await call('POST', url, owner, { email: 'sun@example.com' })
    clock.advance(15 * DAY_MS)
    t.equal((await accept({ token: third.json().token })).statusCode, 401, 'expired')
    t.equal((await call('GET', '/invitations?state=expired', bearer(factory.key))).json().items.length, 1)
  })

  t.test('a park invites the first owner of a company that it registered', async t => {
    const company = await call('POST', '/organisations', bearer(park.key), {
      kind: 'vendor',
      name: '迅视',
      parkId: park.id,
    })
    const url = `/organisations/${company.json().id}/invitations`
    const invited = { email: 'first@example.com', name: '王工', role: 'owner' }
    t.equal((await call('POST', url, bearer(otherPark.key), invited)).statusCode, 403)
    t.equal((await call('POST', url, bearer(park.key), { ...invited, role: 'editor' })).statusCode, 403)
    const made = await call('POST', url, bearer(park.key), invited)
    t.equal(made.statusCode, 201, made.body)
    t.match((await accept({ token: made.json().token })).json(), { role: 'owner', parkIds: [park.id] })
    const more = await call('POST', url, bearer(park.key), { ...invited, email: 'second@example.com' })
    t.equal(more.statusCode, 403, 'afterwards it invites its own')
  })

  t.test('whoever hands a link over cannot enter as somebody who has an account already', async t => {
    const [company, trap] = [await makeOrganisation(deps, 'vendor', [park.id]), await makeOrganisation(deps, 'vendor')]
    const person = await makePerson(deps, [{ organisationId: company.id }])
    const own = await signIn(deps, app, person.id)
    await app.inject({
      method: 'PUT',
      url: '/v1/me/password',
      headers: own,
      payload: { password: '一个很长很长很长的口令句子' },
    })
    const url = `/organisations/${trap.id}/invitations`
    const { token } = (await call('POST', url, bearer(trap.key), { email: person.email })).json()
    const refused = await accept({ token })
    t.equal(refused.statusCode, 403)
    t.equal(refused.json().type, '/problems/prove_yourself')
    t.equal((await accept({ token, password: 'a guess' })).statusCode, 401)
    const stranger = await signIn(deps, app, (await makePerson(deps, [{ organisationId: trap.id }])).id)
    t.equal((await accept({ token }, stranger)).statusCode, 403, 'another session proves nothing')
    const entered = await accept({ token, password: '一个很长很长很长的口令句子' })
    t.equal(entered.statusCode, 201, entered.body)
    t.equal(entered.json().positions.length, 2)
    t.match(entered.json(), { organisation: { id: trap.id }, role: 'editor' })
  })

  t.test('of many who bring the same invitation at once one takes the seat', async t => {
    const company = await makeOrganisation(deps, 'vendor')
    const { token } = (
      await call('POST', `/organisations/${company.id}/invitations`, bearer(company.key), { email: 'race@example.com' })
    ).json()
    const answers = await Promise.all(Array.from({ length: 8 }, () => accept({ token })))
    const statuses = answers.map(answer => answer.statusCode)
    t.same([statuses.filter(status => status === 201).length, statuses.filter(status => status === 401).length], [1, 7])
  })
})

import { eq } from 'drizzle-orm'
import t from 'tap'
import { insertPerson } from '../../src/identity/people.ts'
import { mintMailedLink } from '../../src/identity/sign-in.ts'
import { passwords, sessions, signInLinks } from '../../src/identity/tables.ts'
import { events } from '../../src/events/tables.ts'
import { transaction } from '../../src/platform/db.ts'
import { bearer, build, createTestClock, makeOrganisation, makePark, makePerson, sessionOf, signIn } from '../helper.ts'

const HOUR_MS = 3_600_000
const PASSWORD = '三号线 每班 四万件 螺丝'
const WORKER = { kind: 'worker' } as const

t.test('signing in', async t => {
  const clock = createTestClock()
  const { app, deps } = await build(t, { clock })
  const park = await makePark(deps)
  const factory = await makeOrganisation(deps, 'manufacturer', [park.id], { name: '恒泰冲压' })
  const vendor = await makeOrganisation(deps, 'vendor', [park.id])

  const post = (url: string, payload: object, headers: Record<string, string> = {}) =>
    app.inject({ method: 'POST', url: `/v1${url}`, payload, headers })
  const me = (headers: Record<string, string>) => app.inject({ url: '/v1/me', headers })
  const setPassword = (headers: Record<string, string>, payload: object) =>
    app.inject({ method: 'PUT', url: '/v1/me/password', headers, payload })
  const handLink = async (owner: Record<string, string>, organisationId: string, personId: string) =>
    app.inject({
      method: 'POST',
      url: `/v1/organisations/${organisationId}/people/${personId}/sign-in-links`,
      headers: owner,
    })

  t.test('a link signs in once, within its time, and the API then works as with a key', async t => {
    const owner = await makePerson(deps, [{ organisationId: factory.id }])
    const colleague = await makePerson(deps, [{ organisationId: factory.id, role: 'editor' }])
    const session = await signIn(deps, app, owner.id)
    const handed = await handLink(session, factory.id, colleague.id)
    t.equal(handed.statusCode, 201, handed.body)
    const { token, url } = handed.json()
    t.match(url, new RegExp(`/sign-in#token=${token}$`))
    const entered = await post('/sign-in-links/use', { token })
    t.equal(entered.statusCode, 201, entered.body)
    t.match(entered.json(), { role: 'editor', isBound: true, person: { email: colleague.email }, parkIds: [park.id] })
    const [cookie] = entered.cookies
    t.match(cookie, { httpOnly: true, sameSite: 'Lax', path: '/' })
    const again = await post('/sign-in-links/use', { token })
    t.equal(again.statusCode, 401)
    t.equal(again.json().type, '/problems/link_used_up')
    t.notOk(again.headers['set-cookie'])

    const headers = sessionOf(entered)
    const made = await post('/scenarios', { title: '划痕漏检', parkId: park.id }, headers)
    t.equal(made.statusCode, 201, made.body)
    const key = await makeOrganisation(deps, 'manufacturer')
    t.equal((await me(bearer(key.key))).json().person, undefined, 'a key is nobody')
    t.match((await me(bearer(key.key))).json(), { organisation: { id: key.id }, role: 'owner' })

    const late = await handLink(session, factory.id, colleague.id)
    clock.advance(25 * HOUR_MS)
    t.equal((await post('/sign-in-links/use', { token: late.json().token })).statusCode, 401, 'expired')
  })

  t.test('only an owner of the organisation hands links over, and never for a stranger', async t => {
    const editor = await makePerson(deps, [{ organisationId: factory.id, role: 'editor' }])
    const reader = await makePerson(deps, [{ organisationId: factory.id, role: 'reader' }])
    const stranger = await makePerson(deps, [{ organisationId: vendor.id }])
    t.equal((await handLink(await signIn(deps, app, editor.id), factory.id, reader.id)).statusCode, 403)
    t.equal((await handLink(await signIn(deps, app, reader.id), factory.id, editor.id)).statusCode, 403)
    t.equal((await handLink(await signIn(deps, app, stranger.id), factory.id, editor.id)).statusCode, 404)
    t.equal((await handLink(bearer(park.key), factory.id, editor.id)).statusCode, 404, 'not even the park')
    t.equal((await handLink(bearer(factory.key), factory.id, stranger.id)).statusCode, 404)
  })

  t.test('a link that one organisation hands over does not reach into another', async t => {
    const both = await makePerson(deps, [{ organisationId: factory.id }, { organisationId: vendor.id }])
    const handed = await handLink(bearer(factory.key), factory.id, both.id)
    const headers = sessionOf(await post('/sign-in-links/use', { token: handed.json().token }))
    const seen = (await me(headers)).json()
    t.same(
      seen.positions.map((position: { organisationId: string }) => position.organisationId),
      [factory.id],
    )
    const choice = { organisationId: vendor.id }
    const chosen = await app.inject({ method: 'PUT', url: '/v1/me/organisation', headers, payload: choice })
    t.equal(chosen.statusCode, 403)
    t.equal(chosen.json().type, '/problems/bound_session')
    t.equal((await setPassword(headers, { password: PASSWORD })).statusCode, 403, 'nor through a password')
  })

  t.test('a person chooses whom he acts for, and sees what that organisation sees', async t => {
    const both = await makePerson(deps, [{ organisationId: factory.id }, { organisationId: vendor.id, role: 'reader' }])
    const headers = await signIn(deps, app, both.id)
    const choose = (organisationId: string) =>
      app.inject({ method: 'PUT', url: '/v1/me/organisation', headers, payload: { organisationId } })
    const chosen = await choose(vendor.id)
    t.equal(chosen.statusCode, 200, chosen.body)
    t.match(chosen.json(), { organisation: { id: vendor.id }, role: 'reader' })
    t.equal((await post('/scenarios', { title: 'x', parkId: park.id }, headers)).statusCode, 403, 'a reader only reads')
    t.equal((await choose((await makeOrganisation(deps, 'vendor')).id)).statusCode, 404)
    t.match((await choose(factory.id)).json(), { organisation: { id: factory.id }, role: 'owner' })
  })

  t.test('a password signs in whatever the case of the address, and the answers do not tell who exists', async t => {
    const person = await makePerson(deps, [{ organisationId: factory.id }])
    const headers = await signIn(deps, app, person.id)
    t.equal((await setPassword(headers, { password: '短' })).statusCode, 422)
    t.equal((await setPassword(headers, { password: PASSWORD })).statusCode, 204)
    const right = await post('/sessions', { email: person.email.toUpperCase(), password: PASSWORD })
    t.equal(right.statusCode, 201, right.body)
    const wrong = await post('/sessions', { email: person.email, password: 'x' })
    const unknown = await post('/sessions', { email: 'nobody@example.com', password: 'x' })
    for (const answer of [wrong, unknown]) {
      t.equal(answer.statusCode, 401)
      t.equal(answer.json().type, '/problems/wrong_credentials')
    }
    const strip = ({ instance: _, ...problem }: Record<string, unknown>) => problem
    t.same(strip(wrong.json()), strip(unknown.json()))
    const english = await post('/sessions', { email: 'nobody@example.com', password: 'x' }, { 'accept-language': 'en' })
    t.equal(english.json().title, 'The e-mail address or the password is wrong')
  })

  t.test('the sixth wrong try locks the address for a quarter of an hour, known or not, in parallel too', async t => {
    const person = await makePerson(deps, [{ organisationId: factory.id }])
    await setPassword(await signIn(deps, app, person.id), { password: PASSWORD })
    for (const email of [person.email, 'never-seen@example.com']) {
      const answers = await Promise.all(
        Array.from({ length: 12 }, () => post('/sessions', { email, password: 'wrong guess' })),
      )
      const statuses = answers.map(answer => answer.statusCode)
      t.equal(statuses.filter(status => status === 401).length, 5, email)
      t.equal(statuses.filter(status => status === 429).length, 7, email)
    }
    const locked = await post('/sessions', { email: person.email, password: PASSWORD })
    t.equal(locked.statusCode, 429, 'the right one does not get in either')
    t.ok(Number(locked.headers['retry-after']) > 800)
    t.ok(await signIn(deps, app, person.id), 'a link still does')
    clock.advance(15 * 60_000)
    t.equal((await post('/sessions', { email: person.email, password: PASSWORD })).statusCode, 201)
  })

  t.test('a changed password needs the old one and ends the other sessions', async t => {
    const person = await makePerson(deps, [{ organisationId: factory.id }])
    const byLink = await signIn(deps, app, person.id)
    await setPassword(byLink, { password: PASSWORD })
    const headers = sessionOf(await post('/sessions', { email: person.email, password: PASSWORD }))
    t.equal((await setPassword(headers, { password: 'another long one' })).statusCode, 401)
    t.equal((await me(byLink)).statusCode, 200)
    const change = { password: 'another long one', currentPassword: PASSWORD }
    t.equal((await setPassword(headers, change)).statusCode, 204)
    t.equal((await me(byLink)).statusCode, 401, 'the other session has ended')
    t.equal((await me(headers)).statusCode, 200)
    const kept = await transaction(deps, WORKER, tx =>
      tx.select().from(passwords).where(eq(passwords.personId, person.id)),
    )
    t.match(kept[0]?.hash, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
  })

  t.test('a session ends by signing out, by idling half a day, after a fortnight, and with the position', async t => {
    const person = await makePerson(deps, [{ organisationId: factory.id }])
    const end = (headers: Record<string, string>, id: string) =>
      app.inject({ method: 'DELETE', url: `/v1/me/sessions/${id}`, headers })
    const [first, second] = [await signIn(deps, app, person.id), await signIn(deps, app, person.id)]
    const listed = (await app.inject({ url: '/v1/me/sessions', headers: second })).json().items
    t.equal(listed.length, 2)
    const other = listed.find((session: { isCurrent: boolean }) => !session.isCurrent)
    t.equal((await end(second, other.id)).statusCode, 204)
    t.equal((await me(first)).statusCode, 401)
    const foreign = await signIn(deps, app, (await makePerson(deps, [{ organisationId: vendor.id }])).id)
    t.equal((await end(foreign, other.id)).statusCode, 404, "another's session is not there")
    const out = await end(second, 'current')
    t.match(out.cookies[0], { value: '' })
    t.equal((await me(second)).statusCode, 401)

    const idle = await signIn(deps, app, person.id)
    clock.advance(11 * HOUR_MS)
    t.equal((await me(idle)).statusCode, 200)
    clock.advance(11 * HOUR_MS)
    t.equal((await me(idle)).statusCode, 200, 'being used keeps it')
    clock.advance(13 * HOUR_MS)
    t.equal((await me(idle)).statusCode, 401)

    const long = await signIn(deps, app, person.id)
    for (let day = 0; day < 27; day++) {
      clock.advance(12 * HOUR_MS - 1)
      t.equal((await me(long)).statusCode, 200)
    }
    clock.advance(12 * HOUR_MS - 1)
    t.equal((await me(long)).statusCode, 200)
    clock.advance(HOUR_MS)
    t.equal((await me(long)).statusCode, 401, 'used or not')

    const leaving = await signIn(deps, app, person.id)
    const url = `/v1/organisations/${factory.id}/people/${person.id}`
    t.equal((await app.inject({ method: 'DELETE', url, headers: bearer(factory.key) })).statusCode, 204)
    t.equal((await me(leaving)).statusCode, 401)
  })

  t.test('a planted session is not entered: signing in makes a new token and ends the one that was there', async t => {
    const attacker = await signIn(deps, app, (await makePerson(deps, [{ organisationId: vendor.id }])).id)
    const victim = await makePerson(deps, [{ organisationId: factory.id }])
    await setPassword(await signIn(deps, app, victim.id), { password: PASSWORD })
    const entered = await post('/sessions', { email: victim.email, password: PASSWORD }, { cookie: attacker.cookie })
    t.equal(entered.statusCode, 201, entered.body)
    t.not(sessionOf(entered).cookie, attacker.cookie)
    t.equal((await me(attacker)).statusCode, 401)
    for (const cookie of ['duijie_session=x', 'duijie_session=', `duijie_session=${'a'.repeat(43)}`])
      t.equal((await me({ cookie })).statusCode, 401, cookie)
  })

  t.test('a write by cookie comes from a page of ours that knows the token; a key needs neither', async t => {
    const person = await makePerson(deps, [{ organisationId: factory.id }])
    const { cookie, ...token } = await signIn(deps, app, person.id)
    const other = await signIn(deps, app, (await makePerson(deps, [{ organisationId: vendor.id }])).id)
    const write = (headers: Record<string, string>) =>
      app.inject({ method: 'PATCH', url: '/v1/me', payload: { language: 'en' }, headers })
    const refused: Record<string, string>[] = [
      { cookie },
      { cookie, 'x-csrf-token': other['x-csrf-token'] },
      { cookie, ...token, origin: 'https://evil.example' },
      { cookie, ...token, origin: 'null' },
      { cookie, ...token, 'sec-fetch-site': 'cross-site' },
    ]
    for (const headers of refused) {
      const answer = await write(headers)
      t.equal(answer.statusCode, 403, JSON.stringify(Object.keys(headers)))
      t.equal(answer.json().type, '/problems/forged_request')
    }
    const ours = await write({ cookie, ...token, origin: 'http://localhost:80', host: 'localhost:80' })
    t.equal(ours.statusCode, 200, ours.body)
    t.equal(ours.json().person.language, 'en')
    const planted = await app.inject({
      method: 'POST',
      url: '/v1/sign-in-links/use',
      payload: { token: 'x' },
      headers: { origin: 'https://evil.example' },
    })
    t.equal(planted.statusCode, 403, 'nobody is signed in from another site')
  })

  t.test('an organisation keeps an owner, also when two take each other out at once', async t => {
    const company = await makeOrganisation(deps, 'vendor')
    const one = await makePerson(deps, [{ organisationId: company.id }])
    const two = await makePerson(deps, [{ organisationId: company.id }])
    const url = (id: string) => `/v1/organisations/${company.id}/people/${id}`
    const sessionsOf = await Promise.all([signIn(deps, app, one.id), signIn(deps, app, two.id)])
    const answers = await Promise.all([
      app.inject({ method: 'DELETE', url: url(two.id), headers: sessionsOf[0] }),
      app.inject({ method: 'PATCH', url: url(one.id), headers: sessionsOf[1], payload: { role: 'reader' } }),
    ])
    const left = await app.inject({ url: `/v1/organisations/${company.id}/people`, headers: bearer(company.key) })
    const roles = left.json().items.map((colleague: { role: string }) => colleague.role)
    t.ok(roles.includes('owner'), JSON.stringify(answers.map(answer => answer.statusCode)))
  })

  t.test('a mailed link is asked for without a word about who exists, and minted by whoever mails it', async t => {
    const person = await transaction(deps, WORKER, tx =>
      insertPerson(tx, deps, { email: 'li@example.com', name: '李工', language: 'zh' }),
    )
    const seat = await makePerson(deps, [{ organisationId: factory.id }], 'wang@example.com')
    await setPassword(
      sessionOf(
        await post('/sign-in-links/use', {
          token: (await handLink(bearer(factory.key), factory.id, seat.id)).json().token,
        }),
      ),
      { password: PASSWORD },
    )
    const known = await post('/sign-in-links', { email: 'WANG@example.com' })
    const unknown = await post('/sign-in-links', { email: 'ghost@example.com' })
    t.same([known.statusCode, known.body], [202, '{}'])
    t.same([unknown.statusCode, unknown.body], [202, '{}'])
    const asked = await transaction(deps, WORKER, tx =>
      tx.select().from(events).where(eq(events.type, 'sign_in_link.requested')),
    )
    t.equal(asked.length, 2)
    t.same(
      asked.map(event => Object.keys(event.data)),
      [['linkId'], ['linkId']],
    )
    const mint = (linkId: unknown) => transaction(deps, WORKER, tx => mintMailedLink(tx, deps, String(linkId)))
    const minted = await Promise.all(asked.map(event => mint(event.data['linkId'])))
    const mail = minted.find(entry => entry !== undefined)
    t.match(mail, { email: 'wang@example.com', language: 'zh' })
    t.equal(minted.filter(entry => entry !== undefined).length, 1, 'nobody has the other address')
    await post('/sign-in-links', { email: 'wang@example.com' })
    const links = await transaction(deps, WORKER, tx =>
      tx.select().from(signInLinks).where(eq(signInLinks.personId, seat.id)),
    )
    const waiting = links.find(link => link.hash === null)
    t.equal(await mint(waiting?.id), undefined, 'not twice in a minute')
    const entered = await post('/sign-in-links/use', { token: mail?.token ?? '' })
    t.match(entered.json(), { isBound: false, person: { isEmailVerified: true } })
    t.equal(
      (await post('/sessions', { email: 'wang@example.com', password: PASSWORD })).statusCode,
      401,
      'what others may have set before the address was proved is gone',
    )
    t.ok(person)
  })

  t.test('hostile addresses and names are refused with a sentence', async t => {
    for (const email of [
      `${'a'.repeat(300)}@example.com`,
      'аdmin@example.com',
      'admin＠example.com',
      'a@b',
      'a b@example.com',
      'x\u0000@example.com',
      '',
    ]) {
      const answer = await post('/sign-in-links', { email })
      t.equal(answer.statusCode, 422, JSON.stringify(email))
      t.equal(answer.json().errors[0].pointer, '/email')
    }
    const headers = await signIn(deps, app, (await makePerson(deps, [{ organisationId: factory.id }])).id)
    for (const name of ['陈\u202e工', '\u200b', 'x'.repeat(101), ' '])
      t.equal((await app.inject({ method: 'PATCH', url: '/v1/me', headers, payload: { name } })).statusCode, 422)
    t.equal((await post('/sign-in-links/use', { token: 'x'.repeat(500) })).statusCode, 422)
    t.equal((await post('/sessions', { email: 'a@example.com', password: 'x'.repeat(201) })).statusCode, 422)
  })

  t.test('no token stands in the database', async t => {
    const person = await makePerson(deps, [{ organisationId: factory.id }])
    const { cookie } = await signIn(deps, app, person.id)
    const token = cookie.split('=')[1] ?? ''
    const dump = JSON.stringify(
      await transaction(deps, WORKER, async tx => [
        await tx.select().from(sessions),
        await tx.select().from(signInLinks),
      ]),
    )
    t.equal(token.length, 43)
    t.notOk(dump.includes(token))
  })
})

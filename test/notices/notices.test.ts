import type { AddressInfo } from 'node:net'
import { SMTPServer } from 'smtp-server'
import t, { type Test } from 'tap'
import { sql } from 'drizzle-orm'
import { append } from '../../src/events/outbox.ts'
import { sendDigests, sendDueMail } from '../../src/notices/mail.ts'
import { sendInvitations } from '../../src/notices/invitation-mail.ts'
import { sendSignInLinks } from '../../src/notices/sign-in-mail.ts'
import { createMailer } from '../../src/platform/mail.ts'
import { writeNotices } from '../../src/notices/write.ts'
import { transaction } from '../../src/platform/db.ts'
import { makeCast } from '../flows/cast.ts'
import { bearer, build, createTestClock, makePerson, signIn } from '../helper.ts'

const WORKER = { kind: 'worker' } as const
type Got = { to: string[]; raw: string }

/** A mail server on loopback that keeps what it gets, or refuses it. */
const mailServer = async (t: Test) => {
  const got: Got[] = []
  const state = { refuses: false }
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData: (stream, session, done) => {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        if (state.refuses) return done(new Error('not now'))
        got.push({ to: session.envelope.rcptTo.map(entry => entry.address), raw: Buffer.concat(chunks).toString() })
        done()
      })
    },
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  t.after(() => new Promise<void>(resolve => server.close(() => resolve())))
  return { got, state, url: `smtp://127.0.0.1:${(server.server.address() as AddressInfo).port}` }
}

const subjectOf = ({ raw }: Got): string => {
  const [, encoded = ''] = /^Subject: ((?:.|\r\n )*)/m.exec(raw) ?? []
  return encoded
    .replace(/\r\n /g, '')
    .replace(/=\?UTF-8\?B\?(.+?)\?=/g, (_, text: string) => Buffer.from(text, 'base64').toString())
}
const bodyOf = ({ raw }: Got): string => {
  const [, body = ''] = raw.split(/\r\n\r\n(.*)/s)
  if (/base64/i.test(raw)) return Buffer.from(body, 'base64').toString()
  const bytes = body
    .replace(/=\r\n/g, '')
    .replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
  return Buffer.from(bytes, 'latin1').toString()
}

t.test('notices', async t => {
  const smtp = await mailServer(t)
  // Half past seven in the morning of the park.
  const clock = createTestClock('2026-11-01T23:30:00.000Z')
  const env = { SMTP_URL: smtp.url, PUBLIC_URL: 'https://duijie.example.com' }
  const { app, deps: made } = await build(t, { clock, env })
  const mailer = createMailer({ url: smtp.url, from: 'Duijie <noreply@example.com>' })
  t.after(() => mailer.close())
  const deps = { ...made, mailer }
  const { park, factory, vendor } = await makeCast(deps, app)
  const chen = await makePerson(deps, [{ organisationId: factory.id }])
  const lin = await makePerson(deps, [{ organisationId: vendor.id }])
  await transaction(deps, WORKER, tx => tx.execute(sql`update people set language = 'en' where id = ${lin.id}`))
  const official = await makePerson(deps, [{ organisationId: park.organisationId }])
  const place = { matchId: 'mat_1', scenarioId: 'scn_1', capabilityId: 'cap_1', parkId: park.id }
  const readers = [factory.id, vendor.id, park.organisationId]
  const happen = async (data: object, type: 'match.state_changed' | 'match.reminder' = 'match.state_changed') => {
    const ids = await transaction(deps, WORKER, tx =>
      append(tx, deps, WORKER, [{ type, data: { ...place, ...data } as never, parkId: park.id, readers }]),
    )
    for (let twice = 0; twice < 2; twice++) await transaction(deps, WORKER, tx => writeNotices(tx, deps, ids))
    return ids[0] ?? ''
  }
  const chenHeaders = await signIn(deps, app, chen.id)
  const inboxOf = async (headers: Record<string, string>) =>
    (await app.inject({ url: '/v1/notices', headers })).json<{
      unread: number
      items: { id: string; said: string; needsAnswer: boolean }[]
    }>()

  const first = await happen({
    from: 'proposed',
    to: 'interest',
    by: 'vendor',
    waitingFor: ['factory'],
    deadlineAt: '2026-11-16T08:00:00.000Z',
  })

  await t.test('everybody reads them once, in his language, and only whoever must answer gets a mail', async t => {
    const { items, unread } = await inboxOf(chenHeaders)
    t.match(items, [{ id: first, needsAnswer: true, said: '对接状态：已推荐 → 一方有意向，请在 2026-11-16 前处理' }])
    t.equal(unread, 1)
    t.equal(await sendDueMail(deps), 1)
    t.equal(await sendDueMail(deps), 0, 'once')
    t.same(
      smtp.got.map(mail => mail.to),
      [[chen.email]],
    )
    const [mail] = smtp.got
    if (!mail) throw new Error('a mail was sent')
    t.equal(subjectOf(mail), '对接：1 项待您查看')
    t.match(bodyOf(mail), '2026-11-16')
    t.match(mail.raw, /List-Unsubscribe-Post: List-Unsubscribe=One-Click/)
  })

  await t.test('an invitation is mailed to whom it invites; the link that was handed over stays good', async t => {
    smtp.got.splice(0)
    const invited = await app.inject({
      method: 'POST',
      url: `/v1/organisations/${factory.id}/invitations`,
      headers: bearer(factory.key),
      payload: { email: 'neu@example.com', name: '吴工', role: 'editor' },
    })
    t.equal(invited.statusCode, 201, invited.body)
    smtp.state.refuses = true
    t.equal(await sendInvitations(deps), 0)
    smtp.state.refuses = false
    t.equal(await sendInvitations(deps), 0, 'what the server refused waits')
    clock.advance(600_000)
    t.equal(await sendInvitations(deps), 1)
    t.equal(await sendInvitations(deps), 0, 'once')
    const [mail] = smtp.got
    if (!mail) throw new Error('a mail was sent')
    t.same(mail.to, ['neu@example.com'])
    t.match(bodyOf(mail), '吴工')
    const [, mailed = ''] = /https:\/\/duijie\.example\.com\/join#token=([\w-]+)/.exec(bodyOf(mail)) ?? []
    const [, handed = ''] = /#token=([\w-]+)/.exec(invited.body) ?? []
    t.not(mailed, handed)
    for (const token of [mailed, handed]) {
      const seen = await app.inject({ method: 'POST', url: '/v1/invitations/view', payload: { token } })
      t.equal(seen.statusCode, 200, seen.body)
    }
  })

  await t.test(
    'a sign-in link that somebody asked for is mailed once, in his language, and opens the door',
    async t => {
      smtp.got.splice(0)
      const ask = (email: string) => app.inject({ method: 'POST', url: '/v1/sign-in-links', payload: { email } })
      await ask(lin.email)
      await ask('nobody@example.com')
      smtp.state.refuses = true
      t.equal(await sendSignInLinks(deps), 0)
      smtp.state.refuses = false
      t.equal(await sendSignInLinks(deps), 1, 'what the server refused is made anew')
      t.equal(await sendSignInLinks(deps), 0, 'once')
      const [mail] = smtp.got
      if (!mail) throw new Error('a mail was sent')
      t.same(mail.to, [lin.email])
      t.equal(subjectOf(mail), 'Duijie: your sign-in link')
      const [, token] = /https:\/\/duijie\.example\.com\/console\/sign-in#token=([\w-]+)/.exec(bodyOf(mail)) ?? []
      const entered = await app.inject({
        method: 'POST',
        url: '/v1/sign-in-links/use',
        payload: { token: token ?? '' },
      })
      t.match(entered.json(), { person: { email: lin.email } })
      smtp.got.splice(0)
    },
  )

  await t.test('are read by the person himself only, and marked as read', async t => {
    t.equal((await app.inject({ url: '/v1/notices', headers: bearer(factory.key) })).statusCode, 403, 'a key is nobody')
    const headers = await signIn(deps, app, lin.id)
    const payload = { ids: [first] }
    await app.inject({ method: 'POST', url: '/v1/notices/read', headers, payload })
    t.equal((await inboxOf(chenHeaders)).unread, 1)
    t.equal(
      (await app.inject({ method: 'POST', url: '/v1/notices/read', headers: chenHeaders, payload })).statusCode,
      204,
    )
    t.equal((await inboxOf(chenHeaders)).unread, 0)
  })

  await t.test('come as one digest a day, after eight in the morning of the park', async t => {
    smtp.got.length = 0
    await happen({ from: 'pilot', to: 'contracted', by: 'park', waitingFor: [], deadlineAt: null })
    t.equal(await sendDigests(deps), 0, 'it is half past seven')
    clock.advance(3_600_000)
    t.equal(await sendDigests(deps), 3)
    t.equal(await sendDigests(deps), 0, 'once a day')
    t.same(new Set(smtp.got.map(mail => mail.to[0])), new Set([chen.email, lin.email, official.email]))
    const english = smtp.got.find(mail => mail.to[0] === lin.email)
    t.match(english && subjectOf(english), 'Duijie, your day: 1 notice')
    clock.advance(86_400_000)
    t.equal(await sendDigests(deps), 0, 'nothing is new')
  })

  await t.test('are mailed again when the server did not take them', async t => {
    smtp.got.length = 0
    smtp.state.refuses = true
    await happen(
      { state: 'interest', waitingFor: ['factory'], deadlineAt: '2026-11-16T08:00:00.000Z' },
      'match.reminder',
    )
    t.equal(await sendDueMail(deps), 0)
    smtp.state.refuses = false
    t.equal(await sendDueMail(deps), 0, 'not at once')
    clock.advance(11 * 60_000)
    t.ok((await sendDueMail(deps)) >= 1)
    t.ok(smtp.got.some(mail => mail.to[0] === chen.email))
  })

  await t.test('stop by the link of a mail, which only asks when it is looked at', async t => {
    // The session of yesterday has run out.
    const headers = await signIn(deps, app, chen.id)
    const mail = smtp.got.find(entry => entry.to[0] === chen.email)
    const [, path = ''] =
      /List-Unsubscribe: <https:\/\/duijie\.example\.com(.+?)>/.exec(mail?.raw.replace(/\r\n /g, ' ') ?? '') ?? []
    t.equal((await app.inject({ url: path })).statusCode, 200)
    const settings = async () => (await app.inject({ url: '/v1/notices/mail-settings', headers })).json<object>()
    t.same(await settings(), { answers: true, digest: true }, 'looking changes nothing')
    const oneClick = {
      method: 'POST' as const,
      url: path,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      payload: 'List-Unsubscribe=One-Click',
    }
    t.equal((await app.inject(oneClick)).statusCode, 204)
    t.same(await settings(), { answers: false, digest: false })
    t.equal((await app.inject({ ...oneClick, url: `/v1/unsubscribe/${'x'.repeat(32)}` })).statusCode, 404)
    smtp.got.length = 0
    await happen({ from: 'proposed', to: 'interest', by: 'vendor', waitingFor: ['factory'], deadlineAt: null })
    await sendDueMail(deps)
    t.notOk(smtp.got.some(entry => entry.to[0] === chen.email))
    const change = {
      method: 'PATCH' as const,
      url: '/v1/notices/mail-settings',
      headers,
      payload: { answers: true },
    }
    t.same((await app.inject(change)).json(), { answers: true, digest: false })
  })
})

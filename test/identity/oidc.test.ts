import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Provider } from 'oidc-provider'
import t, { type Test } from 'tap'
import { bearer, build, makeOrganisation, makePark, makePerson, sessionOf } from '../helper.ts'

const PUBLIC_URL = 'http://127.0.0.1:3999'
const CLIENT = { client_id: 'duijie', client_secret: 'a secret of the test only' }
type Account = { email: string; email_verified: boolean; name: string }

/** A provider of OpenID Connect on loopback, where whoever is named signs in without a page. */
const startProvider = async (t: Test) => {
  const accounts = new Map<string, Account>()
  let whoSignsIn = ''
  const server = createServer()
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const provider: Provider = new Provider(issuer, {
    clients: [{ ...CLIENT, redirect_uris: [`${PUBLIC_URL}/v1/oidc/callback`] }],
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_context: unknown, interaction: { uid: string }) => `/interaction/${interaction.uid}` },
    cookies: { keys: ['test'] },
    pkce: { required: () => true },
    findAccount: (_context: unknown, id: string) => ({
      accountId: id,
      claims: () => ({ sub: id, ...accounts.get(id) }),
    }),
    loadExistingGrant: async (context: { oidc: { session: { accountId: string }; client: { clientId: string } } }) => {
      const { session, client } = context.oidc
      const grant = new provider.Grant({ accountId: session.accountId, clientId: client.clientId })
      grant.addOIDCScope('openid email profile')
      await grant.save()
      return grant
    },
  })
  const handle = provider.callback()
  server.on('request', (request, response) => {
    if (!request.url?.startsWith('/interaction/')) return handle(request, response)
    void provider.interactionFinished(request, response, { login: { accountId: whoSignsIn } })
  })
  /** Follows the redirects of the provider as a browser does, until it sends the person back. */
  const visit = async (start: string, accountId: string): Promise<string> => {
    whoSignsIn = accountId
    const jar = new Map<string, string>()
    for (let url = start; ; ) {
      if (url.startsWith(PUBLIC_URL)) return url
      const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
      const answer = await fetch(url, { redirect: 'manual', headers: cookie ? { cookie } : {} })
      for (const line of answer.headers.getSetCookie()) {
        const [name = '', value = ''] = (line.split(';')[0] ?? '').split(/=(.*)/s)
        jar.set(name, value)
      }
      const next = answer.headers.get('location')
      if (next === null) throw new Error(`the provider answered ${answer.status}: ${await answer.text()}`)
      url = new URL(next, url).href
    }
  }
  return { issuer, accounts, visit }
}

t.test('signing in by OpenID Connect', async t => {
  const provider = await startProvider(t)
  const env = {
    PUBLIC_URL,
    OIDC_ISSUER: provider.issuer,
    OIDC_CLIENT_ID: CLIENT.client_id,
    OIDC_CLIENT_SECRET: CLIENT.client_secret,
  }
  const { app, deps } = await build(t, { env })
  const park = await makePark(deps)
  const factory = await makeOrganisation(deps, 'manufacturer', [park.id])
  const leave = async () => {
    const answer = await app.inject({ url: '/v1/oidc/start' })
    const [trip] = answer.cookies
    return { answer, url: answer.headers.location ?? '', cookie: `${trip?.name}=${trip?.value}` }
  }
  const comeBack = (url: string, cookie: string) =>
    app.inject({ url: url.slice(PUBLIC_URL.length), headers: { cookie } })
  const signInAs = async (accountId: string) => {
    const { url, cookie } = await leave()
    return comeBack(await provider.visit(url, accountId), cookie)
  }
  const me = (answer: { cookies: { name: string; value: string }[] }) => {
    const session = answer.cookies.find(entry => entry.name === 'duijie_session')
    return app.inject({ url: '/v1/me', headers: { cookie: `duijie_session=${session?.value}` } })
  }

  t.test('somebody is sent off with state, nonce and a challenge, and a sealed cookie', async t => {
    const { answer, url } = await leave()
    t.equal(answer.statusCode, 302, answer.body)
    const query = new URL(url).searchParams
    for (const name of ['state', 'nonce', 'code_challenge']) t.ok((query.get(name) ?? '').length >= 40, name)
    t.equal(query.get('code_challenge_method'), 'S256')
    t.match(answer.cookies[0], { httpOnly: true, sameSite: 'Lax', path: '/v1/oidc' })
    t.notOk(answer.cookies[0]?.value.includes(query.get('state') ?? ''))
  })

  t.test('a known person with a verified address comes in, and is known by the provider from then on', async t => {
    const person = await makePerson(deps, [{ organisationId: factory.id }], 'chen@example.com')
    provider.accounts.set('sub-chen', { email: 'Chen@example.com', email_verified: true, name: '陈' })
    const answer = await signInAs('sub-chen')
    t.equal(answer.statusCode, 303, answer.body)
    t.equal(answer.headers.location, '/')
    const seen = (await me(answer)).json()
    t.match(seen, { person: { id: person.id, isEmailVerified: true }, organisation: { id: factory.id } })
    provider.accounts.set('sub-chen', { email: 'moved@example.com', email_verified: false, name: '陈' })
    t.match((await me(await signInAs('sub-chen'))).json(), { person: { id: person.id } })
  })

  t.test('an address that the provider has not verified, or that nobody invited, opens nothing', async t => {
    await makePerson(deps, [{ organisationId: factory.id }], 'victim@example.com')
    provider.accounts.set('sub-thief', { email: 'victim@example.com', email_verified: false, name: 'x' })
    provider.accounts.set('sub-stranger', { email: 'stranger@example.com', email_verified: true, name: 'x' })
    for (const accountId of ['sub-thief', 'sub-stranger']) {
      const answer = await signInAs(accountId)
      t.equal(answer.statusCode, 403, answer.body)
      t.equal(answer.json().type, '/problems/not_invited')
      t.notOk(answer.cookies.some(entry => entry.name === 'duijie_session'))
    }
  })

  t.test('an invited person takes the seat by signing in', async t => {
    const url = `/v1/organisations/${factory.id}/invitations`
    const payload = { email: 'li@example.com', name: '李工', role: 'reader' }
    await app.inject({ method: 'POST', url, headers: bearer(factory.key), payload })
    provider.accounts.set('sub-li', { email: 'li@example.com', email_verified: true, name: 'Li' })
    t.match((await me(await signInAs('sub-li'))).json(), { role: 'reader', person: { name: '李工' } })
  })

  t.test('a password that others set for an unproved address is gone once its owner has come', async t => {
    const password = 'planted by somebody else'
    const invited = await app.inject({
      method: 'POST',
      url: `/v1/organisations/${factory.id}/invitations`,
      headers: bearer(factory.key),
      payload: { email: 'target@example.com' },
    })
    const planted = await app.inject({
      method: 'POST',
      url: '/v1/invitations/accept',
      payload: { token: invited.json().token },
    })
    const headers = sessionOf(planted)
    await app.inject({ method: 'PUT', url: '/v1/me/password', headers, payload: { password } })
    provider.accounts.set('sub-target', { email: 'target@example.com', email_verified: true, name: 'T' })
    t.equal((await signInAs('sub-target')).statusCode, 303)
    t.equal((await app.inject({ url: '/v1/me', headers })).statusCode, 401)
    const byPassword = await app.inject({
      method: 'POST',
      url: '/v1/sessions',
      payload: { email: 'target@example.com', password },
    })
    t.equal(byPassword.statusCode, 401)
  })

  t.test('a return that is forged, of another browser, or used twice is refused', async t => {
    const { url, cookie } = await leave()
    const other = await leave()
    const back = await provider.visit(url, 'sub-chen')
    for (const [what, address, jar] of [
      ['without the cookie', back, ''],
      ["with another's", back, other.cookie],
      ['with a cookie of his own making', back, 'duijie_oidc=AAAA'],
      ['with a code of his own making', back.replace(/code=[^&]+/, 'code=forged'), cookie],
      ['refused by the provider', `${PUBLIC_URL}/v1/oidc/callback?error=access_denied&state=x`, cookie],
    ] as const) {
      const answer = await comeBack(address, jar)
      t.equal(answer.statusCode, 401, what)
      t.equal(answer.json().type, '/problems/provider_refused')
    }
    t.equal((await comeBack(back, cookie)).statusCode, 303)
    t.equal((await comeBack(back, cookie)).statusCode, 401, 'a code works once')
  })
})

t.test('without a provider there is no such address, and one that is away is said to be', async t => {
  const { app } = await build(t)
  t.equal((await app.inject({ url: '/v1/oidc/start' })).statusCode, 404)
  const env = { PUBLIC_URL, OIDC_ISSUER: 'http://127.0.0.1:9', OIDC_CLIENT_ID: 'x', OIDC_CLIENT_SECRET: 'y' }
  const away = await build(t, { env })
  const answer = await away.app.inject({ url: '/v1/oidc/start' })
  t.equal(answer.statusCode, 503, answer.body)
  t.equal(answer.json().type, '/problems/provider_away')
})

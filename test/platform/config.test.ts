import fc from 'fast-check'
import t from 'tap'
import { ConfigError, Environment, parseConfig } from '../../src/platform/config.ts'

const KEY = Buffer.alloc(32, 9).toString('base64')
const PRODUCTION = {
  NODE_ENV: 'production',
  DATABASE_URL: 'postgres://duijie:secret@db/duijie',
  SECRETS_KEY: `k1:${KEY}`,
  PUBLIC_URL: 'https://duijie.example',
}
const problemsOf = (environment: Record<string, string>): string[] => {
  try {
    parseConfig(environment)
    return []
  } catch (error) {
    if (error instanceof ConfigError) return error.problems
    throw error
  }
}

t.test('an empty environment is a whole configuration, and an empty variable counts as absent', async t => {
  const bare = parseConfig({})
  t.match(bare, { production: false, port: 3000, host: '127.0.0.1', services: ['api', 'worker'], dataDir: '.data' })
  t.equal(bare.webhook.retryScheduleS.length, 10)
  t.same(parseConfig({ PORT: '', REDIS_URL: '', SERVICES: '', UNKNOWN: 'x' }), bare)
})

t.test('every wrong variable is named in one go, and no value is repeated', async t => {
  const wrong = {
    PORT: 'hunter2-port',
    DATABASE_URL: 'mysql://hunter2@db/x',
    SECRETS_KEY: 'k1:hunter2',
    SERVICES: 'api,hunter2',
    LOG_LEVEL: 'hunter2',
    WEBHOOK_ALLOW_CIDRS: 'hunter2',
    WEBHOOK_RETRY_SCHEDULE: '0,hunter2',
  }
  const problems = problemsOf(wrong)
  for (const name of Object.keys(wrong))
    t.ok(
      problems.some(line => line.startsWith(name)),
      name,
    )
  t.notMatch(problems.join('\n'), /hunter2/)
})

t.test('whatever a variable holds, it is taken or its name is told without its value', async t => {
  const names = Object.keys(Environment.shape)
  const value = fc.string({ minLength: 12, maxLength: 40, unit: fc.constantFrom('x', 'y', 'Z', '~', '#', '|') })
  const holds = fc.property(fc.constantFrom(...names), value, (name, text) => {
    const lines = problemsOf({ [name]: text })
    return lines.every(line => line.startsWith(name) && !line.includes(text))
  })
  fc.assert(holds, { seed: 7, numRuns: 200 })
  t.pass('held for 200 values')
})

t.test('an endpoint for vectors needs the name of its model, and is off without a URL', async t => {
  t.equal(parseConfig({ EMBEDDINGS_MODEL: 'm', EMBEDDINGS_KEY: 'k' }).embeddings, undefined)
  t.same(problemsOf({ EMBEDDINGS_URL: 'http://127.0.0.1:8080/v1' }), ['EMBEDDINGS_URL: needs EMBEDDINGS_MODEL as well'])
  const { embeddings } = parseConfig({ EMBEDDINGS_URL: 'http://127.0.0.1:8080/v1', EMBEDDINGS_MODEL: 'm' })
  t.match(embeddings, { url: 'http://127.0.0.1:8080/v1', model: 'm' })
})

t.test('sign-in by OpenID Connect is off without an issuer, and needs the rest with one', async t => {
  const whole = { OIDC_ISSUER: 'https://id.example', OIDC_CLIENT_ID: 'duijie', OIDC_CLIENT_SECRET: 'x' }
  t.equal(parseConfig({ OIDC_CLIENT_ID: 'duijie' }).oidc, undefined)
  t.match(parseConfig({ ...whole, PUBLIC_URL: 'https://duijie.example' }).oidc, { issuer: 'https://id.example' })
  t.same(problemsOf({ OIDC_ISSUER: 'https://id.example' }), [
    'OIDC_ISSUER: needs OIDC_CLIENT_ID as well',
    'OIDC_ISSUER: needs OIDC_CLIENT_SECRET as well',
    'OIDC_ISSUER: needs PUBLIC_URL as well',
  ])
  const open = { ...PRODUCTION, ...whole, OIDC_ISSUER: 'http://id.example' }
  t.same(problemsOf(open), ['OIDC_ISSUER: must be https:// in production'])
})

t.test('production needs a database, keys and a public address', async t => {
  t.ok(parseConfig(PRODUCTION).production)
  for (const name of ['DATABASE_URL', 'SECRETS_KEY', 'PUBLIC_URL'] as const)
    t.same(problemsOf({ ...PRODUCTION, [name]: '' }), [`${name}: is required in production`])
  t.same(problemsOf({ NODE_ENV: 'production' }).length, 3)
})

t.test('sealing keys are read in order, each 32 bytes long', async t => {
  const keys = parseConfig({ SECRETS_KEY: `new:${KEY}, old:${KEY}` }).secretsKeys
  t.same(
    keys?.map(entry => [entry.id, entry.key.length]),
    [
      ['new', 32],
      ['old', 32],
    ],
  )
  const short = Buffer.alloc(31).toString('base64')
  for (const value of [`k1:${short}`, KEY, `K1:${KEY}`, `k1:${KEY},`])
    t.equal(problemsOf({ SECRETS_KEY: value }).length, 1)
})

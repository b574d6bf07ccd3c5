import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { bearer, build, cloneDatabase, TEST_SECRETS_KEY } from '../helper.ts'

const BOOTSTRAP = fileURLToPath(new URL('../../src/commands/bootstrap.ts', import.meta.url))

t.test('bootstrap makes the operator, a park and their keys, shows them once, and the keys work', async t => {
  const databaseUrl = await cloneDatabase(t)
  const run = (...args: string[]) =>
    spawnSync(process.execPath, ['--import', 'tsx', BOOTSTRAP, ...args], {
      encoding: 'utf8',
      env: { PATH: process.env['PATH'] ?? '', DATABASE_URL: databaseUrl, SECRETS_KEY: TEST_SECRETS_KEY },
    })
  const wanted = ['--park', 'binhai', '--name', '滨海湾园区', '--region', '广东东莞']
  const first = run(...wanted)
  t.equal(first.status, 0, first.stderr)
  const keys = first.stdout.match(/duijie_[A-Za-z0-9_-]{43}/g) ?? []
  t.equal(keys.length, 2)
  const { app } = await build(t, { databaseUrl })
  const kinds = []
  for (const key of keys)
    kinds.push((await app.inject({ url: '/v1/self', headers: bearer(key) })).json().organisation.kind)
  t.same(kinds, ['operator', 'park'])

  const second = run(...wanted)
  t.equal(second.status, 0)
  t.notMatch(second.stdout, /duijie_/, 'nothing is shown twice')
  t.equal(run('--park', 'x').status, 2, 'what is missing is asked for')

  const withAdmin = [...wanted, '--admin', 'Lin@example.com', '--admin-name', '林主任']
  const third = run(...withAdmin)
  t.equal(third.status, 0, third.stderr)
  const [, token = ''] = /#token=([A-Za-z0-9_-]{43})/.exec(third.stdout) ?? []
  const entered = await app.inject({ method: 'POST', url: '/v1/sign-in-links/use', payload: { token } })
  t.equal(entered.statusCode, 201, entered.body)
  t.match(entered.json(), { role: 'owner', person: { email: 'lin@example.com', name: '林主任' } })
  t.same(
    entered
      .json()
      .positions.map((position: { organisationKind: string }) => position.organisationKind)
      .sort(),
    ['operator', 'park'],
    'the first administrator runs the platform and the park',
  )
  t.notMatch(run(...withAdmin).stdout, /token=/, 'no second link')
  t.equal(run(...wanted, '--admin', 'not an address').status, 2)
})

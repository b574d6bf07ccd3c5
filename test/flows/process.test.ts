import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import { freePort } from '../../src/platform/embedded.ts'
import { bearer, buildDeps, cloneDatabase, eventually, makeOrganisation, makePark } from '../helper.ts'
import { SCENARIO } from './cast.ts'

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url))

// A machine that does other work at the same time takes its time to start a process.
const START_MS_MAX = 60_000

const start = (t: Test, env: Record<string, string>) => {
  const child = spawn(process.execPath, ['--import', 'tsx', MAIN], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'] ?? '', DATA_DIR: t.testdirName, ...env },
  })
  t.teardown(() => child.kill('SIGKILL'))
  let output = ''
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()))
  const ended = new Promise<number | null>(resolve => child.on('exit', code => resolve(code)))
  return { child, ended, output: () => output }
}

t.test('a server that is told to stop finishes what it has begun, and its log holds no secret', async t => {
  t.testdir({})
  const databaseUrl = await cloneDatabase(t)
  const deps = await buildDeps(t, { databaseUrl })
  const park = await makePark(deps)
  const factory = await makeOrganisation(deps, 'manufacturer', [park.id])
  const port = await freePort(27_000)
  const server = start(t, { DATABASE_URL: databaseUrl, PORT: String(port), LOG_LEVEL: 'trace' })
  const address = `http://127.0.0.1:${port}`
  const ready = await eventually(async () => {
    const answer = await fetch(`${address}/readyz`).catch(() => undefined)
    return answer?.ok && answer
  }, START_MS_MAX)
  t.same(await ready.json(), { ready: true, database: 'up', queue: 'up' })
  const post = (body: object) =>
    fetch(`${address}/v1/scenarios`, {
      method: 'POST',
      headers: { ...bearer(factory.key), 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
  const posts = Array.from({ length: 5 }, (_, i) =>
    post({ ...SCENARIO, parkId: park.id, title: `CANARY-TITLE ${i}`, details: 'CANARY-DETAILS', publish: true }),
  )
  await Promise.all(posts)
  const late = post({ ...SCENARIO, parkId: park.id, title: 'CANARY-LATE', details: 'CANARY-DETAILS' })
  await eventually(async () => server.output().includes('"route":"/v1/scenarios"'))
  server.child.kill('SIGTERM')
  const answer = await late.catch(() => undefined)
  t.equal(await server.ended, 0)
  t.ok(answer === undefined || answer.status === 201, 'it was refused at the door or answered in full')
  t.notMatch(server.output(), /CANARY/, 'no text of a tenant')
  t.notMatch(server.output(), factory.key, 'no key')
  const requests = server
    .output()
    .split('\n')
    .filter(line => line.includes('"msg":"request"'))
  t.ok(
    requests.every(line => typeof JSON.parse(line).reqId === 'string'),
    'each line names its request',
  )
  t.match(server.output(), '"jobId"', 'and each job its id')
})

t.test('a wrong configuration is named and refused, and its value is not repeated', async t => {
  t.testdir({})
  const server = start(t, { NODE_ENV: 'production', PORT: 'CANARY-PORT', SECRETS_KEY: 'k1:CANARY-SECRET' })
  t.equal(await server.ended, 1)
  for (const name of ['PORT', 'SECRETS_KEY', 'DATABASE_URL', 'PUBLIC_URL']) t.match(server.output(), name)
  t.notMatch(server.output(), 'CANARY')
})

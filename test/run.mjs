// Runs the tests: one PostgreSQL for the run, a migrated template that each file clones, Redis where one is found.
// Then the flow and the row-level security once more on Debian's PostgreSQL 15, which stands for a managed server.
// Arguments are files (default: all), e.g. `npm test -- test/routes/identity.test.ts`.
import { spawn, spawnSync } from 'node:child_process'
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { register } from 'tsx/esm/api'

register()
const { startEmbedded, freePort } = await import('../src/platform/embedded.ts')
const { migrateDatabase } = await import('../src/platform/migrate.ts')
const { default: postgres } = await import('postgres')

const DEBIAN = '/usr/lib/postgresql/15/bin'
const ON_DEBIAN = ['test/flows/main-job.test.ts', 'test/access.test.ts', 'test/security/leaks.test.ts']
const files = process.argv.slice(2)
const folder = mkdtempSync(join(tmpdir(), 'duijie-test-'))
// The database's user must be able to pass through; the folder is ours, so its rights are too.
chmodSync(folder, 0o755)
const stops = []
let running
// An interrupted run still stops the servers that it started.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => running?.kill(signal))

try {
  const database = await startEmbedded({ dataDir: folder, durable: false })
  stops.push(() => database.stop())
  const redisUrl = process.env.REDIS_URL || (await startRedis())
  console.log(`# queue backends: postgres${redisUrl ? ', redis' : ' (no redis-server found, Redis is left out)'}`)
  const environment = { TEST_REDIS_URL: redisUrl ?? '' }
  process.exitCode = await runTap(files, { ...environment, DATABASE_TEMPLATE_URL: await makeTemplate(database.url) })
  const again = files.length === 0 ? ON_DEBIAN : files.filter(file => ON_DEBIAN.includes(file))
  if (again.length > 0) process.exitCode ||= await runOnDebian(again, environment)
} finally {
  for (const stop of stops.reverse()) await stop()
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
}

async function makeTemplate(url) {
  const template = new URL(url)
  template.pathname = '/duijie_template'
  const sql = postgres(url, { max: 1, onnotice: () => {} })
  await sql.unsafe('create database duijie_template')
  await sql.end()
  await migrateDatabase(template.href)
  return template.href
}

async function startRedis() {
  if (spawnSync('redis-server', ['--version']).error) return undefined
  const port = await freePort(25_000)
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', folder]
  const server = spawn('redis-server', args, { stdio: 'ignore' })
  stops.push(() => server.kill())
  return `redis://127.0.0.1:${port}/0`
}

async function runOnDebian(chosen, environment) {
  if (!existsSync(join(DEBIAN, 'initdb'))) {
    console.log(`# PostgreSQL 15 is not in ${DEBIAN}: the flow was not tried on it`)
    return process.env.CI === 'true' ? 1 : 0
  }
  console.log('# once more on PostgreSQL 15, as an ordinary login')
  return runTap(chosen, { ...environment, DATABASE_TEMPLATE_URL: await makeTemplate(await startDebian()) })
}

async function startDebian() {
  const cluster = join(folder, 'debian')
  mkdirSync(cluster, { mode: 0o700 })
  const user = process.getuid() === 0 ? idsOf('postgres') : {}
  if (user.uid) chownSync(cluster, user.uid, user.gid)
  const port = await freePort(26_000)
  const run = (program, args) => {
    const done = spawnSync(join(DEBIAN, program), args, { ...user, cwd: '/', stdio: ['ignore', 'ignore', 'inherit'] })
    if (done.status !== 0) throw new Error(`${program} failed`)
  }
  run('initdb', ['-D', cluster, '--locale=C.UTF-8', '--encoding=UTF8', '--auth=trust', '--username=postgres'])
  const settings = `-c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off -c autovacuum=off -c max_connections=300 -c port=${port}`
  run('pg_ctl', ['start', '-D', cluster, '-w', '-l', join(cluster, 'server.log'), '-o', settings])
  stops.push(() => run('pg_ctl', ['stop', '-D', cluster, '-m', 'fast', '-w']))
  const admin = postgres(`postgres://postgres@127.0.0.1:${port}/postgres`, { max: 1 })
  await admin.unsafe('create role duijie login createrole createdb nosuperuser')
  await admin.unsafe('create database duijie owner duijie')
  await admin.end()
  return `postgres://duijie@127.0.0.1:${port}/duijie`
}

function idsOf(name) {
  const read = flag => Number(spawnSync('id', [flag, name], { encoding: 'utf8' }).stdout)
  return { uid: read('-u'), gid: read('-g') }
}

function runTap(chosen, environment) {
  const tap = join(import.meta.dirname, '..', 'node_modules', '.bin', 'tap')
  return new Promise(done => {
    running = spawn(tap, ['run', ...chosen], { stdio: 'inherit', env: { ...process.env, ...environment } })
    running.on('close', code => done(code ?? 1))
  })
}

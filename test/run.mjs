// Runs the tests: one PostgreSQL for the run, a migrated template that each file clones, Redis where one is found.
// Arguments are files (default: all), e.g. `npm test -- test/routes/parks.test.ts`.
import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, chmodSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { register } from 'tsx/esm/api'

register()
const { startEmbedded, freePort } = await import('../src/platform/embedded.ts')
const { migrateDatabase } = await import('../src/platform/migrate.ts')
const { default: postgres } = await import('postgres')

const folder = mkdtempSync(join(tmpdir(), 'duijie-test-'))
// The database's user must be able to pass through; the folder is ours, so its rights are too.
chmodSync(folder, 0o755)
const children = []
let database

try {
  database = await startEmbedded({ dataDir: folder, durable: false })
  const templateUrl = await makeTemplate(database.url)
  const redisUrl = process.env.REDIS_URL || (await startRedis())
  console.log(`# queue backends: postgres${redisUrl ? ', redis' : ' (no redis-server found, Redis is left out)'}`)
  process.exitCode = await runTap({ DATABASE_TEMPLATE_URL: templateUrl, TEST_REDIS_URL: redisUrl ?? '' })
} finally {
  for (const child of children) child.kill()
  await database?.stop()
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
  children.push(spawn('redis-server', args, { stdio: 'ignore' }))
  return `redis://127.0.0.1:${port}/0`
}

function runTap(environment) {
  const files = process.argv.slice(2)
  const tap = join(import.meta.dirname, '..', 'node_modules', '.bin', 'tap')
  return new Promise(done => {
    const child = spawn(tap, ['run', ...files], { stdio: 'inherit', env: { ...process.env, ...environment } })
    child.on('close', code => done(code ?? 1))
  })
}

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import postgres from 'postgres'
import t from 'tap'
import { freePort, startEmbedded } from '../../src/platform/embedded.ts'

const portOf = (url: string) => Number(new URL(url).port)

const listenOn = async (port: number) => {
  const server = createServer()
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  return server
}

/** Starts the database from a process of its own, as `main` would. */
const startInChild = async (folder: string): Promise<{ child: ChildProcess; url: string; origin: string }> => {
  const program = join(import.meta.dirname, 'start-embedded.ts')
  const child = spawn(process.execPath, ['--import', 'tsx', program, folder], { stdio: ['pipe', 'pipe', 'inherit'] })
  for await (const line of createInterface({ input: child.stdout })) {
    const started = JSON.parse(line) as { url: string; origin: string }
    return { child, ...started }
  }
  throw new Error('the child ended without a word')
}

const answers = async (url: string): Promise<boolean> => {
  const sql = postgres(url, { max: 1, connect_timeout: 5 })
  try {
    const [row] = await sql<{ one: number }[]>`select 1 as one`
    return row !== undefined
  } catch {
    return false
  } finally {
    await sql.end()
  }
}

t.test('the embedded database', async t => {
  const folder = mkdtempSync(join(tmpdir(), 'duijie-embedded-'))
  // The database's user must be able to pass through; the folder is ours, so its rights are too.
  chmodSync(folder, 0o755)
  t.after(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }))
  const { child, url, origin } = await startInChild(folder)
  t.equal(origin, 'created')

  await t.test('is shared by a second process while the first lives, and not stopped by it', async t => {
    const second = await startEmbedded({ dataDir: folder, durable: false })
    t.equal(second.url, url)
    await second.stop()
    t.ok(await answers(url), 'it still runs')
  })

  await t.test('is adopted after its parent was killed, with what was written before', async t => {
    const before = postgres(url, { max: 1, onnotice: () => {} })
    await before`create table kept as select 42 as answer`
    await before.end()
    child.kill('SIGKILL')
    await once(child, 'close')
    const adopted = await startEmbedded({ dataDir: folder, durable: false })
    t.equal(adopted.origin, 'adopted')
    t.equal(adopted.url, url)
    const sql = postgres(adopted.url, { max: 1 })
    t.same([...(await sql`select answer from kept`)], [{ answer: 42 }])
    await sql.end()
    await adopted.stop()
    t.notOk(await answers(url), 'whoever adopts it stops it')
  })

  await t.test('takes another port where its old one is in use', async t => {
    const taken = await listenOn(portOf(url))
    const started = await startEmbedded({ dataDir: folder, durable: false })
    t.equal(started.origin, 'started')
    t.not(portOf(started.url), portOf(url))
    t.ok(await answers(started.url))
    await started.stop()
    taken.close()
  })
})

t.test('a free port is one at which nothing listens, and there is an end to looking', async t => {
  const first = await freePort(24_000)
  const taken = await listenOn(first)
  t.ok((await freePort(first)) > first)
  await t.rejects(freePort(first, first), /no free port/)
  taken.close()
})

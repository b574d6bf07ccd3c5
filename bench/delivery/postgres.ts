import { spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import postgres from 'postgres'
import { freePort, startEmbedded } from '../../src/platform/embedded.ts'

/** A PostgreSQL of one's own that keeps its port, so that it may fall and rise under those who use it. */
export type Server = {
  url: string
  /** Stops it as a power cut would, and starts it again `pauseMs` later: it then recovers from its log. */
  crash: (pauseMs: number) => Promise<void>
  stop: () => Promise<void>
}

// Apart from the ports that the product's own embedded database takes, and anywhere, since two may start at once.
const PORTS = { first: 26_500, count: 500 }

/**
 * Makes a database in the folder and moves its server to a port that nobody else starts at: between a crash and the new
 * start the port is free for a moment. What a commit has answered is on the disk.
 */
export const startServer = async (folder: string): Promise<Server> => {
  const embedded = await startEmbedded({ dataDir: folder })
  const cluster = join(embedded.folder, 'postgres')
  const { uid, gid } = statSync(cluster)
  // Each word stands in quotes, the program first.
  const [program = '', ...words] = readWords(readFileSync(join(cluster, 'postmaster.opts'), 'utf8'))
  const port = await freePort(PORTS.first + randomInt(PORTS.count))
  const settings = words.filter(word => word.includes('=') && !word.startsWith('port=')).map(word => `-c ${word}`)
  const control = (...args: string[]) =>
    run(
      join(dirname(program), 'pg_ctl'),
      ['-D', cluster, '-w', '-t', '60', ...args],
      { uid, gid },
      join(dirname(program), '..', 'lib'),
    )
  const start = () =>
    control('start', '-l', join(cluster, 'server.log'), '-o', [...settings, `-c port=${port}`].join(' '))
  await embedded.stop()
  await start()
  const url = new URL(embedded.url)
  url.port = String(port)
  return {
    url: url.href,
    crash: async pauseMs => {
      await control('stop', '-m', 'immediate')
      await new Promise(resolve => setTimeout(resolve, pauseMs))
      await start()
      await untilAnswers(url.href)
    },
    stop: () => control('stop', '-m', 'fast'),
  }
}

const readWords = (line: string): string[] => {
  const [program = '', ...rest] = line.trim().split(' "')
  return [program, ...rest.map(word => word.replace(/"$/, ''))]
}

const run = (program: string, args: string[], user: { uid: number; gid: number }, libraries: string) =>
  new Promise<void>((resolve, reject) => {
    const env = { ...process.env, LC_ALL: 'C', LD_LIBRARY_PATH: libraries }
    const child = spawn(program, args, { ...user, cwd: '/', env, stdio: 'ignore' })
    child.once('error', reject)
    child.once('close', code =>
      code === 0 ? resolve() : reject(new Error(`pg_ctl ${args.join(' ')} ended with ${code}`)),
    )
  })

const WITHIN_MS = 60_000

/** Waits until the database takes queries again. @throws after a minute, with what it said last */
export const untilAnswers = async (url: string): Promise<void> => {
  let last: unknown
  for (const endMs = performance.now() + WITHIN_MS; performance.now() < endMs; ) {
    const client = postgres(url, { max: 1, onnotice: () => {}, connect_timeout: 5 })
    try {
      await client`select 1`
      return
    } catch (error) {
      last = error
      await new Promise(resolve => setTimeout(resolve, 100))
    } finally {
      await client.end({ timeout: 1 })
    }
  }
  throw new Error('the database does not answer', { cause: last })
}

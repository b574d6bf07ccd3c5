import { type ChildProcess, spawn } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** A process of the product that is started again whenever it ends, as a supervisor would. */
export type Process = {
  /** Ends it with SIGKILL; resolves when it is gone. The next one starts at once. */
  kill: () => Promise<void>
  /** Resolves when the present one has said that it is started. */
  started: () => Promise<void>
  stop: (signal?: NodeJS.Signals) => Promise<void>
}

/** Ends that nobody asked for: of a process that had started, and of one that was still starting. */
export type Ends = { crashes: number; failedStarts: number }

const PROGRAMS = { api: 'src/main.ts', worker: 'workers/main.ts' }
const RESTART_MS = 200

/** Starts the real program. What it says is kept in `<folder>/<name>.log`. */
export const startProcess = (
  kind: keyof typeof PROGRAMS,
  options: { name: string; folder: string; env: Record<string, string>; nodeArgs?: string[]; ends: Ends },
): Process => {
  const program = fileURLToPath(new URL(`../../${PROGRAMS[kind]}`, import.meta.url))
  const log = createWriteStream(join(options.folder, `${options.name}.log`), { flags: 'a' })
  let isWanted = true
  let isKilled = false
  let present = launch()

  function launch() {
    const child = spawn(process.execPath, [...(options.nodeArgs ?? []), '--import', 'tsx', program], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: process.env['PATH'] ?? '', SERVICES: kind, DATA_DIR: options.folder, ...options.env },
    })
    let hasStarted = false
    const started = new Promise<void>(resolve => {
      child.stdout.on('data', (chunk: Buffer) => {
        log.write(chunk)
        if (!chunk.includes('"msg":"started"')) return
        hasStarted = true
        resolve()
      })
      child.once('exit', () => resolve())
    })
    child.stderr.on('data', (chunk: Buffer) => log.write(chunk))
    child.once('exit', (code, signal) => {
      if (!isWanted) return
      log.write(`ended with ${signal ?? code}${isKilled ? ', killed' : ''}\n`)
      if (!isKilled) options.ends[hasStarted ? 'crashes' : 'failedStarts'] += 1
      setTimeout(() => isWanted && (present = launch()), isKilled ? 0 : RESTART_MS)
      isKilled = false
    })
    return { child, started }
  }

  return {
    kill: async () => {
      isKilled = true
      await end(present.child, 'SIGKILL')
    },
    started: () => present.started,
    stop: async (signal = 'SIGKILL') => {
      isWanted = false
      await end(present.child, signal)
      log.end()
    },
  }
}

const end = (child: ChildProcess, signal: NodeJS.Signals) =>
  new Promise<void>(resolve => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve()
    child.once('exit', () => resolve())
    child.kill(signal)
  })

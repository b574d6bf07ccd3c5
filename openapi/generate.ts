/**
 * Writes openapi.json from the routes themselves: `npm run openapi`. With `--check` it writes nothing and fails where
 * the file has fallen behind. The app is built but never listens, and needs neither database nor queue.
 */
import { randomBytes } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { buildApp } from '../src/app.ts'
import { systemClock } from '../src/platform/clock.ts'
import { parseConfig } from '../src/platform/config.ts'
import type { Deps } from '../src/platform/deps.ts'
import { loadLexicon } from '../src/platform/lexicon.ts'
import { createSecrets } from '../src/platform/secrets.ts'
import { createLog, createMetrics } from '../src/platform/telemetry.ts'

const FILE = new URL('openapi.json', import.meta.url)

/** Stands for something that describing the routes must not use: the first touch of it throws. */
const untouchable = (name: string) =>
  new Proxy(
    {},
    {
      get: (_target, property) => {
        throw new Error(`describing the routes touched ${name}.${String(property)}`)
      },
    },
  ) as never

const describe = async (): Promise<string> => {
  const deps: Deps = {
    // A fixed environment: the document must not depend on the machine that writes it.
    config: parseConfig({ NODE_ENV: 'test' }),
    log: createLog('silent'),
    metrics: createMetrics(),
    clock: systemClock,
    random: randomBytes,
    db: untouchable('db'),
    queues: untouchable('queues'),
    egress: untouchable('egress'),
    secrets: createSecrets([{ id: 'unused', key: randomBytes(32) }]),
    lexicon: loadLexicon(),
  }
  const app = await buildApp(deps)
  await app.ready()
  const document = app.swagger()
  await app.close()
  return `${JSON.stringify(document, null, 2)}\n`
}

/** Where two texts part, in words that fit into a build log. */
const firstDifference = (committed: string, generated: string): string => {
  const before = committed.split('\n')
  const after = generated.split('\n')
  const line = after.findIndex((text, i) => text !== before[i])
  const at = line === -1 ? after.length : line
  return `line ${at + 1}\n  committed: ${before[at] ?? '(end)'}\n  generated: ${after[at] ?? '(end)'}`
}

const readCommitted = (): string => {
  try {
    return readFileSync(FILE, 'utf8')
  } catch {
    return ''
  }
}

const generated = await describe()
if (process.argv.includes('--check')) {
  const committed = readCommitted()
  if (committed !== generated) {
    console.error(
      `openapi.json is behind the routes: run \`npm run openapi\`. First difference at ${firstDifference(committed, generated)}`,
    )
    process.exitCode = 1
  }
} else {
  writeFileSync(FILE, generated)
}

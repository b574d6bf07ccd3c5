import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import postgres from 'postgres'
import type { Member } from '../src/platform/actor.ts'
import { systemClock } from '../src/platform/clock.ts'
import { openDatabase, transaction } from '../src/platform/db.ts'
import { startEmbedded } from '../src/platform/embedded.ts'
import { loadLexicon } from '../src/platform/lexicon.ts'
import { migrateDatabase } from '../src/platform/migrate.ts'
import { readReport, scopeOf } from '../src/reports/service.ts'
import { readTrends } from '../src/reports/trends.ts'
import { measurePages } from './reports/pages.ts'
import { plainReport } from './reports/plain.ts'
import { ADMINISTRATION, makePark, PARK } from './reports/world.ts'

/**
 * How long a park's whole report takes, as its administration reads it under row-level security, beside the plain SQL
 * for a part of its numbers, and how long the server works on the pages that it opens. Prints one JSON line; both times are medians, after one run that is not counted.
 */
const { values } = parseArgs({
  options: {
    scenarios: { type: 'string', default: '100000' },
    'matches-each': { type: 'string', default: '20' },
    runs: { type: 'string', default: '5' },
  },
})
const GOAL_MS = 2_000
const GOAL_PAGE_MS = 300
const runs = Number(values.runs)
const size = {
  scenarios: Number(values.scenarios),
  matchesEach: Number(values['matches-each']),
  vendors: 1_000,
  capabilities: 5_000,
}

const folder = mkdtempSync(join(tmpdir(), 'duijie-bench-'))
chmodSync(folder, 0o755)
const server = await startEmbedded({ dataDir: folder, durable: false })
try {
  await migrateDatabase(server.url)
  const plain = postgres(server.url, { max: 1, onnotice: () => {} })
  await makePark(plain, size)
  const db = openDatabase(server.url, 2)
  const deps = { db, clock: systemClock, lexicon: loadLexicon() }
  const actor: Member = {
    kind: 'member',
    organisationId: ADMINISTRATION,
    organisationKind: 'park',
    role: 'owner',
    keyId: '',
    scopes: [],
    parkIds: [PARK],
    adminParkIds: [PARK],
  }
  const ours = await medianMs(() =>
    transaction(deps, actor, tx => readReport(tx, deps, actor, { parkId: PARK, period: {}, language: 'zh' })),
  )
  const request = { parkId: PARK, period: {} }
  const trendsMs = await medianMs(() =>
    transaction(deps, actor, async tx => readTrends(tx, await scopeOf(tx, deps, actor, request))),
  )
  const pages = await measurePages(server.url)
  const slowestPageMs = Math.max(...Object.values(pages))
  const rival = await medianMs(() => plainReport(plain))
  console.log(
    JSON.stringify({
      bench: 'reports',
      scenarios: size.scenarios,
      matches: size.scenarios * size.matchesEach,
      ours,
      unit: 'ms',
      rival,
      rivalName: 'plain SQL over matches, without policies, a part of the numbers',
      trendsMs,
      ratio: Math.round((ours / rival) * 100) / 100,
      goal: GOAL_MS,
      met: ours <= GOAL_MS,
      slowestPageMs,
      goalPageMs: GOAL_PAGE_MS,
      metPages: slowestPageMs <= GOAL_PAGE_MS,
      pages,
      loadAverage: Math.round((loadavg()[0] ?? 0) * 100) / 100,
    }),
  )
  await Promise.all([db.close(), plain.end()])
} finally {
  await server.stop()
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
}

async function medianMs(work: () => Promise<unknown>): Promise<number> {
  await work()
  const times: number[] = []
  for (let run = 0; run < runs; run++) {
    const start = performance.now()
    await work()
    times.push(performance.now() - start)
  }
  return Math.round(times.toSorted((a, b) => a - b)[Math.floor(runs / 2)] ?? 0)
}

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { createEngine } from '../src/engine/index.ts'
import { startEmbedded } from '../src/platform/embedded.ts'
import { loadLexicon } from '../src/platform/lexicon.ts'
import { createProvince } from './province/province.ts'
import { measureRivals } from './province/rivals.ts'

/**
 * Time of an exact ranking (top 50 with full explanation and near misses) in a made-up province with a fixed seed, on
 * one core, and of rival search libraries on the same texts. Prints one JSON line.
 */
const { values } = parseArgs({
  options: {
    capabilities: { type: 'string', default: '100000' },
    scenarios: { type: 'string', default: '500' },
    seed: { type: 'string', default: '1' },
    rivals: { type: 'boolean', default: true },
    'rival-queries': { type: 'string', default: '20' },
    'rival-seconds': { type: 'string', default: '60' },
  },
  allowNegative: true,
})
const capabilityCount = Number(values.capabilities)
const scenarioCount = Number(values.scenarios)
const AUDIENCES = { audiences: ['park-1', 'park-2', 'park-3', 'park-4', 'network'] }
/** The first rankings also pay for compiling the code; they are not counted. */
const WARM_UP = 20

const lexicon = loadLexicon()
const province = createProvince(lexicon, Number(values.seed))
const engine = createEngine({ lexicon })

const buildStart = performance.now()
for (let number = 0; number < capabilityCount; number++) engine.index.put(province.capability(number))
const buildS = (performance.now() - buildStart) / 1000

const timesMs: number[] = []
/** Processor time of the whole process, collecting garbage included: on a busy machine it says more than the clock. */
const processorMs: number[] = []
for (let number = -WARM_UP; number < scenarioCount; number++) {
  const scenario = province.scenario(number < 0 ? scenarioCount - number : number)
  const cpu = process.cpuUsage()
  const start = performance.now()
  engine.rank(scenario, AUDIENCES)
  const spentMs = performance.now() - start
  const { user, system } = process.cpuUsage(cpu)
  if (number < 0) continue
  timesMs.push(spentMs)
  processorMs.push((user + system) / 1000)
}
const totalS = timesMs.reduce((sum, ms) => sum + ms, 0) / 1000
const percentile = (times: readonly number[], share: number) =>
  round(times.toSorted((a, b) => a - b)[Math.min(times.length - 1, Math.floor(share * times.length))] ?? 0)
const rssMb = Math.round(process.memoryUsage().rss / 2 ** 20)

const rivals = values.rivals
  ? await withDatabase(databaseUrl =>
      measureRivals(province, {
        capabilities: capabilityCount,
        queries: Math.min(scenarioCount, Number(values['rival-queries'])),
        limitS: Number(values['rival-seconds']),
        databaseUrl,
      }),
    )
  : []

console.log(
  JSON.stringify({
    capabilities: capabilityCount,
    scenarios: scenarioCount,
    versions: engine.versions,
    buildS: round(buildS),
    rssMb,
    indexMb: Math.round(engine.index.memoryBytes / 2 ** 20),
    p50Ms: percentile(timesMs, 0.5),
    p99Ms: percentile(timesMs, 0.99),
    processorP50Ms: percentile(processorMs, 0.5),
    processorP99Ms: percentile(processorMs, 0.99),
    pairsPerSPerCore: Math.round((capabilityCount * scenarioCount) / totalS),
    rivals,
  }),
)

/** Runs work with the database that `DATABASE_URL` names, or with one of its own in a folder that is removed again. */
async function withDatabase<T>(work: (url: string) => Promise<T>): Promise<T> {
  if (process.env.DATABASE_URL !== undefined) return work(process.env.DATABASE_URL)
  const dataDir = mkdtempSync(join(tmpdir(), 'rank-'))
  const database = await startEmbedded({ dataDir })
  try {
    return await work(database.url)
  } finally {
    await database.stop()
    rmSync(dataDir, { recursive: true, force: true })
  }
}

function round(value: number): number {
  return Math.round(value * 100) / 100
}

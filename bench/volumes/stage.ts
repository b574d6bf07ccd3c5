import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { insertCapabilities } from '../../src/capabilities/bulk.ts'
import { NewCapability } from '../../src/capabilities/schemas.ts'
import type { Lexicon } from '../../src/engine/lexicon/lexicon.ts'
import { insertKey, insertPark } from '../../src/identity/service.ts'
import { memberships, organisations, parks } from '../../src/identity/tables.ts'
import { parkSettings } from '../../src/parks/tables.ts'
import type { OrganisationKind } from '../../src/platform/actor.ts'
import { type Database, openDatabase, transaction } from '../../src/platform/db.ts'
import { freePort } from '../../src/platform/embedded.ts'
import { newId } from '../../src/platform/ids.ts'
import { loadLexicon } from '../../src/platform/lexicon.ts'
import { migrateDatabase } from '../../src/platform/migrate.ts'
import { insertScenarios } from '../../src/scenarios/bulk.ts'
import { NewScenario } from '../../src/scenarios/schemas.ts'
import { startServer } from '../delivery/postgres.ts'
import { type Ends, type Process, startProcess } from '../delivery/processes.ts'
import { startRedis } from '../delivery/redis.ts'
import { makers, PROCESS_ENV } from '../delivery/world.ts'
import { createProvince, type Province } from '../province/province.ts'

const WORKER = { kind: 'worker' } as const
const ROWS_AT_ONCE = 1_000
const VENDORS = 200
const FACTORIES = 50

export type Member = { id: string; key: string }

/** A database, a queue, the real processes over them, and a park in which everything happens. */
export type Stage = {
  db: Database
  folder: string
  province: Province
  parkId: string
  park: Member
  factory: Member
  vendors: string[]
  factories: string[]
  /** `profileFolder`: a CPU profile of it is left there when the stage closes. */
  startApi: (profileFolder?: string) => Promise<string>
  startWorkers: (count: number) => Promise<Process[]>
  ends: Ends
  close: () => Promise<void>
}

export const openStage = async (backend: 'redis' | 'postgres'): Promise<Stage> => {
  const folder = mkdtempSync(join(tmpdir(), 'duijie-volumes-'))
  chmodSync(folder, 0o755)
  const server = await startServer(folder)
  const redis = backend === 'redis' ? await startRedis(folder) : undefined
  await migrateDatabase(server.url)
  const db = openDatabase(server.url)
  const lexicon = loadLexicon()
  const processes: Process[] = []
  const ends = { crashes: 0, failedStarts: 0 }
  let isProfiled = false
  const profileArgs = (into: string | undefined): string[] => {
    if (into === undefined) return []
    isProfiled = true
    return ['--cpu-prof', `--cpu-prof-dir=${into}`]
  }
  const env = {
    ...PROCESS_ENV,
    DATABASE_URL: server.url,
    ...(redis ? { REDIS_URL: redis.url } : {}),
    CEDICT_PATH: 'off',
    RATE_PER_KEY_MAX: '0',
    RATE_PER_ADDRESS_MAX: '0',
  }
  const start = async (
    kind: 'api' | 'worker',
    name: string,
    more: Record<string, string> = {},
    nodeArgs: string[] = [],
  ) => {
    const process = startProcess(kind, { name, folder, env: { ...env, ...more }, nodeArgs, ends })
    processes.push(process)
    await process.started()
    return process
  }
  return {
    db,
    folder,
    province: createProvince(lexicon, 1),
    ...(await makePark(db)),
    startApi: async profileFolder => {
      const port = String(await freePort(27_500))
      await start('api', 'api', { PORT: port }, profileArgs(profileFolder))
      return `http://127.0.0.1:${port}/v1`
    },
    startWorkers: count => Promise.all(Array.from({ length: count }, (_, i) => start('worker', `worker-${i}`))),
    ends,
    close: async () => {
      // A profile is written by a process that ends in good order.
      await Promise.all(processes.map(process => process.stop(isProfiled ? 'SIGTERM' : 'SIGKILL')))
      await db.close()
      await redis?.stop()
      await server.stop()
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

/** A park where everything that has a score is announced, with its organisations. */
const makePark = async (db: Database) =>
  transaction({ db }, WORKER, async tx => {
    const details = { slug: 'bench', name: '测量园区', region: '广东东莞', timeZone: 'Asia/Shanghai' }
    const { id: parkId } = await insertPark(tx, makers, details)
    const [row] = await tx.select().from(parks)
    const createdAt = makers.clock.now()
    await tx.insert(parkSettings).values({ parkId, matchThreshold: 1, shortlistMax: 10, updatedAt: createdAt })
    const make = async (kind: OrganisationKind, count: number) => {
      const ids = Array.from({ length: count }, () => newId(makers, 'organisation'))
      await tx.insert(organisations).values(ids.map(id => ({ id, kind, name: `${kind} ${id}`, createdAt })))
      await tx
        .insert(memberships)
        .values(
          ids.map(id => ({ parkId, organisationId: id, state: 'active' as const, createdAt, decidedAt: createdAt })),
        )
      return ids
    }
    const keyOf = async (id: string): Promise<Member> => {
      const owner = { organisationId: id, madeById: id }
      return { id, key: (await insertKey(tx, makers, owner, { name: 'bench', role: 'owner' })).secret }
    }
    const vendors = await make('vendor', VENDORS)
    const factories = await make('manufacturer', FACTORIES)
    return {
      parkId,
      vendors,
      factories,
      park: await keyOf(row?.organisationId ?? ''),
      factory: await keyOf(factories[0] ?? ''),
    }
  })

/** Published supply of the made-up province, offered to the park. */
export const seedCapabilities = async (stage: Stage, lexicon: Lexicon, count: number): Promise<void> => {
  for (let from = 0; from < count; from += ROWS_AT_ONCE) {
    const rows = Array.from({ length: Math.min(ROWS_AT_ONCE, count - from) }, (_, i) => {
      const { id: _id, ...input } = stage.province.capability(from + i).input
      return {
        id: newId(makers, 'capability'),
        organisationId: stage.vendors[(from + i) % stage.vendors.length] ?? '',
        audiences: [stage.parkId],
        input: NewCapability.parse({ ...input, publish: true }),
      }
    })
    await transaction(stage, WORKER, tx => insertCapabilities(tx, { ...makers, lexicon }, rows))
  }
}

/** Published demand of the made-up province, never scored. */
export const seedScenarios = async (stage: Stage, lexicon: Lexicon, count: number): Promise<void> => {
  for (let from = 0; from < count; from += ROWS_AT_ONCE) {
    const rows = Array.from({ length: Math.min(ROWS_AT_ONCE, count - from) }, (_, i) => ({
      id: newId(makers, 'scenario'),
      organisationId: stage.factories[(from + i) % stage.factories.length] ?? '',
      input: NewScenario.parse(scenarioBody(stage, from + i)),
    }))
    await transaction(stage, WORKER, tx => insertScenarios(tx, { ...makers, lexicon }, rows))
  }
}

/** The body of a POST that publishes the scenario of a number. */
export const scenarioBody = (stage: Pick<Stage, 'province' | 'parkId'>, number: number) => {
  const { id: _, ...input } = stage.province.scenario(number)
  return { ...input, parkId: stage.parkId, publish: true }
}

export const call = async (
  url: string,
  key: string,
  method: string,
  body?: unknown,
): Promise<Record<string, unknown>> => {
  const answer = await fetch(url, {
    method,
    headers: { authorization: `Bearer ${key}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  if (!answer.ok) throw new Error(`${method} ${url}: ${answer.status} ${await answer.text()}`)
  return (await answer.json()) as Record<string, unknown>
}

/** Asks until the answer is there. @throws after `withinS` */
export const waitFor = async <T>(withinS: number, ask: () => Promise<T | undefined>): Promise<T> => {
  const end = performance.now() + withinS * 1_000
  for (;;) {
    const found = await ask()
    if (found !== undefined) return found
    if (performance.now() > end) throw new Error(`not done within ${withinS} s`)
    await new Promise(resolve => setTimeout(resolve, 250))
  }
}

export type Result = {
  bench: string
  ours: number
  unit: string
  rival: number | null
  rivalName: string
  ratio: number | null
  goal: string | null
  met: boolean | null
} & Record<string, unknown>

/** One JSON line, with the machine as it was. */
export const printResult = (result: Result): void =>
  console.log(JSON.stringify({ ...result, cores: cpus().length, loadAverage: round(loadavg()[0] ?? 0) }))

export const round = (value: number): number => Math.round(value * 100) / 100

/** The value below which a share of all lies. Sorts the list. */
export const percentile = (values: number[], share: number): number => {
  values.sort((a, b) => a - b)
  return round(values[Math.min(values.length - 1, Math.floor(values.length * share))] ?? 0)
}

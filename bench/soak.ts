import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { parseArgs } from 'node:util'
import { sql } from 'drizzle-orm'
import { rowsOf, transaction } from '../src/platform/db.ts'
import { loadLexicon } from '../src/platform/lexicon.ts'
import { createRandom, pickEven } from './province/random.ts'
import {
  call,
  openStage,
  printResult,
  round,
  scenarioBody,
  seedCapabilities,
  type Stage,
  waitFor,
} from './volumes/stage.ts'

/**
 * One hour's worth of mixed load in ten minutes while workers are killed at random: afterwards every scenario must be
 * scored, every announced match delivered, no pair twice, and the API's memory as it was after the first third.
 */
const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '600' },
    'per-second': { type: 'string', default: '6' },
    capabilities: { type: 'string', default: '5000' },
    'kill-every-seconds': { type: 'string', default: '25' },
    'drain-seconds': { type: 'string', default: '300' },
  },
})
const MEMORY_GROWTH_MAX = 1.25
const seconds = Number(values.seconds)
const perS = Number(values['per-second'])
const killEveryMs = Number(values['kill-every-seconds']) * 1_000
const lexicon = loadLexicon()
const random = createRandom(1)

const stage = await openStage('redis')
const delivered = new Map<string, number>()
const receiver = createServer((request, response) => {
  request.resume()
  request.on('end', () => {
    const id = String(request.headers['webhook-id'])
    delivered.set(id, (delivered.get(id) ?? 0) + 1)
    response.writeHead(204).end()
  })
})
await new Promise<void>(resolve => receiver.listen(0, '127.0.0.1', resolve))
try {
  await seedCapabilities(stage, lexicon, Number(values.capabilities))
  const api = await stage.startApi()
  const workers = await stage.startWorkers(2)
  const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`
  await call(`${api}/webhook-endpoints`, stage.park.key, 'POST', { url, eventTypes: ['match.*'] })
  const load = await runLoad(stage, api, workers)
  const outcome = await drain(stage)
  const growth = round(
    median(load.memoryMb.slice(-5)) / median(load.memoryMb.slice(Math.floor(load.memoryMb.length / 3)).slice(0, 5)),
  )
  printResult({
    bench: 'soak',
    ours: outcome.lost + outcome.duplicated,
    unit: 'lost or duplicated',
    rival: 0,
    rivalName: 'limit',
    ratio: null,
    goal: `0 lost, 0 duplicated, drained, memory within ${MEMORY_GROWTH_MAX}`,
    met: outcome.lost + outcome.duplicated === 0 && outcome.isDrained && growth <= MEMORY_GROWTH_MAX,
    ...load.counts,
    ...outcome,
    memoryGrowth: growth,
    seconds,
  })
} finally {
  receiver.closeAllConnections()
  receiver.close()
  await stage.close()
}

async function runLoad({ factory, ...rest }: Stage, api: string, workers: Awaited<ReturnType<Stage['startWorkers']>>) {
  const counts = { published: 0, withdrawn: 0, refused: 0, kills: 0 }
  const memoryMb: number[] = []
  const ids: string[] = []
  const end = performance.now() + seconds * 1_000
  let nextKill = performance.now() + killEveryMs
  for (let number = 0; performance.now() < end; number++) {
    try {
      const { id } = await call(`${api}/scenarios`, factory.key, 'POST', scenarioBody(rest, number))
      ids.push(String(id))
      counts.published += 1
      if (number % 10 === 9) {
        await call(`${api}/scenarios/${pickEven(random, ids)}/withdraw`, factory.key, 'POST')
        counts.withdrawn += 1
      }
    } catch {
      counts.refused += 1
    }
    if (performance.now() > nextKill) {
      nextKill += killEveryMs
      counts.kills += 1
      await pickEven(random, workers).kill()
    }
    if (number % (perS * 5) === 0) memoryMb.push(await readMemoryMb(api))
    await new Promise(resolve => setTimeout(resolve, 1_000 / perS))
  }
  return { counts, memoryMb }
}

/** Waits until nothing is due any more, then counts what is missing and what is there twice. */
async function drain({ db }: Stage) {
  const count = async (query: ReturnType<typeof sql>) =>
    transaction({ db }, { kind: 'worker' }, async tx =>
      Number(rowsOf<{ n: string }>(await tx.execute(query))[0]?.n ?? 0),
    )
  const open = () =>
    count(sql`select (select count(*) from events where done_at is null)
      + (select count(*) from deliveries where state = 'pending') as n`)
  const isDrained = await waitFor(Number(values['drain-seconds']), async () =>
    (await open()) === 0 ? true : undefined,
  ).catch(() => false)
  const unscored = await count(sql`select count(*) as n from scenarios where state = 'published' and scored_at is null`)
  const undelivered = rowsOf<{ id: string }>(
    await transaction({ db }, { kind: 'worker' }, tx =>
      tx.execute(sql`select id from events where type like 'match.%'
      and type in ('match.created', 'match.updated', 'match.retracted')`),
    ),
  ).filter(({ id }) => !delivered.has(id)).length
  const twice = await count(
    sql`select count(*) - count(distinct data ->> 'matchId') as n from events where type = 'match.created'`,
  )
  const pairs = await count(sql`select count(*) - count(distinct (scenario_id, capability_id)) as n from matches`)
  return { lost: unscored + undelivered, duplicated: twice + pairs, isDrained }
}

async function readMemoryMb(api: string): Promise<number> {
  const text = await (await fetch(new URL('/metrics', api))).text()
  const [, bytes = '0'] = /^duijie_process_resident_memory_bytes (\S+)/m.exec(text) ?? []
  return Number(bytes) / 2 ** 20
}

function median(numbers: number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0
}

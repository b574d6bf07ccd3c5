import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { parseArgs } from 'node:util'
import { loadLexicon } from '../src/platform/lexicon.ts'
import { call, openStage, percentile, printResult, scenarioBody, seedCapabilities } from './volumes/stage.ts'

/** From the answer to a publishing POST to the first webhook attempt of one of its matches, per queue backend. */
const { values } = parseArgs({
  options: {
    capabilities: { type: 'string', default: '100000' },
    'per-second': { type: 'string', default: '5' },
    seconds: { type: 'string', default: '60' },
    backend: { type: 'string' },
  },
})
const GOAL = { p50Ms: 60, p99Ms: 300 }
const LAST_MS_MAX = 30_000
const capabilities = Number(values.capabilities)
const perS = Number(values['per-second'])
const count = perS * Number(values.seconds)
const lexicon = loadLexicon()

for (const backend of ['redis', 'postgres'] as const)
  if (values.backend === undefined || values.backend === backend) await measure(backend)

async function measure(backend: 'redis' | 'postgres'): Promise<void> {
  const stage = await openStage(backend)
  const arrivedAtMs = new Map<string, number>()
  const receiver = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const { data } = JSON.parse(Buffer.concat(chunks).toString()) as { data: { scenarioId?: string } }
      if (data.scenarioId && !arrivedAtMs.has(data.scenarioId)) arrivedAtMs.set(data.scenarioId, performance.now())
      response.writeHead(204).end()
    })
  })
  await new Promise<void>(resolve => receiver.listen(0, '127.0.0.1', resolve))
  try {
    await seedCapabilities(stage, lexicon, capabilities)
    const api = await stage.startApi()
    await stage.startWorkers(1)
    const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`
    await call(`${api}/webhook-endpoints`, stage.park.key, 'POST', { url, eventTypes: ['match.created'] })
    const publishedAtMs = new Map<string, number>()
    const publish = async (number: number) => {
      const { id } = await call(`${api}/scenarios`, stage.factory.key, 'POST', scenarioBody(stage, number))
      publishedAtMs.set(String(id), performance.now())
    }
    const posts: Promise<void>[] = []
    for (let number = 0; number < count; number++) {
      posts.push(publish(number))
      await new Promise(resolve => setTimeout(resolve, 1_000 / perS))
    }
    await Promise.all(posts)
    const end = performance.now() + LAST_MS_MAX
    while (arrivedAtMs.size < count && performance.now() < end) await new Promise(resolve => setTimeout(resolve, 100))
    const latenciesMs = [...publishedAtMs].flatMap(([id, from]) => {
      const to = arrivedAtMs.get(id)
      // The first attempt may come before the answer has been read here.
      return to === undefined ? [] : [Math.max(0, to - from)]
    })
    const p50Ms = percentile(latenciesMs, 0.5)
    const p99Ms = percentile(latenciesMs, 0.99)
    printResult({
      bench: 'flow',
      backend,
      ours: p50Ms,
      unit: 'ms',
      rival: GOAL.p50Ms,
      rivalName: 'limit of p50',
      ratio: Math.round((p50Ms / GOAL.p50Ms) * 100) / 100,
      goal: backend === 'redis' ? `p50 <= ${GOAL.p50Ms}, p99 <= ${GOAL.p99Ms}` : null,
      met: backend === 'redis' ? p50Ms <= GOAL.p50Ms && p99Ms <= GOAL.p99Ms : null,
      capabilities,
      scenarios: count,
      arrived: latenciesMs.length,
      p99Ms,
    })
  } finally {
    receiver.closeAllConnections()
    receiver.close()
    await stage.close()
  }
}

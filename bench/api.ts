import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { Agent, request } from 'undici'
import { call, openStage, percentile, printResult, round, scenarioBody } from './volumes/stage.ts'

/**
 * Reads and writes a second of one API process under many connections, beside a Fastify and postgres.js route that makes
 * the same round trips with nothing of ours around it, and beside the bare query.
 */
const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '10' },
    connections: { type: 'string', default: '200' },
    only: { type: 'string' },
    profile: { type: 'string' },
  },
})
const GOAL = 0.8
const seconds = Number(values.seconds)
const connections = Number(values.connections)

type Load = { path: string; method: 'GET' | 'POST'; body?: string }
type Measured = { perS: number; p99Ms: number; failed: number }

const stage = await openStage('redis')
const rival = fork(fileURLToPath(new URL('volumes/rival.ts', import.meta.url)), {
  execArgv: ['--import', 'tsx'],
  env: { ...process.env, DATABASE_URL: stage.db.url, KEY: stage.factory.key, ORGANISATION_ID: stage.factory.id },
})
try {
  const [{ url: rivalUrl }] = (await once(rival, 'message')) as [{ url: string }]
  const api = await stage.startApi(values.profile)
  const draft = JSON.stringify({ ...scenarioBody(stage, 1), publish: false })
  const { id } = await call(`${api}/scenarios`, stage.factory.key, 'POST', JSON.parse(draft))
  for (const kind of (['reads', 'writes'] as const).filter(name => values.only === undefined || values.only === name)) {
    const load = (base: string): Load =>
      kind === 'reads'
        ? { path: `${base}/scenarios/${String(id)}`, method: 'GET' }
        : { path: `${base}/scenarios`, method: 'POST', body: draft }
    // Before and after ours, so that a machine that gets busier meanwhile is not held against one side.
    const before = await measure(load(rivalUrl))
    const ours = await measure(load(api))
    const after = await measure(load(rivalUrl))
    const bare = kind === 'reads' ? await measure({ path: `${rivalUrl}/bare/${String(id)}`, method: 'GET' }) : undefined
    const rivalPerS = Math.round((before.perS + after.perS) / 2)
    printResult({
      bench: 'api',
      direction: kind,
      ours: ours.perS,
      unit: 'requests/s',
      rival: rivalPerS,
      rivalName: 'Fastify and postgres.js with the same round trips',
      ratio: round(ours.perS / rivalPerS),
      goal: `>= ${GOAL}`,
      met: ours.perS / rivalPerS >= GOAL,
      connections,
      failed: ours.failed,
      ...(bare ? { barePerS: bare.perS } : {}),
      rivalP99Ms: before.p99Ms,
      p99Ms: ours.p99Ms,
    })
  }
} finally {
  rival.kill()
  await stage.close()
}

async function measure({ path, method, body }: Load): Promise<Measured> {
  const agent = new Agent({ connections, pipelining: 1 })
  const headers = {
    authorization: `Bearer ${stage.factory.key}`,
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
  }
  const timesMs: number[] = []
  let failed = 0
  const warmUntil = performance.now() + 1_000
  const until = warmUntil + seconds * 1_000
  const one = async () => {
    while (performance.now() < until) {
      const start = performance.now()
      const answer = await request(path, {
        method,
        headers,
        dispatcher: agent,
        ...(body === undefined ? {} : { body }),
      })
      await answer.body.dump()
      if (answer.statusCode >= 300) failed += 1
      else if (start >= warmUntil) timesMs.push(performance.now() - start)
    }
  }
  await Promise.all(Array.from({ length: connections }, one))
  await agent.close()
  return { perS: Math.round(timesMs.length / seconds), p99Ms: percentile(timesMs, 0.99), failed }
}

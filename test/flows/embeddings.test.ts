import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Writable } from 'node:stream'
import t, { type Test } from 'tap'
import { embeddings } from '../../src/matching/tables.ts'
import { createVectors } from '../../src/matching/vectors.ts'
import { transaction } from '../../src/platform/db.ts'
import { createEmbedder } from '../../src/platform/embedder.ts'
import { startWorkers } from '../../workers/start.ts'
import { bearer, build, createTestClock, eventually } from '../helper.ts'
import { makeCast } from './cast.ts'

const env = { JOB_LOCK_MS: '1000', JOB_STALLED_MS: '1000' }
const WORKER = { kind: 'worker' } as const

/** A model endpoint on loopback for which all texts are alike; `fails` makes it answer 500. */
const endpoint = async (t: Test) => {
  const state = { fails: false, texts: [] as string[] }
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const { input } = JSON.parse(Buffer.concat(chunks).toString()) as { input: string[] }
      if (state.fails) return response.writeHead(500).end()
      state.texts.push(...input)
      return response.end(JSON.stringify({ data: input.map((_, index) => ({ index, embedding: [3, 4, 0] })) }))
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`
  const embedder = createEmbedder({ url, model: 'm-1', wait: async () => {} })
  t.after(() => embedder.close())
  return { state, embedder }
}

type Cast = Awaited<ReturnType<typeof makeCast>>
const firstMatch = (cast: Cast, scenarioId: string) =>
  eventually(async () => {
    const { items } = await cast.call(cast.factory.key, 'GET', `/scenarios/${scenarioId}/matches`)
    return items[0]
  })
const textPart = (match: { explanation: { factory: { parts: { name: string; value: number }[] } } }) =>
  match.explanation.factory.parts.find(part => part.name === 'text')?.value ?? 0

t.test('vectors of public texts add to the words, are named, and are made once', async t => {
  const { state, embedder } = await endpoint(t)
  const { app, deps } = await build(t, { env })
  const cast = await makeCast(deps, app)
  const workers = await startWorkers({ ...deps, embedder })
  t.teardown(() => workers.close())
  const capability = await cast.publishCapability({ details: '密封方案：算子清单。' })
  const scenario = await cast.publishScenario()
  const match = await firstMatch(cast, scenario.id)
  t.equal(match.explanation.versions.embedding, 'm-1+dense-1')

  t.notMatch(state.texts.join('\n'), /密封/, 'nothing above the public tier leaves the house')
  t.equal(state.texts.length, 2)
  const rows = await transaction(deps, WORKER, tx => tx.select().from(embeddings))
  t.same(rows.map(row => `${row.objectId} ${row.model} ${row.vector.length}`).sort(), [
    `${capability.id} m-1 12`,
    `${scenario.id} m-1 12`,
  ])

  await t.test('another process takes them from the store', async t => {
    const vectors = createVectors({ ...deps, embedder })
    const texts = state.texts.map((text, i) => ({ id: i === 0 ? capability.id : scenario.id, text }))
    const found = await vectors.find(texts)
    t.same(
      [...found.values()].map(({ vector }) => [...vector].map(value => Math.round(value * 10))),
      [
        [6, 8, 0],
        [6, 8, 0],
      ],
    )
    t.equal(state.texts.length, 2)
  })

  await t.test('a stage later the explanation still names them', async t => {
    await cast.call(cast.vendor.key, 'POST', `/matches/${match.id}/transitions`, { action: 'express_interest' })
    await cast.call(cast.factory.key, 'POST', `/matches/${match.id}/transitions`, { action: 'express_interest' })
    const later = await eventually(async () => {
      const read = await cast.call(cast.factory.key, 'GET', `/matches/${match.id}`)
      return read.explanation?.hidden < match.explanation.hidden && read
    })
    t.equal(later.explanation.versions.embedding, 'm-1+dense-1')
  })

  await t.test('only a text that changed is embedded again', async t => {
    const change = async (payload: object) => {
      const read = await app.inject({ url: `/v1/capabilities/${capability.id}`, headers: bearer(cast.vendor.key) })
      const headers = { 'if-match': String(read.headers['etag']) }
      await cast.call(cast.vendor.key, 'PATCH', `/capabilities/${capability.id}`, payload, headers)
    }
    await change({ price: { min: 250_000, max: 500_000, currency: 'CNY' } })
    await change({ title: '小样本划痕检测' })
    const again = await eventually(async () => state.texts.length > 2 && state.texts)
    t.match(again.slice(2), [/^小样本划痕检测/])
  })
})

t.test('while the endpoint fails scoring goes on by words, says so, and takes vectors up once it is back', async t => {
  const { state, embedder } = await endpoint(t)
  const clock = createTestClock()
  const lines: string[] = []
  const log = new Writable({
    write: (chunk: Buffer, _, done) => {
      lines.push(chunk.toString())
      done()
    },
  })
  const { app, deps } = await build(t, { env, clock, log })
  const cast = await makeCast(deps, app)
  state.fails = true
  const workers = await startWorkers({ ...deps, embedder })
  t.teardown(() => workers.close())
  await cast.publishCapability()
  const without = await firstMatch(cast, (await cast.publishScenario()).id)
  t.equal(without.explanation.versions.embedding, undefined)
  t.match(lines.join(''), /scoring goes on without new vectors/)
  t.notMatch(lines.join(''), /密封|冲压件/)
  t.match(await deps.metrics.registry.metrics(), /duijie_embedded_texts_total\{outcome="failed"\} [1-9]/)

  state.fails = false
  clock.advance(61_000)
  const withVectors = await firstMatch(cast, (await cast.publishScenario()).id)
  t.equal(withVectors.explanation.versions.embedding, 'm-1+dense-1', 'what was missing has been made up for')
  t.ok(textPart(withVectors) > textPart(without))
})

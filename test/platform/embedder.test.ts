import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import t, { type Test } from 'tap'
import { createEmbedder, EmbeddingError, type EmbedderOptions } from '../../src/platform/embedder.ts'

type Asked = { path: string; authorization: string | undefined; model: string; input: string[] }
type Answer = { status?: number; headers?: Record<string, string>; body: string } | 'silence'

/** A model endpoint on loopback that answers as it is told and keeps what it was asked. */
const endpoint = async (t: Test, answer: (asked: Asked, nth: number) => Answer) => {
  const asked: Asked[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const { model, input } = JSON.parse(Buffer.concat(chunks).toString())
      asked.push({ path: request.url ?? '', authorization: request.headers.authorization, model, input })
      const said = answer(asked.at(-1) as Asked, asked.length)
      if (said !== 'silence') response.writeHead(said.status ?? 200, said.headers).end(said.body)
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return { asked, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1` }
}

const vectorsOf = (input: string[], size = 3): Answer => ({
  body: JSON.stringify({
    data: input.map((text, index) => ({ index, embedding: Array.from({ length: size }, (_, i) => text.length + i) })),
  }),
})

/** An embedder whose waits are written down instead of waited for. */
const build = (t: Test, options: Omit<EmbedderOptions, 'model' | 'wait'>) => {
  const waits: number[] = []
  const wait = async (ms: number) => void waits.push(ms)
  const embedder = createEmbedder({ model: 'm-1', wait, ...options })
  t.after(() => embedder.close())
  return { embedder, waits }
}

t.test('texts become vectors of length one, in their order, a batch at a time', async t => {
  const { asked, url } = await endpoint(t, ({ input }) => {
    const said = vectorsOf(input)
    if (said === 'silence') return said
    const { data } = JSON.parse(said.body)
    return { body: JSON.stringify({ data: data.reverse(), usage: {} }) }
  })
  const { embedder } = build(t, { url: `${url}/`, key: 'secret' })
  const texts = Array.from({ length: 70 }, (_, i) => 'x'.repeat(i + 1))
  const vectors = await embedder.embed([...texts, 'y'.repeat(50_000)])
  t.equal(vectors.length, 71)
  t.same(
    asked.map(({ input }) => input.length),
    [32, 32, 7],
  )
  t.match(asked[0], { path: '/v1/embeddings', authorization: 'Bearer secret', model: 'm-1' })
  t.equal(asked[2]?.input.at(-1)?.length, 2_000, 'a long text is cut')
  for (const [i, vector] of vectors.entries()) {
    t.ok(Math.abs(Math.hypot(...vector) - 1) < 1e-6)
    const first = Math.min(i + 1, 2_000)
    if (i < 70) t.ok(Math.abs((vector[0] ?? 0) - first / Math.hypot(first, first + 1, first + 2)) < 1e-6)
  }
  t.same(await embedder.embed([]), [])
})

const failureOf = async (work: Promise<unknown>): Promise<EmbeddingError> => {
  try {
    await work
  } catch (error) {
    if (error instanceof EmbeddingError) return error
    throw error
  }
  throw new Error('it did not fail')
}

t.test('a busy endpoint is asked again, as late as it says and within bounds', async t => {
  const { asked, url } = await endpoint(t, ({ input }, nth) =>
    nth < 3
      ? { status: nth === 1 ? 429 : 503, headers: nth === 1 ? { 'retry-after': '2' } : {}, body: '' }
      : vectorsOf(input),
  )
  const { embedder, waits } = build(t, { url })
  t.equal((await embedder.embed(['a'])).length, 1)
  t.same(waits, [2_000, 500])
  t.equal(asked.length, 3)
})

t.test('an endpoint that stays busy fails after three requests, and no wait is longer than five seconds', async t => {
  const { asked, url } = await endpoint(t, () => ({ status: 429, headers: { 'retry-after': '86400' }, body: '' }))
  const { embedder, waits } = build(t, { url })
  t.match(await failureOf(embedder.embed(['a'])), { code: 'status', message: /429/ })
  t.same(waits, [5_000, 5_000])
  t.equal(asked.length, 3)
})

t.test('a refused request is not repeated, and neither key nor text is in the error', async t => {
  const { asked, url } = await endpoint(t, ({ input }) => ({ status: 401, body: `wrong key for ${input[0]}` }))
  const { embedder } = build(t, { url, key: 'hunter2' })
  const failure = await failureOf(embedder.embed(['密封']))
  t.equal(failure.code, 'status')
  t.notMatch(`${failure.stack} ${JSON.stringify(failure)}`, /hunter2|密封/)
  t.equal(asked.length, 1)
})

t.test('silence is a timeout, and nobody there is a network failure', async t => {
  const { asked, url } = await endpoint(t, () => 'silence')
  t.match(await failureOf(build(t, { url, timeoutMs: 50 }).embedder.embed(['a'])), { code: 'timeout' })
  t.equal(asked.length, 3)
  t.match(await failureOf(build(t, { url: 'http://127.0.0.1:1/v1' }).embedder.embed(['a'])), { code: 'network' })
})

t.test('an answer that is no list of vectors is refused at once', async t => {
  const row = (embedding: unknown, index: unknown = 0) => JSON.stringify({ data: [{ index, embedding }] })
  for (const body of [
    '<html>busy</html>',
    '{}',
    '{"data":[]}',
    row('AAAA'),
    row([]),
    row([1, null]),
    row([1, '2']),
    row([0, 0]),
    row([1e308, 1e308]),
    '{"data":[{"index":0,"embedding":[1e999]}]}',
    row([1], 1),
    row(Array.from({ length: 9_000 }, () => 1)),
    JSON.stringify({ data: [0, 0].map(index => ({ index, embedding: [1] })) }),
  ]) {
    const { asked, url } = await endpoint(t, () => ({ body }))
    t.match(await failureOf(build(t, { url }).embedder.embed(['a'])), { code: 'answer' }, body.slice(0, 40))
    t.equal(asked.length, 1)
  }
})

t.test('vectors of another length than before are refused', async t => {
  const { url } = await endpoint(t, ({ input }, nth) => vectorsOf(input, nth === 1 ? 3 : 4))
  const { embedder } = build(t, { url })
  await embedder.embed(['a'])
  t.match(await failureOf(embedder.embed(['b'])), { code: 'dimension' })
})

t.test('an answer without end is cut off', async t => {
  const { url } = await endpoint(t, () => ({ body: ' '.repeat(17 * 1024 * 1024) }))
  t.match(await failureOf(build(t, { url }).embedder.embed(['a'])), { code: 'answer' })
})

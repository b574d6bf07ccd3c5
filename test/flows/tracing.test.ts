import { createRequire } from 'node:module'
import { Writable } from 'node:stream'
import { isNotNull } from 'drizzle-orm'
import t, { type Test } from 'tap'
import { events } from '../../src/events/tables.ts'
import { transaction } from '../../src/platform/db.ts'
import { inSpans, isTracing, onePerTrace, startTracing } from '../../src/platform/telemetry/tracing.ts'
import { startWorkers } from '../../workers/start.ts'
import { backendOf, backends, bearer, build, cloneDatabase, eventually, receiver } from '../helper.ts'
import { makeCast, SCENARIO } from './cast.ts'

const WORKER = { kind: 'worker' } as const
const KINDS = { server: 2, client: 3, producer: 4, consumer: 5 }

type Attribute = { key: string; value: { stringValue?: string; intValue?: number } }
type Span = {
  traceId: string
  spanId: string
  parentSpanId?: string
  name: string
  kind: number
  attributes: Attribute[]
}
type Batch = { resourceSpans: { scopeSpans: { spans: Span[] }[] }[] }

/** A receiver of OTLP over HTTP, as a collector is one. */
const collector = async (test: Test) => {
  const { requests, url } = await receiver(test, () => ({ status: 200, body: '{}' }))
  return {
    url: new URL('/', url).href,
    requests,
    spans: (): Span[] =>
      requests.flatMap(({ body }) =>
        (JSON.parse(body) as Batch).resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans)),
      ),
  }
}

const listLoaded = (): string[] =>
  Object.keys(createRequire(import.meta.url).cache).filter(path => path.includes('@opentelemetry'))

t.test('with tracing off nothing is loaded, no event carries a trace, and work runs as it is', async t => {
  const loadedBefore = listLoaded().filter(path => path.includes('sdk-trace') || path.includes('exporter'))
  const { app, deps } = await build(t)
  const cast = await makeCast(deps, app)
  await cast.publishScenario()
  t.equal(isTracing(), false)
  t.same(loadedBefore, [])
  t.same(
    listLoaded().filter(path => path.includes('sdk-trace') || path.includes('exporter')),
    [],
  )
  const traced = await transaction(deps, WORKER, tx => tx.select().from(events).where(isNotNull(events.traceparent)))
  t.same(traced, [])
  t.equal(await inSpans('nothing', { kind: 'consumer', parents: [] }, async () => 'done'), 'done')
})

for (const backend of backends())
  t.test(`on ${backend}: one trace leads from the request to the attempt at the webhook`, async t => {
    const otlp = await collector(t)
    const options = { url: otlp.url, headers: { 'x-token': 'sesame' }, serviceName: 'duijie-test', sampleRatio: 1 }
    const stopTracing = await startTracing(options, message => t.fail(message))
    const lines: string[] = []
    const log = new Writable({ write: (chunk, _encoding, done) => done(void lines.push(String(chunk))) })
    const databaseUrl = await cloneDatabase(t)
    const { app, deps } = await build(t, { databaseUrl, backend: backendOf(backend, databaseUrl), log })
    const workers = await startWorkers(deps)
    const cast = await makeCast(deps, app)
    const hook = await receiver(t)
    const endpoint = await cast.registerEndpoint(hook.url)
    await cast.publishCapability()
    const base = await app.listen({ port: 0, host: '127.0.0.1' })
    const answer = await fetch(`${base}/v1/scenarios`, {
      method: 'POST',
      headers: {
        ...bearer(cast.factory.key),
        'content-type': 'application/json',
        traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`,
      },
      body: JSON.stringify({ ...SCENARIO, parkId: cast.park.id, publish: true }),
    })
    t.equal(answer.status, 201)
    const { id: scenarioId } = (await answer.json()) as { id: string }
    const sent = await eventually(async () => hook.requests.find(({ body }) => body.includes('match.created')))
    // What a worker does after the answer still belongs to its span.
    await workers.close()
    await app.close()
    await stopTracing()

    const all = otlp.spans()
    const request = all.find(({ name, traceId }) => name === 'POST /v1/scenarios' && traceId === traceOf(sent))
    const trace = all.filter(({ traceId }) => traceId === request?.traceId)
    const named = (name: string) => trace.filter(span => span.name === name)
    const [published] = named('event scenario.published')
    const [scored] = named('job score')
    const [created] = named('event match.created')
    const [fannedOut] = named('job fan-out')
    const [attempt] = named('webhook attempt')
    t.match(request, { kind: KINDS.server, parentSpanId: undefined })
    t.match(published, { kind: KINDS.producer, parentSpanId: request?.spanId })
    t.match(scored, { kind: KINDS.consumer, parentSpanId: published?.spanId })
    t.match(created, { kind: KINDS.producer, parentSpanId: scored?.spanId })
    t.match(fannedOut, { kind: KINDS.consumer, parentSpanId: created?.spanId })
    t.match(attempt, { kind: KINDS.client, parentSpanId: created?.spanId })
    t.equal(attributesOf(attempt)['duijie.endpoint_id'], endpoint.id)
    t.equal(attributesOf(attempt)['http.response.status_code'], '204')
    t.equal(attributesOf(request)['duijie.organisation_id'], cast.factory.id)
    t.equal(
      sent.headers['traceparent'],
      `00-${request?.traceId}-${attempt?.spanId}-01`,
      'the receiver is told the span',
    )
    t.not(request?.traceId, 'a'.repeat(32), 'a caller does not choose the ids of our traces')

    await t.test('what is sent are ids, routes and codes, with the service and the headers that were set', async t => {
      const text = otlp.requests.map(({ body }) => body).join('\n')
      for (const secret of ['划痕', '密封', cast.factory.key, endpoint.secret, hook.url, scenarioId])
        t.notMatch(text, secret)
      t.match(text, 'duijie-test')
      t.ok(otlp.requests.every(({ url, headers }) => url === '/v1/traces' && headers['x-token'] === 'sesame'))
    })

    await t.test('log lines of the request and of its jobs carry the trace', async t => {
      const logged = lines.map(line => JSON.parse(line)).filter(line => line.trace_id === request?.traceId)
      t.ok(logged.some(line => line.msg === 'request' && line.route === '/v1/scenarios'))
      t.ok(logged.some(line => line.msg === 'job done' && line.queue === 'score'))
      t.ok(logged.some(line => line.msg === 'job done' && line.queue === 'fan-out'))
    })
  })

t.test('of each trace the first stands for a batch', async t => {
  const at = (trace: string, span: string) => `00-${trace.repeat(32)}-${span.repeat(16)}-01`
  t.same(onePerTrace([at('a', '1'), at('b', '2'), at('a', '3')]).toSorted(), [at('a', '1'), at('b', '2')])
  t.same(onePerTrace([]), [])
})

const traceOf = (sent: { headers: Record<string, string> }): string | undefined =>
  sent.headers['traceparent']?.split('-')[1]

const attributesOf = (span: Span | undefined): Record<string, string> =>
  Object.fromEntries(
    (span?.attributes ?? []).map(({ key, value }) => [key, value.stringValue ?? String(value.intValue)]),
  )

import t from 'tap'
import { rowsOf, transaction } from '../../src/platform/db.ts'
import { sql } from 'drizzle-orm'
import { dropOldFiles, makeFile } from '../../src/reports/files.ts'
import { makeCast } from '../flows/cast.ts'
import { bearer, build, createTestClock } from '../helper.ts'

const WORKER = { kind: 'worker' } as const

t.test('a report as a file', async t => {
  const clock = createTestClock()
  const { app, deps } = await build(t, { clock })
  const { park, factory } = await makeCast(deps, app)
  const ask = (key: string, payload: object) =>
    app.inject({ method: 'POST', url: `/v1/parks/${park.id}/report-files`, headers: bearer(key), payload })
  const get = (key: string, url: string) => app.inject({ url, headers: bearer(key) })
  const work = async (fileId: string) => {
    const [event] = await transaction(deps, WORKER, async tx =>
      rowsOf<{ id: string }>(await tx.execute(sql`select id from events where data ->> 'fileId' = ${fileId}`)),
    )
    await makeFile(deps, { eventId: event?.id ?? '', fileId })
  }

  await t.test('is made by a worker, shows its progress, and is fetched by whoever asked', async t => {
    const asked = await ask(park.key, { format: 'csv', language: 'en', from: '2026-01-01', to: '2026-12-31' })
    t.equal(asked.statusCode, 202, asked.body)
    const { id } = asked.json<{ id: string }>()
    t.match(asked.json(), { state: 'queued', progress: 0, format: 'csv', language: 'en' })
    t.equal((await get(park.key, `/v1/report-files/${id}/content`)).statusCode, 404, 'not made yet')
    await work(id)
    await work(id)
    const card = (await get(park.key, `/v1/report-files/${id}`)).json<{ url: string }>()
    t.match(card, { state: 'done', progress: 100, url: `/v1/report-files/${id}/content` })
    const file = await get(park.key, card.url)
    t.match(file.headers, {
      'content-type': /text\/csv/,
      'content-disposition': 'attachment; filename="report-2026-01-01-2026-12-31.csv"',
    })
    t.match(file.body, 'Park report')
    const direct = `/v1/parks/${park.id}/report/file?format=csv&language=en&from=2026-01-01&to=2026-12-31`
    t.same((await get(park.key, direct)).rawPayload, file.rawPayload, 'the same request gives the same bytes')
    for (const url of [`/v1/report-files/${id}`, card.url]) t.equal((await get(factory.key, url)).statusCode, 404)
    clock.advance(8 * 86_400_000)
    await dropOldFiles(deps)
    t.equal((await get(park.key, card.url)).statusCode, 404, 'kept for a week')
  })

  await t.test('is for the administration of the park', async t => {
    t.equal((await ask(factory.key, { format: 'pdf' })).statusCode, 403)
    t.equal((await ask(park.key, { format: 'docx' })).statusCode, 422)
    t.equal((await ask(park.key, { format: 'pdf', from: '2026-02-01', to: '2026-01-01' })).statusCode, 422)
  })
})

import { request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { eq } from 'drizzle-orm'
import t from 'tap'
import { events } from '../../src/events/tables.ts'
import { memberships, organisations } from '../../src/identity/tables.ts'
import { importRows, imports } from '../../src/imports/tables.ts'
import { transaction } from '../../src/platform/db.ts'
import { scenarios, scenarioShared } from '../../src/scenarios/tables.ts'
import { sweepImports } from '../../src/imports/sweep.ts'
import { bearer, build, createTestClock, eventually, makeOrganisation, makePark } from '../helper.ts'
import { encodeGb18030 } from './gb18030.ts'
import { createCalls } from './world.ts'

const WORKER = { kind: 'worker' } as const
const LIST = [
  '企业名称,统一社会信用代码,场景名称,痛点,预算(万元),所属行业,现有数据',
  '东莞长盈精密技术有限公司,91350100M000100Y43,冲压件划痕漏检,冲压件表面划痕靠人工目检，漏检率约2%。,30-50,汽车零部件,有2万张未标注图片',
  '东莞长盈精密技术有限公司,,冲压件划痕漏检,冲压件表面划痕靠人工目检，漏检率约2%！,30-50,汽车零部件,',
  '惠州某电机厂,91350100M000100Y44,轴承异响,靠人听,20,,',
  ',,没有企业,谁也不知道是谁的,,,',
  '佛山某陶瓷厂,,瓷砖色差分选,色差靠人眼分选，不同班组标准不一。,看情况,,',
  '佛山某陶瓷厂,,瓷砖色差分选,色差靠人眼分选，不同班组标准不一。,25,,',
].join('\n')

t.test('a park imports the list of its members: good rows go in, bad ones come back with their reason', async t => {
  const { app, deps } = await build(t)
  const { call, upload, work } = createCalls(app, deps)
  const park = await makePark(deps)
  const uploaded = await upload(park.key, { kind: 'scenarios', parkId: park.id }, encodeGb18030(LIST))
  t.equal(uploaded.statusCode, 201)
  const { id, state, encoding, rows } = uploaded.json()
  t.match([state, encoding, rows.staged], ['staged', 'gb18030', 6])

  const preview = (await call(park.key, 'GET', `/imports/${id}/preview`)).json()
  t.match(preview.columns[4], { header: '预算(万元)', field: 'budget', samples: ['30-50'] })
  t.match(preview.rows[0], {
    organisation: { name: '东莞长盈精密技术有限公司' },
    fields: { budget: { min: 300_000, max: 500_000, currency: 'CNY' } },
  })
  t.match(preview.rows[4].reason, /预算/)

  t.equal((await call(park.key, 'POST', `/imports/${id}/start`, { publish: true })).statusCode, 202)
  await work(id)
  const done = (await call(park.key, 'GET', `/imports/${id}`)).json()
  t.match(done, {
    state: 'completed',
    rows: { staged: 6, decided: 6, imported: 2, rejected: 3, duplicates: 1 },
    organisationsMade: 2,
  })

  const refused = await call(park.key, 'GET', `/imports/${id}/rejected.csv`)
  t.match(refused.headers['content-type'], /text\/csv/)
  const lines = refused.body.trim().split('\n')
  t.equal(lines.length, 5)
  t.match(lines[1], /^3,.*第 2 行.*row 2.*冲压件划痕漏检/, 'a duplicate names the row before')
  t.match(lines[2], /^4,.*校验不通过.*check character/, 'a wrong check character')
  t.match(lines[3], /^5,.*缺少企业名称/)
  t.match(lines[4], /^6,.*“预算\(万元\)”.*金额.*amount of money/)

  await transaction(deps, WORKER, async tx => {
    const stored = await tx.select().from(scenarios).orderBy(scenarios.title)
    t.same(
      stored.map(row => [row.title, row.state, row.parkId]),
      [
        ['冲压件划痕漏检', 'published', park.id],
        ['瓷砖色差分选', 'published', park.id],
      ],
    )
    const [shared] = await tx
      .select()
      .from(scenarioShared)
      .where(eq(scenarioShared.scenarioId, stored[0]?.id ?? ''))
    t.match(shared?.body, {
      budget: { min: 300_000, max: 500_000 },
      datasets: [{ modality: 'mod.image', volume: { value: 20_000 } }],
    })
    const made = await tx.select().from(organisations).where(eq(organisations.kind, 'manufacturer'))
    t.same(
      made.map(row => [row.name, row.creditCode]).toSorted((a, b) => (String(a[0]) < String(b[0]) ? -1 : 1)),
      [
        ['东莞长盈精密技术有限公司', '91350100M000100Y43'],
        ['佛山某陶瓷厂', null],
      ],
    )
    t.equal((await tx.select().from(memberships).where(eq(memberships.state, 'active'))).length, 3)
    const told = await tx.select().from(events).orderBy(events.seq)
    t.same(
      told.map(event => event.type),
      ['import.started', 'import.completed', 'import.stored'],
      'no event for a row',
    )
    const left = await tx.select().from(importRows)
    t.equal(left.length, 4, 'rows that were taken in are not kept')
  })

  const again = await upload(park.key, { kind: 'scenarios', parkId: park.id }, encodeGb18030(LIST))
  t.equal(again.statusCode, 200)
  t.equal(again.json().id, id, 'the same file is the same import')
  await work(id)
  t.equal(
    (await call(park.key, 'GET', `/imports/${id}`)).json().rows.imported,
    2,
    'a job that is repeated does nothing',
  )
  t.match((await call(park.key, 'GET', `/imports/${id}/progress`)).body, /^event: end\nid: .*\ndata: \{"id":"imp_/)
})

t.test('a capability list finds a vendor under its other names and admits it', async t => {
  const { app, deps } = await build(t)
  const { importAll } = createCalls(app, deps)
  const park = await makePark(deps)
  const iflytek = await makeOrganisation(deps, 'vendor', [], { name: '科大讯飞股份有限公司' })
  const done = await importAll(
    park.key,
    { kind: 'capabilities', parkId: park.id },
    [
      '供应商名称;产品名称;产品介绍;适用行业;报价(万元);交付周期(月)',
      'iFLYTEK;设备声纹诊断;听电机与轴承异响;制造业;20-30;2',
      '讯飞;会议转写;把会议录音转成文字;;5;1',
    ].join('\r\n'),
  )
  t.match(done, { rows: { imported: 2, rejected: 0 }, organisationsMade: 0 })
  const owners = await transaction(deps, WORKER, tx => tx.select().from(memberships))
  t.ok(owners.some(row => row.organisationId === iflytek.id && row.parkId === park.id && row.state === 'active'))
})

t.test('a factory of elsewhere is not spoken for, and an organisation imports its own rows only', async t => {
  const { app, deps } = await build(t)
  const { importAll, call, upload } = createCalls(app, deps)
  const park = await makePark(deps)
  await makeOrganisation(deps, 'manufacturer', [], { name: '苏州某厂' })
  const list = '企业名称,场景名称\n苏州某厂,划痕检测\n'
  t.match(await importAll(park.key, { kind: 'scenarios', parkId: park.id }, list), {
    rows: { imported: 0, rejected: 1 },
  })
  const own = await makeOrganisation(deps, 'manufacturer', [park.id], { name: '东莞自家厂有限公司' })
  const mixed = '企业名称,场景名称\n东莞自家厂,划痕检测\n苏州某厂,异响检测\n'
  const done = await importAll(own.key, { kind: 'scenarios', parkId: park.id }, mixed)
  t.match(done, { forMembers: false, rows: { imported: 1, rejected: 1 } })
  t.equal((await upload(own.key, { kind: 'capabilities', parkId: (await makePark(deps)).id }, mixed)).statusCode, 403)
  t.equal((await upload(own.key, { kind: 'scenarios' }, mixed)).statusCode, 403)
  t.equal((await call(park.key, 'GET', `/imports/${done.id}`)).statusCode, 404, "an import is its maker's alone")
  t.equal((await call(park.key, 'GET', `/imports/${done.id}/rejected.csv`)).statusCode, 404)
})

t.test('a mapping can be saved and is used for the next file of the same form', async t => {
  const { app, deps } = await build(t)
  const { call, upload } = createCalls(app, deps)
  const park = await makePark(deps)
  const place = { kind: 'scenarios' as const, parkId: park.id }
  const list = '谁,什么事\n东莞甲厂,划痕检测\n'
  const bare = (await upload(park.key, place, list)).json()
  const refused = await call(park.key, 'POST', `/imports/${bare.id}/start`, {})
  t.equal(refused.statusCode, 422)
  t.match(refused.json().errors[0].detail, /名称/)
  const columns = { 谁: 'organisation', 什么事: 'title' }
  t.equal((await call(park.key, 'PUT', '/import-mappings/scenarios/月报', { columns })).statusCode, 200)
  t.equal(
    (await call(park.key, 'PUT', '/import-mappings/scenarios/bad', { columns: { a: 'nothing' } })).statusCode,
    422,
  )
  t.same((await call(park.key, 'GET', '/import-mappings')).json().items[0].columns, columns)
  const mapped = (await upload(park.key, { ...place, mapping: '月报' }, `${list}东莞乙厂,异响\n`)).json()
  t.same(mapped.mapping, columns)
  t.equal((await call(park.key, 'POST', `/imports/${mapped.id}/start`, {})).statusCode, 202)
  t.equal((await call(park.key, 'POST', `/imports/${mapped.id}/cancel`)).json().state, 'cancelled')
  t.equal((await call(park.key, 'DELETE', '/import-mappings/scenarios/月报')).statusCode, 204)
})

t.test('an upload that breaks off is incomplete, is never imported, and its rows go', async t => {
  const clock = createTestClock()
  const { app, deps } = await build(t, { clock })
  const { call } = createCalls(app, deps)
  const park = await makePark(deps)
  await app.listen({ port: 0, host: '127.0.0.1' })
  const { port } = app.server.address() as AddressInfo
  const sending = request({
    port,
    method: 'POST',
    path: `/v1/imports?kind=scenarios&parkId=${park.id}`,
    headers: { ...bearer(park.key), 'content-type': 'text/csv', 'content-length': 10_000_000 },
  })
  sending.on('error', () => {})
  sending.write(`企业名称,场景名称\n${Array.from({ length: 12_000 }, (_, i) => `东莞${i}厂,划痕检测${i}\n`).join('')}`)
  const staged = () => transaction(deps, WORKER, tx => tx.select().from(imports))
  await eventually(async () => (await staged()).some(row => row.rowsStaged >= 10_000))
  t.equal((await staged())[0]?.state, 'uploading')
  sending.destroy()
  const [broken] = await eventually(async () => {
    const rows = await staged()
    return rows[0]?.state === 'incomplete' ? rows : undefined
  })
  t.match(broken?.problem, { zh: /中断/, en: /broke off/ })
  t.equal((await call(park.key, 'POST', `/imports/${broken?.id}/start`, {})).statusCode, 409)
  await sweepImports(deps, 500)
  await sweepImports(deps, 500)
  t.same(await transaction(deps, WORKER, tx => tx.select().from(importRows).limit(1)), [])
})

t.test('what a stopped worker left is gone on with by the next one, each row once', async t => {
  const { app, deps } = await build(t)
  const { call, upload, work } = createCalls(app, deps)
  const park = await makePark(deps)
  const lines = Array.from({ length: 2_500 }, (_, i) => `东莞第${i % 50}厂,第${i}号工位的划痕检测,第${i}号工位靠人看`)
  const { id } = (
    await upload(park.key, { kind: 'scenarios', parkId: park.id }, ['企业名称,场景名称,痛点', ...lines].join('\n'))
  ).json()
  await call(park.key, 'POST', `/imports/${id}/start`, { publish: false })
  const stop = new AbortController()
  const firstChunk = eventually(async () => {
    const read = (await call(park.key, 'GET', `/imports/${id}`)).json()
    if (read.rows.decided === 0) return false
    stop.abort()
    return true
  })
  await Promise.all([work(id, stop.signal), firstChunk])
  const halfway = (await call(park.key, 'GET', `/imports/${id}`)).json()
  t.ok(halfway.rows.decided >= 1_000)
  await Promise.all([work(id), work(id)])
  const done = (await call(park.key, 'GET', `/imports/${id}`)).json()
  t.match(done, { state: 'completed', rows: { imported: 2_500, duplicates: 0 }, organisationsMade: 50 })
  const stored = await transaction(deps, WORKER, tx => tx.select({ title: scenarios.title }).from(scenarios))
  t.equal(new Set(stored.map(row => row.title)).size, 2_500)
  t.equal(stored.length, 2_500)
})

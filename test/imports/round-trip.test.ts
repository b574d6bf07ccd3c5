import t, { type Test } from 'tap'
import { build, makeOrganisation, makePark, bearer } from '../helper.ts'
import { CAPABILITY, SCENARIO } from '../flows/cast.ts'
import { createCalls } from './world.ts'

const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'
const TYPES = { csv: 'text/csv', ndjson: 'application/x-ndjson', xlsx: XLSX }

const FULL = {
  scenarios: {
    ...SCENARIO,
    title: '=SUM(A1) 形式的名称',
    processes: [{ text: '冲压、落料' }, { text: '折弯' }],
    equipment: [{ text: '三号冲床' }],
    startsOn: '2026-12-01',
    neededBy: '2027-06-30',
    place: '东莞长安',
    language: 'zh',
    contact: { person: '陈工', phone: '0769-0000 0000', email: 'chen@example.com' },
  },
  capabilities: {
    ...CAPABILITY,
    latencyMs: 200,
    regions: ['东莞', '深圳'],
    limits: ['反光件，需要补光', '不做返修'],
    evidence: [{ title: '冲压件在线全检', industry: 'ind.C33', before: 2.1, after: 0.2 }],
    certificates: ['cp.iso27001'],
    capacity: 5,
    capacityUsed: 2,
    contact: { person: '王工' },
  },
}

/** What a thing says, without what the server gave it. */
const ownFields = (thing: Record<string, unknown>) => {
  const given = ['id', 'organisationId', 'parkId', 'createdAt', 'updatedAt', 'publishedAt', 'audiences', 'suggestions']
  return Object.fromEntries(Object.entries(thing).filter(([name]) => !given.includes(name)))
}

/** A deployment with one organisation of the given name. */
const makeWorld = async (t: Test, kind: 'scenarios' | 'capabilities') => {
  const { app, deps } = await build(t)
  const park = await makePark(deps)
  const organisation = await makeOrganisation(deps, kind === 'scenarios' ? 'manufacturer' : 'vendor', [park.id], {
    name: '东莞甲公司',
  })
  const place = kind === 'scenarios' ? { parkId: park.id } : {}
  return { app, place, key: organisation.key, ...createCalls(app, deps) }
}

for (const kind of ['scenarios', 'capabilities'] as const)
  t.test(`${kind} that are exported and imported elsewhere say the same, in every format and language`, async t => {
    const [here, there] = [await makeWorld(t, kind), await makeWorld(t, kind)]
    const made = await here.call(here.key, 'POST', `/${kind}`, { ...FULL[kind], ...here.place, publish: true })
    t.equal(made.statusCode, 201, made.body)
    for (const format of ['csv', 'ndjson', 'xlsx'] as const)
      for (const language of ['zh', 'en']) {
        const file = await here.app.inject({
          method: 'GET',
          url: `/v1/exports/${kind}?format=${format}`,
          headers: { ...bearer(here.key), 'accept-language': language },
        })
        t.equal(file.statusCode, 200)
        // NDJSON is the same in both languages, and the same file would be the same import.
        const content = format === 'ndjson' && language === 'en' ? Buffer.from(`\n${file.body}`) : file.rawPayload
        const options = { keepDuplicates: true }
        const done = await there.importAll(there.key, { kind, ...there.place }, content, options, TYPES[format])
        t.match(done.rows, { imported: 1, rejected: 0 }, `${format} ${language}`)
        const [card] = (await there.call(there.key, 'GET', `/${kind}?organisationId=mine`)).json().items
        const read = (await there.call(there.key, 'GET', `/${kind}/${card.id}`)).json()
        t.same(ownFields(read), ownFields((await here.call(here.key, 'GET', `/${kind}/${made.json().id}`)).json()))
      }
  })

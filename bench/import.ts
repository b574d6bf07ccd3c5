import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { parseArgs } from 'node:util'
import { stringify } from 'csv-stringify/sync'
import postgres from 'postgres'
import { call, openStage, printResult, round, type Stage, waitFor } from './volumes/stage.ts'

/** Rows a second from the first byte of an upload to the last committed row, beside bare COPY of the same rows. */
const { values } = parseArgs({
  options: { rows: { type: 'string', default: '100000' }, 'within-seconds': { type: 'string', default: '900' } },
})
const rows = Number(values.rows)
const withinS = Number(values['within-seconds'])
const HEADERS = ['企业名称', '场景名称', '痛点', '所属行业', '问题类型', '预算(万元)', '现有数据', '城市']
const ORGANISATIONS = 5_000

const stage = await openStage('redis')
try {
  const api = await stage.startApi()
  await stage.startWorkers(1)
  const table = makeRows(stage)
  const file = stringify([HEADERS, ...table])
  const copyS = await measureCopy(stage, table)
  const started = performance.now()
  const uploaded = await fetch(`${api}/imports?kind=scenarios&parkId=${stage.parkId}&fileName=list.csv`, {
    method: 'POST',
    headers: { authorization: `Bearer ${stage.park.key}`, 'content-type': 'text/csv' },
    body: file,
  })
  if (!uploaded.ok) throw new Error(await uploaded.text())
  const { id } = (await uploaded.json()) as { id: string }
  const stagedS = (performance.now() - started) / 1_000
  // Drafts, so that nothing is measured of the matching that would follow.
  await call(`${api}/imports/${id}/start`, stage.park.key, 'POST', { publish: false })
  const done = await waitFor(withinS, async () => {
    const read = await call(`${api}/imports/${id}`, stage.park.key, 'GET')
    return read['state'] === 'completed' ? read : undefined
  })
  const totalS = (performance.now() - started) / 1_000
  const ours = Math.round(rows / totalS)
  const rival = Math.round(rows / copyS)
  printResult({
    bench: 'import',
    ours,
    unit: 'rows/s',
    rival,
    rivalName: 'bare COPY of the same rows into one table',
    ratio: round(ours / rival),
    goal: null,
    met: null,
    rows,
    fileMb: round(Buffer.byteLength(file) / 2 ** 20),
    stagedRowsPerS: Math.round(rows / stagedS),
    decidedRowsPerS: Math.round(rows / (totalS - stagedS)),
    outcome: done['rows'],
    organisationsMade: done['organisationsMade'],
    totalS: round(totalS),
  })
} finally {
  await stage.close()
}

function makeRows({ province }: Stage): string[][] {
  return Array.from({ length: rows }, (_, number) => {
    const {
      title,
      summary = '',
      industry,
      problems = [],
      budget,
      datasets = [],
      place = '',
    } = province.scenario(number)
    const [data] = datasets
    return [
      `东莞第${number % ORGANISATIONS}精密制造有限公司`,
      `${title}${number}`,
      summary,
      typeof industry === 'string' ? industry : '',
      problems.filter(problem => typeof problem === 'string').join('；'),
      `${(budget?.min ?? 0) / 10_000}-${(budget?.max ?? 0) / 10_000}`,
      data ? `有${data.volume?.value ?? 0}张图片，未标注` : '',
      place,
    ]
  })
}

async function measureCopy({ db }: Stage, table: string[][]): Promise<number> {
  const sql = postgres(db.url, { max: 1, onnotice: () => {} })
  await sql`create table copied (id int primary key, a text, b text, c text, d text, e text, f text, g text, h text)`
  const lines = table.map((row, i) => `${i}\t${row.map(cell => cell.replace(/[\\\t\n]/g, ' ')).join('\t')}\n`)
  const start = performance.now()
  await pipeline(Readable.from([lines.join('')]), await sql`copy copied from stdin`.writable())
  const seconds = (performance.now() - start) / 1_000
  await sql`drop table copied`
  await sql.end()
  return seconds
}

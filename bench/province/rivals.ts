import { create, insert, search } from '@orama/orama'
import MiniSearch from 'minisearch'
import postgres from 'postgres'
import { segmentWords } from '../../src/engine/lexical/segment.ts'
import type { Province } from './province.ts'

export type RivalResult = { name: string; p50Ms: number | null; finished: boolean }
export type RivalOptions = { capabilities: number; queries: number; limitS: number; databaseUrl: string }

/** A rival, built over the same tokens as ours: returns a function that runs one query. */
type Rival = {
  name: string
  build(deadline: number): Promise<(words: string[]) => Promise<unknown>>
  close?(): Promise<void>
}

const TOP = 50

/** Median time of a top-50 query by wording alone; each rival has `limitS` seconds in all, indexing included. */
export async function measureRivals(province: Province, options: RivalOptions): Promise<RivalResult[]> {
  const documents = Array.from({ length: options.capabilities }, (_, number) => {
    const { title, summary = '' } = province.capability(number).input
    return { id: String(number), words: splitWords(`${title}${summary}`) }
  })
  const queries = Array.from({ length: options.queries }, (_, number) => {
    const { title, summary = '' } = province.scenario(number)
    return splitWords(`${title}${summary}`)
  })
  const rivals = [miniSearch(documents), orama(documents), fullText(documents, options.databaseUrl)]
  const results: RivalResult[] = []
  for (const rival of rivals) results.push(await measureRival(rival, queries, options.limitS))
  return results
}

type Document = { id: string; words: string[] }

function splitWords(text: string): string[] {
  return segmentWords(text).filter(word => /[\p{L}\p{N}]/u.test(word))
}

async function measureRival(rival: Rival, queries: readonly string[][], limitS: number): Promise<RivalResult> {
  const deadline = performance.now() + limitS * 1000
  const timesMs: number[] = []
  try {
    const run = await rival.build(deadline)
    for (const words of queries) {
      if (performance.now() > deadline) break
      const start = performance.now()
      await run(words)
      timesMs.push(performance.now() - start)
    }
  } catch (error) {
    if (!(error instanceof OutOfTime)) throw error
  } finally {
    await rival.close?.()
  }
  timesMs.sort((a, b) => a - b)
  const p50Ms = timesMs[Math.floor(timesMs.length / 2)]
  const rounded = p50Ms === undefined ? null : Math.round(p50Ms * 100) / 100
  return { name: rival.name, p50Ms: rounded, finished: timesMs.length === queries.length }
}

class OutOfTime extends Error {}

function checkTime(deadline: number): void {
  if (performance.now() > deadline) throw new OutOfTime('time is up')
}

function miniSearch(documents: readonly Document[]): Rival {
  return {
    name: 'MiniSearch',
    build: async deadline => {
      const index = new MiniSearch({
        fields: ['text'],
        tokenize: text => text.split(' '),
        searchOptions: { combineWith: 'OR' },
      })
      for (const [number, { id, words }] of documents.entries()) {
        index.add({ id, text: words.join(' ') })
        if (number % 1_000 === 0) checkTime(deadline)
      }
      return async words => index.search(words.join(' ')).slice(0, TOP)
    },
  }
}

function orama(documents: readonly Document[]): Rival {
  return {
    name: 'Orama',
    build: async deadline => {
      const tokenizer = {
        language: 'english',
        normalizationCache: new Map<string, string>(),
        tokenize: (text: string) => text.split(' '),
      }
      const index = create({ schema: { text: 'string' } as const, components: { tokenizer } })
      for (const [number, { id, words }] of documents.entries()) {
        await insert(index, { id, text: words.join(' ') })
        if (number % 1_000 === 0) checkTime(deadline)
      }
      return async words => search(index, { term: words.join(' '), limit: TOP, threshold: 1 })
    },
  }
}

function fullText(documents: readonly Document[], databaseUrl: string): Rival {
  const sql = postgres(databaseUrl, { max: 1, onnotice: () => undefined })
  return {
    name: 'PostgreSQL full text',
    close: () => sql.end(),
    build: async deadline => {
      await sql`create temporary table rival (id text, words tsvector)`
      for (let from = 0; from < documents.length; from += 1_000) {
        const rows = documents.slice(from, from + 1_000).map(({ id, words }) => ({ id, text: words.join(' ') }))
        await sql`insert into rival select id, to_tsvector('simple', text)
          from jsonb_to_recordset(${sql.json(rows)}::jsonb) as row(id text, text text)`
        checkTime(deadline)
      }
      await sql`create index on rival using gin (words)`
      await sql`analyze rival`
      return async words => {
        const query = words.map(word => `'${word.replaceAll("'", "''")}'`).join(' | ')
        return sql`select id from rival, to_tsquery('simple', ${query}) query
          where words @@ query order by ts_rank_cd(words, query) desc limit ${TOP}`
      }
    },
  }
}

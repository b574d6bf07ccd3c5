import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import postgres from 'postgres'
import type { Clock } from '../platform/clock.ts'
import { LIMITS } from './limits.ts'
import type { ReadRow } from './read/file.ts'

const CONNECTIONS_MAX = 4
const COPY_MS_MAX = 30_000
const CHUNK_BYTES_MAX = 8 * 2 ** 20

/**
 * Puts rows into the staging table, a chunk at a time. Has a client of its own, since drizzle takes one over; it writes
 * nothing that an event tells of.
 */
export type Stage = {
  /** @returns how many rows were staged */
  take: (target: { importId: string; organisationId: string }, rows: AsyncIterable<ReadRow>) => Promise<number>
  close: () => Promise<void>
}

export const openStage = (deps: { db: { url: string }; clock: Clock }): Stage => {
  let opened: postgres.Sql | undefined
  // Opened by the first upload: a server that gets none holds no connection for it.
  const client = () => (opened ??= openClient(deps.db.url))
  return {
    take: async (target, rows) => {
      let staged = 0
      for await (const lines of inChunks(target, rows)) {
        await copy(client(), { importId: target.importId, now: deps.clock.now() }, lines)
        staged += lines.length
      }
      return staged
    },
    close: async () => opened?.end({ timeout: 5 }),
  }
}

const openClient = (url: string): postgres.Sql =>
  postgres(url, {
    max: CONNECTIONS_MAX,
    onnotice: () => {},
    connection: { role: 'duijie_worker', application_name: 'duijie_stage', statement_timeout: COPY_MS_MAX },
  })

/**
 * One COPY and one commit for what is buffered already, so that no statement ever waits for the sender of the file.
 * PostgreSQL copies into no table under row-level security, so it goes by way of a table of the connection's own.
 */
const copy = async (client: postgres.Sql, at: { importId: string; now: Date }, lines: string[]): Promise<void> => {
  await client.begin(async sql => {
    await sql`create temporary table if not exists arriving_rows
      (import_id text, "row" integer, organisation_id text, cells jsonb, reason jsonb) on commit delete rows`
    const into = await sql`copy arriving_rows from stdin`.writable()
    await pipeline(Readable.from([lines.join('')]), into)
    await sql`insert into import_rows (import_id, "row", organisation_id, cells, reason) select * from arriving_rows`
    await sql`update imports set rows_staged = rows_staged + ${lines.length}, updated_at = ${at.now}
      where id = ${at.importId}`
  })
}

async function* inChunks(
  { importId, organisationId }: { importId: string; organisationId: string },
  rows: AsyncIterable<ReadRow>,
): AsyncGenerator<string[]> {
  let lines: string[] = []
  let bytes = 0
  for await (const { number, cells, reason } of rows) {
    const told = reason ? escape(JSON.stringify(reason)) : '\\N'
    const line = `${importId}\t${number}\t${organisationId}\t${escape(JSON.stringify(cells))}\t${told}\n`
    lines.push(line)
    bytes += line.length
    if (lines.length < LIMITS.stageRowsMax && bytes < CHUNK_BYTES_MAX) continue
    yield lines
    lines = []
    bytes = 0
  }
  if (lines.length > 0) yield lines
}

/** JSON holds no raw tab or newline, so only the backslash means something to COPY's text format. */
const escape = (json: string): string => json.replaceAll('\\', '\\\\')

import postgres from 'postgres'
import { Pool } from 'undici'
import type { Receiver } from './start-receiver.ts'

export type RivalOptions = { deliveries: number; concurrency: number; withinMs: number }

/** The least that sending can cost: the same requests to the same receiver, nothing signed and nothing kept. */
export const measureBareLoop = (receiver: Receiver, options: RivalOptions): Promise<number> =>
  measureLoop(receiver, options, async () => {})

/** The least that an honest sender does: the same, and one row for each attempt. */
export const measureInsertLoop = async (receiver: Receiver, url: string, options: RivalOptions): Promise<number> => {
  const sql = postgres(url, { max: 10, onnotice: () => {} })
  await sql`create table if not exists insert_loop (id bigint generated always as identity primary key,
    delivery_id text not null, at timestamptz not null, status int not null, excerpt text not null)`
  try {
    return await measureLoop(receiver, options, async (id, status, excerpt) => {
      await sql`insert into insert_loop (delivery_id, at, status, excerpt) values (${id}, now(), ${status}, ${excerpt})`
    })
  } finally {
    await sql`drop table insert_loop`
    await sql.end()
  }
}

type Keep = (id: string, status: number, excerpt: string) => Promise<void>

/** @returns deliveries per second, from the first to the last that the receiver saw */
const measureLoop = async (receiver: Receiver, options: RivalOptions, keep: Keep): Promise<number> => {
  const pool = new Pool(receiver.url, { connections: options.concurrency, pipelining: 1 })
  let next = 0
  const work = async () => {
    while (next < options.deliveries) {
      const id = `evt_${next++}`
      const body = JSON.stringify({ id, type: 'scenario.unserved', timestamp: new Date().toISOString(), data: SAMPLE })
      const headers = { 'content-type': 'application/json; charset=utf-8', 'webhook-id': id }
      const answer = await pool.request({ method: 'POST', path: '/live/0', headers, body })
      await keep(id, answer.statusCode, await answer.body.text())
    }
  }
  await Promise.all(Array.from({ length: options.concurrency }, work))
  await pool.close()
  const received = await receiver.take(options.deliveries, options.withinMs)
  return perSecond(received)
}

export const perSecond = ({ count, firstAtMs, lastAtMs }: { count: number; firstAtMs: number; lastAtMs: number }) =>
  Math.round((count / Math.max(1, lastAtMs - firstAtMs)) * 1_000)

/** The data of the events that ours sends. */
const SAMPLE = {
  scenarioId: 'scn_0',
  parkId: 'prk_01k9y2v7wq8m3n5r7t9x1z3b5g',
  scenarioTitle: '冲压件表面划痕漏检',
  problems: ['pb.defect-inspection'],
  bestTotal: 3_120,
  threshold: 4_500,
}

import { setTimeout as sleep } from 'node:timers/promises'
import { Readable } from 'node:stream'
import type { FastifyInstance, FastifyReply } from 'fastify'

/** How far a job has come, in words of the reader. */
export type Progress = { percent: number; text: string; isOver: boolean }

const POLL_MS = 700
/** A reader who still wants to know connects again, as browsers do: no connection is held for ever. */
const FOLLOW_MS_MAX = 600_000

/** Server-sent events: one `progress` for each change, and `end` when it is over or the server stops. */
async function* follow(first: Progress, read: () => Promise<Progress>, closing: AbortSignal): AsyncGenerator<string> {
  const until = performance.now() + FOLLOW_MS_MAX
  let told: string | undefined
  for (let now = first; ; now = await read()) {
    const text = JSON.stringify(now)
    if (text !== told || now.isOver) yield `event: ${now.isOver ? 'end' : 'progress'}\ndata: ${text}\n\n`
    told = text
    if (now.isOver || closing.aborted || performance.now() > until) return
    await sleep(POLL_MS, undefined, { signal: closing }).catch(() => undefined)
  }
}

/** Lets pages follow jobs until the server closes, which waits for no reader. */
export const openProgress = (app: Pick<FastifyInstance, 'addHook'>) => {
  const closing = new AbortController()
  app.addHook('preClose', async () => closing.abort())
  return async (reply: FastifyReply, read: () => Promise<Progress>): Promise<FastifyReply> => {
    const first = await read()
    return reply
      .type('text/event-stream; charset=utf-8')
      .header('cache-control', 'no-store')
      .send(Readable.from(follow(first, read, closing.signal), { objectMode: false }))
  }
}

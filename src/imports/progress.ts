import { setTimeout as sleep } from 'node:timers/promises'
import type { ImportState } from './tables.ts'

const POLL_MS = 500
/** A reader who still wants to know connects again: no connection is held for ever. */
const FOLLOW_MS_MAX = 600_000
const FINAL: readonly ImportState[] = ['incomplete', 'completed', 'cancelled']

/** Server-sent events of how an import goes on: one for each change, the last one called `end`. */
export async function* followImport<T extends { state: ImportState; updatedAt: string }>(
  first: T,
  read: () => Promise<T>,
  closing: AbortSignal,
): AsyncGenerator<string> {
  const until = performance.now() + FOLLOW_MS_MAX
  let told: string | undefined
  for (let now = first; ; now = await read()) {
    const isOver = FINAL.includes(now.state)
    const text = JSON.stringify(now)
    if (text !== told || isOver) yield `event: ${isOver ? 'end' : 'progress'}\nid: ${now.updatedAt}\ndata: ${text}\n\n`
    told = text
    if (isOver || closing.aborted || performance.now() > until) return
    await sleep(POLL_MS, undefined, { signal: closing }).catch(() => undefined)
  }
}

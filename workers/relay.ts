import postgres from 'postgres'
import { claim, OUTBOX_CHANNEL, settle } from '../src/events/outbox.ts'
import { transaction } from '../src/platform/db.ts'
import type { Deps } from '../src/platform/deps.ts'
import { reactTo } from './reactions.ts'
import type { Running } from './repeat.ts'

const BATCH_MAX = 200
const POLL_MS = 1_000

export type RelayDeps = Pick<Deps, 'db' | 'queues' | 'clock' | 'log' | 'metrics'>

/**
 * Moves one batch from the outbox to the queues. Jobs are added before the rows are settled: a crash between the two
 * adds them again under the same ids, which a queue ignores.
 * @returns how many events were moved
 */
export const relayBatch = (deps: RelayDeps): Promise<number> =>
  transaction(deps, { kind: 'worker' }, async tx => {
    const batch = await claim(tx, BATCH_MAX)
    if (batch.length === 0) return 0
    const { jobs, doneIds } = reactTo(batch)
    await deps.queues.add(jobs)
    await settle(tx, deps, { ids: batch.map(event => event.id), doneIds })
    deps.metrics.relayedEvents.inc(batch.length)
    return batch.length
  })

/** Runs until closed: woken by the outbox's notifications, with a slow poll behind them. */
export const startRelay = async (deps: RelayDeps): Promise<Running> => {
  let isOpen = true
  let wake = () => {}
  let woken = false
  const listener = postgres(deps.db.url, {
    max: 1,
    onnotice: () => {},
    connection: { application_name: 'duijie_relay' },
  })
  await listener.listen(OUTBOX_CHANNEL, () => {
    woken = true
    wake()
  })
  const rest = () =>
    new Promise<void>(resolve => {
      if (woken || !isOpen) return resolve()
      const timer = setTimeout(resolve, POLL_MS)
      wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  const run = async () => {
    while (isOpen) {
      woken = false
      try {
        while (isOpen && (await relayBatch(deps)) > 0);
      } catch (error) {
        deps.log.error({ err: error }, 'relay failed, trying again')
      }
      await rest()
    }
  }
  const finished = run()
  return {
    close: async () => {
      isOpen = false
      wake()
      await finished
      await listener.end({ timeout: 5 })
    },
  }
}

import { z } from 'zod'
import { finish } from '../src/events/outbox.ts'
import { transaction } from '../src/platform/db.ts'
import type { Deps } from '../src/platform/deps.ts'
import type { Handler } from '../src/platform/queues.ts'
import { writeNotices } from '../src/notices/write.ts'
import { requestDrains } from '../src/webhooks/drains.ts'
import { fanOut } from '../src/webhooks/fan-out.ts'

const EVENTS_MAX = 1_000
const Payload = z.strictObject({ eventIds: z.array(z.string()).min(1).max(EVENTS_MAX) })

/** Writes the deliveries of a batch of events, then asks for a drain of each endpoint that got one. */
export const createFanOutHandler =
  (deps: Pick<Deps, 'db' | 'clock' | 'random' | 'config' | 'queues' | 'log'>): Handler =>
  async job => {
    const { eventIds } = Payload.parse(job.data)
    const drains = await transaction(deps, { kind: 'worker' }, async tx => {
      const wanted = await fanOut(tx, deps, eventIds)
      await writeNotices(tx, deps, eventIds)
      await finish(tx, deps, eventIds)
      return wanted
    })
    await requestDrains(deps, drains)
  }

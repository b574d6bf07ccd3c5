import { sealEntries } from '../src/audit/seal.ts'
import type { Deps } from '../src/platform/deps.ts'
import { type Running, startRepeating } from './repeat.ts'

const BATCH_MAX = 1_000
const REST_MS = 1_000

/** Seals the record of actions every second. In several processes at once only one does the work. */
export const startSealer = (deps: Deps): Running =>
  startRepeating(deps, 'sealing the audit record', REST_MS, async () => {
    while ((await sealEntries(deps, BATCH_MAX)) === BATCH_MAX);
  })

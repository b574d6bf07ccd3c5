import { sql } from 'drizzle-orm'
import { outboxAgeS, reissue } from '../src/events/outbox.ts'
import { expireConsortia } from '../src/consortia/service.ts'
import { proposePools } from '../src/consortia/pools/propose.ts'
import { settleDuePools } from '../src/consortia/pools/settle.ts'
import { expireMatches, remindMatches } from '../src/matching/expire.ts'
import { requeueSlices } from '../src/matching/runs-work.ts'
import { sweepImports } from '../src/imports/sweep.ts'
import { sendDigests, sendDueMail } from '../src/notices/mail.ts'
import { sendInvitations } from '../src/notices/invitation-mail.ts'
import { sendSignInLinks } from '../src/notices/sign-in-mail.ts'
import { runErasures } from '../src/privacy/erase.ts'
import { applyRetention } from '../src/privacy/retention.ts'
import { dropOldFiles } from '../src/reports/files.ts'
import { expireExclusions } from '../src/identity/exclusions.ts'
import { IDEMPOTENCY_HOURS } from '../src/identity/idempotency.ts'
import { purgeSignIns } from '../src/identity/purge.ts'
import { transaction } from '../src/platform/db.ts'
import type { Deps } from '../src/platform/deps.ts'
import { expireScenarios } from '../src/scenarios/service.ts'
import { purgeOld, requeueDue } from '../src/webhooks/sweep.ts'
import { type Running, startRepeating } from './repeat.ts'

const LIMIT = 500
const WORKER = { kind: 'worker' } as const

/**
 * Re-adds whatever the database says is due and the queue has forgotten, and ends what has run out. Everything here may
 * run in several processes at once and twice.
 */
export const sweepOnce = async (deps: Deps): Promise<void> => {
  // A job that has not finished in twice its lock has lost its worker, or its queue was emptied.
  const before = new Date(deps.clock.now().getTime() - 2 * deps.config.jobLockMs)
  deps.metrics.outboxAgeSeconds.set(await transaction(deps, WORKER, tx => outboxAgeS(tx, deps)))
  await transaction(deps, WORKER, tx => reissue(tx, before, LIMIT))
  await requeueDue(deps, LIMIT)
  await expireScenarios(deps, LIMIT)
  await remindMatches(deps, LIMIT)
  await expireMatches(deps, LIMIT)
  await expireConsortia(deps, LIMIT)
  await expireExclusions(deps, LIMIT)
  await proposePools(deps, LIMIT)
  await settleDuePools(deps, LIMIT)
  await purgeOld(deps)
  await purgeSignIns(deps, LIMIT)
  await sweepImports(deps, LIMIT)
  await requeueSlices(deps, LIMIT)
  await dropOldFiles(deps)
  await runErasures(deps, LIMIT)
  await applyRetention(deps)
  await sendSignInLinks(deps)
  await sendInvitations(deps)
  await sendDueMail(deps)
  await sendDigests(deps)
  const oldest = new Date(deps.clock.now().getTime() - IDEMPOTENCY_HOURS * 3_600_000).toISOString()
  await transaction(deps, WORKER, tx =>
    tx.execute(sql`delete from idempotency_keys where (organisation_id, caller_id, key) in
      (select organisation_id, caller_id, key from idempotency_keys where created_at < ${oldest}::timestamptz limit ${LIMIT})`),
  )
}

/** Sweeps until closed, as often as stalled jobs are looked for. */
export const startSweep = (deps: Deps): Running =>
  startRepeating(deps, 'sweep', deps.config.jobStalledMs, () => sweepOnce(deps))

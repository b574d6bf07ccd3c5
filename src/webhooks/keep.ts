import { type SQL, sql } from 'drizzle-orm'
import { arrayOf, rowsOf, type Tx } from '../platform/db.ts'
import type { Claim } from './claim.ts'
import type { Outcome } from './classify.ts'
import type { Sent } from './send.ts'

/** An attempt that was made for a claim, and what was made of it. */
export type Settled = { claim: Claim; sent: Sent; outcome: Outcome }

/**
 * Keeps what became of attempts in one statement: the deliveries move on and the attempts are logged, of those whose
 * lease is still the one that they were sent under. One array for each column: a list of rows would be another text, to
 * be planned anew, for each number of them, and a document would repeat every name for every row.
 * @returns the deliveries of the others: somebody else holds them now
 */
export const keepAttempts = async (
  tx: Tx,
  organisationId: string,
  settled: readonly Settled[],
  now: Date,
): Promise<ReadonlySet<string>> => {
  if (settled.length === 0) return new Set()
  const words = settled.map(({ outcome }) => describe(outcome, now))
  const logged = settled.map(({ sent, outcome }) => attemptOf(sent, outcome))
  const at = now.toISOString()
  const rows = rowsOf<{ id: string }>(
    await tx.execute(sql`with x as (select * from unnest(${columns([
      [settled.map(({ claim }) => claim.deliveryId), 'text'],
      [leaseEnds(settled.map(({ claim }) => claim)), 'timestamptz'],
      [words.map(word => word.state), 'text'],
      [words.map(word => word.reason), 'text'],
      [words.map(word => word.nextAttemptAt?.toISOString() ?? null), 'timestamptz'],
      [logged.map(attempt => attempt.id), 'text'],
      [settled.map(({ claim }) => claim.attempts + 1), 'int'],
      [settled.map(({ claim }) => claim.trigger), 'text'],
      [logged.map(attempt => attempt.at.toISOString()), 'timestamptz'],
      [logged.map(attempt => attempt.outcome), 'text'],
      [logged.map(attempt => attempt.status), 'int'],
      [logged.map(attempt => attempt.errorCode), 'text'],
      [logged.map(attempt => attempt.remoteAddress), 'text'],
      [logged.map(attempt => JSON.stringify(attempt.timings)), 'jsonb'],
      [logged.map(attempt => attempt.excerpt), 'text'],
    ])}) as x(id, lease_until, state, reason, next_attempt_at, attempt_id, number, trigger, at, outcome, status,
      error_code, remote_address, timings, excerpt)),
    kept as (update deliveries d set state = x.state, reason = x.reason, attempts = d.attempts + 1, round = d.round + 1,
        next_attempt_at = x.next_attempt_at, lease_until = null,
        settled_at = case when x.state in ('delivered', 'exhausted') then ${at}::timestamptz end,
        failed_at = case when x.state = 'delivered' then d.failed_at else ${at}::timestamptz end
      from x where d.id = x.id and d.lease_until = x.lease_until returning d.id),
    logged as (insert into attempts (id, delivery_id, organisation_id, number, trigger, at, outcome, status, error_code,
        remote_address, timings, excerpt, next_attempt_at)
      select x.attempt_id, x.id, ${organisationId}, x.number, x.trigger, x.at, x.outcome, x.status, x.error_code,
        x.remote_address, x.timings, x.excerpt, x.next_attempt_at from x join kept on kept.id = x.id)
    select x.id from x left join kept on kept.id = x.id where kept.id is null`),
  )
  return new Set(rows.map(row => row.id))
}

/** Gives back what was not sent, or broken off by ourselves, as if it had not been tried. */
export const giveBack = async (tx: Tx, claims: readonly Claim[]): Promise<void> => {
  if (claims.length === 0) return
  const ids = claims.map(claim => claim.deliveryId)
  await tx.execute(sql`update deliveries d set lease_until = null
    from unnest(${columns([
      [ids, 'text'],
      [leaseEnds(claims), 'timestamptz'],
    ])}) as x(id, lease_until)
    where d.id = x.id and d.lease_until = x.lease_until`)
}

type Column = [values: readonly (string | number | null)[], type: 'text' | 'int' | 'timestamptz' | 'jsonb']

const columns = (all: readonly Column[]): SQL =>
  sql.join(
    all.map(([values, type]) => arrayOf(values, type)),
    sql`, `,
  )

/** What was claimed together has one lease, so that few of them are written out. */
const leaseEnds = (claims: readonly Claim[]): string[] => {
  const texts = new Map<number, string>()
  return claims.map(({ leaseUntil }) => {
    const ms = leaseUntil.getTime()
    const text = texts.get(ms) ?? leaseUntil.toISOString()
    texts.set(ms, text)
    return text
  })
}

/** The words that a delivery keeps about its outcome. A retry stays pending, everything else has come to rest. */
const describe = (
  outcome: Outcome,
  now: Date,
): { state: string; reason: string | null; nextAttemptAt: Date | null } => {
  const rest = { reason: null, nextAttemptAt: null }
  if (outcome.kind === 'delivered') return { ...rest, state: 'delivered' }
  if (outcome.kind === 'gone') return { ...rest, state: 'held', reason: 'gone' }
  if (outcome.kind === 'blocked') return { ...rest, state: 'held', reason: `blocked_${outcome.rule}` }
  if (outcome.kind === 'exhausted') return { ...rest, state: 'exhausted', reason: outcome.reason }
  return { state: 'pending', reason: outcome.reason, nextAttemptAt: new Date(now.getTime() + outcome.afterMs) }
}

/** What the attempt log keeps of one try. */
export const attemptOf = ({ attemptId, at, result }: Sent, outcome: Outcome) => ({
  id: attemptId,
  at,
  outcome: outcome.kind,
  status: result.kind === 'response' ? result.status : null,
  errorCode: result.kind === 'error' ? result.code : null,
  remoteAddress: result.remoteAddress ?? null,
  timings: roundTimings(result.timings),
  excerpt: result.kind === 'response' ? result.excerpt : null,
})

const roundTimings = (timings: Sent['result']['timings']): Record<string, number> => {
  const rounded: Record<string, number> = {}
  for (const [name, ms] of Object.entries(timings)) rounded[name] = Math.round(ms * 10) / 10
  return rounded
}

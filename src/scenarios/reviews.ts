import { eq, sql } from 'drizzle-orm'
import type { Recording } from '../audit/record.ts'
import type { Stored } from '../identity/idempotency.ts'
import { administers, type Member } from '../platform/actor.ts'
import { rowsOf, type Tx } from '../platform/db.ts'
import { conflict, forbidden, notFound, ProblemError, problems } from '../platform/errors.ts'
import { checkIfMatch } from '../platform/preconditions.ts'
import { takeStep } from './rules.ts'
import { tellStep } from './steps.ts'
import { type ReviewDecision, scenarios } from './tables.ts'

/**
 * The park approves what was handed in, or returns it, also when it is published already. It approves the version that it
 * read. The park has no right to change a scenario: a function of the database's owner moves the state alone.
 * @throws 403 for others, 404, 409 where there is nothing to decide, 412 stale, 428 for an approval without If-Match
 */
export const reviewScenario = async (
  tx: Tx,
  deps: Recording,
  actor: Member,
  target: { id: string; ifMatch: string | undefined },
  review: { decision: ReviewDecision; reason?: string | undefined },
): Promise<Stored> => {
  const [row] = await tx.select().from(scenarios).where(eq(scenarios.id, target.id))
  if (!row) throw notFound()
  if (!administers(actor, row.parkId))
    throw forbidden('只有园区管理方可以审核场景', "Only the park's administration reviews scenarios")
  const { decision, reason } = review
  if (decision === 'approve' || target.ifMatch !== undefined) checkIfMatch(target.ifMatch, row.version)
  const { state, event } = takeStep(row.state, decision)
  const wanted = decision === 'approve' ? 'published' : 'returned'
  if (state !== wanted) throw conflict('该场景没有待审核的内容', 'Nothing of this scenario waits for a review')
  if (state === row.state) return { id: row.id }
  if (decision === 'approve' && row.expiresAt !== null && row.expiresAt <= deps.clock.now())
    throw conflict('场景已到期：请退回作者修改', 'Its time is over: return it to its author')
  const now = deps.clock.now().toISOString()
  const [moved] = rowsOf<{ moved: boolean }>(
    await tx.execute(sql`select review_scenario(${row.id}, ${row.version}, ${decision}, ${reason ?? null},
      ${now}::timestamptz) as moved`),
  )
  if (!moved?.moved) throw new ProblemError(problems.staleVersion)
  await tellStep(tx, deps, actor, row, { step: decision, event })
  return { id: row.id }
}

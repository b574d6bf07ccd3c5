import { and, asc, eq } from 'drizzle-orm'
import type { z } from 'zod'
import { type Recording, record } from '../audit/record.ts'
import { append } from '../events/outbox.ts'
import type { Stored } from '../identity/idempotency.ts'
import { parks } from '../identity/tables.ts'
import type { Member } from '../platform/actor.ts'
import type { Tx } from '../platform/db.ts'
import { conflict, forbidden, notFound } from '../platform/errors.ts'
import { newId } from '../platform/ids.ts'
import { decideOutcome, isMeasurable, otherParty } from './outcome-rules.ts'
import type { NewOutcome, OutcomeDecision } from './outcome-schemas.ts'
import { findMatch, sideOf } from './queries.ts'
import { type matches, matchOutcomes } from './tables.ts'

type Writing = Recording
type Row = typeof matchOutcomes.$inferSelect
const OUTCOMES_MAX = 100

/**
 * Reports what a match brought and asks the other party to confirm it.
 * @throws 403 for the park, 404 for a stranger, 409 before the pilot or past a hundred outcomes
 */
export const reportOutcome = async (
  tx: Tx,
  deps: Writing,
  actor: Member,
  matchId: string,
  input: z.infer<typeof NewOutcome>,
): Promise<Stored> => {
  const match = await findMatch(tx, matchId)
  const side = sideOf(actor, match)
  if (side === 'park') throw forbidden('成效由供需双方上报', 'The factory and the vendor report outcomes')
  if (!isMeasurable(match.state)) throw conflict('试点开始后才能上报成效', 'Outcomes are reported from the pilot on')
  const reported = await tx.$count(matchOutcomes, eq(matchOutcomes.matchId, matchId))
  if (reported >= OUTCOMES_MAX)
    throw conflict(`每次对接最多上报 ${OUTCOMES_MAX} 项成效`, `A match has at most ${OUTCOMES_MAX} outcomes`)
  const id = newId(deps, 'outcome')
  await tx.insert(matchOutcomes).values({
    ...input,
    target: input.target ?? null,
    evidenceUrl: input.evidenceUrl ?? null,
    id,
    matchId,
    parkId: match.parkId,
    factoryId: match.factoryId,
    vendorId: match.vendorId,
    state: 'reported',
    reportedBy: side,
    reportedAt: deps.clock.now(),
  })
  await record(tx, deps, actor, {
    action: 'outcome.reported',
    objectId: id,
    parkId: match.parkId,
    digests: { content: input },
  })
  await tell(tx, deps, actor, { type: 'outcome.reported', outcomeId: id, by: side, match })
  return { id }
}

/**
 * Confirms an outcome, or says why it is not so. Saying it again changes nothing.
 * @throws 404 for a stranger, 409 for whoever reported it and where it is confirmed already
 */
export const decideOnOutcome = async (
  tx: Tx,
  deps: Writing,
  actor: Member,
  id: string,
  input: z.infer<typeof OutcomeDecision>,
): Promise<Stored> => {
  const [row] = await tx.select().from(matchOutcomes).where(eq(matchOutcomes.id, id))
  if (!row) throw notFound()
  const match = await findMatch(tx, row.matchId)
  const side = sideOf(actor, match)
  const decision = decideOutcome(row, input.decision, side)
  if (decision.kind === 'refused') throw conflict(decision.because.zh, decision.because.en)
  if (decision.kind === 'unchanged' || side === 'park') return { id }
  const { state } = decision
  const moved = await tx
    .update(matchOutcomes)
    .set({ state, decidedAt: deps.clock.now(), disputeNote: input.note ?? null })
    .where(and(eq(matchOutcomes.id, id), eq(matchOutcomes.state, row.state)))
    .returning({ id: matchOutcomes.id })
  if (moved.length === 0) throw conflict('成效刚被更改，请刷新后重试', 'It was changed meanwhile: read it again')
  await record(tx, deps, actor, {
    action: 'outcome.decided',
    objectId: id,
    parkId: match.parkId,
    digests: { decision: input },
  })
  const type = state === 'confirmed' ? 'outcome.confirmed' : 'outcome.disputed'
  await tell(tx, deps, actor, { type, outcomeId: id, by: side, match })
  return { id }
}

export const readOutcome = async (tx: Tx, id: string) => {
  const [row] = await tx.select().from(matchOutcomes).where(eq(matchOutcomes.id, id))
  if (!row) throw notFound()
  return presentOutcome(row)
}

/** What a match brought so far, oldest first. @throws 404 */
export const listOutcomes = async (tx: Tx, matchId: string) => {
  await findMatch(tx, matchId)
  const rows = await tx
    .select()
    .from(matchOutcomes)
    .where(eq(matchOutcomes.matchId, matchId))
    .orderBy(asc(matchOutcomes.id))
    .limit(OUTCOMES_MAX)
  return { items: rows.map(presentOutcome) }
}

const presentOutcome = (row: Row) => ({
  id: row.id,
  matchId: row.matchId,
  kpi: row.kpi,
  unit: row.unit,
  baseline: row.baseline,
  ...(row.target === null ? {} : { target: row.target }),
  actual: row.actual,
  evidence: row.evidence,
  ...(row.evidenceUrl === null ? {} : { evidenceUrl: row.evidenceUrl }),
  measuredOn: row.measuredOn,
  state: row.state,
  reportedBy: row.reportedBy,
  reportedAt: row.reportedAt.toISOString(),
  ...(row.state === 'reported' ? { waitingFor: otherParty(row.reportedBy) } : {}),
  ...(row.decidedAt === null ? {} : { decidedAt: row.decidedAt.toISOString() }),
  ...(row.disputeNote === null ? {} : { disputeNote: row.disputeNote }),
})

type News = {
  type: 'outcome.reported' | 'outcome.confirmed' | 'outcome.disputed'
  outcomeId: string
  by: 'factory' | 'vendor'
  match: typeof matches.$inferSelect
}

/** Figures stay out of events: they are read through the API by those who may. */
const tell = async (tx: Tx, deps: Writing, actor: Member, { type, outcomeId, by, match }: News): Promise<void> => {
  const [park] = await tx.select({ organisationId: parks.organisationId }).from(parks).where(eq(parks.id, match.parkId))
  const { id: matchId, scenarioId, capabilityId, parkId } = match
  const readers = [match.factoryId, match.vendorId, ...(park ? [park.organisationId] : [])]
  await append(tx, deps, actor, [
    { type, data: { outcomeId, by, matchId, scenarioId, capabilityId, parkId }, parkId, readers },
  ])
}

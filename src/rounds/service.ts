import { and, eq, sql } from 'drizzle-orm'
import type { z } from 'zod'
import { record, type Recording } from '../audit/record.ts'
import { append, type NewEvent } from '../events/outbox.ts'
import type { Stored } from '../identity/idempotency.ts'
import { parks } from '../identity/tables.ts'
import { administers, type Member } from '../platform/actor.ts'
import type { Tx } from '../platform/db.ts'
import { conflict, forbidden, notFound, refuseContradictions } from '../platform/errors.ts'
import { newId } from '../platform/ids.ts'
import { checkTerms, listEntries, listPossible, toParticipants } from './participants.ts'
import { findRound, type RoundRow } from './queries.ts'
import { type RoundResult, runRound } from './run.ts'
import type { NewPreferences, NewRound, NewRoundTransition } from './schemas.ts'
import { roundEntries, roundPairs, rounds, roundTerms } from './tables.ts'

const DAYS_MAX = 366
const DAY_MS = 86_400_000

/**
 * Opens a round in a park.
 * @throws 403 for anyone but the park's administration, 422 for scenarios and vendors that are not of the park, for
 * limits that cross, and for forced pairs that break a limit or that no match stands behind
 */
export const openRound = async (tx: Tx, deps: Recording, actor: Member, input: NewRound): Promise<Stored> => {
  if (!administers(actor, input.parkId))
    throw forbidden('只有园区管理方可以开启对接会', "Only the park's administration opens a round")
  const now = deps.clock.now()
  const inMs = new Date(input.deadlineAt).getTime() - now.getTime()
  if (inMs <= 0 || inMs > DAYS_MAX * DAY_MS)
    refuseContradictions([
      { pointer: '/deadlineAt', detail: { zh: '须在未来一年之内', en: 'It must be within the next year' } },
    ])
  const entries = await listEntries(tx, input)
  const terms = { limits: input.limits, forced: input.forced, forbidden: input.forbidden }
  const { scenarios: asking, vendors: offering } = toParticipants(entries)
  const possible = await listPossible(tx, deps, asking, offering)
  refuseContradictions(checkTerms({ scenarios: asking, vendors: offering, possible, terms }))
  const id = newId(deps, 'round')
  const { parkId, title } = input
  const row: RoundRow = {
    id,
    parkId,
    title,
    state: 'open',
    deadlineAt: new Date(input.deadlineAt),
    version: 1,
    proof: null,
    createdAt: now,
    updatedAt: now,
    publishedAt: null,
  }
  await tx.insert(rounds).values(row)
  await tx.insert(roundTerms).values({ roundId: id, parkId, terms })
  await tx.insert(roundEntries).values(entries.map(entry => ({ ...entry, roundId: id, parkId })))
  await record(tx, deps, actor, { action: 'round.opened', objectId: id, parkId, digests: { content: input } })
  const readers = [...new Set(entries.map(({ organisationId }) => organisationId))]
  await append(tx, deps, actor, [{ type: 'round.opened', data: eventOf(row), parkId, readers }])
  return { id }
}

const eventOf = (row: RoundRow) => ({
  roundId: row.id,
  parkId: row.parkId,
  title: row.title,
  deadlineAt: row.deadlineAt.toISOString(),
})

/** What the result would be now. Nothing is stored. @throws 403, 404, 409 for a round that is not open */
export const dryRun = async (
  tx: Tx,
  deps: Pick<Recording, 'clock'>,
  actor: Member,
  id: string,
): Promise<RoundResult> => {
  const row = await requireOpen(tx, actor, id)
  return computeRound(tx, deps, row)
}

const computeRound = async (tx: Tx, deps: Pick<Recording, 'clock'>, row: RoundRow): Promise<RoundResult> => {
  const entries = await tx.select().from(roundEntries).where(eq(roundEntries.roundId, row.id))
  const [held] = await tx.select().from(roundTerms).where(eq(roundTerms.roundId, row.id))
  const { scenarios: asking, vendors: offering } = toParticipants(entries)
  const terms = held?.terms ?? { limits: [], forced: [], forbidden: [] }
  return runRound({
    scenarios: asking,
    vendors: offering,
    possible: await listPossible(tx, deps, asking, offering),
    terms,
  })
}

/**
 * Publishes the result with its proof, or cancels the round. Each pair is a match, and both sides hear of it; what they
 * do with it they decide themselves.
 * @throws 403, 404, 409
 */
export const endRound = async (
  tx: Tx,
  deps: Recording,
  actor: Member,
  id: string,
  { action }: z.infer<typeof NewRoundTransition>,
): Promise<Stored> => {
  const row = await requireOpen(tx, actor, id)
  const now = deps.clock.now()
  const change = { version: row.version + 1, updatedAt: now }
  if (action === 'cancel') {
    await tx
      .update(rounds)
      .set({ ...change, state: 'cancelled' })
      .where(eq(rounds.id, id))
    await record(tx, deps, actor, { action: 'round.cancelled', objectId: id, parkId: row.parkId })
    return { id }
  }
  const { pairs, proof, advice } = await computeRound(tx, deps, row)
  if (proof.blocking + proof.broken + proof.misplaced > 0)
    throw conflict('结果未通过证明，请检查名额设置', 'The result could not be proved: check the limits')
  await tx
    .update(rounds)
    .set({ ...change, state: 'published', proof, publishedAt: now })
    .where(eq(rounds.id, id))
  await tx.update(roundTerms).set({ advice }).where(eq(roundTerms.roundId, id))
  const entries = await tx.select().from(roundEntries).where(eq(roundEntries.roundId, id))
  const ownerOf = new Map(entries.map(({ subjectId, organisationId }) => [subjectId, organisationId]))
  const stored = pairs.map(({ capabilityId: _, ...pair }) => ({
    ...pair,
    roundId: id,
    parkId: row.parkId,
    factoryId: ownerOf.get(pair.scenarioId) ?? '',
  }))
  if (stored.length > 0) await tx.insert(roundPairs).values(stored)
  await record(tx, deps, actor, {
    action: 'round.published',
    objectId: id,
    parkId: row.parkId,
    digests: { pairs: stored },
  })
  const told = { pairs: proof.pairs, blocking: proof.blocking, broken: proof.broken }
  const readers = [...new Set([...ownerOf.values(), await parkOrganisationOf(tx, row.parkId)])]
  const paired = pairs.map(
    ({ scenarioId, vendorId, matchId, capabilityId }): NewEvent => ({
      type: 'round.paired',
      data: { roundId: id, parkId: row.parkId, matchId, scenarioId, capabilityId },
      parkId: row.parkId,
      readers: [ownerOf.get(scenarioId) ?? '', vendorId],
    }),
  )
  await append(tx, deps, actor, [
    { type: 'round.published', data: { ...eventOf(row), ...told }, parkId: row.parkId, readers },
    ...paired,
  ])
  return { id }
}

const parkOrganisationOf = async (tx: Tx, parkId: string): Promise<string> => {
  const [park] = await tx.select({ organisationId: parks.organisationId }).from(parks).where(eq(parks.id, parkId))
  return park?.organisationId ?? ''
}

/** Changes a participant's list, for the participant himself or the park. @throws 404 for strangers, 409 after the deadline, 422 */
export const changePreferences = async (
  tx: Tx,
  deps: Recording,
  actor: Member,
  id: string,
  input: z.infer<typeof NewPreferences>,
): Promise<Stored> => {
  const row = await findRound(tx, id)
  const mine = and(eq(roundEntries.roundId, id), eq(roundEntries.subjectId, input.subjectId))
  const [entry] = await tx.select().from(roundEntries).where(mine)
  if (!entry) throw notFound()
  if (row.state !== 'open' || (row.deadlineAt <= deps.clock.now() && !administers(actor, row.parkId)))
    throw conflict('已过调整期限', 'The time for changes is over')
  await tx.update(roundEntries).set({ preferences: input.preferences }).where(mine)
  await record(tx, deps, actor, {
    action: 'round.preferences_changed',
    objectId: id,
    parkId: row.parkId,
    digests: { preferences: input },
  })
  return { id }
}

/** Locked by turn, not by row: only the park may change the row. @throws 403, 404, 409 */
const requireOpen = async (tx: Tx, actor: Member, id: string): Promise<RoundRow> => {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`round ${id}`}, 0))`)
  const row = await findRound(tx, id)
  if (!administers(actor, row.parkId))
    throw forbidden('只有园区管理方可以执行此操作', "Only the park's administration may do this")
  if (row.state !== 'open') throw conflict('对接会已结束', 'The round is not open')
  return row
}

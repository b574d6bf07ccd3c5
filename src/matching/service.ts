import { eq, sql } from 'drizzle-orm'
import type { z } from 'zod'
import { type Recording, record } from '../audit/record.ts'
import { append, type NewEvent } from '../events/outbox.ts'
import type { Stored } from '../identity/idempotency.ts'
import { parks } from '../identity/tables.ts'
import { settingsOf } from '../parks/service.ts'
import { credentialOf, type Member } from '../platform/actor.ts'
import type { Tx } from '../platform/db.ts'
import { conflict, notFound } from '../platform/errors.ts'
import { newId } from '../platform/ids.ts'
import { deadlinesOf, latestHold, type DeadlineSettings } from './deadlines.ts'
import { factsOf, sideOf } from './queries.ts'
import { stageOf } from './redact.ts'
import { decide, LADDER_STATES, type MatchFacts, type MatchState, waitingFor } from './rules.ts'
import type { NewTransition } from './schemas.ts'
import { refreshStandings } from './standings.ts'
import { acceptTerms } from './terms.ts'
import { matches, matchTransitions, type Reader } from './tables.ts'

type Row = typeof matches.$inferSelect
type Input = z.infer<typeof NewTransition>
type Step = { match: Row; side: Reader; input: Input; settings: DeadlineSettings; now: Date }

/**
 * Moves a match on behalf of the actor's side, in one transaction with its history, what it discloses, and its event.
 * @throws 404 for a stranger, 409 where the state does not allow it or the park's terms have changed, 422 without them
 */
export const moveMatch = async (tx: Tx, deps: Recording, actor: Member, id: string, input: Input): Promise<Stored> => {
  const [match] = await tx.select().from(matches).where(eq(matches.id, id)).for('update')
  if (!match) throw notFound()
  const side = sideOf(actor, match)
  const move = decide(factsOf(match), input.action, side)
  if (move.kind === 'refused') throw conflict(move.because.zh, move.because.en)
  if (move.kind === 'unchanged') return { id }
  const step = { match, side, input, settings: await settingsOf(tx, match.parkId), now: deps.clock.now() }
  const changes = move.kind === 'held' ? heldUntil(step) : changesOf(step, move.facts)
  await tx
    .update(matches)
    .set({ ...changes, version: match.version + 1, updatedAt: step.now })
    .where(eq(matches.id, id))
  await tx.insert(matchTransitions).values({
    id: newId(deps, 'transition'),
    matchId: id,
    parkId: match.parkId,
    factoryId: match.factoryId,
    vendorId: match.vendorId,
    reason: input.reason ?? null,
    note: input.note ?? null,
    termsVersion: await acceptTerms(tx, match.parkId, input),
    credentialId: credentialOf(actor),
    action: input.action,
    from: match.state,
    to: changes.state,
    actorId: actor.organisationId,
    since: match.stateSince,
    waitedFor: waitingFor(factsOf(match)),
    at: step.now,
  })
  await record(tx, deps, actor, {
    action: 'match.moved',
    objectId: id,
    parkId: match.parkId,
    digests: { move: { ...input, from: match.state, to: changes.state } },
  })
  if (changes.state !== match.state) await refreshStandings(tx, [match.scenarioId])
  const after = { ...match, ...changes }
  if (stageOf(after) !== stageOf(match)) await tx.execute(sql`select disclose_match(${id})`)
  const [park] = await tx.select({ organisationId: parks.organisationId }).from(parks).where(eq(parks.id, match.parkId))
  await append(tx, deps, actor, eventsOf(step, after, park?.organisationId))
  return { id }
}

/** A new state starts its own clock; a yes of one side within a state does not. */
const changesOf = ({ match, side, input, settings, now }: Step, facts: MatchFacts) => ({
  ...(facts.state === match.state
    ? { state: match.state, stateSince: match.stateSince, deadlineAt: match.deadlineAt }
    : {
        state: facts.state,
        stateSince: now,
        reached: reachedBy(match, facts.state),
        ...deadlinesOf(facts.state, now, settings),
      }),
  factoryInterestAt: facts.factoryInterested ? (match.factoryInterestAt ?? now) : null,
  vendorInterestAt: facts.vendorInterested ? (match.vendorInterestAt ?? now) : null,
  factoryAcceptedAt: facts.factoryAccepted ? (match.factoryAcceptedAt ?? now) : null,
  vendorAcceptedAt: facts.vendorAccepted ? (match.vendorAcceptedAt ?? now) : null,
  ...(facts.state === 'declined'
    ? { declinedBy: side, declineReason: input.reason ?? null, declineNote: input.note ?? null }
    : {}),
})

const reachedBy = (match: Row, state: MatchState): number => Math.max(match.reached, LADDER_STATES.indexOf(state))

const heldUntil = ({ match, input, settings, now }: Step) => {
  const until = new Date(input.until ?? now)
  if (until <= now) throw conflict('暂缓日期必须在将来', 'Hold it until a time that is still to come')
  const latest = latestHold(match, settings)
  if (until > latest)
    throw conflict(
      `本阶段最晚可暂缓至 ${latest.toISOString()}`,
      `In this stage it can be held until ${latest.toISOString()} at the latest`,
    )
  return { state: match.state, stateSince: match.stateSince, ...deadlinesOf(until, now, settings) }
}

const eventsOf = ({ match, side, input }: Step, after: Row, parkOrganisationId: string | undefined): NewEvent[] => {
  const envelope = {
    parkId: match.parkId,
    readers: [match.factoryId, match.vendorId, ...(parkOrganisationId ? [parkOrganisationId] : [])],
  }
  const place = {
    matchId: match.id,
    scenarioId: match.scenarioId,
    capabilityId: match.capabilityId,
    parkId: match.parkId,
  }
  const next = {
    waitingFor: waitingFor(factsOf(after)),
    deadlineAt: after.deadlineAt ? after.deadlineAt.toISOString() : null,
  }
  if (input.action === 'hold')
    return [{ type: 'match.held', data: { ...place, state: match.state, by: side, ...next }, ...envelope }]
  const reason = input.reason ? { reason: input.reason } : {}
  return [
    ...(stageOf(after) === stageOf(match)
      ? []
      : [{ type: 'match.stage_changed' as const, data: { matchId: match.id } }]),
    {
      type: 'match.state_changed',
      data: { ...place, from: match.state, to: after.state, by: side, ...reason, ...next },
      ...envelope,
    },
  ]
}

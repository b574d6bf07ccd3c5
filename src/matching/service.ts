import { and, asc, desc, eq, isNotNull, lt, or, sql } from 'drizzle-orm'
import type { z } from 'zod'
import { capabilities } from '../capabilities/tables.ts'
import { renderReasons } from '../engine/render.ts'
import type { Language } from '../engine/types.ts'
import { append } from '../events/outbox.ts'
import type { Stored } from '../identity/idempotency.ts'
import { parks } from '../identity/tables.ts'
import type { Member } from '../platform/actor.ts'
import type { Tx } from '../platform/db.ts'
import type { Deps } from '../platform/deps.ts'
import { conflict, notFound } from '../platform/errors.ts'
import { newId } from '../platform/ids.ts'
import { type PageQuery, pageOfRows } from '../platform/pages.ts'
import { scenarios } from '../scenarios/tables.ts'
import type { Explanation } from './explanation.ts'
import { decide, isOpen, type MatchFacts, type MatchState } from './rules.ts'
import { stageOf } from './redact.ts'
import type { NewTransition } from './schemas.ts'
import { matchExplanations, matches, matchTransitions, nearMisses, type Reader } from './tables.ts'

type Row = typeof matches.$inferSelect
type Reading = { actor: Member; language: Language; lexicon: Deps['lexicon'] }

/** As whom a member sees a match. @throws 404 where he is no party to it */
const sideOf = (actor: Member, match: { factoryId: string; vendorId: string; parkId: string }): Reader => {
  if (match.factoryId === actor.organisationId) return 'factory'
  if (match.vendorId === actor.organisationId) return 'vendor'
  if (actor.adminParkIds.includes(match.parkId)) return 'park'
  throw notFound()
}

export const readMatch = async (tx: Tx, reading: Reading, id: string) => {
  const [row] = await selectMatches(tx, reading).where(eq(matches.id, id))
  if (!row) throw notFound()
  return present(row, reading)
}

/** The list of a scenario, best first: the stored pairs, and the near misses with the rule that stopped them. */
export const listScenarioMatches = async (
  tx: Tx,
  reading: Reading,
  scenarioId: string,
  query: PageQuery & { state?: MatchState | undefined },
) => {
  const [scenario] = await tx.select({ id: scenarios.id }).from(scenarios).where(eq(scenarios.id, scenarioId))
  if (!scenario) throw notFound()
  const rows = await selectMatches(tx, reading)
    .where(and(eq(matches.scenarioId, scenarioId), stateFilter(query.state), after(query.cursor)))
    .orderBy(desc(matches.total), asc(matches.id))
    .limit(query.limit + 1)
  const page = pageOfRows(rows, query, cursorOf)
  const missed = await tx
    .select({ row: nearMisses, title: capabilities.title })
    .from(nearMisses)
    .leftJoin(capabilities, eq(capabilities.id, nearMisses.capabilityId))
    .where(eq(nearMisses.scenarioId, scenarioId))
    .orderBy(desc(nearMisses.total), asc(nearMisses.capabilityId))
  return {
    ...page,
    items: page.items.map(row => present(row, reading)),
    nearMisses: missed.map(({ row, title }) => ({
      scenarioId: row.scenarioId,
      capabilityId: row.capabilityId,
      ...(title ? { capabilityTitle: title } : {}),
      total: row.total,
      explanation: explain(row.body, reading),
    })),
  }
}

/** Where a capability stands, best first. */
export const listCapabilityMatches = async (
  tx: Tx,
  reading: Reading,
  capabilityId: string,
  query: PageQuery & { state?: MatchState | undefined },
) => {
  const [capability] = await tx
    .select({ id: capabilities.id })
    .from(capabilities)
    .where(eq(capabilities.id, capabilityId))
  if (!capability) throw notFound()
  const rows = await selectMatches(tx, reading)
    .where(and(eq(matches.capabilityId, capabilityId), stateFilter(query.state), after(query.cursor)))
    .orderBy(desc(matches.total), asc(matches.id))
    .limit(query.limit + 1)
  const page = pageOfRows(rows, query, cursorOf)
  return { ...page, items: page.items.map(row => present(row, reading)) }
}

/**
 * Moves a match on behalf of the actor's side, in one transaction with its history, what it discloses, and its event.
 * @throws 404 for a stranger, 409 where the state does not allow it
 */
export const moveMatch = async (
  tx: Tx,
  deps: Pick<Deps, 'clock' | 'random'>,
  actor: Member,
  id: string,
  input: z.infer<typeof NewTransition>,
): Promise<Stored> => {
  const [match] = await tx.select().from(matches).where(eq(matches.id, id)).for('update')
  if (!match) throw notFound()
  const side = sideOf(actor, match)
  const move = decide(factsOf(match), input.action, side)
  if (move.kind === 'refused') throw conflict(move.because.zh, move.because.en)
  if (move.kind === 'unchanged') return { id }
  const now = deps.clock.now()
  const changes = changesOf(match, move.facts, side, input, now)
  await tx.update(matches).set(changes).where(eq(matches.id, id))
  const parties = { parkId: match.parkId, factoryId: match.factoryId, vendorId: match.vendorId }
  const why = { reason: input.reason ?? null, note: input.note ?? null }
  await tx.insert(matchTransitions).values({
    id: newId(deps, 'transition'),
    matchId: id,
    ...parties,
    ...why,
    action: input.action,
    from: match.state,
    to: move.facts.state,
    actorId: actor.organisationId,
    at: now,
  })
  await tx.execute(sql`select disclose_match(${id})`)
  const [park] = await tx.select({ organisationId: parks.organisationId }).from(parks).where(eq(parks.id, match.parkId))
  const place = { matchId: id, scenarioId: match.scenarioId, capabilityId: match.capabilityId, parkId: match.parkId }
  await append(tx, deps, actor, [
    ...(stageOf(changes) === stageOf(match) ? [] : [{ type: 'match.stage_changed' as const, data: { matchId: id } }]),
    {
      type: 'match.state_changed',
      data: {
        ...place,
        from: match.state,
        to: move.facts.state,
        by: side,
        ...(input.reason ? { reason: input.reason } : {}),
      },
      parkId: match.parkId,
      readers: [match.factoryId, match.vendorId, ...(park ? [park.organisationId] : [])],
    },
  ])
  return { id }
}

const factsOf = (match: Row): MatchFacts => ({
  state: match.state,
  factoryInterested: match.factoryInterestAt !== null,
  vendorInterested: match.vendorInterestAt !== null,
  factoryAccepted: match.factoryAcceptedAt !== null,
  vendorAccepted: match.vendorAcceptedAt !== null,
})

const changesOf = (match: Row, facts: MatchFacts, side: Reader, input: z.infer<typeof NewTransition>, now: Date) => ({
  state: facts.state,
  stateSince: facts.state === match.state ? match.stateSince : now,
  factoryInterestAt: facts.factoryInterested ? (match.factoryInterestAt ?? now) : null,
  vendorInterestAt: facts.vendorInterested ? (match.vendorInterestAt ?? now) : null,
  factoryAcceptedAt: facts.factoryAccepted ? (match.factoryAcceptedAt ?? now) : null,
  vendorAcceptedAt: facts.vendorAccepted ? (match.vendorAcceptedAt ?? now) : null,
  ...(facts.state === 'declined'
    ? { declinedBy: side, declineReason: input.reason ?? null, declineNote: input.note ?? null }
    : {}),
  version: match.version + 1,
  updatedAt: now,
})

// The reader's own explanation is the only one that his rights let him join.
const selectMatches = (tx: Tx, reading: Reading) =>
  tx
    .select({
      match: matches,
      explanation: matchExplanations.body,
      scenarioTitle: scenarios.title,
      capabilityTitle: capabilities.title,
    })
    .from(matches)
    .leftJoin(
      matchExplanations,
      and(
        eq(matchExplanations.matchId, matches.id),
        eq(matchExplanations.organisationId, reading.actor.organisationId),
      ),
    )
    .leftJoin(scenarios, eq(scenarios.id, matches.scenarioId))
    .leftJoin(capabilities, eq(capabilities.id, matches.capabilityId))
    .$dynamic()

type Joined = {
  match: Row
  explanation: Explanation | null
  scenarioTitle: string | null
  capabilityTitle: string | null
}

const stateFilter = (state: MatchState | undefined) =>
  state ? eq(matches.state, state) : or(isNotNull(matches.rank), sql`${matches.state} not in ('proposed', 'retracted')`)

const cursorOf = (row: Joined): string => `${row.match.total}.${row.match.id}`

const after = (cursor: string | undefined) => {
  const [, total, id] = /^(\d{1,5})\.(mat_[0-9a-z]{26})$/.exec(cursor ?? '') ?? []
  if (total === undefined || id === undefined) return undefined
  return or(lt(matches.total, Number(total)), and(eq(matches.total, Number(total)), sql`${matches.id} > ${id}`))
}

const explain = (body: Explanation, reading: Reading) => ({
  ...body,
  reasons: renderReasons(body, { language: reading.language, lexicon: reading.lexicon }),
})

const present = (row: Joined, reading: Reading) => {
  const { match } = row
  const facts = factsOf(match)
  return {
    id: match.id,
    scenarioId: match.scenarioId,
    capabilityId: match.capabilityId,
    parkId: match.parkId,
    vendorId: match.vendorId,
    ...(row.scenarioTitle ? { scenarioTitle: row.scenarioTitle } : {}),
    ...(row.capabilityTitle ? { capabilityTitle: row.capabilityTitle } : {}),
    side: sideOf(reading.actor, match),
    state: match.state,
    stateSince: match.stateSince.toISOString(),
    ...(match.rank === null ? {} : { rank: match.rank }),
    total: match.total,
    factoryScore: match.factoryScore,
    vendorScore: match.vendorScore,
    factoryInterested: facts.factoryInterested,
    vendorInterested: facts.vendorInterested,
    factoryAccepted: facts.factoryAccepted,
    vendorAccepted: facts.vendorAccepted,
    ...declineOf(match),
    waitingFor: waitingFor(facts),
    createdAt: match.createdAt.toISOString(),
    updatedAt: match.updatedAt.toISOString(),
    ...(row.explanation ? { explanation: explain(row.explanation, reading) } : {}),
  }
}

const declineOf = (match: Row) =>
  match.declineReason === null || match.declinedBy === null
    ? {}
    : {
        decline: {
          by: match.declinedBy as Reader,
          reason: match.declineReason,
          ...(match.declineNote ? { note: match.declineNote } : {}),
        },
      }

/** Who has to act next, as far as the state alone says. */
const waitingFor = (facts: MatchFacts): Reader[] => {
  if (!isOpen(facts.state)) return []
  const missing = (factory: boolean, vendor: boolean): Reader[] => [
    ...(factory ? [] : (['factory'] as const)),
    ...(vendor ? [] : (['vendor'] as const)),
  ]
  if (facts.state === 'proposed' || facts.state === 'interest')
    return missing(facts.factoryInterested, facts.vendorInterested)
  if (facts.state === 'mutual') return missing(facts.factoryAccepted, facts.vendorAccepted)
  return ['factory', 'vendor']
}

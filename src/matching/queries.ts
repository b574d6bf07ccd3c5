import { and, asc, count, desc, eq, isNotNull, lt, max, or, sql } from 'drizzle-orm'
import { capabilities } from '../capabilities/tables.ts'
import { renderReasons } from '../engine/render.ts'
import type { Language } from '../engine/types.ts'
import type { Member } from '../platform/actor.ts'
import type { Tx } from '../platform/db.ts'
import type { Deps } from '../platform/deps.ts'
import { notFound } from '../platform/errors.ts'
import { type PageQuery, pageOfRows } from '../platform/pages.ts'
import { scenarios } from '../scenarios/tables.ts'
import { restoreEvidence, type StoredExplanation } from './explanation.ts'
import {
  type MatchAction,
  type MatchFacts,
  type MatchState,
  type PlatformAction,
  type Side,
  waitingFor,
} from './rules.ts'
import { matchExplanations, matches, matchTransitions, nearMisses, type Reader } from './tables.ts'

/** A match has few moves; more than these are nobody's honest work. */
const TRANSITIONS_MAX = 200

type Row = typeof matches.$inferSelect
export type Reading = { actor: Member; language: Language; lexicon: Deps['lexicon'] }

/** As whom a member sees a match. @throws 404 where he is no party to it */
export const sideOf = (actor: Member, match: { factoryId: string; vendorId: string; parkId: string }): Reader => {
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

/** A mark that changes whenever a match of the scenario does: how many there are, and when one last changed. @throws 404 */
export const latestChange = async (tx: Tx, scenarioId: string): Promise<string> => {
  const [scenario] = await tx.select({ id: scenarios.id }).from(scenarios).where(eq(scenarios.id, scenarioId))
  if (!scenario) throw notFound()
  const [found] = await tx
    .select({ count: count(), at: max(matches.updatedAt) })
    .from(matches)
    .where(eq(matches.scenarioId, scenarioId))
  return `${found?.count ?? 0} ${found?.at?.toISOString() ?? ''}`
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

/** Every move of a match, oldest first: who, when, why. @throws 404 */
export const listTransitions = async (tx: Tx, reading: Reading, id: string) => {
  const match = await findMatch(tx, id)
  sideOf(reading.actor, match)
  const rows = await tx
    .select()
    .from(matchTransitions)
    .where(eq(matchTransitions.matchId, id))
    .orderBy(asc(matchTransitions.at), asc(matchTransitions.id))
    .limit(TRANSITIONS_MAX)
  return {
    items: rows.map(row => ({
      id: row.id,
      action: row.action as MatchAction | PlatformAction,
      from: row.from,
      to: row.to,
      by: sideThat(row.actorId, match),
      ...(row.reason ? { reason: row.reason } : {}),
      ...(row.note ? { note: row.note } : {}),
      ...(row.termsVersion === null ? {} : { termsVersion: row.termsVersion }),
      at: row.at.toISOString(),
    })),
  }
}

/** A match that the actor may see. @throws 404 */
export const findMatch = async (tx: Tx, id: string): Promise<Row> => {
  const [match] = await tx.select().from(matches).where(eq(matches.id, id))
  if (!match) throw notFound()
  return match
}

const sideThat = (actorId: string | null, match: Row): Side => {
  if (actorId === null) return 'platform'
  if (actorId === match.factoryId) return 'factory'
  return actorId === match.vendorId ? 'vendor' : 'park'
}

export const factsOf = (match: Row): MatchFacts => ({
  state: match.state,
  factoryInterested: match.factoryInterestAt !== null,
  vendorInterested: match.vendorInterestAt !== null,
  factoryAccepted: match.factoryAcceptedAt !== null,
  vendorAccepted: match.vendorAcceptedAt !== null,
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
  explanation: StoredExplanation | null
  scenarioTitle: string | null
  capabilityTitle: string | null
}

/** The matches of one state, or all that stand in a list or that people have touched. */
export const stateFilter = (state: MatchState | undefined) =>
  state ? eq(matches.state, state) : or(isNotNull(matches.rank), sql`${matches.state} not in ('proposed', 'retracted')`)

const cursorOf = (row: Joined): string => `${row.match.total}.${row.match.id}`

const after = (cursor: string | undefined) => {
  const [, total, id] = /^(\d{1,5})\.(mat_[0-9a-z]{26})$/.exec(cursor ?? '') ?? []
  if (total === undefined || id === undefined) return undefined
  return or(lt(matches.total, Number(total)), and(eq(matches.total, Number(total)), sql`${matches.id} > ${id}`))
}

const explain = (body: StoredExplanation, reading: Reading) => ({
  ...restoreEvidence(body),
  reasons: renderReasons(body, { language: reading.language, lexicon: reading.lexicon }),
})

/** A match as the actor sees it, with its explanation where that was read. */
export const present = (row: Joined, reading: Reading) => {
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
    ...(match.deadlineAt ? { deadlineAt: match.deadlineAt.toISOString() } : {}),
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

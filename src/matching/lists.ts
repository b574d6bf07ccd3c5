import { and, asc, desc, eq, gt, ilike, inArray, isNotNull, isNull, lt, or, type SQL, sql } from 'drizzle-orm'
import { capabilities } from '../capabilities/tables.ts'
import type { Tx } from '../platform/db.ts'
import { pageOfRows } from '../platform/pages.ts'
import { containing } from '../platform/patterns.ts'
import { scenarios } from '../scenarios/tables.ts'
import { present, type Reading, stateFilter } from './queries.ts'
import type { MatchState } from './rules.ts'
import type { MatchListQuery } from './schemas.ts'
import { matches, type Reader } from './tables.ts'

/** Stages in which both sides owe the next step. */
const BOTH_OWE: MatchState[] = ['introduced', 'pilot', 'contracted']
/** A title that is searched for names this many scenarios or capabilities at most. */
const NAMED_MAX = 1_000

/**
 * Matches that the actor takes part in or administers, without their explanations: the newest first, or those whose
 * deadline is nearest. Read by key, so that a page of a large park costs what a page of a small one does.
 */
export const listMatches = async (tx: Tx, reading: Reading, query: MatchListQuery) => {
  const byDeadline = query.order === 'deadline'
  const rows = await tx
    .select({ match: matches, scenarioTitle: scenarios.title, capabilityTitle: capabilities.title })
    .from(matches)
    .leftJoin(scenarios, eq(scenarios.id, matches.scenarioId))
    .leftJoin(capabilities, eq(capabilities.id, matches.capabilityId))
    .where(
      and(
        stateFilter(query.state),
        query.parkId ? eq(matches.parkId, query.parkId) : undefined,
        query.scenarioId ? eq(matches.scenarioId, query.scenarioId) : undefined,
        query.capabilityId ? eq(matches.capabilityId, query.capabilityId) : undefined,
        query.waitingFor === 'me' ? waitsFor(reading.actor.organisationId) : undefined,
        query.totalMin === undefined ? undefined : sql`${matches.total} >= ${query.totalMin}`,
        query.q ? isNamed(tx, query.q) : undefined,
        byDeadline ? isNotNull(matches.deadlineAt) : undefined,
        after(query.cursor, byDeadline),
      ),
    )
    .orderBy(...(byDeadline ? [asc(matches.deadlineAt), asc(matches.id)] : [desc(matches.id)]))
    .limit(query.limit + 1)
  const page = pageOfRows(rows, query, ({ match }) =>
    byDeadline ? `${match.deadlineAt?.getTime() ?? 0}.${match.id}` : match.id,
  )
  return { ...page, items: page.items.map(row => present({ ...row, explanation: null }, reading)) }
}

const after = (cursor: string | undefined, byDeadline: boolean): SQL | undefined => {
  const [, time, id] = /^(?:(\d{1,15})\.)?(mat_[0-9a-z]{26})$/.exec(cursor ?? '') ?? []
  if (id === undefined) return undefined
  if (!byDeadline) return lt(matches.id, id)
  const at = new Date(Number(time ?? 0))
  return or(gt(matches.deadlineAt, at), and(eq(matches.deadlineAt, at), gt(matches.id, id)))
}

const isNamed = (tx: Tx, part: string): SQL | undefined => {
  const pattern = containing(part)
  return or(
    inArray(
      matches.scenarioId,
      tx.select({ id: scenarios.id }).from(scenarios).where(ilike(scenarios.title, pattern)).limit(NAMED_MAX),
    ),
    inArray(
      matches.capabilityId,
      tx.select({ id: capabilities.id }).from(capabilities).where(ilike(capabilities.title, pattern)).limit(NAMED_MAX),
    ),
  )
}

/** What `waitingFor` in rules.ts says, as a condition: the test compares both over every state. */
const waitsFor = (organisationId: string): SQL | undefined =>
  or(sideOwes('factory', organisationId), sideOwes('vendor', organisationId))

const sideOwes = (side: Exclude<Reader, 'park'>, organisationId: string): SQL | undefined => {
  const [mine, interestAt, acceptedAt] =
    side === 'factory'
      ? [matches.factoryId, matches.factoryInterestAt, matches.factoryAcceptedAt]
      : [matches.vendorId, matches.vendorInterestAt, matches.vendorAcceptedAt]
  return and(
    eq(mine, organisationId),
    or(
      // A pair that was never announced asks nobody.
      and(inArray(matches.state, ['proposed', 'interest']), isNull(interestAt), isNotNull(matches.deadlineAt)),
      and(eq(matches.state, 'mutual'), isNull(acceptedAt)),
      inArray(matches.state, BOTH_OWE),
    ),
  )
}

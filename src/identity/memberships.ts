import { and, asc, eq, gt, sql } from 'drizzle-orm'
import type { z } from 'zod'
import { type Recording, record } from '../audit/record.ts'
import { append } from '../events/outbox.ts'
import { type Actor, administers, isOperator, type Member } from '../platform/actor.ts'
import type { Tx } from '../platform/db.ts'
import { conflict, forbidden, notFound, ProblemError } from '../platform/errors.ts'
import { pageOfRows } from '../platform/pages.ts'
import { containing } from '../platform/patterns.ts'
import type { Stored } from './idempotency.ts'
import { identityProblems } from './problems.ts'
import { takeMembershipStep } from './rules.ts'
import type { MembershipChange, MembershipQuery } from './schemas.ts'
import { readOrganisation, readPark } from './service.ts'
import { memberships, type MembershipState, organisations, parks } from './tables.ts'

type Target = { parkId: string; organisationId: string }
const STANDINGS_MAX = 200

/**
 * Asks to join a park (an organisation for itself) or makes a member active (the park's administration). Tells both.
 * @throws 403 also for an operator or a park as a member, 404, 409 for one that is there already
 */
export const requestMembership = async (
  tx: Tx,
  deps: Recording,
  actor: Member,
  parkId: string,
  organisationId: string,
): Promise<Stored> => {
  await readPark(tx, parkId)
  const { kind } = await readOrganisation(tx, organisationId)
  const isPark = administers(actor, parkId) || isOperator(actor)
  if (!isPark && organisationId !== actor.organisationId)
    throw forbidden('只能为本企业申请入园', 'You can ask to join for your own organisation only')
  // A member reads what its park shows its members: the operator would let itself in, and a park look at its rival.
  if (kind === 'operator' || kind === 'park')
    throw forbidden('运营方和园区不能成为园区成员', 'Neither an operator nor a park is a member of a park')
  if (isPark) await refuseClaim(tx, organisationId)
  await insertMembership(tx, deps, actor, { parkId, organisationId }, isPark ? 'active' : 'requested')
  return { id: `${parkId}/${organisationId}` }
}

/** What was registered under somebody else's name or code never becomes a member. @throws 409 already_registered */
const refuseClaim = async (tx: Tx, organisationId: string): Promise<void> => {
  const [row] = await tx
    .select({ isClaim: organisations.isClaim })
    .from(organisations)
    .where(eq(organisations.id, organisationId))
  if (row?.isClaim === true) throw new ProblemError(identityProblems.alreadyRegistered)
}

/** The row, its event and its place in the record, without asking who wants it. */
export const insertMembership = async (
  tx: Tx,
  deps: Recording,
  actor: Actor,
  target: Target,
  state: 'requested' | 'active',
): Promise<void> => {
  const createdAt = deps.clock.now()
  const decidedAt = state === 'active' ? createdAt : null
  await tx.insert(memberships).values({ ...target, state, createdAt, decidedAt })
  await tell(tx, deps, actor, target, state)
}

/**
 * The park decides on a member. What a suspended one has published is withheld from matching and from others' eyes until
 * he is active again; what he already does with others goes on. Deciding the same again changes nothing.
 * @throws 403 for others and for the park's own organisation, 404
 */
export const changeMembership = async (
  tx: Tx,
  deps: Recording,
  actor: Member,
  target: Target,
  change: z.infer<typeof MembershipChange>,
) => {
  if (!administers(actor, target.parkId))
    throw forbidden('只有园区管理方可以决定成员资格', "Only the park's administration decides on members")
  const park = await readPark(tx, target.parkId)
  if (park.organisationId === target.organisationId)
    throw conflict('园区不能停用自己的成员资格', 'A park does not suspend its own membership')
  const mine = and(eq(memberships.parkId, target.parkId), eq(memberships.organisationId, target.organisationId))
  const [row] = await tx.select({ state: memberships.state }).from(memberships).where(mine).for('update')
  if (!row) throw notFound()
  if (change.state === 'active') await refuseClaim(tx, target.organisationId)
  const state = takeMembershipStep(row.state, change.state === 'active' ? 'activate' : 'suspend')
  if (state !== row.state) {
    await tx.update(memberships).set({ state, decidedAt: deps.clock.now() }).where(mine)
    await tell(tx, deps, actor, target, state)
    await append(tx, deps, actor, [{ type: 'membership.decided', data: target, parkId: target.parkId }])
  }
  return readMembership(tx, target.parkId, target.organisationId)
}

const EVENTS = {
  requested: 'membership.requested',
  active: 'membership.activated',
  suspended: 'membership.suspended',
} as const satisfies Record<MembershipState, string>

/** To the park and to the organisation itself, and into the record. */
const tell = async (
  tx: Tx,
  deps: Recording,
  actor: Actor,
  { parkId, organisationId }: Target,
  state: MembershipState,
): Promise<void> => {
  const [park] = await tx.select().from(parks).where(eq(parks.id, parkId))
  const [organisation] = await tx.select().from(organisations).where(eq(organisations.id, organisationId))
  if (!park || !organisation) throw notFound()
  const data = { parkId, organisationId, organisationName: organisation.name, organisationKind: organisation.kind }
  const readers = [park.organisationId, organisationId]
  await append(tx, deps, actor, [{ type: EVENTS[state], data, parkId, readers }])
  await record(tx, deps, actor, { action: EVENTS[state], objectId: organisationId, parkId })
}

export const readMembership = async (tx: Tx, parkId: string, organisationId: string) => {
  const [row] = await selectMemberships(tx).where(
    and(eq(memberships.parkId, parkId), eq(memberships.organisationId, organisationId)),
  )
  if (!row) throw notFound()
  return presentMembership(row)
}

/** How an organisation stands with a park, as far as the actor may know. */
export const findStanding = async (
  tx: Tx,
  parkId: string,
  organisationId: string,
): Promise<MembershipState | undefined> => {
  const mine = and(eq(memberships.parkId, parkId), eq(memberships.organisationId, organisationId))
  const [row] = await tx.select({ state: memberships.state }).from(memberships).where(mine)
  return row?.state
}

/** How an organisation stands with every park that it has asked or that has admitted it, as far as the actor may know. */
export const listStandings = async (tx: Tx, organisationId: string) => {
  const rows = await tx
    .select({ membership: memberships, parkName: parks.name })
    .from(memberships)
    .innerJoin(parks, eq(parks.id, memberships.parkId))
    .where(eq(memberships.organisationId, organisationId))
    .orderBy(asc(memberships.createdAt), asc(memberships.parkId))
    .limit(STANDINGS_MAX)
  return rows.map(({ membership, parkName }) => ({
    parkId: membership.parkId,
    parkName,
    state: membership.state,
    createdAt: membership.createdAt.toISOString(),
    ...(membership.decidedAt ? { decidedAt: membership.decidedAt.toISOString() } : {}),
  }))
}

/** Whom a park has suspended: nobody is matched with them there. */
export const listSuspended = async (tx: Tx, parkId: string): Promise<string[]> => {
  const rows = await tx
    .select({ id: memberships.organisationId })
    .from(memberships)
    .where(and(eq(memberships.parkId, parkId), eq(memberships.state, 'suspended')))
  return rows.map(row => row.id)
}

const selectMemberships = (tx: Tx) =>
  tx
    .select({ membership: memberships, organisation: { name: organisations.name, kind: organisations.kind } })
    .from(memberships)
    .innerJoin(organisations, eq(organisations.id, memberships.organisationId))
    .$dynamic()

/** The members of a park as far as the actor may know them, by state, kind and part of the name. */
export const listMemberships = async (tx: Tx, parkId: string, query: z.infer<typeof MembershipQuery>) => {
  await readPark(tx, parkId)
  const rows = await selectMemberships(tx)
    .where(
      and(
        eq(memberships.parkId, parkId),
        query.state ? eq(memberships.state, query.state) : undefined,
        query.kind ? eq(organisations.kind, query.kind) : undefined,
        query.q ? sql`${organisations.name} ilike ${containing(query.q)}` : undefined,
        query.cursor ? gt(memberships.organisationId, query.cursor) : undefined,
      ),
    )
    .orderBy(asc(memberships.organisationId))
    .limit(query.limit + 1)
  return pageOfRows(rows.map(presentMembership), query, row => row.organisationId)
}

type JoinedMembership = Awaited<ReturnType<typeof selectMemberships>>[number]
const presentMembership = ({ membership: row, organisation }: JoinedMembership) => ({
  parkId: row.parkId,
  organisationId: row.organisationId,
  organisationName: organisation.name,
  organisationKind: organisation.kind,
  state: row.state,
  createdAt: row.createdAt.toISOString(),
  ...(row.decidedAt ? { decidedAt: row.decidedAt.toISOString() } : {}),
})

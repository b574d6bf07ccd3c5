import { and, eq, inArray, lte, sql } from 'drizzle-orm'
import type { z } from 'zod'
import { record, type Recording } from '../audit/record.ts'
import { append, type NewEvent } from '../events/outbox.ts'
import type { Stored } from '../identity/idempotency.ts'
import { readOrganisation } from '../identity/service.ts'
import type { Actor, Member } from '../platform/actor.ts'
import { transaction, type Tx } from '../platform/db.ts'
import type { Deps } from '../platform/deps.ts'
import { conflict, forbidden, notFound, refuseContradictions } from '../platform/errors.ts'
import { newId } from '../platform/ids.ts'
import { scenarios } from '../scenarios/tables.ts'
import { inviteMember } from './assemble.ts'
import { refuseUnavailable } from './exclusions.ts'
import { eventOf, parkOrganisation, partiesOf } from './notify.ts'
import { type ConsortiumRow, listMembers } from './queries.ts'
import { type ConsortiumAction, roleOf, stepConsortium } from './rules.ts'
import type { NewAnswerToInvitation, NewConsortium, NewConsortiumTransition, NewInvitations } from './schemas.ts'
import { consortia, consortiumBriefs, consortiumMembers, type Wishes } from './tables.ts'

const DAY_MS = 86_400_000
const DEADLINE_DAYS_MAX = 366

/**
 * Asks for a consortium for a scenario. The team is worked out by a worker; a challenge takes answers at once.
 * @throws 403 for anyone but the scenario's owner and the park, 404, 409 for a scenario that is not published, 422
 */
export const createConsortium = async (
  tx: Tx,
  deps: Recording,
  actor: Member,
  input: NewConsortium,
): Promise<Stored> => {
  const [scenario] = await tx.select().from(scenarios).where(eq(scenarios.id, input.scenarioId))
  if (!scenario) throw notFound()
  if (scenario.organisationId !== actor.organisationId && !actor.adminParkIds.includes(scenario.parkId))
    throw forbidden('只有场景方或园区可以发起联合体', "Only the scenario's owner or the park starts a consortium")
  if (scenario.state !== 'published') throw conflict('场景尚未发布', 'The scenario is not published')
  await checkWishes(tx, deps, input)
  const now = deps.clock.now()
  const id = newId(deps, 'consortium')
  const { scenarioId, mode, facets } = input
  const place = { parkId: scenario.parkId, ownerId: scenario.organisationId }
  const row: ConsortiumRow = {
    ...place,
    id,
    scenarioId,
    title: input.title ?? scenario.title,
    state: mode === 'challenge' ? 'proposed' : 'assembling',
    mode,
    origin: 'asked',
    facets,
    charterVersion: null,
    deadlineAt: new Date(input.deadlineAt),
    version: 1,
    createdAt: now,
    updatedAt: now,
    stateSince: now,
  }
  const { required, exclusions, costs, membersMax } = input
  const wishes: Wishes = { facets, required, exclusions, costs, membersMax }
  await tx.insert(consortia).values(row)
  await tx.insert(consortiumBriefs).values({ ...place, consortiumId: id, wishes })
  await record(tx, deps, actor, {
    action: 'consortium.created',
    objectId: id,
    parkId: row.parkId,
    digests: { content: input },
  })
  const readers = [row.ownerId, await parkOrganisation(tx, row.parkId)]
  await append(tx, deps, actor, [
    mode === 'challenge'
      ? { type: 'consortium.challenge_opened', data: eventOf(row), parkId: row.parkId, readers }
      : { type: 'consortium.requested', data: { consortiumId: id }, parkId: row.parkId },
  ])
  return { id }
}

const checkWishes = async (tx: Tx, deps: Recording, input: NewConsortium): Promise<void> => {
  const required = new Set(input.required)
  const inMs = new Date(input.deadlineAt).getTime() - deps.clock.now().getTime()
  refuseContradictions([
    ...(inMs <= 0 || inMs > DEADLINE_DAYS_MAX * DAY_MS
      ? [{ pointer: '/deadlineAt', detail: { zh: '须在未来一年之内', en: 'It must be within the next year' } }]
      : []),
    ...input.exclusions.flatMap(([a, b], i) =>
      required.has(a) && required.has(b)
        ? [{ pointer: `/exclusions/${i}`, detail: { zh: '两家都必须加入，不能互斥', en: 'Both are required' } }]
        : [],
    ),
    ...(required.size >= input.membersMax
      ? [{ pointer: '/membersMax', detail: { zh: '必须加入的单位过多', en: 'More are required than may be in' } }]
      : []),
  ])
  // A foreign id must be somebody whom the caller can see.
  for (const organisationId of required) await readOrganisation(tx, organisationId)
}

/**
 * Invites a team of the proposal, and others besides. The scenario's owner is a member at once where it invites itself.
 * @throws 403, 404, 409 where there is no such team or the state does not allow it
 */
export const inviteTeam = async (
  tx: Tx,
  deps: Recording,
  actor: Member,
  id: string,
  input: z.infer<typeof NewInvitations>,
): Promise<Stored> => {
  const row = await lockConsortium(tx, id)
  requireSteering(actor, row)
  const next = step(row, 'invite')
  const [brief] = await tx.select().from(consortiumBriefs).where(eq(consortiumBriefs.consortiumId, id))
  const proposal = brief?.proposal
  const team = input.alternative === 0 ? proposal?.team : proposal?.alternatives[input.alternative - 1]
  if (!team && input.also.length === 0) throw conflict('没有该方案', 'There is no such team')
  const members = await listMembers(tx, id)
  const known = new Set(members.map(({ organisationId }) => organisationId))
  const points = (member: string) => proposal?.contributions.find(one => one.member === member)?.points ?? 0
  const invited = [
    ...(team?.members ?? []).map(organisationId => ({
      organisationId,
      facets: (team?.assignments ?? [])
        .filter(({ candidate }) => candidate === organisationId)
        .map(({ facet }) => facet),
    })),
    ...input.also,
    ...(known.has(row.ownerId) ? [] : [{ organisationId: row.ownerId, facets: [] as string[] }]),
  ].filter(({ organisationId }, i, all) => all.findIndex(other => other.organisationId === organisationId) === i)
  const lead = input.lead ?? [...(team?.members ?? [row.ownerId])].sort((a, b) => points(b) - points(a))[0]
  await refuseUnavailable(tx, deps, row.parkId, {
    members: members.filter(({ state }) => state === 'accepted' || state === 'invited').map(one => one.organisationId),
    invited: invited.map(({ organisationId }) => organisationId).filter(one => !known.has(one)),
  })
  for (const { organisationId, facets } of invited) {
    if (known.has(organisationId)) continue
    const { kind } = await readOrganisation(tx, organisationId)
    const role = roleOf(kind)
    if (role === undefined) throw conflict('该单位不能成为成员', 'Such an organisation cannot be a member')
    await inviteMember(tx, deps, row, { organisationId, role, facets, isLead: organisationId === lead }, actor)
    if (organisationId === actor.organisationId) await setMemberState(tx, deps, id, organisationId, 'accepted')
  }
  await moveTo(tx, deps, row, next)
  return { id }
}

/**
 * Accepts or declines an invitation, or leaves. Whoever declines or leaves takes its facets with it, so another is looked
 * for, and a charter that was adopted has to be adopted anew.
 * @throws 404 for somebody who was not invited, 409
 */
export const answerInvitation = async (
  tx: Tx,
  deps: Recording,
  actor: Member,
  id: string,
  { action }: z.infer<typeof NewAnswerToInvitation>,
): Promise<Stored> => {
  const row = await lockConsortium(tx, id)
  const mine = (await listMembers(tx, id)).find(({ organisationId }) => organisationId === actor.organisationId)
  if (!mine) throw notFound()
  const to = { accept: 'accepted', decline: 'declined', leave: 'left' } as const
  const state = to[action]
  if (mine.state === state) return { id }
  const isAllowed = action === 'leave' ? mine.state === 'accepted' : mine.state === 'invited'
  if (!isAllowed || !['forming', 'formed'].includes(row.state))
    throw conflict(
      `当前状态（${row.state}，${mine.state}）不能执行该操作`,
      `Not possible in the state ${row.state}, ${mine.state}`,
    )
  const readers = await partiesOf(tx, row)
  await setMemberState(tx, deps, id, actor.organisationId, state)
  await record(tx, deps, actor, { action: `consortium.${state}`, objectId: id, parkId: row.parkId })
  const events: NewEvent[] = [
    {
      type: 'consortium.member_changed',
      data: { ...eventOf(row), role: mine.role, to: state },
      parkId: row.parkId,
      readers,
    },
  ]
  if (state !== 'accepted') {
    await moveTo(tx, deps, { ...row, charterVersion: null }, step(row, 'reopen'))
    if (row.mode === 'team')
      events.push({ type: 'consortium.requested', data: { consortiumId: id }, parkId: row.parkId })
  }
  await append(tx, deps, actor, events)
  return { id }
}

/** Ends a consortium: what it was for is done, or it is given up. @throws 403, 404, 409 */
export const endConsortium = async (
  tx: Tx,
  deps: Recording,
  actor: Member,
  id: string,
  { action }: z.infer<typeof NewConsortiumTransition>,
): Promise<Stored> => {
  const row = await lockConsortium(tx, id)
  requireSteering(actor, row)
  const to = action === 'complete' ? 'completed' : 'dissolved'
  if (row.state === to) return { id }
  await end(tx, deps, actor, row, to, step(row, action))
  return { id }
}

const end = async (
  tx: Tx,
  deps: Recording,
  actor: Actor,
  row: ConsortiumRow,
  state: 'completed' | 'dissolved' | 'expired',
  next: ConsortiumRow['state'],
): Promise<void> => {
  const readers = await partiesOf(tx, row)
  await moveTo(tx, deps, row, next)
  await record(tx, deps, actor, { action: 'consortium.ended', objectId: row.id, parkId: row.parkId })
  await append(tx, deps, actor, [
    { type: 'consortium.ended', data: { ...eventOf(row), state }, parkId: row.parkId, readers },
  ])
}

/** Ends consortia whose deadline has passed before they formed. For the sweep. @returns how many */
export const expireConsortia = (deps: Recording & Pick<Deps, 'db'>, limit: number): Promise<number> =>
  transaction(deps, { kind: 'worker' }, async tx => {
    const rows = await tx
      .select()
      .from(consortia)
      .where(and(inArray(consortia.state, ['proposed', 'forming']), lte(consortia.deadlineAt, deps.clock.now())))
      .orderBy(consortia.deadlineAt)
      .limit(limit)
      .for('update', { skipLocked: true })
    for (const row of rows) await end(tx, deps, { kind: 'worker' }, row, 'expired', 'expired')
    return rows.length
  })

/**
 * Locks a consortium that the actor may see. Everybody who changes one waits here for his turn: the right to lock a row
 * is the right to change it, which an invited member has as well.
 * @throws 404
 */
export const lockConsortium = async (tx: Tx, id: string): Promise<ConsortiumRow> => {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`consortium ${id}`}, 0))`)
  const [row] = await tx.select().from(consortia).where(eq(consortia.id, id))
  if (!row) throw notFound()
  return row
}

/** @throws 403 for anyone but the scenario's owner and the park's administration */
export const requireSteering = (actor: Member, row: ConsortiumRow): void => {
  if (row.ownerId === actor.organisationId || actor.adminParkIds.includes(row.parkId)) return
  throw forbidden('只有场景方或园区可以执行此操作', "Only the scenario's owner or the park may do this")
}

/** The state after an action. @throws 409 where the present one does not allow it */
export const step = (row: ConsortiumRow, action: ConsortiumAction): ConsortiumRow['state'] => {
  const next = stepConsortium(row.state, action)
  if (next === undefined)
    throw conflict(`当前状态（${row.state}）不能执行该操作`, `Not possible in the state ${row.state}`)
  return next
}

export const moveTo = async (
  tx: Tx,
  deps: Recording,
  row: ConsortiumRow,
  state: ConsortiumRow['state'],
): Promise<void> => {
  const now = deps.clock.now()
  await tx
    .update(consortia)
    .set({
      state,
      charterVersion: row.charterVersion,
      version: row.version + 1,
      updatedAt: now,
      ...(state === row.state ? {} : { stateSince: now }),
    })
    .where(eq(consortia.id, row.id))
}

const setMemberState = async (
  tx: Tx,
  deps: Recording,
  consortiumId: string,
  organisationId: string,
  state: 'accepted' | 'declined' | 'left',
): Promise<void> => {
  await tx
    .update(consortiumMembers)
    .set({ state, decidedAt: deps.clock.now() })
    .where(and(eq(consortiumMembers.consortiumId, consortiumId), eq(consortiumMembers.organisationId, organisationId)))
}

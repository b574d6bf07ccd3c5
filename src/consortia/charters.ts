import { and, eq, sql } from 'drizzle-orm'
import type { z } from 'zod'
import { record, type Recording } from '../audit/record.ts'
import { append } from '../events/outbox.ts'
import type { Stored } from '../identity/idempotency.ts'
import type { Member } from '../platform/actor.ts'
import type { Tx } from '../platform/db.ts'
import { conflict, notFound, refuseContradictions } from '../platform/errors.ts'
import { eventOf, partiesOf } from './notify.ts'
import { listMembers, readNewestCharter } from './queries.ts'
import { findObstacles, findShareFaults } from './rules.ts'
import type { NewCharter, NewVote } from './schemas.ts'
import { lockConsortium, moveTo, step } from './service.ts'
import { consortiumCharters, consortiumVotes } from './tables.ts'

/**
 * Proposes a version of the charter; a newer one replaces it and is voted on anew. Its proposer has agreed to it.
 * @throws 404 for somebody who is no member, 409 where nothing is forming, 422 for shares that do not add up
 */
export const proposeCharter = async (
  tx: Tx,
  deps: Recording,
  actor: Member,
  id: string,
  input: z.infer<typeof NewCharter>,
): Promise<Stored> => {
  const row = await lockConsortium(tx, id)
  const accepted = await requireMembership(tx, actor, id)
  if (row.state !== 'forming') throw conflict('联合体不在组建中', 'The consortium is not forming')
  const faults = findShareFaults(accepted, input.shares)
  refuseContradictions(faults.map(detail => ({ pointer: '/shares', detail })))
  const version = ((await readNewestCharter(tx, id))?.version ?? 0) + 1
  const { terms, shares } = input
  const createdAt = deps.clock.now()
  await tx.insert(consortiumCharters).values({
    consortiumId: id,
    version,
    parkId: row.parkId,
    terms,
    shares,
    proposedById: actor.organisationId,
    createdAt,
  })
  await record(tx, deps, actor, {
    action: 'consortium.charter_proposed',
    objectId: id,
    parkId: row.parkId,
    digests: { charter: input },
  })
  const readers = await partiesOf(tx, row)
  await append(tx, deps, actor, [
    { type: 'consortium.charter_proposed', data: { ...eventOf(row), version }, parkId: row.parkId, readers },
  ])
  return vote(tx, deps, actor, id, { version, approves: true })
}

/**
 * Votes on the newest version; a second vote replaces the first. When nobody is still asked and every member has agreed,
 * the charter is adopted, the consortium is formed, and the scenario's shared tier opens to its members.
 * @throws 404 for somebody who is no member, 409 for an older version or where nothing is forming
 */
export const vote = async (
  tx: Tx,
  deps: Recording,
  actor: Member,
  id: string,
  input: z.infer<typeof NewVote>,
): Promise<Stored> => {
  const row = await lockConsortium(tx, id)
  await requireMembership(tx, actor, id)
  const charter = await readNewestCharter(tx, id)
  if (row.state !== 'forming' || charter?.version !== input.version)
    throw conflict('该章程版本不在表决中', 'This version of the charter is not voted on')
  const mine = and(
    eq(consortiumVotes.consortiumId, id),
    eq(consortiumVotes.version, input.version),
    eq(consortiumVotes.organisationId, actor.organisationId),
  )
  await tx.delete(consortiumVotes).where(mine)
  await tx.insert(consortiumVotes).values({
    consortiumId: id,
    version: input.version,
    organisationId: actor.organisationId,
    parkId: row.parkId,
    approves: input.approves ? 1 : 0,
    note: input.note ?? null,
    at: deps.clock.now(),
  })
  await record(tx, deps, actor, {
    action: 'consortium.voted',
    objectId: id,
    parkId: row.parkId,
    digests: { vote: input },
  })
  await adoptIfAgreed(tx, deps, actor, id)
  return { id }
}

const adoptIfAgreed = async (tx: Tx, deps: Recording, actor: Member, id: string): Promise<void> => {
  const row = await lockConsortium(tx, id)
  const charter = await readNewestCharter(tx, id)
  const members = await listMembers(tx, id)
  if (!charter || findObstacles(members, charter.votes).length > 0) return
  const accepted = members.filter(({ state }) => state === 'accepted').map(({ organisationId }) => organisationId)
  // Somebody may have joined or left since: then a version with everybody's share is needed first.
  if (findShareFaults(accepted, charter.shares).length > 0) return
  await moveTo(tx, deps, { ...row, charterVersion: charter.version }, step(row, 'adopt'))
  await tx.execute(sql`select disclose_consortium(${id})`)
  await record(tx, deps, actor, { action: 'consortium.formed', objectId: id, parkId: row.parkId })
  const readers = await partiesOf(tx, row)
  await append(tx, deps, actor, [
    { type: 'consortium.formed', data: { ...eventOf(row), version: charter.version }, parkId: row.parkId, readers },
  ])
}

/** @returns the accepted members. @throws 404 for somebody who is none of them */
const requireMembership = async (tx: Tx, actor: Member, id: string): Promise<string[]> => {
  const members = await listMembers(tx, id)
  const accepted = members.filter(({ state }) => state === 'accepted').map(({ organisationId }) => organisationId)
  if (!accepted.includes(actor.organisationId)) throw notFound()
  return accepted
}

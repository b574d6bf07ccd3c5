import { eq } from 'drizzle-orm'
import type { z } from 'zod'
import { record, type Recording } from '../audit/record.ts'
import { append } from '../events/outbox.ts'
import type { Stored } from '../identity/idempotency.ts'
import type { Member } from '../platform/actor.ts'
import { readOrganisation } from '../identity/service.ts'
import type { Tx } from '../platform/db.ts'
import { conflict, forbidden, notFound } from '../platform/errors.ts'
import { newId } from '../platform/ids.ts'
import { inviteMember } from './assemble.ts'
import { refuseUnavailable } from './exclusions.ts'
import { eventOf, parkOrganisation } from './notify.ts'
import { listMembers } from './queries.ts'
import { roleOf } from './rules.ts'
import type { NewChallengeAnswer, NewReview } from './schemas.ts'
import { lockConsortium, moveTo, requireSteering, step } from './service.ts'
import { challengeAnswers } from './tables.ts'

const ANSWERING: ReadonlySet<string> = new Set(['institute', 'vendor', 'provider'])

/**
 * Answers a challenge (企业出题、院所答题), once for each organisation.
 * @throws 403 for a manufacturer or a park, 404, 409 where it takes no answers (any more)
 */
export const answerChallenge = async (
  tx: Tx,
  deps: Recording,
  actor: Member,
  id: string,
  input: z.infer<typeof NewChallengeAnswer>,
): Promise<Stored> => {
  const row = await lockConsortium(tx, id)
  if (row.mode !== 'challenge' || (row.state !== 'proposed' && row.state !== 'forming'))
    throw conflict('该课题不接受答题', 'This takes no answers')
  if (!ANSWERING.has(actor.organisationKind) || row.ownerId === actor.organisationId)
    throw forbidden('院所、服务商和资源方可以答题', 'Institutes, vendors and providers answer')
  const answerId = newId(deps, 'answer')
  await tx.insert(challengeAnswers).values({
    ...input,
    id: answerId,
    consortiumId: id,
    parkId: row.parkId,
    ownerId: row.ownerId,
    organisationId: actor.organisationId,
    createdAt: deps.clock.now(),
  })
  await record(tx, deps, actor, {
    action: 'challenge.answered',
    objectId: answerId,
    parkId: row.parkId,
    digests: { answer: input },
  })
  const readers = [row.ownerId, await parkOrganisation(tx, row.parkId)]
  await append(tx, deps, actor, [
    { type: 'consortium.answered', data: { ...eventOf(row), answerId }, parkId: row.parkId, readers },
  ])
  return { id: answerId }
}

/** Reviews an answer; a later review replaces it. Selecting one invites who answered. @throws 403, 404, 409 */
export const reviewAnswer = async (
  tx: Tx,
  deps: Recording,
  actor: Member,
  answerId: string,
  input: z.infer<typeof NewReview>,
): Promise<Stored> => {
  const [answer] = await tx.select().from(challengeAnswers).where(eq(challengeAnswers.id, answerId))
  if (!answer) throw notFound()
  const row = await lockConsortium(tx, answer.consortiumId)
  requireSteering(actor, row)
  const now = deps.clock.now()
  const isSelected = input.select || answer.selectedAt !== null
  await tx
    .update(challengeAnswers)
    .set({
      score: input.score,
      reviewNote: input.note ?? null,
      reviewedById: actor.organisationId,
      reviewedAt: now,
      selectedAt: isSelected ? (answer.selectedAt ?? now) : null,
    })
    .where(eq(challengeAnswers.id, answerId))
  await record(tx, deps, actor, {
    action: 'challenge.reviewed',
    objectId: answerId,
    parkId: row.parkId,
    digests: { review: input },
  })
  const data = { ...eventOf(row), answerId, score: input.score, isSelected }
  await append(tx, deps, actor, [
    { type: 'consortium.answer_reviewed', data, parkId: row.parkId, readers: [answer.organisationId] },
  ])
  if (input.select && answer.selectedAt === null) {
    const next = step(row, 'invite')
    const { kind } = await readOrganisation(tx, answer.organisationId)
    const members = await listMembers(tx, row.id)
    await refuseUnavailable(tx, deps, row.parkId, {
      members: [row.ownerId, ...members.map(({ organisationId }) => organisationId)],
      invited: [answer.organisationId],
    })
    if (!members.some(({ organisationId }) => organisationId === answer.organisationId))
      await inviteMember(
        tx,
        deps,
        row,
        {
          organisationId: answer.organisationId,
          role: roleOf(kind) ?? 'institute',
          facets: answer.facets,
          isLead: members.length === 0,
        },
        actor,
      )
    if (!members.some(({ organisationId }) => organisationId === row.ownerId))
      await inviteMember(tx, deps, row, { organisationId: row.ownerId, role: 'manufacturer', facets: [] }, actor)
    await moveTo(tx, deps, row, next)
  }
  return { id: answerId }
}

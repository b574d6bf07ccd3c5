import { and, eq, lte } from 'drizzle-orm'
import { type Recording, record } from '../audit/record.ts'
import type { Language } from '../engine/types.ts'
import { append } from '../events/outbox.ts'
import type { Stored } from '../identity/idempotency.ts'
import { findStanding } from '../identity/memberships.ts'
import { readPark } from '../identity/service.ts'
import { publicationOf } from '../parks/service.ts'
import type { Actor, Member, OrganisationKind } from '../platform/actor.ts'
import { checkConcepts, listConceptRefs } from '../platform/concepts.ts'
import { transaction, type Tx } from '../platform/db.ts'
import type { Deps } from '../platform/deps.ts'
import { conflict, forbidden, refuseContradictions } from '../platform/errors.ts'
import { newId } from '../platform/ids.ts'
import { checkIfMatch } from '../platform/preconditions.ts'
import { applyChange } from '../platform/schemas.ts'
import { SCENARIO_CONCEPTS } from './concepts.ts'
import { readWhole } from './queries.ts'
import { insertRows, lockOwn, type ScenarioRow, updateRows } from './rows.ts'
import { findContradictions, findWrongExpiry, takeStep } from './rules.ts'
import { tellStep } from './steps.ts'
import type { NewScenario, ScenarioPatch } from './schemas.ts'
import { scenarios } from './tables.ts'

type Telling = Recording
type Writing = Telling & Pick<Deps, 'lexicon'>

/** Who may ask for help. A vendor sells, a park decides, an operator runs: none of them has demand of its own. */
export const POSTING_KINDS: readonly OrganisationKind[] = ['manufacturer', 'government', 'institute', 'provider']

/**
 * Stores a scenario in a park, as a draft or published at once (handed in, where the park looks first). Drafts also come
 * from a company that has asked to join. `language` is the language of the errors. Callers other than a route parse the input with `NewScenario` first: its bounds stand there.
 * @throws 403 for another kind of organisation or a park that it is no member of, 404 for an unknown park, 422 for
 * unknown concepts and contradictions
 */
export const createScenario = async (
  tx: Tx,
  deps: Writing,
  actor: Member,
  input: NewScenario,
  language: Language,
): Promise<Stored> => {
  const { parkId, visibility, expiresAt: ending, tiers: moved, publish, ...fields } = input
  await checkPoster(tx, actor, parkId, publish ? 'publish' : 'draft')
  const step = publish ? await publishingStep(tx, parkId) : undefined
  const now = deps.clock.now()
  const expiresAt = ending === undefined ? null : new Date(ending)
  checkConcepts(deps.lexicon, listConceptRefs(fields, SCENARIO_CONCEPTS), language)
  refuseContradictions([...findContradictions(fields), ...findWrongExpiry(expiresAt, now)])
  const id = newId(deps, 'scenario')
  const card = {
    id,
    parkId,
    organisationId: actor.organisationId,
    state: step ? takeStep('draft', step).state : ('draft' as const),
    visibility,
    version: 1,
    createdAt: now,
    updatedAt: now,
    publishedAt: step === 'publish' ? now : null,
    expiresAt,
  }
  await insertRows(tx, deps, card, { fields, moved })
  await record(tx, deps, actor, { action: 'scenario.created', objectId: id, parkId, digests: { content: input } })
  if (step) await tellStep(tx, deps, actor, card, { step, event: takeStep('draft', step).event })
  return { id }
}

/**
 * Changes what a scenario says. Of those who change the same version at the same time exactly one gets through.
 * @throws 428 without If-Match, 412 where it is stale, 403 for a stranger who may read it, 404, 422
 */
export const changeScenario = async (
  tx: Tx,
  deps: Writing,
  actor: Member,
  target: { id: string; ifMatch: string | undefined },
  patch: ScenarioPatch,
  language: Language,
): Promise<void> => {
  const row = await lockOwn(tx, target.id)
  checkIfMatch(target.ifMatch, row.version)
  if (Object.keys(patch).length === 0) return
  const { visibility = row.visibility, expiresAt: ending, tiers, ...change } = patch
  const now = deps.clock.now()
  const newEnding = ending ? new Date(ending) : null
  const { whole } = await readWhole(tx, target.id)
  const fields = applyChange(whole.fields, change)
  checkConcepts(deps.lexicon, listConceptRefs(change, SCENARIO_CONCEPTS), language)
  refuseContradictions([...findContradictions(fields), ...findWrongExpiry(newEnding, now)])
  const expiresAt = ending === undefined ? row.expiresAt : newEnding
  const card = { visibility, expiresAt, version: row.version + 1, updatedAt: now }
  await updateRows(tx, deps, row.id, card, { fields, moved: tiers === undefined ? whole.moved : (tiers ?? undefined) })
  await record(tx, deps, actor, {
    action: 'scenario.changed',
    objectId: row.id,
    parkId: row.parkId,
    digests: { change: patch },
  })
  if (row.state === 'published')
    await append(tx, deps, actor, [{ type: 'scenario.updated', data: { scenarioId: row.id }, parkId: row.parkId }])
}

/**
 * Publishes a draft, or again what was taken back, returned or has expired; where the park looks first, hands it in.
 * Publishing twice changes nothing and tells nothing.
 * @throws 403, 404, 409 where its time is over
 */
export const publishScenario = async (tx: Tx, deps: Telling, actor: Member, id: string): Promise<Stored> => {
  const row = await lockOwn(tx, id)
  await checkPoster(tx, actor, row.parkId, 'publish')
  if (row.expiresAt !== null && row.expiresAt <= deps.clock.now())
    throw conflict('场景已到期：请先修改 expiresAt', 'Its time is over: set a later expiresAt first')
  await applyStep(tx, deps, actor, row, await publishingStep(tx, row.parkId))
  return { id }
}

/** Takes a scenario back. Repeating it changes nothing. @throws 403, 404 */
export const withdrawScenario = async (tx: Tx, deps: Telling, actor: Member, id: string): Promise<Stored> => {
  await applyStep(tx, deps, actor, await lockOwn(tx, id), 'withdraw')
  return { id }
}

/**
 * Ends up to `limit` published scenarios whose time is over, oldest first, in one transaction of the worker.
 * @returns how many; fewer than `limit` means that none is left
 */
export const expireScenarios = async (deps: Telling & Pick<Deps, 'db'>, limit: number): Promise<number> =>
  transaction(deps, { kind: 'worker' }, async tx => {
    const due = await tx
      .select()
      .from(scenarios)
      .where(and(eq(scenarios.state, 'published'), lte(scenarios.expiresAt, deps.clock.now())))
      .orderBy(scenarios.expiresAt, scenarios.id)
      .limit(limit)
      .for('update', { skipLocked: true })
    for (const row of due) await applyStep(tx, deps, { kind: 'worker' }, row, 'expire')
    return due.length
  })

/** What publishing is in a park: the author's own word, or the first half of it. */
const publishingStep = async (tx: Tx, parkId: string): Promise<'publish' | 'submit'> =>
  (await publicationOf(tx, parkId)) === 'park' ? 'submit' : 'publish'

const applyStep = async (
  tx: Tx,
  deps: Telling,
  actor: Actor,
  row: ScenarioRow,
  step: 'publish' | 'submit' | 'withdraw' | 'expire',
): Promise<void> => {
  const { state, event } = takeStep(row.state, step)
  if (state === row.state) return
  const now = deps.clock.now()
  const publishedAt = state === 'published' ? now : row.publishedAt
  await tx
    .update(scenarios)
    .set({ state, version: row.version + 1, updatedAt: now, publishedAt })
    .where(eq(scenarios.id, row.id))
  await tellStep(tx, deps, actor, row, { step, event })
}

/**
 * @throws 403, 404 unless the actor's kind has demand and the park has him as an active member, or for a draft as one who
 * has asked to be
 */
const checkPoster = async (tx: Tx, actor: Member, parkId: string, aim: 'draft' | 'publish'): Promise<void> => {
  if (!POSTING_KINDS.includes(actor.organisationKind))
    throw forbidden(
      '只有制造企业、政府部门、科研院所和服务机构可以发布场景',
      'Only manufacturers, government, institutes and providers post scenarios',
    )
  await readPark(tx, parkId)
  if (actor.parkIds.includes(parkId)) return
  const standing = await findStanding(tx, parkId, actor.organisationId)
  if (standing === 'requested' && aim === 'draft') return
  if (standing === 'requested')
    throw forbidden(
      '入园申请尚待园区批准：可先保存草稿，批准后再发布',
      'The park has not admitted you yet: keep it as a draft and publish it then',
    )
  throw forbidden('贵单位不是该园区的有效成员', 'Your organisation is not an active member of this park')
}

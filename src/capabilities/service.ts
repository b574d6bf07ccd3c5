import { eq } from 'drizzle-orm'
import { type Recording, record } from '../audit/record.ts'
import type { Language } from '../engine/types.ts'
import { append } from '../events/outbox.ts'
import type { Stored } from '../identity/idempotency.ts'
import { readPark } from '../identity/service.ts'
import type { Member, OrganisationKind } from '../platform/actor.ts'
import { checkConcepts, listConceptRefs } from '../platform/concepts.ts'
import type { Tx } from '../platform/db.ts'
import type { Deps } from '../platform/deps.ts'
import { forbidden, refuseContradictions } from '../platform/errors.ts'
import { newId } from '../platform/ids.ts'
import { checkIfMatch } from '../platform/preconditions.ts'
import { applyChange } from '../platform/schemas.ts'
import { CAPABILITY_CONCEPTS } from './concepts.ts'
import { readWhole } from './queries.ts'
import { type CapabilityRow, insertRows, lockOwn, updateRows } from './rows.ts'
import { findContradictions, takeStep } from './rules.ts'
import type { CapabilityPatch, NewCapability } from './schemas.ts'
import { capabilities } from './tables.ts'

type Telling = Recording
type Writing = Telling & Pick<Deps, 'lexicon'>

/** Who may offer. A factory may: many sell what they built for themselves. A park brings together and sells nothing. */
export const OFFERING_KINDS: readonly OrganisationKind[] = ['vendor', 'institute', 'provider', 'manufacturer']

/**
 * Stores a capability, as a draft or published at once, offered where the actor is an active member or to every park.
 * `language` is the language of the errors. Callers other than a route parse the input with `NewCapability` first: its
 * bounds stand there.
 * @throws 403 for another kind of organisation or a park that it is no member of, 404 for an unknown park, 422 for
 * unknown concepts and contradictions
 */
export const createCapability = async (
  tx: Tx,
  deps: Writing,
  actor: Member,
  input: NewCapability,
  language: Language,
): Promise<Stored> => {
  const { audiences: wished, tiers: moved, publish, ...fields } = input
  const audiences = [...new Set(wished ?? actor.parkIds)]
  await checkVendor(tx, actor, audiences)
  checkConcepts(deps.lexicon, listConceptRefs(fields, CAPABILITY_CONCEPTS), language)
  refuseContradictions(findContradictions(fields))
  const id = newId(deps, 'capability')
  const now = deps.clock.now()
  const card = {
    id,
    organisationId: actor.organisationId,
    state: publish ? ('published' as const) : ('draft' as const),
    audiences,
    version: 1,
    createdAt: now,
    updatedAt: now,
    publishedAt: publish ? now : null,
  }
  await insertRows(tx, deps, card, { fields, moved })
  await record(tx, deps, actor, { action: 'capability.created', objectId: id, digests: { content: input } })
  if (publish) {
    await record(tx, deps, actor, { action: 'capability.published', objectId: id })
    await append(tx, deps, actor, [{ type: 'capability.published', data: { capabilityId: id } }])
  }
  return { id }
}

/**
 * Changes what a capability says. Of those who change the same version at the same time exactly one gets through.
 * @throws 428 without If-Match, 412 where it is stale, 403 for a stranger who may read it, 404, 422
 */
export const changeCapability = async (
  tx: Tx,
  deps: Writing,
  actor: Member,
  target: { id: string; ifMatch: string | undefined },
  patch: CapabilityPatch,
  language: Language,
): Promise<void> => {
  const row = await lockOwn(tx, target.id)
  checkIfMatch(target.ifMatch, row.version)
  if (Object.keys(patch).length === 0) return
  const { audiences: wished, tiers, ...change } = patch
  const audiences = wished ? [...new Set(wished)] : row.audiences
  if (wished) await checkVendor(tx, actor, audiences)
  const { whole } = await readWhole(tx, target.id)
  const fields = applyChange(whole.fields, change)
  checkConcepts(deps.lexicon, listConceptRefs(change, CAPABILITY_CONCEPTS), language)
  refuseContradictions(findContradictions(fields))
  const card = { audiences, version: row.version + 1, updatedAt: deps.clock.now() }
  await updateRows(tx, deps, row.id, card, { fields, moved: tiers === undefined ? whole.moved : (tiers ?? undefined) })
  await record(tx, deps, actor, { action: 'capability.changed', objectId: row.id, digests: { change: patch } })
  if (row.state === 'published')
    await append(tx, deps, actor, [{ type: 'capability.updated', data: { capabilityId: row.id } }])
}

/** Publishes a draft, or again what was taken back. Publishing twice changes and tells nothing. @throws 403, 404 */
export const publishCapability = async (tx: Tx, deps: Telling, actor: Member, id: string): Promise<Stored> => {
  const row = await lockOwn(tx, id)
  await checkVendor(tx, actor, row.audiences)
  await applyStep(tx, deps, actor, row, 'publish')
  return { id }
}

/** Takes a capability back. Repeating it changes nothing. @throws 403, 404 */
export const withdrawCapability = async (tx: Tx, deps: Telling, actor: Member, id: string): Promise<Stored> => {
  await applyStep(tx, deps, actor, await lockOwn(tx, id), 'withdraw')
  return { id }
}

const applyStep = async (
  tx: Tx,
  deps: Telling,
  actor: Member,
  row: CapabilityRow,
  step: 'publish' | 'withdraw',
): Promise<void> => {
  const { state, event } = takeStep(row.state, step)
  if (state === row.state) return
  const action = step === 'publish' ? 'capability.published' : 'capability.withdrawn'
  await record(tx, deps, actor, { action, objectId: row.id })
  const now = deps.clock.now()
  const publishedAt = state === 'published' ? now : row.publishedAt
  await tx
    .update(capabilities)
    .set({ state, version: row.version + 1, updatedAt: now, publishedAt })
    .where(eq(capabilities.id, row.id))
  if (event) await append(tx, deps, actor, [{ type: event, data: { capabilityId: row.id } }])
}

/** Offering to every park takes an active membership in at least one: nobody writes to all of them unvouched for. */
const checkVendor = async (tx: Tx, actor: Member, audiences: string[]): Promise<void> => {
  if (!OFFERING_KINDS.includes(actor.organisationKind))
    throw forbidden(
      '只有供应商、科研院所、服务机构和制造企业可以登记能力',
      'Only vendors, institutes, providers and manufacturers register capabilities',
    )
  if (actor.parkIds.length === 0)
    throw forbidden('贵单位还不是任何园区的有效成员', 'Your organisation is not yet an active member of any park')
  for (const audience of audiences) {
    if (audience === 'network' || actor.parkIds.includes(audience)) continue
    await readPark(tx, audience)
    throw forbidden('贵单位不是该园区的有效成员', 'Your organisation is not an active member of this park')
  }
}

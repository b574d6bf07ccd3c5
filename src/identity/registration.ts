import { eq, or } from 'drizzle-orm'
import type { z } from 'zod'
import { type Recording, record } from '../audit/record.ts'
import { transaction } from '../platform/db.ts'
import type { Deps } from '../platform/deps.ts'
import { newId } from '../platform/ids.ts'
import type { NewRegistration } from './invitation-schemas.ts'
import { findParkBySlug, insertInvitation } from './invitations.ts'
import { insertMembership } from './memberships.ts'
import { organisations } from './tables.ts'

const WORKER = { kind: 'worker' } as const

/**
 * A company registers itself with a park, without an account: the organisation, its request to join, and the first
 * owner's seat for the contact person, who takes it by the token. It waits for the park, and may draft meanwhile.
 * A name or a code that is there already is answered in the same way, and held back: the park learns of it when it wants
 * to activate the membership.
 * @throws 404 for an unknown park
 */
export const registerCompany = async (
  deps: Recording & Pick<Deps, 'db'>,
  input: z.infer<typeof NewRegistration>,
): Promise<{ organisationId: string; parkId: string; token: string; invitationId: string }> =>
  transaction(deps, WORKER, async tx => {
    const { parkSlug, contact, ...fields } = input
    const park = await findParkBySlug(tx, parkSlug)
    const [known] = await tx
      .select({ id: organisations.id })
      .from(organisations)
      .where(or(eq(organisations.creditCode, fields.creditCode), eq(organisations.name, fields.name)))
    const id = newId(deps, 'organisation')
    await tx.insert(organisations).values({ ...fields, id, isClaim: known !== undefined, createdAt: deps.clock.now() })
    await record(tx, deps, WORKER, { action: 'organisation.created', objectId: id, parkId: park.id })
    await insertMembership(tx, deps, WORKER, { parkId: park.id, organisationId: id }, 'requested')
    const seat = { organisationId: id, madeById: id }
    const made = await insertInvitation(tx, deps, WORKER, seat, { ...contact, role: 'owner' })
    return { organisationId: id, parkId: park.id, token: made.secret, invitationId: made.id }
  })

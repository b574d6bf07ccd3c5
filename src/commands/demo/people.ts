import { eq } from 'drizzle-orm'
import { signInUrl } from '../../identity/addresses.ts'
import { insertPerson, insertPosition } from '../../identity/people.ts'
import { insertOwnLink } from '../../identity/sign-in.ts'
import { people } from '../../identity/tables.ts'
import { transaction } from '../../platform/db.ts'
import type { Deps } from '../../platform/deps.ts'
import type { Cast } from './cast.ts'

const PEOPLE = [
  { role: 'park', email: 'park@demo.example', name: '林主任' },
  { role: 'factory', email: 'factory@demo.example', name: '陈工' },
  { role: 'vendor', email: 'vendor@demo.example', name: '周工' },
] as const

export type SignInLinks = Record<(typeof PEOPLE)[number]['role'], string>

/** A person for each role, made once, and for each a fresh link that opens the console, once, within a day. */
export const makeSignInLinks = async (deps: Deps, cast: Cast): Promise<SignInLinks> => {
  const links = await transaction(deps, { kind: 'worker' }, async tx => {
    const made: [string, string][] = []
    for (const { role, email, name } of PEOPLE) {
      const [known] = await tx.select({ id: people.id }).from(people).where(eq(people.email, email))
      const id = known?.id ?? (await insertPerson(tx, deps, { email, name, language: 'zh' }))
      if (!known)
        await insertPosition(tx, deps, { personId: id, organisationId: cast[role].organisationId, role: 'owner' })
      made.push([role, signInUrl(deps, (await insertOwnLink(tx, deps, id)).token)])
    }
    return made
  })
  return Object.fromEntries(links) as SignInLinks
}

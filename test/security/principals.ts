import { asc, eq, inArray } from 'drizzle-orm'
import type { FastifyInstance } from 'fastify'
import { insertKey } from '../../src/identity/service.ts'
import { people, sessions } from '../../src/identity/tables.ts'
import type { Member, OrganisationKind, Role } from '../../src/platform/actor.ts'
import { transaction } from '../../src/platform/db.ts'
import type { Deps } from '../../src/platform/deps.ts'
import { bearer, makeOrganisation, makePark, makePerson, signIn } from '../helper.ts'
import { canary, type Name, ORGANISATIONS } from './canaries.ts'

export type Principal = {
  name: string
  organisation: Name | undefined
  role: Role
  /** What proves who it is: a key, or the session of a person. */
  headers: Record<string, string>
  isPerson: boolean
}

const ROLES: Role[] = ['owner', 'editor', 'reader']
/** Organisations in which a person sits, too: what is for people alone is tried by these. */
const SEATED = ['F', 'V0', 'V1', 'V2', 'G', 'U', 'H', 'PA', 'PB', 'O'] as const

const KINDS: Record<Exclude<Name, 'PA' | 'PB'>, OrganisationKind> = {
  F: 'manufacturer',
  G: 'manufacturer',
  H: 'manufacturer',
  V0: 'vendor',
  V1: 'vendor',
  V2: 'vendor',
  U: 'vendor',
  W: 'vendor',
  O: 'operator',
}

/** Both parks, everybody in them, with keys and people: made without the API, which they then use. */
export const makePeople = async (deps: Deps, app: FastifyInstance) => {
  const [a, b] = [await makePark(deps), await makePark(deps)]
  const ids = new Map<Name, string>([
    ['PA', a.organisationId],
    ['PB', b.organisationId],
  ])
  const parksOf: Partial<Record<Name, string[]>> = { H: [b.id], W: [b.id], O: [] }
  for (const [name, kind] of Object.entries(KINDS) as [Name, OrganisationKind][]) {
    const more = name === 'F' ? { name: canary('factory-name', 'x') } : {}
    ids.set(name, (await makeOrganisation(deps, kind, parksOf[name] ?? [a.id], more)).id)
  }
  const idOf = (name: Name) => ids.get(name) ?? ''
  const makeKey = (name: Name, role: Role, text: string) =>
    transaction(deps, { kind: 'worker' }, tx =>
      insertKey(tx, deps, { organisationId: idOf(name), madeById: idOf(name) }, { name: text, role }),
    )
  const principals: Principal[] = [
    { name: 'anonymous', organisation: undefined, role: 'reader', headers: {}, isPerson: false },
  ]
  for (const organisation of ORGANISATIONS)
    for (const role of ['F', 'V2', 'PA'].includes(organisation) ? ROLES : (['owner'] as const)) {
      const text = organisation === 'V2' ? canary('key-own', 'name') : 'key'
      const { secret } = await makeKey(organisation, role, text)
      const name = `${organisation} ${role}`
      principals.push({ name, organisation, role, headers: bearer(secret), isPerson: false })
    }
  const seats = new Map<string, Name>([
    ['canary.person@example.com', 'F'],
    ['canary.colleague@example.com', 'F'],
  ])
  let seatedId = ''
  for (const organisation of SEATED) {
    const person = await makePerson(deps, [{ organisationId: idOf(organisation) }])
    const headers = await signIn(deps, app, person.id)
    principals.push({ name: `${organisation} in person`, organisation, role: 'owner', headers, isPerson: true })
    seats.set(person.email, organisation)
    if (organisation === 'F') seatedId = person.id
  }
  return {
    parkA: a.id,
    parkB: b.id,
    idOf,
    principals,
    ...(await makeSpares(deps, app, { idOf, makeKey, seatedId })),
    actorOf: actorsOf(idOf, a.id, b.id),
    organisationOf: (email: string) => seats.get(email),
  }
}

/** Of the factory: two keys, two people and two sessions besides, so that each may be taken away in two ways. */
const makeSpares = async (
  deps: Deps,
  app: FastifyInstance,
  {
    idOf,
    makeKey,
    seatedId,
  }: {
    idOf: (name: Name) => string
    makeKey: (name: Name, role: Role, text: string) => Promise<{ id: string }>
    seatedId: string
  },
) => {
  const seat = { organisationId: idOf('F'), role: 'reader' as const }
  const spares: string[] = []
  for (const email of ['canary.person@example.com', 'canary.colleague@example.com'])
    spares.push((await makePerson(deps, [seat], email)).id)
  const name = canary('person-own', 'name')
  await transaction(deps, { kind: 'worker' }, tx => tx.update(people).set({ name }).where(inArray(people.id, spares)))
  for (const _ of spares) await signIn(deps, app, seatedId)
  const own = await transaction(deps, { kind: 'worker' }, tx =>
    tx.select({ id: sessions.id }).from(sessions).where(eq(sessions.personId, seatedId)).orderBy(asc(sessions.id)),
  )
  const [personId = '', sparePersonId = ''] = spares
  const [sessionId = '', spareSessionId = ''] = own.map(session => session.id).slice(-2)
  const keys = [await makeKey('F', 'reader', 'spare'), await makeKey('F', 'reader', 'spare too')].map(key => key.id)
  const [keyId = '', spareKeyId = ''] = keys
  return { own: { personId, sparePersonId, sessionId, spareSessionId, keyId, spareKeyId } }
}

const actorsOf =
  (idOf: (name: Name) => string, parkA: string, parkB: string) =>
  (name: Name): Member => ({
    kind: 'member',
    organisationId: idOf(name),
    organisationKind: name.startsWith('P') ? 'park' : KINDS[name as keyof typeof KINDS],
    role: 'owner',
    keyId: 'key',
    scopes: [],
    parkIds: name === 'O' ? [] : ['H', 'W', 'PB'].includes(name) ? [parkB] : [parkA],
    adminParkIds: name === 'PA' ? [parkA] : name === 'PB' ? [parkB] : [],
  })

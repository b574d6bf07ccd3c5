import { and, asc, eq, gt, inArray, isNull } from 'drizzle-orm'
import type { z } from 'zod'
import { type Recording, record } from '../audit/record.ts'
import { administers, isOperator, type Member } from '../platform/actor.ts'
import type { Tx } from '../platform/db.ts'
import type { Deps } from '../platform/deps.ts'
import { conflict, forbidden, notFound } from '../platform/errors.ts'
import { newId } from '../platform/ids.ts'
import { pageOfRows, type PageQuery } from '../platform/pages.ts'
import { sha256 } from '../platform/secrets.ts'
import type { Stored } from './idempotency.ts'
import { newKey } from './keys.ts'
import { refuseWiderScopes } from './scopes.ts'
import type { NewApiKey, NewOrganisation, NewPark } from './schemas.ts'
import { apiKeys, memberships, organisations, parks } from './tables.ts'

type Making = Pick<Deps, 'clock' | 'random'>

/** Opens a park together with the organisation that administers it. @throws 403 unless the operator asks */
export const createPark = async (
  tx: Tx,
  deps: Recording,
  actor: Member,
  input: z.infer<typeof NewPark>,
): Promise<Stored> => {
  if (!isOperator(actor)) throw forbidden('只有平台运营方可以开设园区', 'Only the operator opens parks')
  const made = await insertPark(tx, deps, input)
  await record(tx, deps, actor, {
    action: 'park.created',
    objectId: made.id,
    parkId: made.id,
    digests: { content: input },
  })
  return made
}

/** The rows of a park and its organisation, without asking who wants them: for start-up commands and seeds. */
export const insertPark = async (tx: Tx, deps: Making, input: z.infer<typeof NewPark>): Promise<Stored> => {
  const createdAt = deps.clock.now()
  const organisationId = newId(deps, 'organisation')
  const id = newId(deps, 'park')
  await tx.insert(organisations).values({
    id: organisationId,
    kind: 'park',
    name: input.name,
    nameEn: input.nameEn ?? null,
    city: input.region,
    createdAt,
  })
  await tx.insert(parks).values({ ...input, id, organisationId, createdAt })
  await tx.insert(memberships).values({ parkId: id, organisationId, state: 'active', createdAt, decidedAt: createdAt })
  return { id }
}

export const readPark = async (tx: Tx, id: string) => {
  const [row] = await tx.select().from(parks).where(eq(parks.id, id))
  if (!row) throw notFound()
  return presentPark(row)
}

export const listParks = async (tx: Tx, page: PageQuery) => {
  const rows = await tx
    .select()
    .from(parks)
    .where(page.cursor ? gt(parks.id, page.cursor) : undefined)
    .orderBy(asc(parks.id))
    .limit(page.limit + 1)
  return pageOfRows(rows.map(presentPark), page, row => row.id)
}

/** Registers a company. A park's administration may do so for its own park; the operator anywhere. */
export const createOrganisation = async (
  tx: Tx,
  deps: Recording,
  actor: Member,
  input: z.infer<typeof NewOrganisation>,
): Promise<Stored> => {
  const { parkId, ...fields } = input
  const isAllowed = isOperator(actor) || (parkId !== undefined && administers(actor, parkId))
  if (!isAllowed)
    throw forbidden(
      '只有园区管理方（为本园区）或平台运营方可以登记企业',
      'Only a park (for itself) or the operator registers companies',
    )
  if (parkId) await readPark(tx, parkId)
  const id = newId(deps, 'organisation')
  const createdAt = deps.clock.now()
  await tx.insert(organisations).values({ ...fields, id, createdAt })
  if (parkId)
    await tx
      .insert(memberships)
      .values({ parkId, organisationId: id, state: 'active', createdAt, decidedAt: createdAt })
  await record(tx, deps, actor, {
    action: 'organisation.created',
    objectId: id,
    parkId,
    digests: { content: input },
  })
  return { id }
}

export const readOrganisation = async (tx: Tx, id: string) => {
  const [row] = await tx.select().from(organisations).where(eq(organisations.id, id))
  if (!row) throw notFound()
  return presentOrganisation(row)
}

/** The names of these organisations by id, of those that the actor may know. */
export const nameOrganisations = async (tx: Tx, ids: readonly string[]): Promise<Map<string, string>> => {
  const wanted = [...new Set(ids)]
  if (wanted.length === 0) return new Map()
  const rows = await tx
    .select({ id: organisations.id, name: organisations.name })
    .from(organisations)
    .where(inArray(organisations.id, wanted))
  return new Map(rows.map(({ id, name }) => [id, name]))
}

/**
 * Makes a key and shows it once. An owner makes keys for his organisation; the operator or the park's administration
 * makes the first one of an organisation that has none, to hand it over.
 */
export const createKey = async (
  tx: Tx,
  deps: Recording,
  actor: Member,
  organisationId: string,
  input: z.infer<typeof NewApiKey>,
): Promise<Stored> => {
  await readOrganisation(tx, organisationId)
  const isOwn = organisationId === actor.organisationId
  refuseWiderScopes(actor, input.scopes)
  if (input.expiresAt !== undefined && new Date(input.expiresAt) <= deps.clock.now())
    throw conflict('expiresAt 应在将来', 'expiresAt must lie in the future')
  if (isOwn && actor.role !== 'owner') throw forbidden('只有所有者可以创建密钥', 'Only an owner makes keys')
  const made = await insertKey(tx, deps, { organisationId, madeById: actor.organisationId }, input)
  await record(tx, deps, actor, { action: 'key.created', objectId: made.id })
  return made
}

/** The row of a key, without asking who wants it: for start-up commands and seeds. */
export const insertKey = async (
  tx: Tx,
  deps: Making,
  owner: { organisationId: string; madeById: string },
  input: z.input<typeof NewApiKey>,
): Promise<Stored & { secret: string }> => {
  const { key, prefix } = newKey(deps.random)
  const id = newId(deps, 'key')
  await tx.insert(apiKeys).values({
    id,
    ...owner,
    name: input.name,
    role: input.role ?? 'editor',
    scopes: input.scopes ?? [],
    prefix,
    hash: sha256(key),
    createdAt: deps.clock.now(),
    expiresAt: input.expiresAt ? new Date(input.expiresAt) : null,
  })
  return { id, secret: key }
}

/** A key's card. One that was made for another organisation is seen by its maker in the answer that made it. */
export const readKey = async (tx: Tx, id: string, secret?: string) => {
  const [row] = await tx.select().from(apiKeys).where(eq(apiKeys.id, id))
  if (!row) throw notFound()
  return presentKey(row, secret)
}

export const listKeys = async (tx: Tx, actor: Member, organisationId: string) => {
  if (organisationId !== actor.organisationId) throw notFound()
  const rows = await tx
    .select()
    .from(apiKeys)
    .where(eq(apiKeys.organisationId, organisationId))
    .orderBy(asc(apiKeys.id))
    .limit(100)
  return { items: rows.map(row => presentKey(row)) }
}

/** Revoked keys stay listed, so that a log's key id can still be named. */
export const revokeKey = async (tx: Tx, deps: Recording, actor: Member, id: string): Promise<void> => {
  if (actor.role !== 'owner') throw forbidden('只有所有者可以吊销密钥', 'Only an owner revokes keys')
  await readKey(tx, id)
  const revoked = await tx
    .update(apiKeys)
    .set({ revokedAt: deps.clock.now() })
    .where(and(eq(apiKeys.id, id), isNull(apiKeys.revokedAt)))
    .returning({ id: apiKeys.id })
  if (revoked.length > 0) await record(tx, deps, actor, { action: 'key.revoked', objectId: id })
}

export const given = <T extends Record<string, unknown>>(row: T) =>
  Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null)) as {
    [K in keyof T]: Exclude<T[K], null>
  }

const presentPark = (row: typeof parks.$inferSelect) => ({ ...given(row), createdAt: row.createdAt.toISOString() })
const presentOrganisation = ({ isClaim: _, ...row }: typeof organisations.$inferSelect) => ({
  ...given(row),
  createdAt: row.createdAt.toISOString(),
})
const presentKey = (row: typeof apiKeys.$inferSelect, secret?: string) => ({
  id: row.id,
  organisationId: row.organisationId,
  name: row.name,
  role: row.role,
  scopes: row.scopes,
  prefix: row.prefix,
  createdAt: row.createdAt.toISOString(),
  ...(row.expiresAt ? { expiresAt: row.expiresAt.toISOString() } : {}),
  ...(row.revokedAt ? { revokedAt: row.revokedAt.toISOString() } : {}),
  ...(row.lastUsedAt ? { lastUsedAt: row.lastUsedAt.toISOString() } : {}),
  ...(row.replacedById ? { replacedById: row.replacedById } : {}),
  ...(secret ? { key: secret } : {}),
})

import { and, asc, desc, eq, inArray, isNotNull, isNull, lte } from 'drizzle-orm'
import { type Recording, record } from '../audit/record.ts'
import { credentialOf, type Member } from '../platform/actor.ts'
import type { Tx } from '../platform/db.ts'
import type { Deps } from '../platform/deps.ts'
import { conflict, forbidden, invalid, notFound } from '../platform/errors.ts'
import { newId } from '../platform/ids.ts'
import { newSecret, parseSecret, signingKey } from './signing.ts'
import { endpointSecrets } from './tables.ts'
import type { EndpointRow } from './write.ts'

/** A sealed secret; one that is being rotated out has an end. */
export type StoredSecret = { id: string; sealed: Buffer; expiresAt: Date | null }
type Making = Recording

const OLD_SECRETS_MAX = 3
const HOUR_MS = 3_600_000
const OVERLAP_HOURS = 24
// What a sealed value belongs to is authenticated with it, so that it opens in no other row.
const secretContext = (secretId: string) => `endpoint_secret:${secretId}`
const headersContext = (endpointId: string) => `endpoint_headers:${endpointId}`

/** Stores the secret that signs from now on: the owner's own, or a new one. @throws 422 for a weak or malformed one */
export const insertSecret = async (
  tx: Tx,
  deps: Making,
  endpoint: { id: string; organisationId: string },
  own: string | undefined,
): Promise<string> => {
  const secret = own ?? newSecret(deps.random)
  const parsed = parseSecret(secret)
  if (!parsed.valid) throw invalid([{ pointer: '/secret', code: 'invalid_secret', detail: parsed.message }])
  const id = newId(deps, 'secret')
  await tx.insert(endpointSecrets).values({
    id,
    endpointId: endpoint.id,
    organisationId: endpoint.organisationId,
    sealed: deps.secrets.seal(Buffer.from(secret), secretContext(id)),
    createdAt: deps.clock.now(),
  })
  return secret
}

/** The secrets of an endpoint, the current one first, then the old ones from the youngest. */
export const readSecrets = async (tx: Tx, endpointId: string): Promise<StoredSecret[]> => {
  const rows = await tx
    .select()
    .from(endpointSecrets)
    .where(eq(endpointSecrets.endpointId, endpointId))
    .orderBy(desc(isNull(endpointSecrets.expiresAt)), desc(endpointSecrets.id))
  return rows
}

/** Those that sign at this moment. The end of an old one is compared here, at each signature, and nowhere else. */
export const signingKeys = (deps: Pick<Deps, 'secrets'>, stored: readonly StoredSecret[], now: Date): Buffer[] =>
  stored
    .filter(secret => secret.expiresAt === null || secret.expiresAt > now)
    .slice(0, OLD_SECRETS_MAX + 1)
    .map(secret => openOnce(deps, secret))

/**
 * What the rows that a drain has read at this step were sealed for. It is opened at the first signature and goes with
 * the row: a burst to one endpoint opens its secret once and not for every delivery.
 */
const opened = new WeakMap<StoredSecret, Buffer>()

const openOnce = (deps: Pick<Deps, 'secrets'>, secret: StoredSecret): Buffer => {
  const key = opened.get(secret) ?? signingKey(openSecret(deps, secret))
  opened.set(secret, key)
  return key
}

export const openSecret = (deps: Pick<Deps, 'secrets'>, secret: StoredSecret): string =>
  deps.secrets.open(secret.sealed, secretContext(secret.id)).toString()

/**
 * Makes a new secret the current one. The old one signs beside it for `overlapHours`; `expireNow` ends it, and all that
 * were being rotated out, at once.
 * @returns the new secret, to be shown once
 * @throws 409 while three old secrets still sign
 */
export const rotateSecret = async (
  tx: Tx,
  deps: Making,
  endpoint: { id: string; organisationId: string },
  wish: { overlapHours?: number | undefined; expireNow: boolean; secret?: string | undefined },
): Promise<string> => {
  const now = deps.clock.now()
  const mine = eq(endpointSecrets.endpointId, endpoint.id)
  const ended = wish.expireNow ? isNotNull(endpointSecrets.expiresAt) : lte(endpointSecrets.expiresAt, now)
  await tx.delete(endpointSecrets).where(and(mine, ended))
  const old = await tx.$count(endpointSecrets, and(mine, isNotNull(endpointSecrets.expiresAt)))
  if (old >= OLD_SECRETS_MAX)
    throw conflict(
      '已有三个旧密钥仍在签名，请稍后再轮换或使用 expireNow',
      'Three old secrets still sign: wait, or use expireNow',
    )
  const expiresAt = new Date(wish.expireNow ? now : now.getTime() + (wish.overlapHours ?? OVERLAP_HOURS) * HOUR_MS)
  await tx
    .update(endpointSecrets)
    .set({ expiresAt })
    .where(and(mine, isNull(endpointSecrets.expiresAt)))
  return insertSecret(tx, deps, endpoint, wish.secret)
}

/** Shows the current secret again, to an owner, and keeps that it was shown and to whom. @throws 403, 404 */
export const revealSecret = async (tx: Tx, deps: Making, actor: Member, endpointId: string): Promise<string> => {
  if (actor.role !== 'owner') throw forbidden('只有所有者可以查看密钥', 'Only an owner may see a secret')
  const [current] = await readSecrets(tx, endpointId)
  if (!current) throw notFound()
  await tx
    .update(endpointSecrets)
    .set({ revealedAt: deps.clock.now(), revealedToKeyId: credentialOf(actor) })
    .where(eq(endpointSecrets.id, current.id))
  await record(tx, deps, actor, { action: 'endpoint.secret_revealed', objectId: endpointId })
  return openSecret(deps, current)
}

/** When the old secrets stop signing, soonest first. */
export const listSecretEnds = async (
  tx: Tx,
  endpointIds: string[],
): Promise<{ endpointId: string; expiresAt: Date }[]> => {
  if (endpointIds.length === 0) return []
  const rows = await tx
    .select({ endpointId: endpointSecrets.endpointId, expiresAt: endpointSecrets.expiresAt })
    .from(endpointSecrets)
    .where(and(inArray(endpointSecrets.endpointId, endpointIds), isNotNull(endpointSecrets.expiresAt)))
    .orderBy(asc(endpointSecrets.expiresAt))
  return rows.flatMap(({ endpointId, expiresAt }) => (expiresAt ? [{ endpointId, expiresAt }] : []))
}

/** Seals an endpoint's own headers; none are stored as nothing. */
export const sealHeaders = (
  deps: Pick<Deps, 'secrets'>,
  endpointId: string,
  headers: Readonly<Record<string, string>>,
): Buffer | null =>
  Object.keys(headers).length === 0
    ? null
    : deps.secrets.seal(Buffer.from(JSON.stringify(headers)), headersContext(endpointId))

export const openHeaders = (
  deps: Pick<Deps, 'secrets'>,
  endpoint: Pick<EndpointRow, 'id' | 'headersSealed'>,
): Record<string, string> =>
  endpoint.headersSealed
    ? (JSON.parse(deps.secrets.open(endpoint.headersSealed, headersContext(endpoint.id)).toString()) as Record<
        string,
        string
      >)
    : {}

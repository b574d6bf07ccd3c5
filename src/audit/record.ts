import { createHmac } from 'node:crypto'
import { eq } from 'drizzle-orm'
import { type Actor, credentialOf } from '../platform/actor.ts'
import type { Tx } from '../platform/db.ts'
import type { Deps } from '../platform/deps.ts'
import { newId } from '../platform/ids.ts'
import type { AuditAction } from './actions.ts'
import { auditEntries, auditKeys } from './tables.ts'

/** What a room needs to record what it does. */
export type Recording = Pick<Deps, 'clock' | 'random' | 'secrets'>

/**
 * An action on a thing. `digests` names what was written and gives it as it is: only its keyed digest is kept, so that
 * its owner can later prove what it said, and nobody can guess it from the record.
 */
export type NewEntry = {
  action: AuditAction
  objectId: string
  parkId?: string | undefined
  digests?: Record<string, unknown> | undefined
}

const KEY_BYTES = 32
const keyContext = (organisationId: string) => `audit_key:${organisationId}`

/** Appends to the record in the transaction of the action itself, so that neither stands without the other. */
export const record = (tx: Tx, deps: Recording, actor: Actor, entry: NewEntry): Promise<void> =>
  recordAll(tx, deps, actor, [entry])

/** The same for several actions at once, in their order. */
export const recordAll = async (tx: Tx, deps: Recording, actor: Actor, entries: NewEntry[]): Promise<void> => {
  if (entries.length === 0) return
  const member = actor.kind === 'member' ? actor : undefined
  const at = deps.clock.now()
  const rows: (typeof auditEntries.$inferInsert)[] = []
  for (const { action, objectId, parkId, digests } of entries)
    rows.push({
      id: newId(deps, 'auditEntry'),
      chain: parkId ?? 'platform',
      parkId: parkId ?? null,
      organisationId: member?.organisationId ?? null,
      credentialId: member ? credentialOf(member) : null,
      action,
      objectId,
      digests: member && digests ? await digest(tx, deps, member.organisationId, digests) : {},
      at,
    })
  await tx.insert(auditEntries).values(rows)
}

const digest = async (
  tx: Tx,
  deps: Recording,
  organisationId: string,
  values: Record<string, unknown>,
): Promise<Record<string, string>> => {
  const key = await keyOf(tx, deps, organisationId)
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, digestOf(key, value)]))
}

/** HMAC-SHA-256 (RFC 2104) of the value as JSON with sorted keys (in the manner of RFC 8785), in hexadecimal. */
export const digestOf = (key: Buffer, value: unknown): string =>
  createHmac('sha256', key).update(canonicalJson(value)).digest('hex')

/** The same value always gives the same text, whatever order its fields were written in. */
export const canonicalJson = (value: unknown): string =>
  JSON.stringify(value ?? null, (_name, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  )

/** The organisation's key for digests, made at its first use. Two who make it at once end up with the same one. */
const keyOf = async (tx: Tx, deps: Recording, organisationId: string): Promise<Buffer> => {
  const known = await findAuditKey(tx, deps, organisationId)
  if (known) return known
  const sealed = deps.secrets.seal(deps.random(KEY_BYTES), keyContext(organisationId))
  await tx.insert(auditKeys).values({ organisationId, sealed, createdAt: deps.clock.now() }).onConflictDoNothing()
  const made = await findAuditKey(tx, deps, organisationId)
  if (!made) throw new Error('the key for digests is not to be read by its own organisation')
  return made
}

/** The key that an organisation's digests were made with, as long as it has not been erased. */
export const findAuditKey = async (
  tx: Tx,
  deps: Pick<Deps, 'secrets'>,
  organisationId: string,
): Promise<Buffer | undefined> => {
  const [row] = await tx.select().from(auditKeys).where(eq(auditKeys.organisationId, organisationId))
  return row && deps.secrets.open(row.sealed, keyContext(organisationId))
}

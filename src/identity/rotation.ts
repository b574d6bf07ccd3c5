import { eq } from 'drizzle-orm'
import { type Recording, record } from '../audit/record.ts'
import type { Member } from '../platform/actor.ts'
import type { Tx } from '../platform/db.ts'
import { conflict, forbidden, notFound } from '../platform/errors.ts'
import type { Stored } from './idempotency.ts'
import { insertKey } from './service.ts'
import { apiKeys } from './tables.ts'

const HOUR_MS = 3_600_000

/**
 * Makes the successor of a key, with its name, role, scopes and lifetime, and lets the old one work for so many hours
 * more, so that no program stands still. A key has one successor: of many who rotate it at once one wins. An owner
 * rotates any key, and a key itself.
 * @throws 403, 404, 409 where it was rotated, revoked or has expired
 */
export const rotateKey = async (
  tx: Tx,
  deps: Recording,
  actor: Member,
  target: { organisationId: string; keyId: string },
  overlapHours: number,
): Promise<Stored & { secret: string }> => {
  if (target.organisationId !== actor.organisationId) throw notFound()
  if (actor.role !== 'owner' && actor.keyId !== target.keyId)
    throw forbidden('只有所有者可以轮换其他密钥', 'Only an owner rotates other keys')
  const [old] = await tx.select().from(apiKeys).where(eq(apiKeys.id, target.keyId)).for('update')
  if (old?.organisationId !== target.organisationId) throw notFound()
  const now = deps.clock.now()
  if (old.revokedAt !== null || (old.expiresAt !== null && old.expiresAt <= now))
    throw conflict('密钥已吊销或过期', 'The key is revoked or has expired')
  if (old.replacedById !== null)
    throw conflict('密钥已轮换过：请轮换其后继密钥', 'It was rotated: rotate its successor')
  const lifetimeMs = old.expiresAt === null ? undefined : old.expiresAt.getTime() - old.createdAt.getTime()
  const made = await insertKey(
    tx,
    deps,
    { organisationId: old.organisationId, madeById: actor.organisationId },
    {
      name: old.name,
      role: old.role,
      scopes: old.scopes,
      ...(lifetimeMs === undefined ? {} : { expiresAt: new Date(now.getTime() + lifetimeMs).toISOString() }),
    },
  )
  const ends = new Date(now.getTime() + overlapHours * HOUR_MS)
  const expiresAt = old.expiresAt !== null && old.expiresAt < ends ? old.expiresAt : ends
  await tx.update(apiKeys).set({ expiresAt, replacedById: made.id }).where(eq(apiKeys.id, old.id))
  await record(tx, deps, actor, { action: 'key.rotated', objectId: old.id })
  return made
}

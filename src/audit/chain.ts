import { createHash } from 'node:crypto'
import type { auditEntries } from './tables.ts'
import { canonicalJson } from './record.ts'

export type AuditEntry = typeof auditEntries.$inferSelect

/** What the first entry of a chain follows. */
export const CHAIN_START: Buffer = Buffer.alloc(32)

/**
 * The hash that seals an entry at its place: SHA-256 over the hash before it and everything that the entry says. Who
 * changes, drops, adds or moves an entry must change every hash after it, and the last one is kept elsewhere too.
 */
export const chainHash = (previous: Buffer, entry: AuditEntry, position: number): Buffer =>
  createHash('sha256')
    .update(previous)
    .update(
      canonicalJson({
        chain: entry.chain,
        position,
        id: entry.id,
        parkId: entry.parkId,
        organisationId: entry.organisationId,
        credentialId: entry.credentialId,
        action: entry.action,
        objectId: entry.objectId,
        digests: entry.digests,
        at: entry.at.toISOString(),
      }),
    )
    .digest()

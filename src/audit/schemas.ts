import { z } from 'zod'
import { Id, Instant } from '../platform/schemas.ts'
import { AUDIT_ACTIONS } from './actions.ts'

const Place = z.int().min(0).describe('Counts from 1 in each chain')
const Hash = z.string().regex(/^[0-9a-f]{64}$/)

export const AuditEntry = z
  .object({
    id: Id('auditEntry'),
    chain: z.string().describe('The park whose chain it is in, or `platform` for what belongs to no park'),
    position: Place.optional().describe('Absent until it is sealed, within a second'),
    at: Instant,
    action: z.enum(AUDIT_ACTIONS),
    objectId: z.string().describe('What was acted on. Ids only: no text, no name'),
    parkId: Id('park').optional(),
    organisationId: Id('organisation').optional().describe('Who acted; absent: the platform itself'),
    credentialId: z.string().optional().describe('The key or person by which it acted'),
    digests: z
      .record(z.string(), Hash)
      .describe('HMAC-SHA-256 of what was written, with a key of the acting organisation that erasure destroys'),
    hash: Hash.optional().describe('SHA-256 over the hash before it and this entry: see docs/security.md'),
  })
  .meta({
    id: 'AuditEntry',
    examples: [
      {
        id: 'aud_01kb2v3c4d5e6f7g8h9j0k1m2n',
        chain: 'prk_01kb2v3c4d5e6f7g8h9j0k1m2n',
        position: 42,
        at: '2026-03-31T08:00:00.000Z',
        action: 'scenario.published',
        objectId: 'scn_01kb2v3c4d5e6f7g8h9j0k1m2n',
        parkId: 'prk_01kb2v3c4d5e6f7g8h9j0k1m2n',
        organisationId: 'org_01kb2v3c4d5e6f7g8h9j0k1m2n',
        credentialId: 'key_01kb2v3c4d5e6f7g8h9j0k1m2n',
        digests: {},
        hash: 'b5bb9d8014a0f9b1d61e21e796d78dccdf1352f23cd32812f4850b878ae4944c',
      },
    ],
  })

export const AuditHead = z
  .object({ position: Place, hash: Hash })
  .describe('The end of the chain. Keep it elsewhere: then nobody can rewrite what came before it unnoticed')
  .meta({ id: 'AuditHead' })

const page = {
  limit: z.coerce.number().int().min(1).max(1_000).default(100).describe('Entries per page'),
  format: z
    .enum(['json', 'ndjson', 'csv'])
    .default('json')
    .describe('`ndjson` and `csv` export everything that follows'),
}

export const ParkAuditQuery = z.strictObject({
  ...page,
  after: z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER).default(0).describe('A position: what follows it'),
})

export const OwnAuditQuery = z.strictObject({
  ...page,
  after: Id('auditEntry').optional().describe('Id of the last entry of the page before'),
})

export const ParkAuditPage = z
  .object({ items: z.array(AuditEntry), head: AuditHead.optional(), hasMore: z.boolean() })
  .meta({ id: 'ParkAuditPage' })
export const OwnAuditPage = z.object({ items: z.array(AuditEntry), hasMore: z.boolean() }).meta({ id: 'OwnAuditPage' })

import { z } from 'zod'
import { ORGANISATION_KINDS, ROLES } from '../platform/actor.ts'
import { HOME_TIME_ZONE } from '../platform/clock.ts'
import { Id, Instant, pageBy } from '../platform/schemas.ts'
import { told } from '../platform/validation.ts'
import { isCreditCode } from './credit-code.ts'
import { OVERLAP_HOURS_MAX } from './keys.ts'
import { SCOPES } from './scopes.ts'
import { MEMBERSHIP_STATES } from './tables.ts'

const name = z.string().trim().min(1).max(200)
const isTimeZone = (zone: string) => {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone })
    return true
  } catch {
    return false
  }
}

/** Unified social credit code of a company, with its check character. */
export const CreditCode = z
  .string()
  .max(30)
  .trim()
  .toUpperCase()
  .refine(
    isCreditCode,
    told(
      '不是有效的统一社会信用代码（18 位，校验码不符或含有误写的字符）',
      'is no unified social credit code: 18 characters, the last of which is a check character',
    ),
  )
  .meta({ description: 'Unified social credit code (GB 32100-2015)', examples: ['91350100M000100Y43'] })

export const NewPark = z
  .strictObject({
    slug: z
      .string()
      .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/)
      .max(60)
      .describe('Short name in addresses; never changes'),
    name,
    nameEn: name.optional(),
    region: name.describe('Province and city, in plain words'),
    timeZone: z
      .string()
      .max(60)
      .refine(isTimeZone, told('不是 IANA 时区名', 'is not an IANA time zone'))
      .default(HOME_TIME_ZONE),
  })
  .meta({ id: 'NewPark' })

export const Park = z
  .object({
    id: Id('park'),
    slug: z.string(),
    name: z.string(),
    nameEn: z.string().optional(),
    region: z.string(),
    timeZone: z.string(),
    organisationId: Id('organisation').describe("The park's own organisation; its editors administer the park"),
    createdAt: Instant,
  })
  .meta({ id: 'Park' })

export const NewOrganisation = z
  .strictObject({
    kind: z.enum(ORGANISATION_KINDS).exclude(['park', 'operator']),
    name,
    nameEn: name.optional(),
    city: name.optional(),
    creditCode: CreditCode.optional(),
    parkId: Id('park').optional().describe('Make it an active member of this park at once'),
  })
  .meta({ id: 'NewOrganisation' })

export const Organisation = z
  .object({
    id: Id('organisation'),
    kind: z.enum(ORGANISATION_KINDS),
    name: z.string(),
    nameEn: z.string().optional(),
    city: z.string().optional(),
    creditCode: z.string().optional().describe('Unified social credit code (GB 32100-2015)'),
    createdAt: Instant,
  })
  .meta({ id: 'Organisation' })

export const NewMembership = z.strictObject({ organisationId: Id('organisation') }).meta({ id: 'NewMembership' })
export const MembershipChange = z
  .strictObject({ state: z.enum(MEMBERSHIP_STATES).exclude(['requested']) })
  .meta({ id: 'MembershipChange' })
export const Membership = z
  .object({
    parkId: Id('park'),
    organisationId: Id('organisation'),
    organisationName: z.string(),
    organisationKind: z.enum(ORGANISATION_KINDS),
    state: z
      .enum(MEMBERSHIP_STATES)
      .describe('Only active members publish, offer and are matched in the park; one who has asked may draft'),
    createdAt: Instant.describe('When it was asked for'),
    decidedAt: Instant.optional().describe('When the park last decided on it'),
  })
  .meta({ id: 'Membership' })

export const MembershipQuery = pageBy('organisation').extend({
  state: z.enum(MEMBERSHIP_STATES).optional(),
  kind: z.enum(ORGANISATION_KINDS).optional(),
  q: z.string().trim().min(1).max(100).optional().describe('Part of the name'),
})

export const NewApiKey = z
  .strictObject({
    name,
    role: z.enum(ROLES).default('editor'),
    scopes: z
      .array(z.enum(SCOPES))
      .max(SCOPES.length)
      .default([])
      .describe(
        'What it may be used for, as `area:read` or `area:write` (which reads too); none: all that its role may',
      ),
    expiresAt: Instant.optional().describe('From then on it is refused'),
  })
  .meta({ id: 'NewApiKey', examples: [{ name: 'ERP', role: 'editor', scopes: ['scenarios:write', 'matches:read'] }] })

export const KeyRotation = z
  .strictObject({
    overlapHours: z.int().min(0).max(OVERLAP_HOURS_MAX).default(24).describe('How long the old key still works'),
  })
  .meta({ id: 'KeyRotation', examples: [{ overlapHours: 24 }] })

export const ApiKey = z
  .object({
    id: Id('key'),
    organisationId: Id('organisation'),
    name: z.string(),
    role: z.enum(ROLES),
    scopes: z.array(z.string()).describe('What it may be used for; none: all that its role may'),
    prefix: z.string().describe('First characters, to tell keys apart'),
    createdAt: Instant,
    expiresAt: Instant.optional(),
    revokedAt: Instant.optional(),
    lastUsedAt: Instant.optional().describe('To the minute'),
    replacedById: Id('key').optional().describe('Its successor, once it was rotated'),
    key: z.string().optional().describe('The key itself, in the answer that made it and never again'),
  })
  .meta({ id: 'ApiKey' })

/** Who the caller is, as the platform sees him. */
export const Self = z
  .object({
    organisation: Organisation,
    role: z.enum(ROLES),
    keyId: Id('key').optional().describe('Absent where a person is signed in'),
    parkIds: z.array(Id('park')),
    adminParkIds: z.array(Id('park')),
  })
  .meta({ id: 'Self' })

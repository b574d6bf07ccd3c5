import { z } from 'zod'
import { ORGANISATION_KINDS, ROLES } from '../platform/actor.ts'
import { Id, Instant, Language, Line, pageBy } from '../platform/schemas.ts'
import { Email, PersonName, Token } from './person-schemas.ts'
import { PASSWORD_CHARACTERS_MAX } from './passwords.ts'
import { CreditCode } from './schemas.ts'
import { INVITATION_STATES, MEMBERSHIP_STATES } from './tables.ts'

const SHOWN_STATES = [...INVITATION_STATES, 'expired'] as const

export const NewInvitation = z
  .strictObject({ email: Email, name: PersonName.optional(), role: z.enum(ROLES).default('editor') })
  .meta({ id: 'NewInvitation', examples: [{ email: 'li@example.com', name: '李工', role: 'editor' }] })

const handed = {
  token: z.string().optional().describe('In the answer that made it and never again'),
  url: z.string().optional().describe('To hand over; with the token'),
}

export const Invitation = z
  .object({
    id: Id('invitation'),
    organisationId: Id('organisation').describe('The organisation that the seat belongs to'),
    role: z.enum(ROLES),
    email: z.string(),
    name: z.string().optional(),
    state: z.enum(SHOWN_STATES),
    createdAt: Instant,
    expiresAt: Instant,
    decidedAt: Instant.optional().describe('When it was accepted or taken back'),
    ...handed,
  })
  .meta({ id: 'Invitation' })

export const InvitationQuery = pageBy('invitation').extend({ state: z.enum(SHOWN_STATES).optional() })

export const InvitationToken = z.strictObject({ token: Token }).meta({ id: 'InvitationToken' })
export const InvitationView = z
  .object({
    email: z.string(),
    name: z.string().optional(),
    role: z.enum(ROLES),
    organisationName: z.string(),
    invitedBy: z.string().describe('Name of the organisation that invites: the park, or the organisation itself'),
    expiresAt: Instant,
  })
  .meta({ id: 'InvitationView' })

export const Acceptance = z
  .strictObject({
    token: Token,
    name: PersonName.optional().describe('Absent: as the invitation has it'),
    language: Language.optional(),
    password: z
      .string()
      .max(PASSWORD_CHARACTERS_MAX)
      .optional()
      .describe('Of the account that this address has already; not needed where you are signed in as it'),
  })
  .meta({ id: 'Acceptance' })

export const NewRegistration = z
  .strictObject({
    parkSlug: Line(60).describe('Short name of the park, as in its addresses'),
    kind: z.enum(ORGANISATION_KINDS).exclude(['park', 'operator', 'government']).default('manufacturer'),
    name: Line(200),
    nameEn: Line(200).optional(),
    city: Line(200).optional(),
    creditCode: CreditCode,
    contact: z.strictObject({ name: PersonName, email: Email }),
  })
  .meta({
    id: 'NewRegistration',
    examples: [
      {
        parkSlug: 'binhai',
        kind: 'manufacturer',
        name: '恒泰冲压有限公司',
        creditCode: '91350100M000100Y43',
        contact: { name: '陈工', email: 'chen@example.com' },
      },
    ],
  })

export const Registration = z
  .object({
    organisationId: Id('organisation'),
    parkId: Id('park'),
    state: z.enum(MEMBERSHIP_STATES).describe('`requested`: the park decides; you may draft meanwhile'),
    invitationId: Id('invitation').describe('The seat of the contact person, who takes it by the token'),
    token: z.string().describe('In this answer and never again'),
    url: z.string(),
  })
  .meta({ id: 'Registration' })

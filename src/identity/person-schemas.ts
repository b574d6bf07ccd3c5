import { z } from 'zod'
import { ORGANISATION_KINDS, ROLES } from '../platform/actor.ts'
import { Id, Instant, Language, Line } from '../platform/schemas.ts'
import { told } from '../platform/validation.ts'
import { PASSWORD_CHARACTERS_MAX, PASSWORD_CHARACTERS_MIN } from './passwords.ts'
import { Organisation } from './schemas.ts'
import { SIGN_IN_METHODS } from './tables.ts'

/**
 * An address as people are known by it: ASCII, so that no look-alike letter of another script passes for a known one, and
 * in lower case, because nobody types his own the same way twice.
 */
export const Email = z
  .string()
  .max(254)
  .trim()
  .toLowerCase()
  .pipe(z.email().max(254))
  .meta({
    description: 'E-mail address, of ASCII letters; upper and lower case are the same',
    examples: ['chen@example.com'],
  })

// Marks that turn the direction of writing or do not show let one name look like another.
const HIDDEN = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}]/u
export const PersonName = Line(100)
  .refine(name => !HIDDEN.test(name), told('含有不可见字符', 'has characters that do not show'))
  .transform(name => name.normalize('NFC'))
  .meta({ examples: ['陈工'] })

export const Token = z
  .string()
  .max(100)
  .describe('What the link carries after `#token=`')
  .meta({ examples: ['q9Zb3oW0n4vJt1yXk2mRs5uPc8eLh7dGf6aIj0wTxYz'] })

export const PasswordSignIn = z
  .strictObject({ email: Email, password: z.string().min(1).max(PASSWORD_CHARACTERS_MAX) })
  .meta({ id: 'PasswordSignIn', examples: [{ email: 'chen@example.com', password: '三号线 每班 四万件 螺丝' }] })

export const LinkSignIn = z.strictObject({ token: Token }).meta({ id: 'LinkSignIn' })
export const LinkRequest = z.strictObject({ email: Email }).meta({ id: 'LinkRequest' })

const NewPassword = z
  .string()
  .min(PASSWORD_CHARACTERS_MIN)
  .max(PASSWORD_CHARACTERS_MAX)
  .describe('Any characters; long is what counts')

export const PasswordChange = z
  .strictObject({
    password: NewPassword,
    currentPassword: z
      .string()
      .max(PASSWORD_CHARACTERS_MAX)
      .optional()
      .describe('Needed where there is one, unless you came by a link that was mailed to you'),
  })
  .meta({ id: 'PasswordChange' })

export const Person = z
  .object({
    id: Id('person'),
    email: z.string(),
    isEmailVerified: z.boolean().describe('A provider or a mailed link proved that the address is his'),
    name: z.string(),
    language: Language,
    createdAt: Instant,
  })
  .meta({ id: 'Person' })

export const PersonChange = z
  .strictObject({ name: PersonName.optional(), language: Language.optional() })
  .meta({ id: 'PersonChange', examples: [{ language: 'en' }] })

export const Session = z
  .object({
    id: Id('session'),
    organisationId: Id('organisation').describe('The organisation that it acts for'),
    isCurrent: z.boolean().describe('The one that this request came with'),
    isBound: z.boolean().describe('Opened by a link that an organisation handed over: it acts for that one alone'),
    method: z.enum(SIGN_IN_METHODS).describe('How it was opened'),
    userAgent: z.string().optional().describe('What the browser called itself'),
    createdAt: Instant,
    lastSeenAt: Instant,
    expiresAt: Instant,
  })
  .meta({ id: 'Session' })

export const OrganisationChoice = z
  .strictObject({ organisationId: Id('organisation') })
  .meta({ id: 'OrganisationChoice' })

/** Who asks, and what he may act for. */
export const Me = z
  .object({
    organisation: Organisation.describe('The organisation that is acted for'),
    role: z.enum(ROLES),
    parkIds: z.array(Id('park')).describe('Parks where it is an active member'),
    adminParkIds: z.array(Id('park')).describe('Parks that it is the administration of'),
    keyId: Id('key').optional().describe('The key that the request came with'),
    person: Person.optional().describe('Who is signed in'),
    positions: z
      .array(
        z.object({
          organisationId: Id('organisation'),
          organisationName: z.string(),
          organisationKind: z.enum(ORGANISATION_KINDS),
          role: z.enum(ROLES),
        }),
      )
      .optional()
      .describe('What the person may act for in this session'),
    sessionId: Id('session').optional(),
    isBound: z.boolean().optional().describe('The session acts for this organisation alone'),
    csrfToken: z.string().optional().describe('To send as `X-CSRF-Token` with every write of this session'),
  })
  .meta({ id: 'Me' })

export const Colleague = z
  .object({
    personId: Id('person'),
    organisationId: Id('organisation'),
    name: z.string(),
    email: z.string(),
    role: z.enum(ROLES),
    joinedAt: Instant,
  })
  .meta({ id: 'Colleague' })

export const RoleChange = z.strictObject({ role: z.enum(ROLES) }).meta({ id: 'RoleChange' })

export const HandedLink = z
  .object({
    id: Id('signInLink'),
    token: z.string().describe('In this answer and never again'),
    url: z.string().describe('To hand over; opens once'),
    expiresAt: Instant,
  })
  .meta({ id: 'HandedLink' })

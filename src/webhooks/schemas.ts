import { z } from 'zod'
import { EVENT_PATTERNS, PUBLIC_EVENT_TYPES } from '../events/catalog.ts'
import { Id, Instant, pageBy, Score } from '../platform/schemas.ts'
import { told } from '../platform/validation.ts'
import { DELIVERY_STATES, DISABLED_REASONS, ENDPOINT_STATES, RECOVERY_STATES, TRIGGERS } from './tables.ts'

const eventTypes = z
  .array(z.enum(EVENT_PATTERNS))
  .min(1)
  .max(EVENT_PATTERNS.length)
  .describe('Types in full, all of a noun (`match.*`), or `*`')
const url = z.string().max(2_048).describe('https, a public address, port 443 or from 1024')
const description = z.string().trim().min(1).max(200)
const filters = z
  .strictObject({
    industries: z.array(z.string().max(60)).min(1).max(50).optional(),
    parkIds: z.array(Id('park')).min(1).max(50).optional(),
    problems: z.array(z.string().max(60)).min(1).max(50).optional(),
    totalMin: Score.optional(),
  })
  .describe('Each looks only at events that have the field, e.g. `totalMin` at `match.created`')
const headers = z
  .record(z.string().max(100), z.string().max(4_096))
  .describe('Sent with every delivery and never shown again: at most 20, 4 KB')
const secret = z.string().max(120).describe('`whsec_` and the base64 of 24 to 64 bytes of your own')
const retryScheduleS = z
  .array(z.int().min(0).max(604_800))
  .min(1)
  .max(20)
  .describe("Seconds before each attempt, instead of the platform's schedule")
const concurrencyMax = z.int().min(1).max(100).describe('Deliveries in flight at the same time')
const rateMax = z.int().min(0).max(1_000).describe('Attempts per second; 0 is unlimited')
const autoDisable = z.boolean().describe('Disable the endpoint after five days of nothing but failures')

export const NewEndpoint = z
  .strictObject({
    url,
    description: description.optional(),
    eventTypes: eventTypes.default(['*']),
    filters: filters.default({}),
    headers: headers.default({}),
    secret: secret.optional(),
    retryScheduleS: retryScheduleS.optional(),
    concurrencyMax: concurrencyMax.default(10),
    rateMax: rateMax.default(0),
    autoDisable: autoDisable.default(true),
  })
  .meta({ id: 'NewWebhookEndpoint' })

export const EndpointPatch = z
  .strictObject({
    url: url.optional(),
    description: description.nullable().optional(),
    eventTypes: eventTypes.optional(),
    filters: filters.optional(),
    headers: headers.optional().describe('Replaces all of them'),
    retryScheduleS: retryScheduleS.nullable().optional(),
    concurrencyMax: concurrencyMax.optional(),
    rateMax: rateMax.optional(),
    autoDisable: autoDisable.optional(),
  })
  .meta({ id: 'WebhookEndpointPatch' })

export const Endpoint = z
  .object({
    id: Id('endpoint'),
    url: z.string(),
    description: z.string().optional(),
    eventTypes: z.array(z.string()),
    filters: filters,
    headerNames: z.array(z.string()).describe('Names of your own headers; their values are not shown'),
    retryScheduleS: z.array(z.int()).optional(),
    concurrencyMax: z.int(),
    rateMax: z.int(),
    autoDisable: z.boolean(),
    state: z.enum(ENDPOINT_STATES),
    disabledReason: z.enum(DISABLED_REASONS).optional(),
    disabledAt: Instant.optional(),
    failingSince: Instant.optional().describe('When the first attempt failed after the last success'),
    failedDeliveries: z.int().describe('How many deliveries have failed since'),
    pausedUntil: Instant.optional().describe('It asked for a pause with Retry-After'),
    oldSecretsExpireAt: z.array(Instant).describe('When the secrets that are being rotated out stop signing'),
    secret: z.string().optional().describe('In the answer that made it, and on `reveal-secret`'),
    etag: z.string().describe('Send as `If-Match` when changing it'),
    createdAt: Instant,
    updatedAt: Instant,
  })
  .meta({ id: 'WebhookEndpoint' })

export const Rotation = z
  .strictObject({
    overlapHours: z
      .int()
      .min(0)
      .max(168)
      .optional()
      .describe('How long the old secret signs beside the new one: 24 where nothing is said'),
    expireNow: z.boolean().default(false).describe('End the old secret, and all older ones, at once'),
    secret: secret.optional(),
  })
  .refine(wish => !wish.expireNow || wish.overlapHours === undefined, {
    ...told(
      'expireNow 立即停用旧密钥，不能同时给出 overlapHours',
      'expireNow ends the old secret: leave overlapHours out',
    ),
    path: ['overlapHours'],
  })
  .meta({ id: 'SecretRotation' })

export const Secret = z.object({ secret: z.string() }).meta({ id: 'WebhookSecret' })

export const Enabling = z
  .strictObject({
    replay: z.enum(['all', 'none']).describe('Send what was held meanwhile, in the order of its creation, or drop it'),
  })
  .meta({ id: 'WebhookEnabling' })

export const TestRequest = z
  .strictObject({ type: z.enum(PUBLIC_EVENT_TYPES).default('endpoint.ping').describe('Whose example is sent') })
  .meta({ id: 'WebhookTestRequest' })

export const TestResult = z
  .object({
    deliveryId: Id('delivery'),
    outcome: z.enum(['delivered', 'failed']),
    status: z.int().optional(),
    errorCode: z.string().optional(),
    detail: z.string().optional().describe('What went wrong, in words'),
    latencyMs: z.number(),
    excerpt: z.string().optional().describe('Beginning of the answer, at most 4 KiB'),
    request: z.object({ headers: z.record(z.string(), z.string()), body: z.string() }),
    signedText: z.string().describe('Exactly what was signed: id.timestamp.body'),
  })
  .meta({ id: 'WebhookTestResult' })

export const Delivery = z
  .object({
    id: Id('delivery'),
    endpointId: Id('endpoint'),
    eventId: Id('event'),
    eventType: z.string(),
    sequence: z.int(),
    state: z.enum(DELIVERY_STATES),
    reason: z.string().optional().describe('Why it is held, withdrawn or exhausted, or why the last attempt failed'),
    attemptsMade: z.int(),
    nextAttemptAt: Instant.optional(),
    isTest: z.boolean(),
    createdAt: Instant,
    settledAt: Instant.optional(),
  })
  .meta({ id: 'WebhookDelivery' })

export const Attempt = z
  .object({
    id: Id('attempt'),
    number: z.int(),
    trigger: z.enum(TRIGGERS),
    at: Instant,
    outcome: z.string(),
    status: z.int().optional(),
    errorCode: z.string().optional(),
    remoteAddress: z.string().optional(),
    timings: z.record(z.string(), z.number()).describe('Milliseconds: dnsMs, connectMs, tlsMs, firstByteMs, totalMs'),
    excerpt: z.string().optional(),
    nextAttemptAt: Instant.optional(),
  })
  .meta({ id: 'WebhookAttempt' })

export const DeliveryDetail = Delivery.extend({
  body: z.string().describe('The bytes that are signed and sent'),
  attempts: z.array(Attempt).describe('The newest hundred, newest first; kept for 30 days'),
}).meta({ id: 'WebhookDeliveryDetail' })

export const DeliveryQuery = pageBy('delivery').extend({
  state: z
    .enum(['undelivered', ...DELIVERY_STATES])
    .optional()
    .describe('`undelivered`: pending, held, exhausted or withdrawn'),
  endpointId: Id('endpoint').optional(),
  eventId: Id('event').optional(),
  eventType: z.enum(PUBLIC_EVENT_TYPES).optional(),
})

export const NewRecovery = z
  .strictObject({
    since: Instant.describe('At most 30 days ago'),
    until: Instant.optional().describe('Now, if it is left out'),
    state: z
      .enum(['undelivered', 'held', 'exhausted', 'withdrawn', 'all'])
      .default('undelivered')
      .describe('`undelivered` and `all` also send events that the endpoint never had a delivery of'),
  })
  .meta({ id: 'NewWebhookRecovery' })

export const Recovery = z
  .object({
    id: Id('recovery'),
    endpointId: Id('endpoint'),
    action: z.enum(['replay', 'drop']),
    states: z.array(z.enum(DELIVERY_STATES)),
    since: Instant,
    until: Instant,
    state: z.enum(RECOVERY_STATES),
    written: z.int().describe('Deliveries written for events that had none'),
    takenUp: z.int().describe('Deliveries that are sent again, or dropped'),
    createdAt: Instant,
    finishedAt: Instant.optional(),
  })
  .meta({ id: 'WebhookRecovery' })

export const Enabled = z.object({ endpoint: Endpoint, recovery: Recovery }).meta({ id: 'WebhookEnabled' })

import { record } from '../audit/record.ts'
import { CATALOG, type EventType } from '../events/catalog.ts'
import { envelopeOf } from '../events/envelope.ts'
import { append } from '../events/outbox.ts'
import type { Member } from '../platform/actor.ts'
import { transaction } from '../platform/db.ts'
import type { Deps } from '../platform/deps.ts'
import { newId } from '../platform/ids.ts'
import { classify } from './classify.ts'
import { attemptOf } from './keep.ts'
import { readSecrets } from './secrets.ts'
import { type Sent, send, type Target } from './send.ts'
import { findEndpoint } from './service.ts'
import { signedText } from './signing.ts'
import { attempts, deliveries } from './tables.ts'

type PingDeps = Pick<Deps, 'db' | 'clock' | 'random' | 'secrets' | 'egress'>

/**
 * Sends one signed message now and tells everything about it: a ping, or the catalog's example of another type. It is
 * kept as a delivery of its own, is not retried, and says nothing about the endpoint's health. No transaction is open
 * while it is sent.
 */
export const testEndpoint = async (deps: PingDeps, actor: Member, endpointId: string, type: EventType) => {
  const { target, eventId, body } = await prepare(deps, actor, endpointId, type)
  const sent = await send(deps, target, { eventId, body })
  const deliveryId = await keep(deps, actor, target, { eventId, type, body }, sent)
  const { result } = sent
  const isDelivered = result.kind === 'response' && result.status >= 200 && result.status < 300
  return {
    deliveryId,
    outcome: isDelivered ? ('delivered' as const) : ('failed' as const),
    ...(result.kind === 'response'
      ? { status: result.status, excerpt: result.excerpt }
      : { errorCode: result.code, detail: result.message }),
    latencyMs: Math.round(result.timings.totalMs * 10) / 10,
    request: { headers: sent.headers, body },
    signedText: signedText(sent.content),
  }
}

/** Only a ping is ever written as an event, and nobody reads it: an example must not look like something that happened. */
const prepare = async (deps: PingDeps, actor: Member, endpointId: string, type: EventType) =>
  transaction(deps, actor, async tx => {
    const endpoint = await findEndpoint(tx, endpointId)
    const target: Target = { endpoint, secrets: await readSecrets(tx, endpointId) }
    const [eventId = ''] = await append(tx, deps, actor, [{ type: 'endpoint.ping', data: { endpointId } }])
    await record(tx, deps, actor, { action: 'endpoint.tested', objectId: endpointId })
    const data = type === 'endpoint.ping' ? { endpointId } : CATALOG[type].example
    const body = JSON.stringify(envelopeOf({ id: eventId, type, occurredAt: deps.clock.now(), data }))
    return { target, eventId, body }
  })

const keep = async (
  deps: PingDeps,
  actor: Member,
  { endpoint }: Target,
  message: { eventId: string; type: EventType; body: string },
  sent: Sent,
): Promise<string> => {
  const id = newId(deps, 'delivery')
  const now = deps.clock.now()
  // A schedule of one attempt: whatever is not delivered is exhausted.
  const outcome = classify(sent.result, { attempt: 1, schedule: [0], random: () => 0, now: now.getTime() })
  await transaction(deps, actor, async tx => {
    await tx.insert(deliveries).values({
      id,
      eventId: message.eventId,
      endpointId: endpoint.id,
      organisationId: endpoint.organisationId,
      eventType: message.type,
      body: message.body,
      sequence: 0,
      state: outcome.kind === 'delivered' ? 'delivered' : 'exhausted',
      reason: outcome.kind === 'exhausted' ? outcome.reason : outcome.kind === 'delivered' ? null : outcome.kind,
      attempts: 1,
      round: 1,
      trigger: 'test',
      isTest: true,
      createdAt: now,
      settledAt: now,
    })
    await tx.insert(attempts).values({
      ...attemptOf(sent, outcome),
      deliveryId: id,
      organisationId: endpoint.organisationId,
      number: 1,
      trigger: 'test',
    })
  })
  return id
}

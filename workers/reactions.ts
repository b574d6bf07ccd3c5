import { z } from 'zod'
import type { EventType } from '../src/events/catalog.ts'
import type { ClaimedEvent } from '../src/events/outbox.ts'
import type { NewJob } from '../src/platform/queues.ts'
import { onePerTrace } from '../src/platform/telemetry/tracing.ts'

/**
 * THE table: what follows from each event. `jobs` are added one for one; events that are announced go into one fan-out
 * job for each relay batch. An event has one of the two, so that whoever does its work can say that it is done; one with
 * neither is done as soon as it is written.
 */
type Reaction =
  | { jobs: (event: ClaimedEvent) => Omit<NewJob, 'id'>[]; announce?: never }
  | { announce: true; jobs?: never }
  | { jobs?: never; announce?: never }

const score = (subject: 'scenario' | 'capability' | 'match' | 'park' | 'exclusion') => (event: ClaimedEvent) => [
  { queue: 'score' as const, data: { eventId: event.id, subject, id: String(event.data[`${subject}Id`]) } },
]

const assemble = (subject: 'scenario' | 'consortium' | 'exclusion') => (event: ClaimedEvent) => [
  { queue: 'assemble' as const, data: { eventId: event.id, subject, id: String(event.data[`${subject}Id`]) } },
]

const settlePool = (subject: 'pool' | 'calledPool') => (event: ClaimedEvent) => [
  { queue: 'assemble' as const, data: { eventId: event.id, subject, id: String(event.data['poolId']) } },
]

export const REACTIONS: Record<EventType, Reaction> = {
  'scenario.published': { jobs: score('scenario') },
  'scenario.updated': { jobs: score('scenario') },
  'scenario.withdrawn': { jobs: score('scenario') },
  'scenario.submitted': { announce: true },
  'scenario.approved': { announce: true },
  'scenario.returned': { announce: true },
  'scenario.unserved': { announce: true },
  'capability.published': { jobs: score('capability') },
  'capability.updated': { jobs: score('capability') },
  'capability.withdrawn': { jobs: score('capability') },
  'match.created': { announce: true },
  'match.updated': { announce: true },
  'match.retracted': { announce: true },
  'match.state_changed': { announce: true },
  'match.held': { announce: true },
  'match.reminder': { announce: true },
  'outcome.reported': { announce: true },
  'outcome.confirmed': { announce: true },
  'outcome.disputed': { announce: true },
  'report.requested': {
    jobs: event => [{ queue: 'report' as const, data: { eventId: event.id, fileId: String(event.data['fileId']) } }],
  },
  'park.settings_changed': { jobs: score('park') },
  'match.stage_changed': { jobs: score('match') },
  'membership.requested': { announce: true },
  'membership.activated': { announce: true },
  'membership.suspended': { announce: true },
  'membership.decided': {
    jobs: event => [
      {
        queue: 'score' as const,
        data: {
          eventId: event.id,
          subject: 'member',
          id: `${String(event.data['parkId'])}/${String(event.data['organisationId'])}`,
        },
      },
    ],
  },
  'erasure.requested': { announce: true },
  'erasure.cancelled': { announce: true },
  'erasure.completed': { announce: true },
  'scenario.sealed_granted': { announce: true },
  'scenario.sealed_revoked': { announce: true },
  'exclusion.changed': { jobs: score('exclusion') },
  // The sweep mails these two, where mail is configured.
  'invitation.created': {},
  'sign_in_link.requested': {},
  'import.started': {
    jobs: event => [{ queue: 'import', data: { eventId: event.id, importId: String(event.data['importId']) } }],
  },
  'import.stored': {
    jobs: event => [
      {
        queue: 'run',
        data: {
          eventId: event.id,
          kind: String(event.data['kind']),
          parkIds: z.array(z.string()).parse(event.data['parkIds']),
        },
      },
    ],
  },
  'match_run.requested': {
    jobs: event => [{ queue: 'run', data: { eventId: event.id, runId: String(event.data['runId']) } }],
  },
  'match_run.completed': { announce: true },
  'import.completed': { announce: true },
  'consortium.wanted': { jobs: assemble('scenario') },
  'consortium.requested': { jobs: assemble('consortium') },
  'consortium.doubted': { jobs: assemble('exclusion') },
  'consortium.proposed': { announce: true },
  'consortium.invited': { announce: true },
  'consortium.member_changed': { announce: true },
  'consortium.charter_proposed': { announce: true },
  'consortium.formed': { announce: true },
  'consortium.ended': { announce: true },
  'consortium.challenge_opened': { announce: true },
  'consortium.answered': { announce: true },
  'consortium.answer_reviewed': { announce: true },
  'consortium.pool_proposed': { announce: true },
  'consortium.pool_moved': { jobs: settlePool('pool') },
  'consortium.pool_called': { jobs: settlePool('calledPool') },
  'consortium.pool_opened': { announce: true },
  'consortium.pool_changed': { announce: true },
  'consortium.pool_formed': { announce: true },
  'consortium.pool_ended': { announce: true },
  'round.opened': { announce: true },
  'round.published': { announce: true },
  'round.paired': { announce: true },
  'resource.reserved': { announce: true },
  'resource.released': { announce: true },
  'resource.granted': { announce: true },
  'endpoint.ping': {},
  'endpoint.warned': { announce: true },
  'endpoint.disabled': { announce: true },
  'endpoint.recovered': { announce: true },
  'delivery.exhausted': { announce: true },
}

/** The jobs of a batch of events, and which events need none. Ids are such that adding a batch twice changes nothing. */
export const reactTo = (batch: ClaimedEvent[]): { jobs: NewJob[]; doneIds: string[] } => {
  const jobs = batch.flatMap(event =>
    (REACTIONS[event.type].jobs?.(event) ?? []).map((job, i) => ({
      ...job,
      id: `${event.id}-${i}-${event.generation}`,
      traces: tracesOf([event]),
    })),
  )
  const announced = batch.filter(event => REACTIONS[event.type].announce)
  const newest = announced.at(-1)
  if (newest)
    jobs.push({
      queue: 'fan-out',
      id: `${newest.id}-fan-${newest.generation}`,
      data: { eventIds: announced.map(event => event.id) },
      traces: tracesOf(announced),
    })
  const quiet = batch.filter(event => !REACTIONS[event.type].jobs && !REACTIONS[event.type].announce)
  return { jobs, doneIds: quiet.map(event => event.id) }
}

const tracesOf = (batch: ClaimedEvent[]): string[] => onePerTrace(batch.flatMap(event => event.traceparent ?? []))

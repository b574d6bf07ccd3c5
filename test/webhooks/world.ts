import { isNull } from 'drizzle-orm'
import type { Test } from 'tap'
import { buildApp } from '../../src/app.ts'
import { append, type NewEvent } from '../../src/events/outbox.ts'
import { capabilities } from '../../src/capabilities/tables.ts'
import { matches } from '../../src/matching/tables.ts'
import { scenarios } from '../../src/scenarios/tables.ts'
import type { EventData } from '../../src/events/catalog.ts'
import { transaction } from '../../src/platform/db.ts'
import type { Deps } from '../../src/platform/deps.ts'
import type { Egress, EgressResult } from '../../src/platform/egress/post.ts'
import type { UrlRule } from '../../src/platform/egress/url.ts'
import { newId } from '../../src/platform/ids.ts'
import type { NewJob } from '../../src/platform/queues.ts'
import { events } from '../../src/events/tables.ts'
import { createDeliverHandler } from '../../workers/deliver.ts'
import { createFanOutHandler } from '../../workers/fan-out.ts'
import {
  bearer,
  buildDeps,
  type BuildOptions,
  createTestClock,
  eventually,
  makeOrganisation,
  makePark,
} from '../helper.ts'

const WORKER = { kind: 'worker' } as const

export type Pair = { parkId: string; factoryId: string; vendorId: string }

/** A match between two organisations as matching would leave it, with the event that announces it not yet written. */
export const makeMatch = async (deps: Deps, pair: Pair): Promise<EventData<'match.created'>> =>
  transaction(deps, WORKER, async tx => {
    const now = deps.clock.now()
    const scenarioId = newId(deps, 'scenario')
    const capabilityId = newId(deps, 'capability')
    const matchId = newId(deps, 'match')
    const common = {
      title: '划痕漏检',
      body: {},
      version: 1,
      createdAt: now,
      updatedAt: now,
      state: 'published' as const,
    }
    await tx.insert(scenarios).values({
      ...common,
      id: scenarioId,
      parkId: pair.parkId,
      organisationId: pair.factoryId,
      visibility: 'park',
      industry: 'ind.C33',
      problems: ['pb.defect-inspection'],
    })
    await tx.insert(capabilities).values({
      ...common,
      id: capabilityId,
      organisationId: pair.vendorId,
      problems: [],
      techniques: [],
      audiences: [],
    })
    await tx.insert(matches).values({
      ...pair,
      id: matchId,
      scenarioId,
      capabilityId,
      state: 'proposed',
      rank: 1,
      total: 7_120,
      factoryScore: 7_304,
      vendorScore: 6_941,
      version: 1,
      createdAt: now,
      updatedAt: now,
      stateSince: now,
    })
    return {
      matchId,
      scenarioId,
      capabilityId,
      parkId: pair.parkId,
      scenarioTitle: '划痕漏检',
      capabilityTitle: '表面缺陷检测',
      industry: 'ind.C33',
      problems: ['pb.defect-inspection'],
      total: 7_120,
      factoryScore: 7_304,
      vendorScore: 6_941,
      rank: 1,
      parts: [],
      gaps: [],
    }
  })

/** Appends events as the worker and answers their ids. */
export const appendEvents = async (deps: Deps, news: NewEvent[]): Promise<string[]> =>
  transaction(deps, WORKER, tx => append(tx, deps, WORKER, news))

type Options = Omit<BuildOptions, 'clock'> & { egress?: Egress }

/**
 * A park, a factory and a vendor, the API, and the two handlers driven by hand: nothing happens until a test says so, and
 * the clock stands still until it is moved. What would go to the queue is kept in `jobs`.
 */
export const createWorld = async (t: Test, options: Options = {}) => {
  const clock = createTestClock()
  const jobs: NewJob[] = []
  const { egress, ...rest } = options
  const built = await buildDeps(t, { ...rest, clock })
  const deps: Deps = {
    ...built,
    ...(egress ? { egress } : {}),
    queues: { ...built.queues, add: async added => void jobs.push(...added) },
  }
  const app = await buildApp(deps)
  t.after(() => app.close())
  const park = await makePark(deps)
  const factory = await makeOrganisation(deps, 'manufacturer', [park.id])
  const vendor = await makeOrganisation(deps, 'vendor', [park.id])
  const fanOut = createFanOutHandler(deps)
  const deliver = createDeliverHandler(deps)

  const call = async (method: 'GET' | 'POST' | 'PATCH' | 'DELETE', url: string, payload?: object, more: Call = {}) => {
    const headers = { ...bearer(more.key ?? vendor.key), ...more.headers }
    const answer = await app.inject({ method, url: `/v1${url}`, headers, ...(payload ? { payload } : {}) })
    return { status: answer.statusCode, headers: answer.headers, body: answer.body === '' ? undefined : answer.json() }
  }
  return {
    deps,
    app,
    clock,
    jobs,
    park,
    factory,
    vendor,
    call,
    /** Registers an endpoint of the vendor. */
    addEndpoint: async (url: string, more: object = {}, key = vendor.key) => {
      const answer = await call('POST', '/webhook-endpoints', { url, ...more }, { key })
      if (answer.status !== 201) throw new Error(JSON.stringify(answer.body))
      return answer.body as { id: string; secret: string; etag: string }
    },
    /** A match is announced to both sides and the park, and its deliveries are written. */
    announce: async (times = 1, change: Partial<EventData<'match.created'>> = {}) => {
      const ids: string[] = []
      for (let i = 0; i < times; i++) {
        const data = await makeMatch(deps, { parkId: park.id, factoryId: factory.id, vendorId: vendor.id })
        const readers = [factory.id, vendor.id, park.organisationId]
        const event: NewEvent = { type: 'match.created', parkId: park.id, readers, data: { ...data, ...change } }
        ids.push(...(await appendEvents(deps, [event])))
      }
      await fanOut({ id: 'job', data: { eventIds: ids } })
      return ids
    },
    /** Many events at once that are about no match, so that they need none. */
    announceMany: async (times: number) => {
      const ids = await appendEvents(
        deps,
        Array.from({ length: times }, (_, i) => ({
          type: 'scenario.unserved' as const,
          readers: [vendor.id],
          data: {
            scenarioId: newId(deps, 'scenario'),
            parkId: park.id,
            scenarioTitle: `场景 ${i}`,
            problems: [],
            bestTotal: null,
            threshold: 4_500,
          },
        })),
      )
      await fanOut({ id: 'job', data: { eventIds: ids } })
      return ids
    },
    /** What the organisation was told, by polling. The feed waits for the oldest writer of the server, so this does too. */
    told: async (types: string, { key = vendor.key, count = 1 } = {}) =>
      eventually(async () => {
        const { body } = await call('GET', `/events?types=${types}`, undefined, { key })
        return body.items.length >= count && (body.items as { data: Record<string, unknown> }[])
      }),
    /** Writes the deliveries of every event that has not been fanned out yet, as the relay would have it done. */
    fanOutRest: async () => {
      const rows = await transaction(deps, WORKER, tx =>
        tx.select({ id: events.id, type: events.type }).from(events).where(isNull(events.doneAt)),
      )
      const eventIds = rows.map(row => row.id)
      if (eventIds.length > 0) await fanOut({ id: 'job', data: { eventIds } })
      return rows.map(row => row.type)
    },
    drain: (endpointId: string) => deliver({ id: 'job', data: { endpointId } }),
    deliveries: async (query = '', key = vendor.key) =>
      (await call('GET', `/deliveries?limit=100${query}`, undefined, { key })).body.items as Delivery[],
    /** A vendor of the same park that is no party to anything. */
    stranger: () => makeOrganisation(deps, 'vendor', [park.id]),
    endpoint: async (id: string) => (await call('GET', `/webhook-endpoints/${id}`)).body,
  }
}
type Call = { key?: string; headers?: Record<string, string> }
export type Delivery = {
  id: string
  endpointId: string
  eventId: string
  eventType: string
  state: string
  reason?: string
  sequence: number
  attemptsMade: number
  nextAttemptAt?: string
}

export type Posted = { url: string; headers: Readonly<Record<string, string>>; body: string }
const timings = { totalMs: 1 }
export const answered = (status: number, headers: Record<string, string> = {}): EgressResult => ({
  kind: 'response',
  status,
  headers,
  excerpt: '',
  timings,
})
export const failed = (code: 'timeout' | 'connection_refused' | 'aborted'): EgressResult => ({
  kind: 'error',
  code,
  message: code,
  timings,
})
export const blockedBy = (rule: UrlRule): EgressResult => ({
  kind: 'error',
  code: 'blocked_address',
  rule,
  message: rule,
  timings,
})

/** An outside world that answers as it is told, and keeps what it was sent. */
export const createPeers = (answer: (posted: Posted, nth: number) => EgressResult | Promise<EgressResult>) => {
  const posted: Posted[] = []
  const egress: Egress = {
    post: async (url, { headers, body }) => {
      const entry = { url, headers, body }
      posted.push(entry)
      return answer(entry, posted.length)
    },
    check: async url => ({ allowed: true, url: new URL(url) }),
    close: () => {},
  }
  return { posted, egress }
}

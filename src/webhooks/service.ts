import { and, desc, eq, isNull, lt } from 'drizzle-orm'
import type { z } from 'zod'
import { type Recording, record } from '../audit/record.ts'
import type { Stored } from '../identity/idempotency.ts'
import type { Member } from '../platform/actor.ts'
import type { Tx } from '../platform/db.ts'
import type { Deps } from '../platform/deps.ts'
import { conflict, notFound } from '../platform/errors.ts'
import { newId } from '../platform/ids.ts'
import { pageOfRows, type PageQuery } from '../platform/pages.ts'
import { checkIfMatch, etagOf } from '../platform/preconditions.ts'
import { type DrainRequest, wakeEndpoint } from './drains.ts'
import { judgeHeaders } from './headers.ts'
import { HEALTHY } from './health.ts'
import { tellOperators } from './notices.ts'
import { refusedHeaders } from './problems.ts'
import type { EndpointPatch, NewEndpoint } from './schemas.ts'
import { insertSecret, listSecretEnds, rotateSecret, sealHeaders } from './secrets.ts'
import { endpoints } from './tables.ts'
import type { EndpointRow } from './write.ts'

type Making = Recording
/** Bounds what one event can set off, and what one organisation can point at. */
const ENDPOINTS_MAX = 20

/** Registers an endpoint. The caller has had its URL checked. @throws 409 for the 21st, 422 for wrong headers or secret */
export const createEndpoint = async (
  tx: Tx,
  deps: Making,
  actor: Member,
  input: z.infer<typeof NewEndpoint>,
): Promise<Stored & { secret: string }> => {
  if ((await tx.$count(endpoints, isNull(endpoints.deletedAt))) >= ENDPOINTS_MAX)
    throw conflict(`最多可登记 ${ENDPOINTS_MAX} 个端点`, `An organisation has at most ${ENDPOINTS_MAX} endpoints`)
  const { headers, secret: own, retryScheduleS, ...fields } = input
  const now = deps.clock.now()
  const made = { id: newId(deps, 'endpoint'), organisationId: actor.organisationId }
  await tx.insert(endpoints).values({
    ...made,
    ...fields,
    filters: given(fields.filters),
    ...headerColumns(deps, made.id, headers),
    retrySchedule: retryScheduleS ?? null,
    state: 'active',
    version: 1,
    createdAt: now,
    updatedAt: now,
  })
  await record(tx, deps, actor, { action: 'endpoint.created', objectId: made.id, digests: { url: fields.url } })
  return { id: made.id, secret: await insertSecret(tx, deps, made, own) }
}

/** An endpoint that the actor may see. @throws 404 */
export const findEndpoint = async (tx: Tx, id: string): Promise<EndpointRow> => {
  const [row] = await tx
    .select()
    .from(endpoints)
    .where(and(eq(endpoints.id, id), isNull(endpoints.deletedAt)))
  if (!row) throw notFound()
  return row
}

/** The same under its lock, which everything that changes an endpoint or its deliveries takes first. @throws 404 */
export const lockEndpoint = async (tx: Tx, id: string): Promise<EndpointRow> => {
  const [row] = await tx
    .select()
    .from(endpoints)
    .where(and(eq(endpoints.id, id), isNull(endpoints.deletedAt)))
    .for('no key update')
  if (!row) throw notFound()
  return row
}

export const readEndpoint = async (tx: Tx, deps: Pick<Deps, 'clock'>, id: string, secret?: string) => {
  const row = await findEndpoint(tx, id)
  return presentEndpoint(row, await readSecretEnds(tx, deps, [id]), secret)
}

/** The actor's endpoints, newest first. */
export const listEndpoints = async (tx: Tx, deps: Pick<Deps, 'clock'>, page: PageQuery) => {
  const rows = await tx
    .select()
    .from(endpoints)
    .where(and(isNull(endpoints.deletedAt), page.cursor ? lt(endpoints.id, page.cursor) : undefined))
    .orderBy(desc(endpoints.id))
    .limit(page.limit + 1)
  const ends = await readSecretEnds(
    tx,
    deps,
    rows.map(row => row.id),
  )
  return pageOfRows(
    rows.map(row => presentEndpoint(row, ends)),
    page,
    row => row.id,
  )
}

/** Changes what was given. The caller has had a new URL checked. @throws 404, 412, 422, 428 */
export const changeEndpoint = async (
  tx: Tx,
  deps: Making,
  actor: Member,
  target: { id: string; ifMatch: string | undefined },
  patch: z.infer<typeof EndpointPatch>,
): Promise<void> => {
  const row = await lockEndpoint(tx, target.id)
  checkIfMatch(target.ifMatch, row.version)
  const { headers, retryScheduleS, filters, ...fields } = patch
  await tx
    .update(endpoints)
    .set({
      ...given(fields),
      ...(filters === undefined ? {} : { filters: given(filters) }),
      ...(headers === undefined ? {} : headerColumns(deps, row.id, headers)),
      ...(retryScheduleS === undefined ? {} : { retrySchedule: retryScheduleS }),
      ...touched(row, deps),
    })
    .where(eq(endpoints.id, row.id))
  const digests = fields.url === undefined ? undefined : { url: fields.url }
  await record(tx, deps, actor, { action: 'endpoint.changed', objectId: row.id, digests })
}

/** Takes an endpoint away. What was still to be sent to it is dropped by a drain. @throws 404 */
export const deleteEndpoint = async (tx: Tx, deps: Making, actor: Member, id: string): Promise<DrainRequest> => {
  const row = await lockEndpoint(tx, id)
  await tx
    .update(endpoints)
    .set({ deletedAt: deps.clock.now(), ...touched(row, deps) })
    .where(eq(endpoints.id, id))
  await record(tx, deps, actor, { action: 'endpoint.deleted', objectId: id })
  return wakeEndpoint(tx, deps, id, id)
}

/** Switches an endpoint off. What is pending is held by a drain, and so is what comes. Repeating it changes nothing. */
export const disableEndpoint = async (
  tx: Tx,
  deps: Making,
  actor: Member,
  id: string,
): Promise<DrainRequest | undefined> => {
  const row = await lockEndpoint(tx, id)
  if (row.state === 'disabled') return undefined
  await tx
    .update(endpoints)
    .set({ state: 'disabled', disabledReason: 'manual', disabledAt: deps.clock.now(), ...touched(row, deps) })
    .where(eq(endpoints.id, id))
  await record(tx, deps, actor, { action: 'endpoint.disabled', objectId: id })
  await tellOperators(tx, deps, actor, row.organisationId, [
    { type: 'endpoint.disabled', data: { endpointId: id, reason: 'manual' } },
  ])
  return wakeEndpoint(tx, deps, id, id)
}

/** Switches an endpoint on, with a clean bill of health. What was held is for a recovery to replay or drop. */
export const enableEndpoint = async (tx: Tx, deps: Making, actor: Member, id: string): Promise<EndpointRow> => {
  const row = await lockEndpoint(tx, id)
  const change = { state: 'active' as const, disabledReason: null, disabledAt: null, ...HEALTHY, ...touched(row, deps) }
  await tx.update(endpoints).set(change).where(eq(endpoints.id, id))
  await record(tx, deps, actor, { action: 'endpoint.enabled', objectId: id })
  return { ...row, ...change }
}

/** A new current secret. @throws 404, 409, 422 */
export const rotateEndpointSecret = async (
  tx: Tx,
  deps: Making,
  actor: Member,
  id: string,
  wish: { overlapHours?: number | undefined; expireNow: boolean; secret?: string | undefined },
): Promise<Stored & { secret: string }> => {
  const row = await lockEndpoint(tx, id)
  const secret = await rotateSecret(tx, deps, row, wish)
  await tx.update(endpoints).set(touched(row, deps)).where(eq(endpoints.id, id))
  await record(tx, deps, actor, { action: 'endpoint.secret_rotated', objectId: id })
  return { id, secret }
}

const touched = (row: EndpointRow, deps: Pick<Deps, 'clock'>) => ({
  version: row.version + 1,
  updatedAt: deps.clock.now(),
})

const headerColumns = (deps: Pick<Deps, 'secrets'>, endpointId: string, headers: Record<string, string>) => {
  const verdict = judgeHeaders(headers)
  if (!verdict.allowed) throw refusedHeaders(verdict.problems)
  return {
    headersSealed: sealHeaders(deps, endpointId, verdict.headers),
    headerNames: Object.keys(verdict.headers).sort(),
  }
}

type SecretEnds = Awaited<ReturnType<typeof listSecretEnds>>
const readSecretEnds = async (tx: Tx, deps: Pick<Deps, 'clock'>, ids: string[]): Promise<SecretEnds> =>
  (await listSecretEnds(tx, ids)).filter(end => end.expiresAt > deps.clock.now())

type Given<T> = { [K in keyof T]: Exclude<T[K], undefined> }
const given = <T extends object>(fields: T) =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Given<T>

const presentEndpoint = (row: EndpointRow, ends: SecretEnds, secret?: string) => ({
  id: row.id,
  url: row.url,
  ...(row.description === null ? {} : { description: row.description }),
  eventTypes: row.eventTypes,
  filters: row.filters,
  headerNames: row.headerNames,
  ...(row.retrySchedule === null ? {} : { retryScheduleS: row.retrySchedule }),
  concurrencyMax: row.concurrencyMax,
  rateMax: row.rateMax,
  autoDisable: row.autoDisable,
  state: row.state,
  ...(row.disabledReason ? { disabledReason: row.disabledReason } : {}),
  ...(row.disabledAt ? { disabledAt: row.disabledAt.toISOString() } : {}),
  ...(row.failingSince ? { failingSince: row.failingSince.toISOString() } : {}),
  failedDeliveries: row.failedDeliveries,
  ...(row.pausedUntil ? { pausedUntil: row.pausedUntil.toISOString() } : {}),
  oldSecretsExpireAt: ends.filter(end => end.endpointId === row.id).map(end => end.expiresAt.toISOString()),
  ...(secret === undefined ? {} : { secret }),
  etag: etagOf(row.version),
  createdAt: row.createdAt.toISOString(),
  updatedAt: row.updatedAt.toISOString(),
})

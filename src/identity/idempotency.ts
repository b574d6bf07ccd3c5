import { and, eq, sql } from 'drizzle-orm'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { credentialOf } from '../platform/actor.ts'
import { rowsOf, transaction, type Tx } from '../platform/db.ts'
import type { Deps } from '../platform/deps.ts'
import { ProblemError, problems } from '../platform/errors.ts'
import { sha256 } from '../platform/secrets.ts'
import { requireEditor } from './authenticate.ts'
import { idempotencyKeys } from './tables.ts'

export const IDEMPOTENCY_HOURS = 24
const RETRY_AFTER_S = 1

/** What a storing request made: the id of the thing, and a secret if the answer shows one. */
export type Stored = { id: string; secret?: string }

type Options<T> = {
  status: 200 | 201 | 202
  /** Does the work. Runs in the transaction that also stores the idempotency key. */
  work: (tx: Tx) => Promise<Stored>
  /** Answers with the thing as the caller may see it now; `secret` only the first time. */
  render: (tx: Tx, id: string, secret: string | undefined) => Promise<T>
}

/**
 * Runs a storing request once per `Idempotency-Key` and caller, a key or a person (kept 24 hours), in one transaction with the write.
 * Stored are the request's hash, the status and the id of what was made, never a body: a repeat is rendered afresh.
 * @throws 409 request_running while the first still runs, 409 secret_already_shown, 422 for another request under the key
 */
export const storeOnce = async <T>(
  deps: Pick<Deps, 'db' | 'clock'>,
  request: FastifyRequest,
  reply: FastifyReply,
  options: Options<T>,
): Promise<T> => {
  const actor = requireEditor(request)
  const key = request.headers['idempotency-key']
  return transaction(deps, actor, async tx => {
    reply.code(options.status)
    if (typeof key !== 'string') {
      const made = await options.work(tx)
      return options.render(tx, made.id, made.secret)
    }
    const slot = { organisationId: actor.organisationId, callerId: credentialOf(actor), key }
    const known = await lookUp(tx, deps, slot)
    const requestHash = hashOf(request)
    if (known) {
      if (!known.requestHash.equals(requestHash)) throw new ProblemError(problems.idempotencyMismatch)
      if (known.hadSecret) throw new ProblemError(problems.secretAlreadyShown)
      reply.header('idempotency-replayed', 'true')
      return options.render(tx, known.resourceId, undefined)
    }
    const made = await options.work(tx)
    await tx.insert(idempotencyKeys).values({
      ...slot,
      requestHash,
      status: options.status,
      resourceId: made.id,
      hadSecret: made.secret !== undefined,
      createdAt: deps.clock.now(),
    })
    return options.render(tx, made.id, made.secret)
  })
}

type Slot = { organisationId: string; callerId: string; key: string }

const lookUp = async (tx: Tx, deps: Pick<Deps, 'clock'>, slot: Slot) => {
  const name = `${slot.organisationId} ${slot.callerId} ${slot.key}`
  const [lock] = rowsOf<{ taken: boolean }>(
    await tx.execute(sql`select pg_try_advisory_xact_lock(hashtextextended(${name}, 0)) as taken`),
  )
  if (!lock?.taken) throw new ProblemError(problems.requestRunning, { retryAfterS: RETRY_AFTER_S })
  const mine = and(
    eq(idempotencyKeys.organisationId, slot.organisationId),
    eq(idempotencyKeys.callerId, slot.callerId),
    eq(idempotencyKeys.key, slot.key),
  )
  const [known] = await tx.select().from(idempotencyKeys).where(mine)
  if (!known) return undefined
  const oldestMs = deps.clock.now().getTime() - IDEMPOTENCY_HOURS * 3_600_000
  if (known.createdAt.getTime() >= oldestMs) return known
  await tx.delete(idempotencyKeys).where(mine)
  return undefined
}

/** The same request is the same method, address and body; the order of a body's fields does not matter to JSON, but does here. */
const hashOf = (request: FastifyRequest): Buffer =>
  sha256(`${request.method} ${request.url}\n${JSON.stringify(request.body ?? null)}`)

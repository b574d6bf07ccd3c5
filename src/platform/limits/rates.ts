import rateLimit, { type FastifyRateLimitStore, normalizeIP } from '@fastify/rate-limit'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Redis } from 'ioredis'
import type { Deps } from '../deps.ts'
import { ProblemError, problems } from '../errors.ts'
import { sha256 } from '../secrets.ts'
import { isOperation } from './operations.ts'
import { createSharedCounts, type SharedCounts, WINDOW_MS } from './shared-counts.ts'

export type LimitDeps = Pick<Deps, 'config' | 'db' | 'clock' | 'log'>

const SYNC_MS = 1_000
const REDIS_RETRIES_MAX = 1

/**
 * Limits what one key, and what one address, may ask for in a minute, and says in every answer how much is left: in the
 * fields of the IETF draft on RateLimit headers (`RateLimit`, `RateLimit-Policy`) and in the three that most clients know.
 * Counted in Redis where there is one; otherwise each process counts for itself and tells PostgreSQL once a second. A
 * counter that cannot be reached stops nobody.
 */
export const limitRates = (app: FastifyInstance, deps: LimitDeps): void => {
  const { perKeyMax, perAddressMax } = deps.config.rates
  app.register(rateLimit, { global: false, skipOnError: true, ...countIn(app, deps) })
  app.after(() => {
    const limit = (policy: string, max: number, keyGenerator: (request: FastifyRequest) => string) => {
      const check = app.createRateLimit({ max, timeWindow: WINDOW_MS, keyGenerator, skipOnError: true })
      return async (request: FastifyRequest, reply: FastifyReply) => {
        const state = await check(request)
        if (!state.isAllowed) tell(reply, { policy, ...state })
      }
    }
    const byAddress = limit('address', perAddressMax, request => `address:${anonymous(normalizeIP(request.ip))}`)
    const byKey = limit('key', perKeyMax, ({ actor }) => `key:${actor.kind === 'member' ? actor.keyId : ''}`)
    // Before anything is asked of the database, and then once it is known whose key it is, before the body is read.
    app.addHook('onRequest', async (request, reply) => {
      if (perAddressMax > 0 && !isOperation(request)) await byAddress(request, reply)
    })
    app.addHook('preParsing', async (request, reply) => {
      if (perKeyMax > 0 && request.actor.kind === 'member') await byKey(request, reply)
    })
  })
}

type State = { policy: string; max: number; remaining: number; ttlInSeconds: number; isExceeded: boolean }

const tell = (reply: FastifyReply, { policy, max, remaining, ttlInSeconds, isExceeded }: State): void => {
  const known = reply.getHeader('ratelimit-remaining')
  // Of the two limits the one that is nearer to its end is told.
  if (known === undefined || remaining < Number(known) || isExceeded)
    reply.headers({
      'ratelimit-policy': `"${policy}";q=${max};w=${WINDOW_MS / 1_000}`,
      ratelimit: `"${policy}";r=${remaining};t=${ttlInSeconds}`,
      'ratelimit-limit': String(max),
      'ratelimit-remaining': String(remaining),
      'ratelimit-reset': String(ttlInSeconds),
    })
  if (isExceeded) throw new ProblemError(problems.tooManyRequests, { retryAfterS: Math.max(1, ttlInSeconds) })
}

/** An address is a person's at times: what is counted, and may reach a database, is its digest. */
const anonymous = (address: string): string => sha256(address).toString('hex').slice(0, 24)

const countIn = (app: FastifyInstance, deps: LimitDeps) => {
  if (deps.config.redisUrl !== undefined) {
    const redis = new Redis(deps.config.redisUrl, {
      maxRetriesPerRequest: REDIS_RETRIES_MAX,
      enableOfflineQueue: false,
    })
    redis.on('error', (error: Error) => deps.log.warn({ err: error }, 'rate limits are not counted'))
    app.addHook('onClose', async () => redis.disconnect())
    return { redis, nameSpace: 'duijie-rate:' }
  }
  const counts = createSharedCounts(deps)
  keepInStep(app, deps, counts)
  return { store: storeOf(counts) }
}

const keepInStep = (app: FastifyInstance, deps: LimitDeps, counts: SharedCounts): void => {
  let running = Promise.resolve()
  const timer = setInterval(() => {
    running = running.then(() =>
      counts.sync().catch((error: unknown) => deps.log.warn({ err: error }, 'rate limits are not shared')),
    )
  }, SYNC_MS)
  timer.unref()
  app.addHook('onClose', async () => {
    clearInterval(timer)
    await running
  })
}

/** The shape in which the plugin wants to make its store itself. */
const storeOf = (counts: SharedCounts) =>
  class SharedStore implements FastifyRateLimitStore {
    incr(caller: string, callback: (error: Error | null, result?: { current: number; ttl: number }) => void): void {
      callback(null, counts.count(caller))
    }
    child(): SharedStore {
      return this
    }
  }

import { timingSafeEqual } from 'node:crypto'
import { BlockList, isIPv6 } from 'node:net'
import { sql } from 'drizzle-orm'
import type { FastifyRequest } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Deps } from './deps.ts'
import { notFound } from './errors.ts'
import { sha256 } from './secrets.ts'

const LOOPBACK = new BlockList()
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4')
LOOPBACK.addAddress('::1', 'ipv6')
LOOPBACK.addSubnet('::ffff:127.0.0.0', 104, 'ipv6')

const CHECK_MS_MAX = 2_000
const Check = z.enum(['up', 'down'])
const Readiness = z
  .object({ ready: z.boolean(), database: Check, queue: Check })
  .meta({ id: 'Readiness', description: 'Which dependency answers' })

/** For the machines around us: alive, ready, measured. No key is asked for, and nothing is told that needs one. */
export const healthRoutes =
  (deps: Deps): FastifyPluginAsyncZod =>
  async app => {
    const operations = ['operations']
    app.get(
      '/livez',
      {
        schema: {
          summary: 'The process answers',
          tags: operations,
          security: [],
          response: { 200: z.object({ alive: z.literal(true) }) },
        },
      },
      async () => ({ alive: true as const }),
    )
    app.get(
      '/readyz',
      {
        schema: {
          summary: 'Which dependency is down',
          tags: operations,
          security: [],
          response: { 200: Readiness, 503: Readiness },
        },
      },
      async (_request, reply) => {
        const [database, queue] = await Promise.all([
          check(deps.db.app.db.execute(sql`select 1`)),
          check(deps.queues.ping()),
        ])
        const ready = database === 'up' && queue === 'up'
        return reply.code(ready ? 200 : 503).send({ ready, database, queue })
      },
    )
    app.get('/metrics', { schema: { hide: true } }, async (request, reply) => {
      if (!mayMeasure(request, deps.config.metricsToken)) throw notFound()
      return reply.type(deps.metrics.registry.contentType).send(await deps.metrics.registry.metrics())
    })
  }

/**
 * Who holds the token, or, where none is set, this machine itself. A proxy on this machine calls from here too, but says
 * for whom.
 */
const mayMeasure = (request: FastifyRequest, token: string | undefined): boolean => {
  const { authorization = '', forwarded, 'x-forwarded-for': forwardedFor } = request.headers
  if (token !== undefined) return timingSafeEqual(sha256(authorization), sha256(`Bearer ${token}`))
  const isHere = LOOPBACK.check(
    request.socket.remoteAddress ?? '',
    isIPv6(request.socket.remoteAddress ?? '') ? 'ipv6' : 'ipv4',
  )
  return isHere && forwarded === undefined && forwardedFor === undefined
}

const check = async (answer: PromiseLike<unknown>): Promise<'up' | 'down'> => {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('no answer in time')), CHECK_MS_MAX)
  })
  try {
    await Promise.race([answer, late])
    return 'up'
  } catch {
    return 'down'
  } finally {
    clearTimeout(timer)
  }
}

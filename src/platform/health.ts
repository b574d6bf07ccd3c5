import { sql } from 'drizzle-orm'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Deps } from './deps.ts'

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
    app.get('/metrics', { schema: { hide: true } }, async (_request, reply) =>
      reply.type(deps.metrics.registry.contentType).send(await deps.metrics.registry.metrics()),
    )
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

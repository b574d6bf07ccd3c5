import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { transaction } from '../platform/db.ts'
import type { Deps } from '../platform/deps.ts'
import { ProblemError, problems } from '../platform/errors.ts'
import { Id, Instant, problemsOf } from '../platform/schemas.ts'
import { told } from '../platform/validation.ts'
import { EVENT_PATTERNS, PUBLIC_EVENT_TYPES, subscribesTo } from './catalog.ts'
import { readFeed } from './service.ts'

const unknownType = told(`只能是：${EVENT_PATTERNS.join(', ')}`, `must be one of: ${EVENT_PATTERNS.join(', ')}`)

const Feed = z.strictObject({
  after: z
    .string()
    .regex(/^\d{1,19}\.evt_[0-9a-hjkmnp-tv-z]{26}$/)
    .optional()
    .describe('`cursor` of the answer before; absent: from the oldest event that is kept'),
  limit: z.coerce.number().int().min(1).max(100).default(100),
  types: z
    .string()
    .max(500)
    .transform(list => list.split(','))
    .pipe(z.array(z.string().refine(pattern => EVENT_PATTERNS.includes(pattern), unknownType)))
    .transform(patterns => PUBLIC_EVENT_TYPES.filter(type => subscribesTo(patterns, type)))
    .optional()
    .describe('Only these types, in full or all of a noun (`match.*`), separated by commas'),
})

const EventEnvelope = z
  .object({
    id: Id('event').describe('The `webhook-id` of its deliveries'),
    type: z.enum(PUBLIC_EVENT_TYPES),
    timestamp: Instant.describe('When it happened'),
    data: z.record(z.string(), z.unknown()).describe('See docs/events.md for each type'),
  })
  .meta({ id: 'Event' })

const FeedPage = z
  .object({
    items: z.array(EventEnvelope),
    cursor: z.string().optional().describe('Send as `after`, also when there was nothing new'),
    hasMore: z.boolean().describe('Ask again at once'),
  })
  .meta({ id: 'EventPage' })

/** The events themselves, for those whom no webhook reaches. Mounted at /v1. */
export const eventRoutes =
  (deps: Deps): FastifyPluginAsyncZod =>
  async app => {
    app.get(
      '/events',
      {
        schema: {
          summary: 'Poll events',
          description:
            'What webhooks carry, with the same ids and shape, for receivers behind a firewall. Oldest first; keep the cursor.',
          tags: ['webhooks'],
          querystring: Feed,
          response: { 200: FeedPage, ...problemsOf() },
        },
      },
      async req => {
        if (req.actor.kind !== 'member') throw new ProblemError(problems.unauthenticated)
        return transaction(deps, req.actor, tx => readFeed(tx, req.query))
      },
    )
  }

import { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { latestChange, listScenarioMatches } from '../../matching/queries.ts'
import { transaction } from '../../platform/db.ts'
import type { Deps } from '../../platform/deps.ts'
import { Id } from '../../platform/schemas.ts'
import { MATCHES_SHOWN } from '../list-routes.ts'
import { sendPage } from '../render.ts'
import { requireVisitor } from '../visit.ts'

const params = z.object({ scenarioId: Id('scenario') })
const POLL_MS = 2_000
/** No connection is held for ever: a page that still stands open connects again by itself. */
const FOLLOW_MS_MAX = 600_000

/** The list of a scenario's matches, and word of it when one arrives. */
export const liveRoutes =
  (deps: Deps): FastifyPluginAsyncZod =>
  async app => {
    const closing = new AbortController()
    app.addHook('preClose', async () => closing.abort())

    app.get('/scenarios/:scenarioId/matches', { schema: { params } }, async (req, reply) => {
      const visit = requireVisitor(req)
      const { actor } = visit.signedIn
      const { scenarioId } = req.params
      const reading = { actor, language: visit.language, lexicon: deps.lexicon }
      const found = await transaction(deps, actor, tx =>
        listScenarioMatches(tx, reading, scenarioId, { limit: MATCHES_SHOWN }),
      )
      return sendPage(reply, visit, {
        template: 'scenario-matches',
        title: '',
        data: {
          matches: found.items,
          moreHref: found.nextCursor ? `/console/matches?scenarioId=${scenarioId}` : undefined,
        },
      })
    })

    app.get('/scenarios/:scenarioId/live', { schema: { params } }, async (req, reply) => {
      const { actor } = requireVisitor(req).signedIn
      const read = () => transaction(deps, actor, tx => latestChange(tx, req.params.scenarioId))
      const first = await read()
      return reply
        .type('text/event-stream; charset=utf-8')
        .header('cache-control', 'no-store')
        .send(Readable.from(tellChanges(first, read, closing.signal), { objectMode: false }))
    })
  }

/** A server-sent event for each change after the first look; only that there was one, for the page reads the list itself. */
async function* tellChanges(first: string, read: () => Promise<string>, closing: AbortSignal): AsyncGenerator<string> {
  const until = performance.now() + FOLLOW_MS_MAX
  yield 'retry: 3000\n\n'
  for (let told = first; !closing.aborted && performance.now() < until; ) {
    await sleep(POLL_MS, undefined, { signal: closing }).catch(() => undefined)
    const now = await read()
    // A comment in between tells both ends that the other one is still there.
    yield now === told ? ': \n\n' : `event: changed\ndata: ${now}\n\n`
    told = now
  }
}

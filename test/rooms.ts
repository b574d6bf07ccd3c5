import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import type { Test } from 'tap'
import { authenticate } from '../src/identity/authenticate.ts'
import type { Deps } from '../src/platform/deps.ts'
import { createServer } from '../src/platform/server.ts'
import { buildDeps } from './helper.ts'

/** A server with some rooms only, so that their tests do not depend on what else the app is made of. */
export const buildRooms = async (t: Test, ...rooms: ((deps: Deps) => FastifyPluginAsyncZod)[]) => {
  const deps = await buildDeps(t)
  const app = createServer(deps)
  await app.register(
    async v1 => {
      v1.addHook('onRequest', async request => {
        request.actor = await authenticate(deps, request)
      })
      for (const room of rooms) await v1.register(room(deps))
    },
    { prefix: '/v1' },
  )
  t.after(() => app.close())
  await app.ready()
  return { app, deps }
}

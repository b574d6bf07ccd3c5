import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import formbody from '@fastify/formbody'
import serveFiles from '@fastify/static'
import type { FastifyInstance } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import type { Deps } from '../platform/deps.ts'
import { ProblemError, problems } from '../platform/errors.ts'
import { decisionRoutes } from './decision-routes.ts'
import { deskRoutes } from './desk/routes.ts'
import { endpointPageRoutes } from './endpoint-routes.ts'
import { sendError } from './error-page.ts'
import { firmRoutes } from './firm/routes.ts'
import { listRoutes } from './list-routes.ts'
import { matchRoutes } from './match-routes.ts'
import { operationRoutes } from './operation-routes.ts'
import { overviewRoutes } from './overview-routes.ts'
import { postingRoutes } from './posting-routes.ts'
import { sessionPageRoutes } from './session-routes.ts'
import { checkForm, openVisit } from './visit.ts'

/** Scripts and styles of ours alone, nothing inline, nothing from elsewhere, and no page of others around ours. */
const CONTENT_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** The web pages over all of it. Mounted at /console. */
export const consoleRoutes =
  (deps: Deps): FastifyPluginAsyncZod =>
  async app => {
    app.addHook('onRequest', async (_request, reply) => {
      reply.header('content-security-policy', CONTENT_POLICY).header('referrer-policy', 'same-origin')
    })
    await app.register(assetRoutes)
    await app.register(async pages => {
      await pages.register(formbody)
      pages.decorateRequest('visit', null)
      pages.addHook('onRequest', (request, reply) => openVisit(deps, request, reply))
      pages.addHook('preValidation', request => checkForm(deps, request))
      pages.setErrorHandler((error, request, reply) => sendError(error, request, reply))
      pages.addHook('onRoute', route => {
        route.schema = { ...route.schema, hide: true }
      })
      await pages.register(sessionPageRoutes(deps))
      await pages.register(firmRoutes(deps))
      await pages.register(overviewRoutes(deps))
      await pages.register(listRoutes(deps))
      await pages.register(matchRoutes(deps))
      await pages.register(decisionRoutes(deps))
      await pages.register(postingRoutes(deps))
      await pages.register(endpointPageRoutes(deps))
      await pages.register(operationRoutes(deps))
      await pages.register(deskRoutes(deps))
      pages.setNotFoundHandler((request, reply) => sendError(new ProblemError(problems.notFound), request, reply))
    })
  }

const find = createRequire(import.meta.url)
const FILES = [
  { folder: join(import.meta.dirname, 'assets'), files: ['console.css', 'firm.css', 'console.js'] },
  { folder: dirname(find.resolve('htmx.org/dist/htmx.min.js')), files: ['htmx.min.js'] },
  { folder: dirname(find.resolve('@picocss/pico/css/pico.min.css')), files: ['pico.min.css'] },
]
const CACHE_MS = 3_600_000

/** Everything that a page loads, out of this machine's own folders. */
const assetRoutes = async (app: FastifyInstance): Promise<void> => {
  for (const [place, { folder, files }] of FILES.entries())
    await app.register(serveFiles, {
      root: folder,
      prefix: `/assets/${place}/`,
      decorateReply: false,
      index: false,
      maxAge: CACHE_MS,
      allowedPath: path => files.includes(path.replace(/^\//, '')),
    })
}

/** Addresses that are handed out or typed, and lead into the console. What stands behind `#` stays with the browser. */
export const entryRoutes = async (app: FastifyInstance): Promise<void> => {
  for (const [from, to] of [
    ['/', '/console'],
    ['/join', '/console/join'],
  ] as const)
    app.get(from, { schema: { hide: true } }, (_request, reply) => reply.redirect(to, 303))
}

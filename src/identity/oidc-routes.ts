import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Deps } from '../platform/deps.ts'
import { problemsOf } from '../platform/schemas.ts'
import { setSessionCookie } from './cookies.ts'
import { browserOf } from './me.ts'
import { createOidc, signInByIdentity, TRIP_MINUTES } from './oidc.ts'

const TRIP_COOKIE = 'duijie_oidc'
const FOUND = 302
const SEE_OTHER = 303

/** Sign-in by a provider of OpenID Connect; there only where one is configured. Mounted at /v1. */
export const oidcRoutes =
  (deps: Deps): FastifyPluginAsyncZod =>
  async app => {
    const { oidc: settings, publicUrl } = deps.config
    if (settings === undefined || publicUrl === undefined) return
    const oidc = createOidc(deps, settings, publicUrl)
    // Lax and not strict: the browser comes back from another site.
    const attributes = {
      path: '/v1/oidc',
      httpOnly: true,
      sameSite: 'lax',
      secure: publicUrl.startsWith('https:'),
    } as const

    app.get(
      '/oidc/start',
      {
        schema: {
          summary: 'Sign in at the OpenID Connect provider',
          hide: true,
          response: { 302: z.undefined(), ...problemsOf(503) },
        },
      },
      async (_req, reply) => {
        const { url, trip } = await oidc.start()
        reply.setCookie(TRIP_COOKIE, trip, { ...attributes, maxAge: TRIP_MINUTES * 60 })
        return reply.redirect(url, FOUND)
      },
    )
    app.get(
      '/oidc/callback',
      {
        schema: {
          summary: 'Come back from the OpenID Connect provider',
          hide: true,
          response: { 303: z.undefined(), ...problemsOf(403) },
        },
      },
      async (req, reply) => {
        reply.clearCookie(TRIP_COOKIE, attributes).header('cache-control', 'no-store')
        const identity = await oidc.finish(req.url.split('?')[1] ?? '', req.cookies[TRIP_COOKIE])
        const opened = await signInByIdentity(deps, identity, browserOf(deps, req))
        setSessionCookie(deps, reply, opened.token, opened.expiresAt)
        return reply.redirect('/', SEE_OTHER)
      },
    )
  }

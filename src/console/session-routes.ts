import type { FastifyReply, FastifyRequest } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { clearSessionCookie, setSessionCookie } from '../identity/cookies.ts'
import { browserOf } from '../identity/me.ts'
import { LinkRequest, LinkSignIn, OrganisationChoice, PasswordSignIn } from '../identity/person-schemas.ts'
import { chooseOrganisation, type OpenedSession, revokeSession } from '../identity/sessions.ts'
import { requestLink, signInByLink, signInByPassword } from '../identity/sign-in.ts'
import { transaction } from '../platform/db.ts'
import type { Deps } from '../platform/deps.ts'
import { ProblemError } from '../platform/errors.ts'
import { Language } from '../platform/schemas.ts'
import { toProblem } from '../platform/server.ts'
import { navigationOf } from './navigation.ts'
import { sendPage } from './render.ts'
import { textsIn } from './texts.ts'
import { LANGUAGE_COOKIE, requireVisitor, safePath, visitOf } from './visit.ts'

const letsIn = { config: { letsIn: true } }
const YEAR_S = 31_536_000
const Next = z.string().max(500).optional()

/** Signing in and out, the language, and whom one acts for. */
export const sessionPageRoutes =
  (deps: Deps): FastifyPluginAsyncZod =>
  async app => {
    app.get('/', async (req, reply) => {
      const { signedIn } = visitOf(req)
      const [first] = navigationOf(visitOf(req))
      return reply.redirect(signedIn && first ? first.href : '/console/sign-in', 303)
    })

    app.get('/sign-in', { schema: { querystring: z.object({ next: Next }) } }, async (req, reply) =>
      showSignIn(req, reply, { next: req.query.next }),
    )

    const enter = async (
      req: FastifyRequest,
      reply: FastifyReply,
      given: { next?: string | undefined; email?: string },
      open: () => Promise<OpenedSession>,
    ) => {
      try {
        const opened = await open()
        setSessionCookie(deps, reply, opened.token, opened.expiresAt)
      } catch (error) {
        if (!(error instanceof ProblemError)) throw error
        return showSignIn(req, reply, { ...given, error })
      }
      return reply.redirect(safePath(given.next), 303)
    }

    app.post(
      '/sign-in',
      { ...letsIn, schema: { body: z.object({ ...PasswordSignIn.shape, next: Next }) } },
      async (req, reply) => {
        const { next, ...input } = req.body
        return enter(req, reply, { next, email: input.email }, () =>
          signInByPassword(deps, input, browserOf(deps, req)),
        )
      },
    )

    app.post(
      '/sign-in/link',
      { ...letsIn, schema: { body: z.object({ ...LinkSignIn.shape, next: Next }) } },
      async (req, reply) => {
        const { next, token } = req.body
        return enter(req, reply, { next }, () => signInByLink(deps, token, browserOf(deps, req)))
      },
    )

    app.post('/sign-in/mail', { ...letsIn, schema: { body: LinkRequest } }, async (req, reply) => {
      await requestLink(deps, req.body.email)
      return showSignIn(req, reply, { email: req.body.email, isAsked: true })
    })

    app.post('/sign-out', async (req, reply) => {
      const { actor } = requireVisitor(req).signedIn
      await transaction(deps, actor, tx => revokeSession(tx, deps, actor, actor.sessionId))
      clearSessionCookie(deps, reply)
      return reply.redirect('/console/sign-in', 303)
    })

    app.post('/organisation', { schema: { body: OrganisationChoice } }, async (req, reply) => {
      const { actor } = requireVisitor(req).signedIn
      await transaction(deps, actor, tx => chooseOrganisation(tx, actor, req.body.organisationId))
      return reply.redirect('/console', 303)
    })

    app.get(
      '/language/:language',
      { schema: { params: z.object({ language: Language }), querystring: z.object({ back: Next }) } },
      async (req, reply) => {
        const isSecure = deps.config.publicUrl?.startsWith('https:') ?? false
        reply.setCookie(LANGUAGE_COOKIE, req.params.language, {
          path: '/console',
          maxAge: YEAR_S,
          sameSite: 'lax',
          httpOnly: true,
          secure: isSecure,
        })
        return reply.redirect(safePath(req.query.back), 303)
      },
    )
  }

type SignIn = { next?: string | undefined; email?: string; error?: ProblemError; isAsked?: boolean }

const showSignIn = (req: FastifyRequest, reply: FastifyReply, { error, ...given }: SignIn) => {
  const visit = visitOf(req)
  const problem = error && toProblem(error)
  if (problem?.retryAfterS !== undefined) reply.header('retry-after', String(problem.retryAfterS))
  return sendPage(reply, visit, {
    template: 'sign-in',
    title: textsIn(visit.language).signIn,
    status: problem?.problem.status ?? 200,
    data: { next: '', email: '', isAsked: false, ...given, error: problem?.problem.title[visit.language] },
  })
}

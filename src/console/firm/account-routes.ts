import type { FastifyReply, FastifyRequest } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { requirePerson } from '../../identity/authenticate.ts'
import { clearSessionCookie } from '../../identity/cookies.ts'
import { changePerson, setPassword } from '../../identity/people.ts'
import { PasswordChange, PersonChange } from '../../identity/person-schemas.ts'
import { listSessions, revokeSession } from '../../identity/sessions.ts'
import { changeMailSettings, readMailSettings } from '../../notices/inbox.ts'
import { transaction } from '../../platform/db.ts'
import type { Deps } from '../../platform/deps.ts'
import type { ProblemError } from '../../platform/errors.ts'
import { Id } from '../../platform/schemas.ts'
import { AnyForm, listField, parseForm, answerForm, tellProblem } from '../forms.ts'
import { sendPage } from '../render.ts'
import { textsIn, type TextKey } from '../texts.ts'
import { requireVisitor } from '../visit.ts'

const MAILS = ['answers', 'digest'] as const
const Query = z.object({ welcome: z.literal('yes').optional(), done: z.enum(['saved', 'passwordSet']).optional() })

/** What a person decides about himself: name, password, mail, and where he is signed in. */
export const accountRoutes =
  (deps: Deps): FastifyPluginAsyncZod =>
  async app => {
    const showAccount = async (
      req: FastifyRequest,
      reply: FastifyReply,
      shown: { isWelcome?: boolean; done?: TextKey | undefined; error?: ProblemError },
    ) => {
      const visit = requireVisitor(req)
      const actor = requirePerson(req)
      const found = await transaction(deps, actor, async tx => ({
        sessions: (await listSessions(tx, deps, actor)).items,
        mail: await readMailSettings(tx, actor),
      }))
      return sendPage(reply, visit, {
        template: 'account',
        title: textsIn(visit.language).account,
        status: shown.error?.problem.status ?? 200,
        data: { ...found, ...shown, error: tellProblem(shown.error, visit.language) },
      })
    }

    app.get('/account', { schema: { querystring: Query } }, (req, reply) =>
      showAccount(req, reply, { isWelcome: req.query.welcome === 'yes', done: req.query.done }),
    )

    app.post('/account', { schema: { body: AnyForm } }, async (req, reply) => {
      const actor = requirePerson(req)
      const change = async () => {
        const input = parseForm(PersonChange, req.body)
        await transaction(deps, actor, tx => changePerson(tx, actor, input))
        return reply.redirect('/console/account?done=saved', 303)
      }
      return answerForm(change, error => showAccount(req, reply, { error }))
    })

    app.post('/account/password', { schema: { body: AnyForm } }, async (req, reply) => {
      const change = async () => {
        await setPassword(deps, requirePerson(req), parseForm(PasswordChange, req.body))
        return reply.redirect('/console/account?done=passwordSet', 303)
      }
      return answerForm(change, error => showAccount(req, reply, { error }))
    })

    app.post('/account/mail', { schema: { body: z.object({ mail: listField }) } }, async (req, reply) => {
      const actor = requirePerson(req)
      // A box that is not ticked is not sent: what is missing is a no.
      const change = Object.fromEntries(MAILS.map(name => [name, req.body.mail.includes(name)]))
      await transaction(deps, actor, tx => changeMailSettings(tx, actor, change))
      return reply.redirect('/console/account?done=saved', 303)
    })

    app.post(
      '/account/sessions/:sessionId/end',
      { schema: { params: z.object({ sessionId: Id('session') }) } },
      async (req, reply) => {
        const actor = requirePerson(req)
        const { sessionId } = req.params
        await transaction(deps, actor, tx => revokeSession(tx, deps, actor, sessionId))
        if (sessionId === actor.sessionId) clearSessionCookie(deps, reply)
        return reply.redirect('/console/account', 303)
      },
    )
  }

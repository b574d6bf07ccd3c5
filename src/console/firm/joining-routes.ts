import type { FastifyReply, FastifyRequest } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { invitationUrl } from '../../identity/addresses.ts'
import { setSessionCookie } from '../../identity/cookies.ts'
import { acceptInvitation, viewInvitation } from '../../identity/invitations.ts'
import { Acceptance, InvitationToken, NewRegistration } from '../../identity/invitation-schemas.ts'
import { browserOf } from '../../identity/me.ts'
import { registerCompany } from '../../identity/registration.ts'
import { listParks } from '../../identity/service.ts'
import { ORGANISATION_KINDS } from '../../platform/actor.ts'
import { transaction } from '../../platform/db.ts'
import type { Deps } from '../../platform/deps.ts'
import type { ProblemError } from '../../platform/errors.ts'
import { absoluteUrl, AnyForm, parseForm, answerForm, tellProblem } from '../forms.ts'
import { sendPage } from '../render.ts'
import { textsIn } from '../texts.ts'
import { visitOf } from '../visit.ts'

const letsIn = { config: { letsIn: true } }
const PARKS_SHOWN = 100
/** Who may register himself: the same kinds as the API's registration takes. */
const KINDS = ORGANISATION_KINDS.filter(kind => kind !== 'park' && kind !== 'operator' && kind !== 'government')

/** Coming in: a seat that waits behind a link, and a company that registers itself. Needs no account. */
export const joiningRoutes =
  (deps: Deps): FastifyPluginAsyncZod =>
  async app => {
    const showInvitation = async (req: FastifyRequest, reply: FastifyReply, given: AnyForm, error?: ProblemError) => {
      const visit = visitOf(req)
      const token = typeof given['token'] === 'string' ? given['token'] : ''
      const invitation = await viewInvitation(deps, token)
      return sendPage(reply, visit, {
        template: 'invitation',
        title: textsIn(visit.language).joinTitle,
        status: error?.problem.status ?? 200,
        data: { invitation, token, given, error: tellProblem(error, visit.language) },
      })
    }
    const showJoin = (req: FastifyRequest, reply: FastifyReply, error?: ProblemError) => {
      const visit = visitOf(req)
      return sendPage(reply, visit, {
        template: 'join',
        title: textsIn(visit.language).joinTitle,
        status: error?.problem.status ?? 200,
        data: { error: tellProblem(error, visit.language) },
      })
    }

    app.get('/join', (req, reply) => showJoin(req, reply))

    app.post('/join/view', { ...letsIn, schema: { body: InvitationToken } }, (req, reply) =>
      answerForm(
        () => showInvitation(req, reply, req.body),
        error => showJoin(req, reply, error),
      ),
    )

    app.post('/join', { ...letsIn, schema: { body: AnyForm } }, async (req, reply) => {
      const accept = async () => {
        const input = parseForm(Acceptance, { ...req.body, language: visitOf(req).language })
        const opened = await acceptInvitation(deps, req.actor, input, browserOf(deps, req))
        setSessionCookie(deps, reply, opened.token, opened.expiresAt)
        return reply.redirect('/console/account?welcome=yes', 303)
      }
      // A link that was used up meanwhile shows nothing any more, not even the invitation.
      return answerForm(accept, refused =>
        answerForm(
          () => showInvitation(req, reply, req.body, refused),
          error => showJoin(req, reply, error),
        ),
      )
    })

    const showRegistration = async (req: FastifyRequest, reply: FastifyReply, given: object, error?: ProblemError) => {
      const visit = visitOf(req)
      const parks = await transaction(deps, { kind: 'anonymous' }, tx => listParks(tx, { limit: PARKS_SHOWN }))
      return sendPage(reply, visit, {
        template: 'register',
        title: textsIn(visit.language).registerTitle,
        status: error?.problem.status ?? 200,
        data: { parks: parks.items, kinds: KINDS, given, error: tellProblem(error, visit.language) },
      })
    }

    app.get('/register', { schema: { querystring: AnyForm } }, (req, reply) => showRegistration(req, reply, req.query))

    app.post('/register', { ...letsIn, schema: { body: AnyForm } }, async (req, reply) => {
      const visit = visitOf(req)
      const { contactName, contactEmail, ...fields } = req.body
      const register = async () => {
        const input = parseForm(NewRegistration, { ...fields, contact: { name: contactName, email: contactEmail } })
        const { token } = await registerCompany(deps, input)
        return sendPage(reply, visit, {
          template: 'registered',
          title: textsIn(visit.language).registeredTitle,
          status: 201,
          data: { name: input.name, token, url: absoluteUrl(req, invitationUrl(deps, token)) },
        })
      }
      return answerForm(register, error => showRegistration(req, reply, req.body, error))
    })
  }

import type { FastifyReply, FastifyRequest } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { invitationUrl, signInUrl } from '../../identity/addresses.ts'
import { requireEditor } from '../../identity/authenticate.ts'
import { storeOnce } from '../../identity/idempotency.ts'
import { NewInvitation } from '../../identity/invitation-schemas.ts'
import { invite, listInvitations, renewInvitation, revokeInvitation } from '../../identity/invitations.ts'
import { listStandings, requestMembership } from '../../identity/memberships.ts'
import { changeRole, listPeople, makeColleagueLink, removeColleague } from '../../identity/people.ts'
import { RoleChange } from '../../identity/person-schemas.ts'
import { listParks } from '../../identity/service.ts'
import { ROLES } from '../../platform/actor.ts'
import { transaction } from '../../platform/db.ts'
import type { Deps } from '../../platform/deps.ts'
import type { ProblemError } from '../../platform/errors.ts'
import { Id } from '../../platform/schemas.ts'
import { absoluteUrl, AnyForm, parseForm, answerForm, tellProblem } from '../forms.ts'
import { sendPage } from '../render.ts'
import { textsIn } from '../texts.ts'
import { requireVisitor } from '../visit.ts'

const SHOWN = 100
const PersonParams = z.object({ personId: Id('person') })
const InvitationParams = z.object({ invitationId: Id('invitation') })

/** One's organisation: where it stands with its parks, and its people. */
export const companyPageRoutes =
  (deps: Deps): FastifyPluginAsyncZod =>
  async app => {
    app.get('/company', async (req, reply) => {
      const visit = requireVisitor(req)
      const { actor } = visit.signedIn
      const { standings, parks } = await transaction(deps, actor, async tx => ({
        standings: await listStandings(tx, actor.organisationId),
        parks: (await listParks(tx, { limit: SHOWN })).items,
      }))
      const isNew = (park: { id: string }) => !standings.some(({ parkId }) => parkId === park.id)
      return sendPage(reply, visit, {
        template: 'company',
        title: textsIn(visit.language).navCompany,
        data: { standings, others: parks.filter(isNew), mayEdit: actor.role !== 'reader' },
      })
    })

    app.post('/company/parks', { schema: { body: z.object({ parkId: Id('park') }) } }, async (req, reply) => {
      const actor = requireEditor(req)
      const { parkId } = req.body
      await storeOnce(deps, req, reply, {
        status: 201,
        work: tx => requestMembership(tx, deps, actor, parkId, actor.organisationId),
        render: async () => undefined,
      })
      return reply.redirect('/console/company', 303)
    })

    await app.register(peoplePageRoutes(deps))
  }

type Shown = { link?: string; error?: ProblemError }

const peoplePageRoutes =
  (deps: Deps): FastifyPluginAsyncZod =>
  async app => {
    const showPeople = async (req: FastifyRequest, reply: FastifyReply, shown: Shown = {}) => {
      const visit = requireVisitor(req)
      const { actor } = visit.signedIn
      const found = await transaction(deps, actor, async tx => ({
        people: (await listPeople(tx, actor, actor.organisationId)).items,
        invitations: (await listInvitations(tx, deps, actor, { limit: SHOWN })).items,
      }))
      return sendPage(reply, visit, {
        template: 'people',
        title: textsIn(visit.language).people,
        status: shown.error?.problem.status ?? 200,
        data: {
          ...found,
          ...shown,
          error: tellProblem(shown.error, visit.language),
          roles: ROLES,
          isOwner: actor.role === 'owner',
          key: deps.random(16).toString('base64url'),
        },
      })
    }
    /** What is done to people; what the rules refuse is said above their list. */
    const act = (req: FastifyRequest, reply: FastifyReply, work: () => Promise<string | undefined>) =>
      answerForm(
        async () => {
          const link = await work()
          if (link !== undefined) return showPeople(req, reply, { link: absoluteUrl(req, link) })
          return reply.redirect('/console/company/people', 303)
        },
        error => showPeople(req, reply, { error }),
      )

    app.get('/company/people', (req, reply) => showPeople(req, reply))

    app.post('/company/invitations', { schema: { body: AnyForm } }, (req, reply) =>
      act(req, reply, async () => {
        const actor = requireEditor(req)
        const input = parseForm(NewInvitation, req.body)
        return storeOnce(deps, req, reply, {
          status: 201,
          work: tx => invite(tx, deps, actor, actor.organisationId, input),
          render: async (_tx, _id, token = '') => invitationUrl(deps, token),
        })
      }),
    )
    app.post('/company/invitations/:invitationId/link', { schema: { params: InvitationParams } }, (req, reply) =>
      act(req, reply, () =>
        storeOnce(deps, req, reply, {
          status: 201,
          work: tx => renewInvitation(tx, deps, requireEditor(req), req.params.invitationId),
          render: async (_tx, _id, token = '') => invitationUrl(deps, token),
        }),
      ),
    )
    app.post('/company/invitations/:invitationId/revoke', { schema: { params: InvitationParams } }, (req, reply) =>
      act(req, reply, async () => {
        const actor = requireEditor(req)
        await transaction(deps, actor, tx => revokeInvitation(tx, deps, actor, req.params.invitationId))
        return undefined
      }),
    )
    app.post('/company/people/:personId/role', { schema: { params: PersonParams, body: AnyForm } }, (req, reply) =>
      act(req, reply, async () => {
        const actor = requireEditor(req)
        const { role } = parseForm(RoleChange, req.body)
        const target = { organisationId: actor.organisationId, personId: req.params.personId }
        await transaction(deps, actor, tx => changeRole(tx, deps, actor, target, role))
        return undefined
      }),
    )
    app.post('/company/people/:personId/remove', { schema: { params: PersonParams } }, (req, reply) =>
      act(req, reply, async () => {
        const actor = requireEditor(req)
        const target = { organisationId: actor.organisationId, personId: req.params.personId }
        await transaction(deps, actor, tx => removeColleague(tx, deps, actor, target))
        return undefined
      }),
    )
    app.post('/company/people/:personId/link', { schema: { params: PersonParams } }, (req, reply) =>
      act(req, reply, () => {
        const actor = requireEditor(req)
        const target = { organisationId: actor.organisationId, personId: req.params.personId }
        return storeOnce(deps, req, reply, {
          status: 201,
          work: tx => makeColleagueLink(tx, deps, actor, target),
          render: async (_tx, _id, token = '') => signInUrl(deps, token),
        })
      }),
    )
  }

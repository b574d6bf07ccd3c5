import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { transaction } from '../platform/db.ts'
import type { Deps } from '../platform/deps.ts'
import { Id, IdempotencyHeaders, pageOf, problemsOf } from '../platform/schemas.ts'
import { invitationUrl } from './addresses.ts'
import { requireEditor, requireMember } from './authenticate.ts'
import { refuseForeignOrigin } from './cookies.ts'
import { storeOnce } from './idempotency.ts'
import {
  Acceptance,
  Invitation,
  InvitationQuery,
  InvitationToken,
  InvitationView,
  NewInvitation,
  NewRegistration,
  Registration,
} from './invitation-schemas.ts'
import {
  acceptInvitation,
  invite,
  listInvitations,
  readInvitation,
  renewInvitation,
  revokeInvitation,
  viewInvitation,
} from './invitations.ts'
import { answerSignedIn, browserOf } from './me.ts'
import { Me } from './person-schemas.ts'
import { registerCompany } from './registration.ts'

const InvitationParams = z.object({ invitationId: Id('invitation') })
const letsIn = { config: { letsIn: true } }
const tags = ['organisations']

/** How companies and people join. Mounted at /v1. */
export const invitationRoutes =
  (deps: Deps): FastifyPluginAsyncZod =>
  async app => {
    const withLink = (token: string | undefined) =>
      token === undefined ? {} : { token, url: invitationUrl(deps, token) }

    app.post(
      '/registrations',
      {
        ...letsIn,
        schema: {
          summary: 'Register your company with a park',
          description:
            'Needs no account. The park decides; meanwhile the contact person takes his seat by the link and drafts.',
          tags: ['identity'],
          security: [],
          body: NewRegistration,
          response: { 201: Registration, ...problemsOf(403, 404) },
        },
      },
      async (req, reply) => {
        refuseForeignOrigin(deps, req)
        const { token, ...made } = await registerCompany(deps, req.body)
        reply.code(201).header('cache-control', 'no-store')
        return { ...made, state: 'requested' as const, token, url: invitationUrl(deps, token) }
      },
    )
    app.post(
      '/organisations/:organisationId/invitations',
      {
        schema: {
          summary: 'Invite somebody',
          description:
            "An owner invites his own people; a park's administration the first owner of a company of its park. Hand the link over.",
          tags,
          params: z.object({ organisationId: Id('organisation') }),
          headers: IdempotencyHeaders,
          body: NewInvitation,
          response: { 201: Invitation, ...problemsOf(403, 404, 409) },
        },
      },
      async (req, reply) => {
        const actor = requireEditor(req)
        reply.header('cache-control', 'no-store')
        return storeOnce(deps, req, reply, {
          status: 201,
          work: tx => invite(tx, deps, actor, req.params.organisationId, req.body),
          render: async (tx, id, token) => ({ ...(await readInvitation(tx, deps, id)), ...withLink(token) }),
        })
      },
    )
    app.get(
      '/invitations',
      {
        schema: {
          summary: 'List the invitations that your organisation made',
          tags,
          querystring: InvitationQuery,
          response: { 200: pageOf(Invitation), ...problemsOf() },
        },
      },
      async req => {
        const actor = requireMember(req)
        return transaction(deps, actor, tx => listInvitations(tx, deps, actor, req.query))
      },
    )
    app.delete(
      '/invitations/:invitationId',
      {
        schema: {
          summary: 'Take an invitation back',
          tags,
          params: InvitationParams,
          response: { 204: z.undefined().describe('Taken back'), ...problemsOf(403, 404, 409) },
        },
      },
      async (req, reply) => {
        const actor = requireEditor(req)
        await transaction(deps, actor, tx => revokeInvitation(tx, deps, actor, req.params.invitationId))
        return reply.code(204).send(undefined)
      },
    )
    app.post(
      '/invitations/:invitationId/links',
      {
        schema: {
          summary: 'Make the link of an invitation anew',
          description: 'The old one opens nothing any more.',
          tags,
          params: InvitationParams,
          headers: IdempotencyHeaders,
          response: { 201: Invitation, ...problemsOf(403, 404, 409) },
        },
      },
      async (req, reply) => {
        const actor = requireEditor(req)
        reply.header('cache-control', 'no-store')
        return storeOnce(deps, req, reply, {
          status: 201,
          work: tx => renewInvitation(tx, deps, actor, req.params.invitationId),
          render: async (tx, id, token) => ({ ...(await readInvitation(tx, deps, id)), ...withLink(token) }),
        })
      },
    )
    app.post(
      '/invitations/view',
      {
        ...letsIn,
        schema: {
          summary: 'See who invites you',
          description: 'A look does not use the link up.',
          tags: ['identity'],
          security: [],
          body: InvitationToken,
          response: { 200: InvitationView, ...problemsOf(403) },
        },
      },
      async (req, reply) => {
        refuseForeignOrigin(deps, req)
        reply.header('cache-control', 'no-store')
        return viewInvitation(deps, req.body.token)
      },
    )
    app.post(
      '/invitations/accept',
      {
        ...letsIn,
        schema: {
          summary: 'Accept an invitation',
          description:
            'Works once, and signs in. Where the address has an account already, come signed in as it or send its password.',
          tags: ['identity'],
          security: [],
          body: Acceptance,
          response: { 201: Me, ...problemsOf(403, 429) },
        },
      },
      async (req, reply) => {
        refuseForeignOrigin(deps, req)
        const opened = await acceptInvitation(deps, req.actor, req.body, browserOf(deps, req))
        reply.code(201)
        return answerSignedIn(deps, reply, opened)
      },
    )
  }

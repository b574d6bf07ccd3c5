import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { transaction } from '../platform/db.ts'
import type { Deps } from '../platform/deps.ts'
import { Id, IdempotencyHeaders, pageOf, problemsOf } from '../platform/schemas.ts'
import { requireEditor, requireMember } from './authenticate.ts'
import { storeOnce } from './idempotency.ts'
import { changeMembership, listMemberships, readMembership, requestMembership } from './memberships.ts'
import { Membership, MembershipChange, MembershipQuery, NewMembership } from './schemas.ts'

const ParkParams = z.object({ parkId: Id('park') })

/** Who belongs to a park. Mounted at /v1. */
export const membershipRoutes =
  (deps: Deps): FastifyPluginAsyncZod =>
  async app => {
    app.post(
      '/parks/:parkId/memberships',
      {
        schema: {
          summary: 'Join a park, or admit a member',
          tags: ['parks'],
          params: ParkParams,
          headers: IdempotencyHeaders,
          body: NewMembership,
          response: { 201: Membership, ...problemsOf(403, 404, 409) },
        },
      },
      async (req, reply) => {
        const actor = requireEditor(req)
        const { parkId } = req.params
        return storeOnce(deps, req, reply, {
          status: 201,
          work: tx => requestMembership(tx, deps, actor, parkId, req.body.organisationId),
          render: tx => readMembership(tx, parkId, req.body.organisationId),
        })
      },
    )
    app.get(
      '/parks/:parkId/memberships',
      {
        schema: {
          summary: "List a park's members",
          tags: ['parks'],
          params: ParkParams,
          querystring: MembershipQuery,
          response: { 200: pageOf(Membership), ...problemsOf(404) },
        },
      },
      async req => transaction(deps, requireMember(req), tx => listMemberships(tx, req.params.parkId, req.query)),
    )
    app.patch(
      '/parks/:parkId/memberships/:organisationId',
      {
        schema: {
          summary: 'Activate or suspend a member',
          tags: ['parks'],
          params: ParkParams.extend({ organisationId: Id('organisation') }),
          body: MembershipChange,
          response: { 200: Membership, ...problemsOf(403, 404, 409) },
        },
      },
      async req => {
        const actor = requireEditor(req)
        return transaction(deps, actor, tx => changeMembership(tx, deps, actor, req.params, req.body))
      },
    )
  }

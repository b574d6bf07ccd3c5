import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { transaction } from '../platform/db.ts'
import type { Deps } from '../platform/deps.ts'
import { Id, IdempotencyHeaders, pageBy, pageOf, problemsOf } from '../platform/schemas.ts'
import { requireEditor, requireMember } from './authenticate.ts'
import { storeOnce } from './idempotency.ts'
import { peopleRoutes } from './people-routes.ts'
import {
  ApiKey,
  Membership,
  MembershipChange,
  NewApiKey,
  NewMembership,
  NewOrganisation,
  NewPark,
  Organisation,
  Park,
  Self,
} from './schemas.ts'
import * as service from './service.ts'
import { sessionRoutes } from './session-routes.ts'

const ParkParams = z.object({ parkId: Id('park') })
const OrganisationParams = z.object({ organisationId: Id('organisation') })

/** Parks, organisations, memberships and keys, and the people. Mounted at /v1. */
export const identityRoutes =
  (deps: Deps): FastifyPluginAsyncZod =>
  async app => {
    await app.register(sessionRoutes(deps))
    await app.register(peopleRoutes(deps))
    app.get(
      '/self',
      { schema: { summary: 'Who the key belongs to', tags: ['identity'], response: { 200: Self, ...problemsOf() } } },
      async req => {
        const actor = requireMember(req)
        const organisation = await transaction(deps, actor, tx => service.readOrganisation(tx, actor.organisationId))
        return {
          organisation,
          role: actor.role,
          ...(actor.keyId === undefined ? {} : { keyId: actor.keyId }),
          parkIds: actor.parkIds,
          adminParkIds: actor.adminParkIds,
        }
      },
    )

    app.post(
      '/parks',
      {
        schema: {
          summary: 'Open a park',
          tags: ['parks'],
          headers: IdempotencyHeaders,
          body: NewPark,
          response: { 201: Park, ...problemsOf(403, 409) },
        },
      },
      async (req, reply) => {
        const actor = requireEditor(req)
        return storeOnce(deps, req, reply, {
          status: 201,
          work: tx => service.createPark(tx, deps, actor, req.body),
          render: (tx, id) => service.readPark(tx, id),
        })
      },
    )
    app.get(
      '/parks',
      {
        schema: {
          summary: 'List parks',
          tags: ['parks'],
          querystring: pageBy('park'),
          response: { 200: pageOf(Park), ...problemsOf() },
        },
      },
      async req => transaction(deps, requireMember(req), tx => service.listParks(tx, req.query)),
    )
    app.get(
      '/parks/:parkId',
      {
        schema: {
          summary: 'Read a park',
          tags: ['parks'],
          params: ParkParams,
          response: { 200: Park, ...problemsOf(404) },
        },
      },
      async req => transaction(deps, requireMember(req), tx => service.readPark(tx, req.params.parkId)),
    )

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
          work: tx => service.requestMembership(tx, deps, actor, parkId, req.body.organisationId),
          render: tx => service.readMembership(tx, parkId, req.body.organisationId),
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
          querystring: pageBy('organisation'),
          response: { 200: pageOf(Membership), ...problemsOf(404) },
        },
      },
      async req =>
        transaction(deps, requireMember(req), tx => service.listMemberships(tx, req.params.parkId, req.query)),
    )
    app.patch(
      '/parks/:parkId/memberships/:organisationId',
      {
        schema: {
          summary: 'Activate or suspend a member',
          tags: ['parks'],
          params: ParkParams.extend(OrganisationParams.shape),
          body: MembershipChange,
          response: { 200: Membership, ...problemsOf(403, 404) },
        },
      },
      async req => {
        const actor = requireEditor(req)
        return transaction(deps, actor, tx => service.changeMembership(tx, deps, actor, req.params, req.body))
      },
    )

    app.post(
      '/organisations',
      {
        schema: {
          summary: 'Register an organisation',
          tags: ['organisations'],
          headers: IdempotencyHeaders,
          body: NewOrganisation,
          response: { 201: Organisation, ...problemsOf(403, 404, 409) },
        },
      },
      async (req, reply) => {
        const actor = requireEditor(req)
        return storeOnce(deps, req, reply, {
          status: 201,
          work: tx => service.createOrganisation(tx, deps, actor, req.body),
          render: (tx, id) => service.readOrganisation(tx, id),
        })
      },
    )
    app.get(
      '/organisations/:organisationId',
      {
        schema: {
          summary: 'Read an organisation',
          tags: ['organisations'],
          params: OrganisationParams,
          response: { 200: Organisation, ...problemsOf(404) },
        },
      },
      async req => transaction(deps, requireMember(req), tx => service.readOrganisation(tx, req.params.organisationId)),
    )

    app.post(
      '/organisations/:organisationId/keys',
      {
        schema: {
          summary: 'Make an API key',
          description: 'The key is shown in this answer and never again.',
          tags: ['organisations'],
          params: OrganisationParams,
          headers: IdempotencyHeaders,
          body: NewApiKey,
          response: { 201: ApiKey, ...problemsOf(403, 404, 409) },
        },
      },
      async (req, reply) => {
        const actor = requireEditor(req)
        return storeOnce(deps, req, reply, {
          status: 201,
          work: tx => service.createKey(tx, deps, actor, req.params.organisationId, req.body),
          render: (tx, id, secret) => service.readKey(tx, id, secret),
        })
      },
    )
    app.get(
      '/organisations/:organisationId/keys',
      {
        schema: {
          summary: 'List API keys',
          tags: ['organisations'],
          params: OrganisationParams,
          response: { 200: pageOf(ApiKey), ...problemsOf(404) },
        },
      },
      async req => {
        const actor = requireMember(req)
        return transaction(deps, actor, tx => service.listKeys(tx, actor, req.params.organisationId))
      },
    )
    app.delete(
      '/organisations/:organisationId/keys/:keyId',
      {
        schema: {
          summary: 'Revoke an API key',
          tags: ['organisations'],
          params: OrganisationParams.extend({ keyId: Id('key') }),
          response: { 204: z.undefined().describe('Revoked'), ...problemsOf(403, 404) },
        },
      },
      async (req, reply) => {
        const actor = requireEditor(req)
        await transaction(deps, actor, tx => service.revokeKey(tx, deps, actor, req.params.keyId))
        return reply.code(204).send(undefined)
      },
    )
  }

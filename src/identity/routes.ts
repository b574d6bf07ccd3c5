import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { transaction } from '../platform/db.ts'
import type { Deps } from '../platform/deps.ts'
import { Id, IdempotencyHeaders, pageBy, pageOf, problemsOf } from '../platform/schemas.ts'
import { requireEditor, requireMember } from './authenticate.ts'
import { exclusionRoutes } from './exclusion-routes.ts'
import { storeOnce } from './idempotency.ts'
import { invitationRoutes } from './invitation-routes.ts'
import { keyRoutes } from './key-routes.ts'
import { membershipRoutes } from './membership-routes.ts'
import { oidcRoutes } from './oidc-routes.ts'
import { peopleRoutes } from './people-routes.ts'
import { NewOrganisation, NewPark, Organisation, Park, Self } from './schemas.ts'
import * as service from './service.ts'
import { sessionRoutes } from './session-routes.ts'

const ParkParams = z.object({ parkId: Id('park') })
const OrganisationParams = z.object({ organisationId: Id('organisation') })

/** Parks, organisations, memberships and keys, and the people. Mounted at /v1. */
export const identityRoutes =
  (deps: Deps): FastifyPluginAsyncZod =>
  async app => {
    await app.register(sessionRoutes(deps))
    await app.register(oidcRoutes(deps))
    await app.register(peopleRoutes(deps))
    await app.register(invitationRoutes(deps))
    await app.register(membershipRoutes(deps))
    await app.register(keyRoutes(deps))
    await app.register(exclusionRoutes(deps))
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
  }

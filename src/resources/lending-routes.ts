import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { requireEditor, requireMember } from '../identity/authenticate.ts'
import { storeOnce } from '../identity/idempotency.ts'
import { transaction } from '../platform/db.ts'
import type { Deps } from '../platform/deps.ts'
import { languageOf } from '../platform/errors.ts'
import { Id, IdempotencyHeaders, pageOf, problemsOf } from '../platform/schemas.ts'
import { exportCatalogue } from './catalogue.ts'
import { FundingApplication, FundingGrant, FundingPlan, FundingRuleSchema, NewFundingRule } from './funding-schemas.ts'
import { createFundingRule, grantFunding, listFundingRules, planFunding, readFundingRule, readGrant } from './grants.ts'
import { endReservation, listReservations, readReservation, reserve } from './reservations.ts'
import { NewReservation, Reservation, ReservationEnd, ReservationFilters } from './schemas.ts'

const tags = ['resources']

/** Reservations and the data catalogue. Mounted at /v1. */
export const lendingRoutes =
  (deps: Deps): FastifyPluginAsyncZod =>
  async app => {
    app.post(
      '/resources/:resourceId/reservations',
      {
        schema: {
          summary: 'Reserve part of a resource',
          tags,
          headers: IdempotencyHeaders,
          params: z.object({ resourceId: Id('resource') }),
          body: NewReservation,
          response: { 201: Reservation, ...problemsOf(403, 404, 409) },
        },
      },
      async (req, reply) => {
        const actor = requireEditor(req)
        return storeOnce(deps, req, reply, {
          status: 201,
          work: tx => reserve(tx, deps, actor, req.params.resourceId, req.body),
          render: (tx, id) => readReservation(tx, id),
        })
      },
    )
    app.get(
      '/reservations',
      {
        schema: {
          summary: 'What you reserved or lend',
          tags,
          querystring: ReservationFilters,
          response: { 200: pageOf(Reservation), ...problemsOf() },
        },
      },
      async req => transaction(deps, requireMember(req), tx => listReservations(tx, req.query)),
    )
    app.post(
      '/reservations/:reservationId/transitions',
      {
        schema: {
          summary: 'Give back or cancel a reservation',
          tags,
          headers: IdempotencyHeaders,
          params: z.object({ reservationId: Id('reservation') }),
          body: ReservationEnd,
          response: { 200: Reservation, ...problemsOf(403, 404, 409) },
        },
      },
      async (req, reply) => {
        const actor = requireEditor(req)
        return storeOnce(deps, req, reply, {
          status: 200,
          work: tx => endReservation(tx, deps, actor, req.params.reservationId, req.body.state),
          render: (tx, id) => readReservation(tx, id),
        })
      },
    )
    app.get(
      '/parks/:parkId/data-catalogue',
      {
        schema: {
          summary: 'The data catalogue as DCAT 3 in JSON-LD, with ODRL terms',
          tags,
          params: z.object({ parkId: Id('park') }),
          response: {
            200: z.looseObject({ '@type': z.literal('dcat:Catalog') }).describe('JSON-LD 1.1, complete in itself'),
            ...problemsOf(404),
          },
        },
      },
      async req => transaction(deps, requireMember(req), tx => exportCatalogue(tx, req.params.parkId)),
    )
  }

/** Funding rules and what they give. Mounted at /v1. */
export const fundingRoutes =
  (deps: Deps): FastifyPluginAsyncZod =>
  async app => {
    app.post(
      '/funding-rules',
      {
        schema: {
          summary: 'Keep a funding rule as data',
          tags,
          headers: IdempotencyHeaders,
          body: NewFundingRule,
          response: { 201: FundingRuleSchema, ...problemsOf(403, 404, 409) },
        },
      },
      async (req, reply) => {
        const actor = requireEditor(req)
        return storeOnce(deps, req, reply, {
          status: 201,
          work: tx => createFundingRule(tx, deps, actor, req.body),
          render: (tx, id) => readFundingRule(tx, id),
        })
      },
    )
    app.get(
      '/parks/:parkId/funding-rules',
      {
        schema: {
          summary: 'The funding rules of a park',
          tags,
          params: z.object({ parkId: Id('park') }),
          response: { 200: z.object({ items: z.array(FundingRuleSchema) }), ...problemsOf() },
        },
      },
      async req => transaction(deps, requireMember(req), tx => listFundingRules(tx, req.params.parkId)),
    )
    app.post(
      '/funding-plans',
      {
        schema: {
          summary: 'What a project would get, to the yuan, and which rule limits it',
          description:
            "Nothing is stored. A vendor's own cap counts as unused unless the vendor itself or the park asks: what is granted may be less.",
          tags,
          body: FundingApplication,
          response: { 200: FundingPlan, ...problemsOf(403, 404) },
        },
      },
      async req => {
        const actor = requireMember(req)
        return transaction(deps, actor, tx =>
          planFunding(tx, actor, req.body, languageOf(req.headers['accept-language'])),
        )
      },
    )
    app.post(
      '/funding-grants',
      {
        schema: {
          summary: 'Grant what the rules give',
          tags,
          headers: IdempotencyHeaders,
          body: FundingApplication,
          response: { 201: FundingGrant, ...problemsOf(403, 404, 409) },
        },
      },
      async (req, reply) => {
        const actor = requireEditor(req)
        return storeOnce(deps, req, reply, {
          status: 201,
          work: tx => grantFunding(tx, deps, actor, req.body),
          render: (tx, id) => readGrant(tx, id, languageOf(req.headers['accept-language'])),
        })
      },
    )
    app.get(
      '/funding-grants/:grantId',
      {
        schema: {
          summary: 'Read a grant',
          tags,
          params: z.object({ grantId: Id('fundingGrant') }),
          response: { 200: FundingGrant, ...problemsOf(404) },
        },
      },
      async req =>
        transaction(deps, requireMember(req), tx =>
          readGrant(tx, req.params.grantId, languageOf(req.headers['accept-language'])),
        ),
    )
  }

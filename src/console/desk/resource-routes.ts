import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { requireEditor } from '../../identity/authenticate.ts'
import { nameOrganisations } from '../../identity/service.ts'
import { transaction } from '../../platform/db.ts'
import type { Deps } from '../../platform/deps.ts'
import { Id } from '../../platform/schemas.ts'
import { endReservation, listReservations } from '../../resources/reservations.ts'
import { ReservationEnd, ResourceFilters } from '../../resources/schemas.ts'
import { listResources } from '../../resources/service.ts'
import { ELEMENTS, RESERVATION_STATES } from '../../resources/tables.ts'
import { nextOf } from '../list-routes.ts'
import { sendPage } from '../render.ts'
import { textsIn } from '../texts.ts'
import { ParkParams, requireAdministration } from './park.ts'

const RESERVATIONS_MAX = 500
const Query = ResourceFilters.omit({ parkId: true, kind: true }).extend({
  state: z.enum(RESERVATION_STATES).optional(),
})
const EndParams = ParkParams.extend({ reservationId: Id('reservation') })

/** What is lent in the park, and who has reserved what of it. */
export const resourcePageRoutes =
  (deps: Deps): FastifyPluginAsyncZod =>
  async app => {
    app.get('/parks/:parkId/resources', { schema: { params: ParkParams, querystring: Query } }, async (req, reply) => {
      const { visit, actor, park } = requireAdministration(req, req.params.parkId)
      const { state = 'held', ...query } = req.query
      const { page, reservations, names } = await transaction(deps, actor, async tx => {
        const offers = await listResources(tx, { ...query, parkId: park.id })
        const { items } = await listReservations(tx, { state, limit: RESERVATIONS_MAX })
        const ofPark = items.filter(({ parkId }) => parkId === park.id)
        const ids = [...offers.items, ...ofPark].map(({ organisationId }) => organisationId)
        return { page: offers, reservations: ofPark, names: await nameOrganisations(tx, ids) }
      })
      const resourceOf = new Map(page.items.map(resource => [resource.id, resource]))
      return sendPage(reply, visit, {
        template: 'resources',
        title: textsIn(visit.language).navResources,
        data: {
          park,
          query: req.query,
          state,
          states: RESERVATION_STATES,
          elements: ELEMENTS,
          isCut: reservations.length === RESERVATIONS_MAX,
          items: page.items.map(resource => ({
            ...resource,
            owner: names.get(resource.organisationId),
            kindName: deps.lexicon.label(resource.kind, visit.language),
          })),
          reservations: reservations.map(row => ({
            ...row,
            by: names.get(row.organisationId),
            resource: resourceOf.get(row.resourceId),
          })),
          nextHref: nextOf(`/console/parks/${park.id}/resources`, req.query, page.nextCursor),
        },
      })
    })

    app.post(
      '/parks/:parkId/reservations/:reservationId/end',
      { schema: { params: EndParams, body: ReservationEnd } },
      async (req, reply) => {
        const { parkId, reservationId } = req.params
        const actor = requireEditor(req)
        await transaction(deps, actor, tx => endReservation(tx, deps, actor, reservationId, req.body.state))
        return reply.redirect(`/console/parks/${parkId}/resources`, 303)
      },
    )
  }

import type { FastifyReply, FastifyRequest } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { storeOnce } from '../../identity/idempotency.ts'
import { changeMembership, listMemberships } from '../../identity/memberships.ts'
import { MembershipChange, MembershipQuery } from '../../identity/schemas.ts'
import { nameOrganisations } from '../../identity/service.ts'
import { MEMBERSHIP_STATES } from '../../identity/tables.ts'
import { publicationOf } from '../../parks/service.ts'
import { ORGANISATION_KINDS } from '../../platform/actor.ts'
import { transaction } from '../../platform/db.ts'
import type { Deps } from '../../platform/deps.ts'
import type { ProblemError } from '../../platform/errors.ts'
import { etagOf } from '../../platform/preconditions.ts'
import { Id, pageBy } from '../../platform/schemas.ts'
import { listScenarios } from '../../scenarios/queries.ts'
import { reviewScenario } from '../../scenarios/reviews.ts'
import { ScenarioReturn } from '../../scenarios/schemas.ts'
import { answerForm, parseForm, tellProblem } from '../forms.ts'
import { nextOf } from '../list-routes.ts'
import { sendPage } from '../render.ts'
import { textsIn } from '../texts.ts'
import { requireVisitor, safePath } from '../visit.ts'
import { ParkParams, requireAdministration } from './park.ts'

const HELD_SHOWN = 20
const ReviewParams = z.object({ scenarioId: Id('scenario') })
const Next = z.string().max(500).optional()
const Approval = z.object({ version: z.coerce.number().int().min(1), next: Next })
const Return = z.object({ reason: z.string().max(1_000).optional(), next: Next })
const MemberParams = ParkParams.extend({ organisationId: Id('organisation') })
const MemberForm = z.object({ state: MembershipChange.shape.state, next: Next })

/** What waits for the park: scenarios that were handed in, and companies that asked to join. */
export const approvalRoutes =
  (deps: Deps): FastifyPluginAsyncZod =>
  async app => {
    app.get(
      '/parks/:parkId/approvals',
      { schema: { params: ParkParams, querystring: pageBy('scenario') } },
      async (req, reply) => {
        const { visit, actor, park } = requireAdministration(req, req.params.parkId)
        const { held, names, publication } = await transaction(deps, actor, async tx => {
          const query = { parkId: park.id, state: 'submitted' as const, ...req.query, limit: HELD_SHOWN }
          const found = await listScenarios(tx, actor, query)
          const owners = found.items.flatMap(({ organisationId }) => organisationId ?? [])
          return {
            held: found,
            names: await nameOrganisations(tx, owners),
            publication: await publicationOf(tx, park.id),
          }
        })
        return sendPage(reply, visit, {
          template: 'approvals',
          title: textsIn(visit.language).navApprovals,
          data: {
            park,
            tab: 'scenarios',
            publication,
            items: held.items.map(card => ({ ...card, owner: names.get(card.organisationId ?? '') })),
            concept: (id: string) => deps.lexicon.label(id, visit.language),
            nextHref: nextOf(`/console/parks/${park.id}/approvals`, req.query, held.nextCursor),
          },
        })
      },
    )

    app.post(
      '/scenarios/:scenarioId/approve',
      { schema: { params: ReviewParams, body: Approval } },
      async (req, reply) => {
        const { actor } = requireVisitor(req).signedIn
        const { version, next } = req.body
        const target = { id: req.params.scenarioId, ifMatch: etagOf(version) }
        await storeOnce(deps, req, reply, {
          status: 200,
          work: tx => reviewScenario(tx, deps, actor, target, { decision: 'approve' }),
          render: async () => undefined,
        })
        return reply.redirect(safePath(next ?? `/console/scenarios/${target.id}`), 303)
      },
    )

    app.post(
      '/scenarios/:scenarioId/return',
      { schema: { params: ReviewParams, body: Return } },
      async (req, reply) => {
        const { actor } = requireVisitor(req).signedIn
        const { next, ...said } = req.body
        const review = { decision: 'return' as const, ...parseForm(ScenarioReturn, said) }
        const target = { id: req.params.scenarioId, ifMatch: undefined }
        await storeOnce(deps, req, reply, {
          status: 200,
          work: tx => reviewScenario(tx, deps, actor, target, review),
          render: async () => undefined,
        })
        return reply.redirect(safePath(next ?? `/console/scenarios/${target.id}`), 303)
      },
    )

    const showMembers = async (
      req: FastifyRequest,
      reply: FastifyReply,
      asked: { parkId: string; query: z.output<typeof MembershipQuery> },
      error?: ProblemError,
    ) => {
      const { visit, actor, park } = requireAdministration(req, asked.parkId)
      const page = await transaction(deps, actor, tx => listMemberships(tx, park.id, asked.query))
      const address = `/console/parks/${park.id}/approvals/members`
      return sendPage(reply, visit, {
        template: 'members',
        title: textsIn(visit.language).tabMembers,
        status: error?.problem.status ?? 200,
        data: {
          park,
          tab: 'members',
          items: page.items,
          query: asked.query,
          states: MEMBERSHIP_STATES,
          kinds: ORGANISATION_KINDS,
          ownId: actor.organisationId,
          error: tellProblem(error, visit.language),
          nextHref: nextOf(address, asked.query, page.nextCursor),
        },
      })
    }

    app.get(
      '/parks/:parkId/approvals/members',
      { schema: { params: ParkParams, querystring: MembershipQuery } },
      (req, reply) => showMembers(req, reply, { ...req.params, query: req.query }),
    )

    app.post(
      '/parks/:parkId/approvals/members/:organisationId',
      { schema: { params: MemberParams, body: MemberForm } },
      async (req, reply) => {
        const { actor, park } = requireAdministration(req, req.params.parkId)
        const { state, next } = req.body
        return answerForm(
          async () => {
            await transaction(deps, actor, tx => changeMembership(tx, deps, actor, req.params, { state }))
            return reply.redirect(safePath(next ?? `/console/parks/${park.id}/approvals/members`), 303)
          },
          error => showMembers(req, reply, { parkId: park.id, query: { limit: HELD_SHOWN } }, error),
        )
      },
    )
  }

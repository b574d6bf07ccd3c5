import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { transaction } from '../platform/db.ts'
import type { Deps } from '../platform/deps.ts'
import { Id, IdempotencyHeaders, pageOf, problemsOf } from '../platform/schemas.ts'
import { signInUrl } from './addresses.ts'
import { requireEditor, requireMember } from './authenticate.ts'
import { storeOnce } from './idempotency.ts'
import { changeRole, listPeople, makeColleagueLink, removeColleague } from './people.ts'
import { Colleague, HandedLink, RoleChange } from './person-schemas.ts'

const OrganisationParams = z.object({ organisationId: Id('organisation') })
const ColleagueParams = OrganisationParams.extend({ personId: Id('person') })
const tags = ['organisations']

/** The people of an organisation. Mounted at /v1. */
export const peopleRoutes =
  (deps: Deps): FastifyPluginAsyncZod =>
  async app => {
    app.get(
      '/organisations/:organisationId/people',
      {
        schema: {
          summary: 'List the people of your organisation',
          tags,
          params: OrganisationParams,
          response: { 200: pageOf(Colleague), ...problemsOf(404) },
        },
      },
      async req => {
        const actor = requireMember(req)
        return transaction(deps, actor, tx => listPeople(tx, actor, req.params.organisationId))
      },
    )
    app.patch(
      '/organisations/:organisationId/people/:personId',
      {
        schema: {
          summary: 'Give a colleague another role',
          tags,
          params: ColleagueParams,
          body: RoleChange,
          response: { 200: Colleague, ...problemsOf(403, 404, 409) },
        },
      },
      async req => {
        const actor = requireEditor(req)
        return transaction(deps, actor, tx => changeRole(tx, deps, actor, req.params, req.body.role))
      },
    )
    app.delete(
      '/organisations/:organisationId/people/:personId',
      {
        schema: {
          summary: 'Take a colleague out of the organisation',
          description: 'His sessions for it end at once.',
          tags,
          params: ColleagueParams,
          response: { 204: z.undefined().describe('Taken out'), ...problemsOf(403, 404, 409) },
        },
      },
      async (req, reply) => {
        const actor = requireEditor(req)
        await transaction(deps, actor, tx => removeColleague(tx, deps, actor, req.params))
        return reply.code(204).send(undefined)
      },
    )
    app.post(
      '/organisations/:organisationId/people/:personId/sign-in-links',
      {
        schema: {
          summary: 'Make a sign-in link for a colleague, to hand over',
          description:
            'For an owner, where no mail is configured or none arrives. It works once, for a day, and opens this organisation alone.',
          tags,
          params: ColleagueParams,
          headers: IdempotencyHeaders,
          response: { 201: HandedLink, ...problemsOf(403, 404, 409) },
        },
      },
      async (req, reply) => {
        const actor = requireEditor(req)
        let expiresAt = ''
        return storeOnce(deps, req, reply, {
          status: 201,
          work: async tx => {
            const link = await makeColleagueLink(tx, deps, actor, req.params)
            expiresAt = link.expiresAt.toISOString()
            return link
          },
          // A repeat is refused before it comes here: the token is shown once.
          render: async (_tx, id, token = '') => ({ id, token, url: signInUrl(deps, token), expiresAt }),
        })
      },
    )
  }

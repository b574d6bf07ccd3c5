import { Readable } from 'node:stream'
import { stringify } from 'csv-stringify/sync'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { invitationUrl } from '../../identity/addresses.ts'
import { requireEditor } from '../../identity/authenticate.ts'
import { storeOnce } from '../../identity/idempotency.ts'
import { InvitationQuery } from '../../identity/invitation-schemas.ts'
import { listInvitations, readInvitation, renewInvitation, revokeInvitation } from '../../identity/invitations.ts'
import { nameOrganisations } from '../../identity/service.ts'
import { INVITATION_STATES } from '../../identity/tables.ts'
import { COMPANY_BYTES_MAX, COMPANY_ROWS_MAX, type CompanyRow, inviteCompanies } from '../../imports/companies.ts'
import type { Member } from '../../platform/actor.ts'
import { transaction } from '../../platform/db.ts'
import type { Deps } from '../../platform/deps.ts'
import type { ProblemError } from '../../platform/errors.ts'
import { Id } from '../../platform/schemas.ts'
import { answerForm, tellProblem } from '../forms.ts'
import { nextOf } from '../list-routes.ts'
import { sendPage } from '../render.ts'
import { textsIn } from '../texts.ts'
import type { Visit } from '../visit.ts'
import { ParkParams, requireAdministration } from './park.ts'
import { acceptRawFiles } from './raw-files.ts'

const SHOWN = 20
const KINDS = ['manufacturer', 'vendor', 'institute', 'provider', 'government'] as const
const field = z.string().max(300).optional()
/** A company by itself, as one row of the list that the service reads. */
const Company = z.object({
  name: field,
  creditCode: field,
  contact: field,
  email: field,
  kind: z.enum(KINDS).default('manufacturer'),
})
const Pasted = z.object({ list: z.string().max(COMPANY_BYTES_MAX).default('') })
const InvitationParams = ParkParams.extend({ invitationId: Id('invitation') })

type Shown = { rows?: CompanyRow[]; link?: { email: string; url: string }; given?: object; error?: ProblemError }

/** How a park brings companies in: one by one, or a spreadsheet of them; whoever is invited gets a link. */
export const invitationPageRoutes =
  (deps: Deps): FastifyPluginAsyncZod =>
  async app => {
    const show = async (req: FastifyRequest, reply: FastifyReply, parkId: string, more: Shown = {}, query = QUERY) => {
      const { visit, actor, park } = requireAdministration(req, parkId)
      const { page, names } = await transaction(deps, actor, async tx => {
        const found = await listInvitations(tx, deps, actor, query)
        const ids = found.items.map(({ organisationId }) => organisationId)
        return { page: found, names: await nameOrganisations(tx, ids) }
      })
      const address = `/console/parks/${park.id}/approvals/invitations`
      // Links are shown in the answer that made them and never again.
      reply.header('cache-control', 'no-store')
      return sendPage(reply, visit, {
        template: 'invitations',
        title: textsIn(visit.language).tabInvitations,
        status: more.error?.problem.status ?? 200,
        data: {
          park,
          tab: 'invitations',
          items: page.items.map(row => ({ ...row, organisationName: names.get(row.organisationId) })),
          query,
          states: [...INVITATION_STATES, 'expired'],
          kinds: KINDS,
          rowsMax: COMPANY_ROWS_MAX,
          given: more.given ?? {},
          link: more.link,
          rows: more.rows?.map(row => tellRow(deps, row, visit)),
          error: tellProblem(more.error, visit.language),
          nextHref: nextOf(address, query, page.nextCursor),
        },
      })
    }

    app.get(
      '/parks/:parkId/approvals/invitations',
      { schema: { params: ParkParams, querystring: InvitationQuery } },
      (req, reply) => show(req, reply, req.params.parkId, {}, req.query),
    )

    const inviteAll = (
      req: FastifyRequest,
      reply: FastifyReply,
      { parkId, bytes, given }: { parkId: string; bytes: AsyncIterable<Buffer>; given?: object },
    ) => {
      const { actor } = requireAdministration(req, parkId)
      return answerForm(
        async () => {
          const rows = await inviteCompanies(deps, actor, parkId, bytes)
          return show(req, reply, parkId, { rows, ...(rows.some(isRefused) && given ? { given } : {}) })
        },
        error => show(req, reply, parkId, { error, ...(given ? { given } : {}) }),
      )
    }

    app.post('/parks/:parkId/approvals/invitations', { schema: { params: ParkParams, body: Company } }, (req, reply) =>
      inviteAll(req, reply, { ...req.params, bytes: asList(req.body), given: req.body }),
    )
    app.post(
      '/parks/:parkId/approvals/invitations/list',
      { schema: { params: ParkParams, body: Pasted } },
      (req, reply) => inviteAll(req, reply, { ...req.params, bytes: bytesOf(req.body.list) }),
    )
    const fileRoutes: FastifyPluginAsyncZod = async files => {
      acceptRawFiles(files)
      files.post('/parks/:parkId/approvals/invitations/file', { schema: { params: ParkParams } }, (req, reply) =>
        inviteAll(req, reply, { ...req.params, bytes: req.raw }),
      )
    }
    await app.register(fileRoutes)

    app.post(
      '/parks/:parkId/approvals/invitations/:invitationId/revoke',
      { schema: { params: InvitationParams } },
      async (req, reply) => {
        const { parkId, invitationId } = req.params
        const { actor } = requireAdministration(req, parkId)
        await transaction(deps, actor, tx => revokeInvitation(tx, deps, actor, invitationId))
        return reply.redirect(`/console/parks/${parkId}/approvals/invitations`, 303)
      },
    )

    app.post(
      '/parks/:parkId/approvals/invitations/:invitationId/renew',
      { schema: { params: InvitationParams } },
      async (req, reply) => {
        const { parkId, invitationId } = req.params
        requireAdministration(req, parkId)
        return answerForm(
          async () => {
            const { email, token } = await renew(deps, req, reply, requireEditor(req), invitationId)
            return show(req, reply, parkId, token ? { link: { email, url: invitationUrl(deps, token) } } : {})
          },
          error => show(req, reply, parkId, { error }),
        )
      },
    )
  }

const QUERY: z.output<typeof InvitationQuery> = { limit: SHOWN }
const isRefused = (row: CompanyRow): boolean => 'refusals' in row

const bytesOf = (text: string): AsyncIterable<Buffer> => Readable.from([Buffer.from(text)])
const asList = ({ name = '', creditCode = '', contact = '', email = '', kind }: z.output<typeof Company>) =>
  bytesOf(
    stringify([
      ['name', 'creditcode', 'contact', 'email', 'kind'],
      [name, creditCode, contact, email, kind],
    ]),
  )

const renew = (deps: Deps, req: FastifyRequest, reply: FastifyReply, actor: Member, id: string) =>
  storeOnce(deps, req, reply, {
    status: 200,
    work: tx => renewInvitation(tx, deps, actor, id),
    render: async (tx, renewedId, token) => ({ email: (await readInvitation(tx, deps, renewedId)).email, token }),
  })

const tellRow = (deps: Pick<Deps, 'config'>, row: CompanyRow, { language }: Visit) =>
  'token' in row
    ? { number: row.number, name: row.name, url: invitationUrl(deps, row.token), reasons: [] }
    : { number: row.number, name: row.name, reasons: row.refusals.map(({ told }) => told[language]) }

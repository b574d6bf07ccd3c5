import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { invitationUrl } from '../identity/addresses.ts'
import { requireEditor } from '../identity/authenticate.ts'
import type { Deps } from '../platform/deps.ts'
import { languageOf } from '../platform/errors.ts'
import { Id, problemsOf } from '../platform/schemas.ts'
import { COMPANY_BYTES_MAX, COMPANY_ROWS_MAX, inviteCompanies } from './companies.ts'

const XLSX_TYPE = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'
const UPLOAD_TYPES = ['text/csv', 'text/plain', 'application/octet-stream', XLSX_TYPE] as const

const CompanyInvitations = z
  .object({
    invited: z.int().describe('How many companies were invited'),
    refused: z.int().describe('How many rows were not taken'),
    rows: z.array(
      z.object({
        number: z.int().describe('As the spreadsheet counts: the headers are row 1'),
        name: z.string(),
        organisationId: Id('organisation').optional(),
        invitationId: Id('invitation').optional(),
        token: z.string().optional().describe('In this answer and never again'),
        url: z.string().optional().describe('To hand over to the contact person'),
        reasons: z.array(z.object({ code: z.string(), detail: z.string() })).optional(),
      }),
    ),
  })
  .meta({ id: 'CompanyInvitations' })

/** A park invites the companies of a list. Mounted at /v1. */
export const companyRoutes =
  (deps: Deps): FastifyPluginAsyncZod =>
  async app => {
    // The body is read by the handler itself, as it arrives.
    for (const type of UPLOAD_TYPES) app.addContentTypeParser(type, (_request, _payload, done) => done(null, undefined))
    app.post(
      '/parks/:parkId/invitations',
      {
        schema: {
          summary: 'Invite the companies of a list',
          description: `CSV (UTF-8 or GB18030) or XLSX as the body, up to ${COMPANY_ROWS_MAX} rows and ${COMPANY_BYTES_MAX / 1_048_576} MB, with the columns 企业名称, 统一社会信用代码, 联系人, 邮箱 and 类型. Each company becomes a member and its contact person is invited as its owner; a bad row comes back with its reasons. The same list again makes nothing twice.`,
          tags: ['parks'],
          params: z.object({ parkId: Id('park') }),
          consumes: [...UPLOAD_TYPES],
          body: z.unknown().meta({ type: 'string', format: 'binary', description: 'The file as it is' }),
          response: { 200: CompanyInvitations, ...problemsOf(403, 404, 413, 415) },
        },
      },
      async (req, reply) => {
        const actor = requireEditor(req)
        const language = languageOf(req.headers['accept-language'])
        const rows = await inviteCompanies(deps, actor, req.params.parkId, req.raw)
        reply.header('cache-control', 'no-store')
        return {
          invited: rows.filter(row => 'token' in row).length,
          refused: rows.filter(row => 'refusals' in row).length,
          rows: rows.map(row =>
            'token' in row
              ? { ...row, url: invitationUrl(deps, row.token) }
              : {
                  number: row.number,
                  name: row.name,
                  reasons: row.refusals.map(({ code, told }) => ({ code, detail: told[language] })),
                },
          ),
        }
      },
    )
  }

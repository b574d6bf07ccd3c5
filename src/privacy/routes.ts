import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import type { FastifyReply } from 'fastify'
import { z } from 'zod'
import { requireEditor, requireMember, requirePerson } from '../identity/authenticate.ts'
import { storeOnce } from '../identity/idempotency.ts'
import { transaction } from '../platform/db.ts'
import type { Deps } from '../platform/deps.ts'
import { languageOf } from '../platform/errors.ts'
import { Id, IdempotencyHeaders, pageOf, problemsOf } from '../platform/schemas.ts'
import { type Certificate, toPage } from './certificate.ts'
import * as requests from './requests.ts'
import { listRetention } from './retention.ts'
import {
  CertificateQuery,
  Erasure,
  ErasureCertificate,
  ErasureQuery,
  NewErasure,
  OwnErasure,
  Receipt,
  RetentionRules,
} from './schemas.ts'

const tags = ['privacy']
const ErasureParams = z.object({ erasureId: Id('erasure') })
const gone = { 204: z.undefined().describe('It is cancelled') }
const certificateForms = {
  200: {
    description: 'The certificate, as data or as a page',
    content: { 'application/json': { schema: ErasureCertificate }, 'text/html': { schema: z.string() } },
  },
}

const sendCertificate = (
  reply: FastifyReply,
  certificate: Certificate,
  format: 'json' | 'html',
  acceptLanguage: string | undefined,
) => {
  reply.header('cache-control', 'no-store')
  return format === 'json'
    ? reply.send(certificate)
    : reply.type('text/html; charset=utf-8').send(toPage(certificate, languageOf(acceptLanguage)))
}

/** Erasure on request, its certificates, and how long things are kept. Mounted at /v1. */
export const privacyRoutes =
  (deps: Deps): FastifyPluginAsyncZod =>
  async app => {
    app.get(
      '/retention-rules',
      {
        schema: {
          summary: 'How long what is kept, and why',
          tags,
          response: { 200: RetentionRules, ...problemsOf() },
        },
      },
      async req => transaction(deps, requireMember(req), listRetention),
    )

    app.put(
      '/me/erasure',
      {
        schema: {
          summary: 'Ask for the erasure of yourself',
          description:
            'For a signed-in person, whatever his role. It begins after seven days and cannot be undone then. Keep the receipt: the certificate is fetched with it when the account is gone.',
          tags,
          body: OwnErasure,
          response: { 201: Erasure, ...problemsOf(403, 409) },
        },
      },
      async (req, reply) => {
        const actor = requirePerson(req)
        const made = await requests.requestOwnErasure(deps, actor, req.body.confirm)
        return reply
          .code(201)
          .send(await transaction(deps, actor, tx => requests.readErasure(tx, made.id, made.secret)))
      },
    )
    app.get(
      '/me/erasure',
      {
        schema: {
          summary: 'How the erasure of yourself stands',
          tags,
          response: { 200: Erasure, ...problemsOf(403, 404) },
        },
      },
      async req => {
        const actor = requirePerson(req)
        return transaction(deps, actor, tx => requests.readOwnErasure(tx, actor.personId))
      },
    )
    app.delete(
      '/me/erasure',
      {
        schema: {
          summary: 'Cancel the erasure of yourself',
          tags,
          response: { ...gone, ...problemsOf(403, 404, 409) },
        },
      },
      async (req, reply) => {
        const actor = requirePerson(req)
        await transaction(deps, actor, async tx => {
          const { id } = await requests.readOwnErasure(tx, actor.personId)
          await requests.cancelErasure(tx, deps, actor, id)
        })
        return reply.code(204).send(undefined)
      },
    )

    app.post(
      '/erasures',
      {
        schema: {
          summary: 'Ask for the erasure of an organisation or of a person',
          description:
            'Of your own organisation, for its owner; of an organisation that is a member of your park alone, or of a person of such, for the owner of the park. It begins after seven days: then keys and sessions end, offers are taken back, and everything is removed but what the law asks to keep.',
          tags,
          headers: IdempotencyHeaders,
          body: NewErasure,
          response: { 201: Erasure, ...problemsOf(403, 404, 409) },
        },
      },
      async (req, reply) => {
        const actor = requireEditor(req)
        return storeOnce(deps, req, reply, {
          status: 201,
          work: tx => requests.requestErasure(tx, deps, actor, req.body),
          render: (tx, id, receipt) => requests.readErasure(tx, id, receipt),
        })
      },
    )
    app.get(
      '/erasures',
      {
        schema: {
          summary: 'List what your organisation asked to erase',
          tags,
          querystring: ErasureQuery,
          response: { 200: pageOf(Erasure), ...problemsOf(403) },
        },
      },
      async req => {
        const actor = requireMember(req)
        return transaction(deps, actor, tx => requests.listErasures(tx, actor, req.query))
      },
    )
    app.get(
      '/erasures/:erasureId',
      {
        schema: {
          summary: 'How an erasure stands',
          tags,
          params: ErasureParams,
          response: { 200: Erasure, ...problemsOf(404) },
        },
      },
      async req => transaction(deps, requireMember(req), tx => requests.readErasure(tx, req.params.erasureId)),
    )
    app.delete(
      '/erasures/:erasureId',
      {
        schema: {
          summary: 'Cancel an erasure while it waits',
          tags,
          params: ErasureParams,
          response: { ...gone, ...problemsOf(403, 404, 409) },
        },
      },
      async (req, reply) => {
        const actor = requireEditor(req)
        await transaction(deps, actor, tx => requests.cancelErasure(tx, deps, actor, req.params.erasureId))
        return reply.code(204).send(undefined)
      },
    )
    app.get(
      '/erasures/:erasureId/certificate',
      {
        schema: {
          summary: 'Fetch the certificate of an erasure',
          description: 'What was removed and what was kept, by table, with its hash; as a page in your language too.',
          tags,
          params: ErasureParams,
          querystring: CertificateQuery,
          response: { ...certificateForms, ...problemsOf(404) },
        },
      },
      async (req, reply) => {
        const read = requests.readCertificate
        const certificate = await transaction(deps, requireMember(req), tx => read(tx, req.params.erasureId))
        return sendCertificate(reply, certificate, req.query.format, req.headers['accept-language'])
      },
    )
    app.post(
      '/erasure-certificates',
      {
        schema: {
          summary: 'Fetch a certificate with its receipt',
          description: 'Needs no account: the one who was erased has none any more.',
          tags,
          querystring: CertificateQuery,
          body: Receipt,
          response: { ...certificateForms, ...problemsOf(404) },
          security: [],
        },
      },
      async (req, reply) => {
        const certificate = await requests.findCertificate(deps, req.body.receipt)
        return sendCertificate(reply, certificate, req.query.format, req.headers['accept-language'])
      },
    )
  }

import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { requireEditor, requireMember } from '../identity/authenticate.ts'
import { storeOnce } from '../identity/idempotency.ts'
import { transaction } from '../platform/db.ts'
import type { Deps } from '../platform/deps.ts'
import { languageOf } from '../platform/errors.ts'
import { Id, IdempotencyHeaders, IfMatchHeaders, pageOf, problemsOf } from '../platform/schemas.ts'
import { listCapabilities, readCapability, readWithSuggestions } from './queries.ts'
import { NewCapability, Capability, CapabilityCard, CapabilityPatch, CapabilityQuery } from './schemas.ts'
import { changeCapability, createCapability, publishCapability, withdrawCapability } from './service.ts'

const Params = z.object({ capabilityId: Id('capability') })
const tags = ['capabilities']

/** Supply. Mounted at /v1. */
export const capabilityRoutes =
  (deps: Deps): FastifyPluginAsyncZod =>
  async app => {
    app.post(
      '/capabilities',
      {
        schema: {
          summary: 'Register a capability',
          description:
            'A draft, or published at once. Words that name no concept are kept and answered with `suggestions`.',
          tags,
          headers: IdempotencyHeaders,
          body: NewCapability,
          response: { 201: Capability, ...problemsOf(403, 404, 409, 413) },
        },
      },
      async (req, reply) => {
        const language = languageOf(req.headers['accept-language'])
        const actor = requireEditor(req)
        const capability = await storeOnce(deps, req, reply, {
          status: 201,
          work: tx => createCapability(tx, deps, actor, req.body, language),
          render: (tx, id) => readWithSuggestions(tx, deps, actor, id, language),
        })
        reply.header('location', `/v1/capabilities/${capability.id}`).header('etag', capability.etag)
        return capability
      },
    )
    app.get(
      '/capabilities',
      {
        schema: {
          summary: 'List capabilities',
          description: 'The head of the public tier, newest first. Read one to see the tiers that are open to you.',
          tags,
          querystring: CapabilityQuery,
          response: { 200: pageOf(CapabilityCard), ...problemsOf() },
        },
      },
      async req => {
        const actor = requireMember(req)
        return transaction(deps, actor, tx => listCapabilities(tx, actor, req.query))
      },
    )
    app.get(
      '/capabilities/:capabilityId',
      {
        schema: {
          summary: 'Read a capability',
          tags,
          params: Params,
          response: { 200: Capability, ...problemsOf(404) },
        },
      },
      async (req, reply) => {
        const actor = requireMember(req)
        const capability = await transaction(deps, actor, tx => readCapability(tx, actor, req.params.capabilityId))
        reply.header('etag', capability.etag)
        return capability
      },
    )
    app.patch(
      '/capabilities/:capabilityId',
      {
        schema: {
          summary: 'Change a capability',
          description:
            'A field that is given replaces the whole field, `null` removes it, one that is left out stays. Needs `If-Match`.',
          tags,
          params: Params,
          headers: IfMatchHeaders,
          body: CapabilityPatch,
          response: { 200: Capability, ...problemsOf(403, 404, 412, 413, 428) },
        },
      },
      async (req, reply) => {
        const language = languageOf(req.headers['accept-language'])
        const actor = requireEditor(req)
        const target = { id: req.params.capabilityId, ifMatch: req.headers['if-match'] }
        const capability = await transaction(deps, actor, async tx => {
          await changeCapability(tx, deps, actor, target, req.body, language)
          return readWithSuggestions(tx, deps, actor, target.id, language)
        })
        reply.header('etag', capability.etag)
        return capability
      },
    )
    for (const [step, apply] of Object.entries({ publish: publishCapability, withdraw: withdrawCapability })) {
      app.post(
        `/capabilities/:capabilityId/${step}`,
        {
          schema: {
            summary: step === 'publish' ? 'Publish a capability' : 'Take a capability back',
            description: 'Repeating it changes nothing.',
            tags,
            params: Params,
            headers: IdempotencyHeaders,
            response: { 200: Capability, ...problemsOf(403, 404, 409) },
          },
        },
        async (req, reply) => {
          const actor = requireEditor(req)
          const capability = await storeOnce(deps, req, reply, {
            status: 200,
            work: tx => apply(tx, deps, actor, req.params.capabilityId),
            render: (tx, id) => readCapability(tx, actor, id),
          })
          reply.header('etag', capability.etag)
          return capability
        },
      )
    }
  }

import type { FastifyReply, FastifyRequest } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { readCapability } from '../../capabilities/queries.ts'
import { CapabilityPatch, NewCapability } from '../../capabilities/schemas.ts'
import {
  changeCapability,
  createCapability,
  publishCapability,
  withdrawCapability,
} from '../../capabilities/service.ts'
import { requireEditor } from '../../identity/authenticate.ts'
import { storeOnce } from '../../identity/idempotency.ts'
import { transaction } from '../../platform/db.ts'
import type { Deps } from '../../platform/deps.ts'
import { forbidden, type ProblemError } from '../../platform/errors.ts'
import { Id } from '../../platform/schemas.ts'
import { AnyForm, answerForm, listField, parseForm, tellProblem } from '../forms.ts'
import { readerOf } from '../posting.ts'
import { sendPage } from '../render.ts'
import { textsIn } from '../texts.ts'
import { requireVisitor } from '../visit.ts'
import { patchFrom, tellEditor } from './editor.ts'
import { CAPABILITY_EDITOR } from './editors.ts'
import { helpOffering, offeredFields } from './supply.ts'

const params = z.object({ capabilityId: Id('capability') })
const Offer = z.object({
  title: z.string().max(200).optional(),
  text: z.string().max(2_000).optional(),
  known: listField,
  take: listField,
})
type Offer = z.output<typeof Offer>

const leftOut = ({ known, take }: Offer): ReadonlySet<string> => new Set(known.filter(key => !take.includes(key)))

/** A vendor says what it can do; the interpreter says what it understood. Then the rest is filled in. */
export const capabilityEditRoutes =
  (deps: Deps): FastifyPluginAsyncZod =>
  async app => {
    const helpFor = (offer: Offer, req: FastifyRequest) =>
      offer.text && helpOffering(readerOf(deps, requireVisitor(req)), offer.text, leftOut(offer))

    const showOffer = (req: FastifyRequest, reply: FastifyReply, offer: Offer, error?: ProblemError) => {
      const visit = requireVisitor(req)
      return sendPage(reply, visit, {
        template: 'offer',
        title: textsIn(visit.language).offerTitle,
        status: error?.problem.status ?? 200,
        data: {
          draft: offer,
          help: helpFor(offer, req),
          key: deps.random(16).toString('base64url'),
          error: tellProblem(error, visit.language),
        },
      })
    }

    app.get('/capabilities/new', async (req, reply) => {
      requireEditor(req)
      return showOffer(req, reply, { known: [], take: [] })
    })

    app.post('/capabilities/help', { schema: { body: Offer } }, async (req, reply) =>
      sendPage(reply, requireVisitor(req), {
        template: 'posting-help',
        title: '',
        data: { help: helpFor(req.body, req) },
      }),
    )

    app.post('/capabilities', { schema: { body: Offer } }, async (req, reply) => {
      const { language } = requireVisitor(req)
      const { title, text = '' } = req.body
      const create = async () => {
        const actor = requireEditor(req)
        const fields = offeredFields(readerOf(deps, requireVisitor(req)), text, leftOut(req.body))
        const input = parseForm(NewCapability, { ...fields, title, ...(text === '' ? {} : { summary: text }) })
        const { id } = await storeOnce(deps, req, reply, {
          status: 201,
          work: tx => createCapability(tx, deps, actor, input, language),
          render: async (_tx, made) => ({ id: made }),
        })
        return reply.redirect(`/console/capabilities/${id}/edit`, 303)
      }
      return answerForm(create, error => showOffer(req, reply, req.body, error))
    })

    const readOwn = async (req: FastifyRequest, id: string) => {
      const actor = requireEditor(req)
      const capability = await transaction(deps, actor, tx => readCapability(tx, actor, id))
      if (capability.organisationId !== actor.organisationId)
        throw forbidden('只有登记方可以修改', 'Only its owner changes a capability')
      return capability
    }
    const showEdit = async (req: FastifyRequest, reply: FastifyReply, id: string, error?: ProblemError) => {
      const visit = requireVisitor(req)
      const capability = await readOwn(req, id)
      const voice = { lexicon: deps.lexicon, language: visit.language }
      return sendPage(reply, visit, {
        template: 'edit',
        title: textsIn(visit.language).editTitle,
        status: error?.problem.status ?? 200,
        data: {
          thing: capability,
          action: `/console/capabilities/${id}`,
          editor: tellEditor(CAPABILITY_EDITOR, capability, voice),
          audiences: capability.audiences ?? [],
          error: tellProblem(error, visit.language),
        },
      })
    }

    app.get('/capabilities/:capabilityId/edit', { schema: { params } }, (req, reply) =>
      showEdit(req, reply, req.params.capabilityId),
    )

    app.post('/capabilities/:capabilityId/edit', { schema: { params, body: AnyForm } }, async (req, reply) => {
      const { capabilityId } = req.params
      const edit = async () => {
        const capability = await readOwn(req, capabilityId)
        const actor = requireEditor(req)
        const { etag, audiences: wished = [], ...form } = req.body
        const audiences = [wished].flat()
        const isSame = audiences.toSorted().join(' ') === (capability.audiences ?? []).toSorted().join(' ')
        const patch = parseForm(CapabilityPatch, {
          ...patchFrom(CAPABILITY_EDITOR, form, capability, deps.lexicon),
          ...(isSame ? {} : { audiences }),
        })
        const target = { id: capabilityId, ifMatch: typeof etag === 'string' ? etag : undefined }
        const { language } = requireVisitor(req)
        await transaction(deps, actor, tx => changeCapability(tx, deps, actor, target, patch, language))
        return reply.redirect(`/console/capabilities/${capabilityId}`, 303)
      }
      return answerForm(edit, error => showEdit(req, reply, capabilityId, error))
    })

    for (const [step, apply] of Object.entries({ publish: publishCapability, withdraw: withdrawCapability }))
      app.post(`/capabilities/:capabilityId/${step}`, { schema: { params } }, async (req, reply) => {
        requireVisitor(req)
        const { capabilityId } = req.params
        await storeOnce(deps, req, reply, {
          status: 200,
          work: tx => apply(tx, deps, requireEditor(req), capabilityId),
          render: async () => undefined,
        })
        return reply.redirect(`/console/capabilities/${capabilityId}`, 303)
      })
  }

import type { FastifyReply, FastifyRequest } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { readParkAudit } from '../../audit/service.ts'
import { type ChainReport, verifyAudit } from '../../audit/verify.ts'
import { nameOrganisations } from '../../identity/service.ts'
import { transaction } from '../../platform/db.ts'
import type { Deps } from '../../platform/deps.ts'
import { hrefOfId } from '../links.ts'
import { sendPage } from '../render.ts'
import { textsIn } from '../texts.ts'
import { ParkParams, requireAdministration } from './park.ts'

const SHOWN = 50
/** A longer record is checked by the command, which nobody waits for in front of a page. */
const VERIFIED_MAX = 50_000
const Place = z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER)
const Query = z.strictObject({ after: Place.optional() })
const Kept = z.object({
  position: Place.optional(),
  hash: z
    .string()
    .trim()
    .regex(/^[0-9a-f]{64}$/)
    .optional(),
})

type Shown = { parkId: string; after?: number | undefined; check?: ChainReport | 'too_long' }

/** The record of what was done in the park: read, checked, taken along. */
export const auditPageRoutes =
  (deps: Deps): FastifyPluginAsyncZod =>
  async app => {
    const show = async (req: FastifyRequest, reply: FastifyReply, { parkId, after, check }: Shown) => {
      const { visit, actor, park } = requireAdministration(req, parkId)
      const { page, from, names } = await transaction(deps, actor, async tx => {
        const { head } = await readParkAudit(tx, actor, park.id, { after: 0, limit: 1 })
        const start = after ?? Math.max(0, (head?.position ?? 0) - SHOWN)
        const found = await readParkAudit(tx, actor, park.id, { after: start, limit: SHOWN })
        const ids = found.items.flatMap(({ organisationId }) => organisationId ?? [])
        return { page: found, from: start, names: await nameOrganisations(tx, ids) }
      })
      return sendPage(reply, visit, {
        template: 'audit',
        title: textsIn(visit.language).navAudit,
        data: {
          park,
          head: page.head,
          check,
          items: page.items
            .map(entry => ({
              ...entry,
              by:
                entry.organisationId === undefined
                  ? undefined
                  : (names.get(entry.organisationId) ?? entry.organisationId),
              href: hrefOfId(entry.objectId),
            }))
            .reverse(),
          older: from > 0 ? Math.max(0, from - SHOWN) : undefined,
          newer: page.hasMore ? (page.items.at(-1)?.position ?? from) : undefined,
        },
      })
    }

    app.get('/parks/:parkId/audit', { schema: { params: ParkParams, querystring: Query } }, (req, reply) =>
      show(req, reply, { ...req.params, after: req.query.after }),
    )

    app.post('/parks/:parkId/audit/verify', { schema: { params: ParkParams, body: Kept } }, async (req, reply) => {
      const { parkId } = req.params
      const { actor } = requireAdministration(req, parkId)
      const { position, hash } = req.body
      const { head } = await transaction(deps, actor, tx => readParkAudit(tx, actor, parkId, { after: 0, limit: 1 }))
      if ((head?.position ?? 0) > VERIFIED_MAX) return show(req, reply, { parkId, check: 'too_long' })
      const kept = position === undefined || hash === undefined ? [] : [{ chain: parkId, position, hash }]
      const [check] = await verifyAudit(deps, { chain: parkId, kept })
      return show(req, reply, { parkId, ...(check ? { check } : {}) })
    })
  }

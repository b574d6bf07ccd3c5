import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { requirePerson } from '../../identity/authenticate.ts'
import { listNotices, markRead } from '../../notices/inbox.ts'
import { NoticeQuery, ReadNotices } from '../../notices/schemas.ts'
import { transaction } from '../../platform/db.ts'
import type { Deps } from '../../platform/deps.ts'
import { Id } from '../../platform/schemas.ts'
import { listField, parseForm } from '../forms.ts'
import { nextOf } from '../list-routes.ts'
import { sendPage } from '../render.ts'
import { textsIn } from '../texts.ts'
import { requireVisitor, safePath } from '../visit.ts'

/** What a person is told, and the way to where he can answer. */
export const inboxRoutes =
  (deps: Deps): FastifyPluginAsyncZod =>
  async app => {
    app.get('/inbox', { schema: { querystring: NoticeQuery } }, async (req, reply) => {
      const visit = requireVisitor(req)
      const actor = requirePerson(req)
      const page = await transaction(deps, actor, tx => listNotices(tx, actor, req.query, visit.language))
      const shown = req.query.unread === true ? { ...req.query, unread: 'true' } : req.query
      return sendPage(reply, visit, {
        template: 'inbox',
        title: textsIn(visit.language).navInbox,
        data: {
          items: page.items.map(notice => ({ ...notice, href: hrefOf(notice.data) })),
          unread: page.unread,
          isUnreadOnly: req.query.unread === true,
          nextHref: nextOf('/console/inbox', shown, page.nextCursor),
        },
      })
    })

    app.post(
      '/inbox/read',
      { schema: { body: z.object({ ids: listField, next: z.string().max(500).optional() }) } },
      async (req, reply) => {
        const actor = requirePerson(req)
        const { ids } = parseForm(ReadNotices, { ids: req.body.ids })
        await transaction(deps, actor, tx => markRead(tx, deps, actor, ids))
        return reply.redirect(safePath(req.body.next ?? '/console/inbox'), 303)
      },
    )

    app.post(
      '/inbox/:eventId/open',
      { schema: { params: z.object({ eventId: Id('event') }), body: z.object({ next: z.string().max(500) }) } },
      async (req, reply) => {
        const actor = requirePerson(req)
        await transaction(deps, actor, tx => markRead(tx, deps, actor, [req.params.eventId]))
        return reply.redirect(safePath(req.body.next), 303)
      },
    )
  }

/** The page on which one acts upon an event: that of the most particular thing which it names. */
const hrefOf = (data: Record<string, unknown>): string | undefined => {
  const at = (name: string): string | undefined => (typeof data[name] === 'string' ? data[name] : undefined)
  const [match, consortium, scenario, capability] = ['matchId', 'consortiumId', 'scenarioId', 'capabilityId'].map(at)
  if (match !== undefined) return `/console/matches/${match}${at('outcomeId') === undefined ? '' : '#outcomes'}`
  if (consortium !== undefined) return `/console/consortia/${consortium}`
  if (scenario !== undefined) return `/console/scenarios/${scenario}`
  return capability === undefined ? undefined : `/console/capabilities/${capability}`
}

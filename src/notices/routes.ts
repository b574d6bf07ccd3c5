import formbody from '@fastify/formbody'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { requirePerson } from '../identity/authenticate.ts'
import { transaction } from '../platform/db.ts'
import type { Deps } from '../platform/deps.ts'
import { languageOf } from '../platform/errors.ts'
import { problemsOf } from '../platform/schemas.ts'
import * as inbox from './inbox.ts'
import { Inbox, MailSettings, MailSettingsChange, NoticeQuery, ReadNotices } from './schemas.ts'

const tags = ['notices']
const TokenParams = z.object({ token: z.string().regex(/^[\w-]{32}$/) })

/** What a person is told, and by which mail. Mounted at /v1. */
export const noticeRoutes =
  (deps: Deps): FastifyPluginAsyncZod =>
  async app => {
    await app.register(formbody)

    app.get(
      '/notices',
      {
        schema: {
          summary: 'Your inbox, newest first',
          description: 'For a person who is signed in, about the organisation that he acts for.',
          tags,
          querystring: NoticeQuery,
          response: { 200: Inbox, ...problemsOf(403) },
        },
      },
      async req => {
        const actor = requirePerson(req)
        const language = languageOf(req.headers['accept-language'])
        return transaction(deps, actor, tx => inbox.listNotices(tx, actor, req.query, language))
      },
    )

    app.post(
      '/notices/read',
      {
        schema: {
          summary: 'Mark notices as read',
          tags,
          body: ReadNotices,
          response: { 204: z.undefined().describe('Marked'), ...problemsOf(403) },
        },
      },
      async (req, reply) => {
        const actor = requirePerson(req)
        await transaction(deps, actor, tx => inbox.markRead(tx, deps, actor, req.body.ids))
        return reply.code(204).send(undefined)
      },
    )

    app.get(
      '/notices/mail-settings',
      { schema: { summary: 'Which mail you get', tags, response: { 200: MailSettings, ...problemsOf(403) } } },
      async req => {
        const actor = requirePerson(req)
        return transaction(deps, actor, tx => inbox.readMailSettings(tx, actor))
      },
    )

    app.patch(
      '/notices/mail-settings',
      {
        schema: {
          summary: 'Choose which mail you get',
          tags,
          body: MailSettingsChange,
          response: { 200: MailSettings, ...problemsOf(403) },
        },
      },
      async req => {
        const actor = requirePerson(req)
        return transaction(deps, actor, tx => inbox.changeMailSettings(tx, actor, req.body))
      },
    )

    app.get(
      '/unsubscribe/:token',
      {
        schema: {
          summary: 'The page behind the link of a mail; looking at it changes nothing',
          tags,
          params: TokenParams,
          response: { 200: z.string().describe('A page with one button') },
        },
      },
      async (req, reply) =>
        reply.type('text/html; charset=utf-8').send(PAGE[languageOf(req.headers['accept-language'])]),
    )

    app.post(
      '/unsubscribe/:token',
      {
        schema: {
          summary: 'Stop all mail to the reader of this link (RFC 8058)',
          tags,
          params: TokenParams,
          response: { 204: z.undefined().describe('No more mail'), ...problemsOf(404) },
        },
      },
      async (req, reply) => {
        await inbox.unsubscribe(deps, req.params.token)
        return reply.code(204).send(undefined)
      },
    )
  }

const pageOf = (lang: string, title: string, button: string) =>
  `<!doctype html><html lang="${lang}"><meta charset="utf-8"><title>${title}</title><h1>${title}</h1><form method="post"><button>${button}</button></form></html>`
const PAGE = {
  zh: pageOf('zh-CN', '停止接收邮件', '不再接收'),
  en: pageOf('en', 'Stop all mail', 'Send me no more'),
}

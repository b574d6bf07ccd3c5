import { join } from 'node:path'
import { Eta } from 'eta'
import type { FastifyReply } from 'fastify'
import { formatsOf } from './format.ts'
import { navigationOf } from './navigation.ts'
import { namesIn, textsIn } from './texts.ts'
import type { Visit } from './visit.ts'

/** `data` is what the template calls `it.d`. Everything that it writes with `<%= %>` is escaped. */
export type Page = { template: string; title: string; data: object; status?: number }

const eta = new Eta({ views: join(import.meta.dirname, 'templates'), cache: true, autoTrim: ['nl', 'nl'] })

/** A page, or a part of one that a page asks for: the part's template has no layout. */
export const renderPage = (visit: Visit, { template, title, data }: Page): string =>
  eta.render(template, {
    lang: visit.language,
    here: visit.here,
    title,
    t: textsIn(visit.language),
    n: namesIn(visit.language),
    f: formatsOf(visit),
    me: visit.signedIn?.me,
    parks: visit.signedIn?.parks ?? [],
    waitingFor: visit.signedIn?.waitingFor ?? [],
    csrf: visit.signedIn?.csrf,
    nav: navigationOf(visit),
    d: data,
  })

/** Nothing that a signed-in person reads may stay in a shared cache. */
export const sendPage = (reply: FastifyReply, visit: Visit, page: Page): FastifyReply =>
  reply
    .code(page.status ?? 200)
    .header('content-language', visit.language === 'zh' ? 'zh-CN' : 'en')
    .header('cache-control', 'no-store')
    .type('text/html; charset=utf-8')
    .send(renderPage(visit, page))

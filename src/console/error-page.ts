import type { FastifyReply, FastifyRequest } from 'fastify'
import { toProblem } from '../platform/server.ts'
import { sendPage } from './render.ts'
import { visitOf } from './visit.ts'

/** A problem as a page. A stranger is asked to sign in and comes back to where he was going. */
export const sendError = (error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
  const visit = visitOf(request)
  const { problem, detail, errors, retryAfterS } = toProblem(error)
  if (problem.status >= 500) request.log.error({ err: error }, 'page failed')
  if (retryAfterS !== undefined) reply.header('retry-after', String(retryAfterS))
  if (problem.type === 'unauthenticated') {
    const next = request.method === 'GET' ? `?next=${encodeURIComponent(request.url)}` : ''
    const address = `/console/sign-in${next}`
    // A part of a page cannot become the sign-in page: the whole page goes there.
    if (request.headers['hx-request'] === 'true')
      return reply.code(204).header('hx-redirect', '/console/sign-in').send('')
    return reply.redirect(address, 303)
  }
  return sendPage(reply, visit, {
    template: 'error',
    title: problem.title[visit.language],
    status: problem.status,
    data: {
      status: problem.status,
      title: problem.title[visit.language],
      detail: detail?.[visit.language],
      errors: errors.map(wrong => ({
        pointer: wrong.pointer.replace(/^\//, ''),
        detail: wrong.detail[visit.language],
      })),
      instance: request.id,
    },
  })
}

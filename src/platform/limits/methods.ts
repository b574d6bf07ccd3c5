import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { ProblemError, problems } from '../errors.ts'

/**
 * What to answer where no route fits: 405 with the methods that the address has (RFC 9110 §15.5.6), or 404 where it has
 * none.
 */
export const refuseUnknown = (app: FastifyInstance) => {
  const routes = new Map<string, { pattern: RegExp; methods: Set<string> }>()
  app.addHook('onRoute', ({ url, method }) => {
    if (url.includes('*')) return
    const known = routes.get(url) ?? { pattern: patternOf(url), methods: new Set() }
    for (const name of [method].flat()) known.methods.add(name)
    routes.set(url, known)
  })
  return (request: FastifyRequest, reply: FastifyReply): ProblemError => {
    const [path = ''] = request.url.split('?')
    const methods = [...routes.values()].flatMap(route => (route.pattern.test(path) ? [...route.methods] : []))
    if (methods.length === 0) return new ProblemError(problems.notFound)
    reply.header('allow', [...new Set(methods)].sort().join(', '))
    return new ProblemError(problems.methodNotAllowed)
  }
}

const patternOf = (url: string): RegExp =>
  new RegExp(
    `^${url
      .split('/')
      .map(part => (part.startsWith(':') ? '[^/]+' : part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')))
      .join('/')}$`,
  )

import type { FastifyInstance, FastifyRequest } from 'fastify'
import { isOperation } from '../limits/operations.ts'
import { isTracing, type Span, startSpan } from './tracing.ts'

const SERVER_ERROR_MIN = 500

/**
 * One span for each request, named by its route: an address may hold a token. What a caller says of a trace of his own is
 * not taken up, since it would let him choose the ids under which others find theirs. Made before all other hooks, so
 * that these run inside of it. Nothing where tracing is off.
 */
export const traceRequests = (app: FastifyInstance): void => {
  if (!isTracing()) return
  const spans = new WeakMap<FastifyRequest, Span>()
  app.addHook('onRequest', (request, reply, done) => {
    const span = isOperation(request) ? undefined : begin(request)
    if (!span) return done()
    spans.set(request, span)
    // Also comes where the client has gone before there was an answer.
    reply.raw.once('close', () => {
      if (request.actor.kind === 'member') span.set({ 'duijie.organisation_id': request.actor.organisationId })
      span.set({ 'http.response.status_code': reply.statusCode })
      if (reply.statusCode >= SERVER_ERROR_MIN) span.fail(String(reply.statusCode))
      span.end()
    })
    span.run(done)
  })
  // A body is read in the surroundings of its socket, so what comes after it is brought back into the span.
  app.addHook('preValidation', (request, _reply, done) => {
    const span = spans.get(request)
    if (span) span.run(done)
    else done()
  })
  app.addHook('onResponse', (request, _reply, done) => {
    const span = spans.get(request)
    if (span) span.run(done)
    else done()
  })
}

const begin = (request: FastifyRequest): Span | undefined => {
  const route = request.routeOptions.url ?? 'unknown'
  return startSpan(`${request.method} ${route}`, {
    kind: 'server',
    parent: null,
    attributes: { 'http.request.method': request.method, 'http.route': route, 'duijie.request_id': request.id },
  })
}

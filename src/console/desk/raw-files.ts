import type { FastifyInstance } from 'fastify'

/**
 * Files arrive as the body itself, sent by the script of the page with the token of the form in a header: nothing has to
 * be taken apart, and nothing is held in memory. Whoever has no script pastes the cells into a field instead.
 */
export const acceptRawFiles = (app: Pick<FastifyInstance, 'addContentTypeParser'>): void => {
  app.addContentTypeParser('application/octet-stream', (_request, _payload, done) => done(null, undefined))
}

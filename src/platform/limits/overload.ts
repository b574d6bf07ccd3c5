import underPressure from '@fastify/under-pressure'
import type { FastifyInstance } from 'fastify'
import type { Config } from '../config.ts'
import { ProblemError, problems } from '../errors.ts'
import { isOperation } from './operations.ts'

const RETRY_AFTER_S = 2
const overloaded = () => new ProblemError(problems.unavailable, { retryAfterS: RETRY_AFTER_S })

/**
 * Answers 503 with Retry-After while more requests are being worked on than can be answered in good time, or while the
 * event loop lags: what is refused at once costs nothing, what piles up costs everybody.
 */
export const refuseOverload = (app: FastifyInstance, config: Config): void => {
  const { inFlightMax, eventLoopDelayMsMax } = config.overload
  let inFlight = 0
  app.addHook('onRequest', async (request, reply) => {
    if (isOperation(request)) return
    if (inFlight >= inFlightMax) throw overloaded()
    inFlight += 1
    // `close` comes after every answer, and alone where the client has gone.
    reply.raw.once('close', () => (inFlight -= 1))
  })
  if (eventLoopDelayMsMax > 0)
    app.register(underPressure, {
      maxEventLoopDelay: eventLoopDelayMsMax,
      pressureHandler: async request => {
        if (!isOperation(request)) throw overloaded()
      },
    })
}

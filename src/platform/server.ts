import cookie from '@fastify/cookie'
import helmet from '@fastify/helmet'
import cors from '@fastify/cors'
import fastify, {
  type FastifyBaseLogger,
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from 'fastify'
import {
  hasZodFastifySchemaValidationErrors,
  isResponseSerializationError,
  serializerCompiler,
  validatorCompiler,
  type ZodTypeProvider,
} from 'fastify-type-provider-zod'
import type { Actor } from './actor.ts'
import type { Deps } from './deps.ts'
import { sqlState } from './db.ts'
import { isConnectionLoss } from './transactions.ts'
import type { Bilingual } from '../engine/types.ts'
import { type FieldError, languageOf, type Problem, ProblemError, problems } from './errors.ts'
import { answerClientError } from './limits/client-errors.ts'
import { refuseUnknown } from './limits/methods.ts'
import { refuseOverload } from './limits/overload.ts'
import { limitRates } from './limits/rates.ts'
import { traceRequests } from './telemetry/requests.ts'
import type { Metrics } from './telemetry.ts'
import { fieldErrors, findBadText } from './validation.ts'

declare module 'fastify' {
  interface FastifyRequest {
    actor: Actor
  }
  interface FastifyContextConfig {
    /** How long the body of a request may take to arrive, where it is not the usual time. */
    receiveMs?: number
  }
}

const BODY_BYTES_MAX = 1_048_576
/** For a body to arrive, unless its route allows more; never more than the second, which the server itself holds. */
const RECEIVE_MS = 30_000
const RECEIVE_MS_MAX = 1_800_000
const HEADERS_TIMEOUT_MS = 10_000
const HEADER_BYTES_MAX = 16_384

/** An HTTP server with our manners and no routes: schemas by zod, problems by RFC 9457, hard limits. */
export const createServer = (deps: Pick<Deps, 'config' | 'log' | 'metrics' | 'db' | 'clock'>) => {
  const loggerInstance: FastifyBaseLogger = deps.log
  const app = fastify({
    loggerInstance,
    logController: new LogController({ disableRequestLogging: true }),
    trustProxy: (_address: string, hop: number) => hop < deps.config.trustProxy,
    bodyLimit: BODY_BYTES_MAX,
    requestTimeout: RECEIVE_MS_MAX,
    http: { maxHeaderSize: HEADER_BYTES_MAX, headersTimeout: HEADERS_TIMEOUT_MS },
    clientErrorHandler: answerClientError,
    genReqId: () => crypto.randomUUID(),
    requestIdHeader: false,
    routerOptions: { maxParamLength: 200 },
    frameworkErrors: (error, request, reply) => sendProblem(error, request, reply),
  }).withTypeProvider<ZodTypeProvider>()
  app.setValidatorCompiler(validatorCompiler)
  app.setSerializerCompiler(serializerCompiler)
  traceRequests(app)
  app.decorateRequest('actor')
  app.addHook('onRequest', async request => {
    request.actor = { kind: 'anonymous' }
  })
  app.addHook('onRequest', limitReceiving)
  readJsonStrictly(app)
  app.addHook('preValidation', refuseBadText)
  app.setErrorHandler((error: FastifyError, request, reply) => sendProblem(error, request, reply))
  const whyUnknown = refuseUnknown(app)
  app.setNotFoundHandler((request, reply) => sendProblem(whyUnknown(request, reply), request, reply))
  app.register(helmet, { contentSecurityPolicy: { directives: { 'upgrade-insecure-requests': null } } })
  // What is answered under a key is nobody else's: no cache on the way may keep it.
  app.addHook('onSend', async (_request, reply) => {
    if (!reply.hasHeader('cache-control')) reply.header('cache-control', 'no-store')
  })
  refuseOverload(app, deps.config)
  limitRates(app, deps)
  if (deps.config.corsOrigins.length > 0) app.register(cors, { origin: deps.config.corsOrigins })
  app.register(cookie)
  logRequests(app, deps.metrics)
  return app
}

/** A sender who dawdles is cut off. */
const limitReceiving = async (request: FastifyRequest, reply: FastifyReply) => {
  if (request.method === 'GET' || request.method === 'HEAD') return
  const timer = setTimeout(() => request.raw.destroy(), request.routeOptions.config.receiveMs ?? RECEIVE_MS).unref()
  request.raw.once('end', () => clearTimeout(timer))
  reply.raw.once('close', () => clearTimeout(timer))
}

const NOT_JSON = {
  detail: {
    zh: '请求体不是有效的 JSON，或含有 __proto__ 等被禁用的键',
    en: 'The body is not valid JSON, or has a forbidden key such as __proto__',
  },
}

/** JSON as the standards have it: valid UTF-8, no prototype keys. */
const readJsonStrictly = (app: FastifyInstance) => {
  const parse = app.getDefaultJsonParser('error', 'error')
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    let text: string
    try {
      text = new TextDecoder('utf-8', { fatal: true }).decode(body as Buffer)
    } catch {
      done(
        new ProblemError(problems.malformed, {
          detail: { zh: '请求体不是有效的 UTF-8', en: 'The body is not valid UTF-8' },
        }),
      )
      return
    }
    // A POST that needs no body may still say that it is JSON.
    if (text === '') done(null, undefined)
    else
      void parse(request, text, (error, value) =>
        error ? done(new ProblemError(problems.malformed, NOT_JSON)) : done(null, value),
      )
  })
}

const refuseBadText = async (request: FastifyRequest) => {
  for (const part of [request.params, request.query, request.body]) {
    const error = findBadText(part)
    if (error) throw new ProblemError(problems.invalid, { errors: [error] })
  }
}

/** One line for each request, with no query, header or body: those may hold what must not be in a log. */
const logRequests = (app: FastifyInstance, metrics: Metrics) => {
  app.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'unknown'
    const labels = { method: request.method, route, status: reply.statusCode }
    metrics.requestSeconds.observe(labels, reply.elapsedTime / 1_000)
    const actor = request.actor.kind === 'member' ? request.actor.organisationId : undefined
    request.log.info(
      {
        ...labels,
        durationMs: Math.round(reply.elapsedTime * 10) / 10,
        ...(actor ? { organisationId: actor } : {}),
      },
      'request',
    )
  })
}

const sendProblem = (error: unknown, request: FastifyRequest, reply: FastifyReply): void => {
  const language = languageOf(request.headers['accept-language'])
  const { problem, detail, errors, retryAfterS } = toProblem(error)
  if (problem.status >= 500) request.log.error({ err: error }, 'request failed')
  if (retryAfterS !== undefined) reply.header('retry-after', String(retryAfterS))
  if (problem.status === 401) reply.header('www-authenticate', 'Bearer realm="duijie"')
  reply
    .code(problem.status)
    .header('content-language', language === 'zh' ? 'zh-CN' : 'en')
    .type('application/problem+json; charset=utf-8')
    .serializer((payload: unknown) => JSON.stringify(payload))
    .send({
      type: `/problems/${problem.type}`,
      title: problem.title[language],
      status: problem.status,
      ...(detail ? { detail: detail[language] } : {}),
      instance: request.id,
      ...(errors.length > 0 ? { errors: errors.map(wrong => ({ ...wrong, detail: wrong.detail[language] })) } : {}),
    })
}

type Rendered = {
  problem: Problem
  detail?: Bilingual | undefined
  errors: FieldError[]
  retryAfterS?: number | undefined
}

/** What of the catalogues an error is, for whoever renders it: as JSON here, as a page in the console. */
export const toProblem = (error: unknown): Rendered => {
  if (error instanceof ProblemError)
    return {
      problem: error.problem,
      detail: error.detail,
      errors: error.errors,
      retryAfterS: error.retryAfterS,
    }
  if (hasZodFastifySchemaValidationErrors(error))
    return { problem: problems.invalid, errors: fieldErrors(error.validation) }
  if (isResponseSerializationError(error)) return { problem: problems.internal, errors: [] }
  return fromDatabase(error) ?? fromFramework(error)
}

/** A write that the database refused for a reason that the caller can mend. */
const fromDatabase = (error: unknown): Rendered | undefined => {
  if (isConnectionLoss(error)) return { problem: problems.unavailable, errors: [], retryAfterS: 1 }
  const { code } = sqlState(error)
  if (code === '23505') return { problem: problems.alreadyExists, errors: [] }
  if (code === '42501') return { problem: problems.forbidden, errors: [] }
  if (code === '57014' || code === '53300' || code === '40001' || code === '40P01')
    return { problem: problems.unavailable, errors: [], retryAfterS: 1 }
  return undefined
}

const FRAMEWORK_PROBLEMS: Record<string, Problem> = {
  FST_ERR_CTP_BODY_TOO_LARGE: problems.tooLarge,
  FST_ERR_CTP_INVALID_MEDIA_TYPE: problems.unsupportedType,
  FST_ERR_CTP_EMPTY_TYPE: problems.unsupportedType,
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: problems.malformed,
  FST_ERR_BAD_URL: problems.malformed,
  FST_ERR_MAX_PARAM_LENGTH: problems.notFound,
}

const fromFramework = (error: unknown): Rendered => {
  const { code, statusCode } = error instanceof Error ? (error as Partial<FastifyError>) : {}
  const known = code ? FRAMEWORK_PROBLEMS[code] : undefined
  if (known) return { problem: known, errors: [] }
  // What the JSON parser and the HTTP layer refuse with a 4xx is the caller's to mend.
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500)
    return { problem: problems.malformed, errors: [] }
  return { problem: problems.internal, errors: [] }
}

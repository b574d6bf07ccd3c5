import type { OutgoingHttpHeaders } from 'node:http'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { createRandom, type Random } from '../province/random.ts'
import { type Document, type Operation, readDocument, type Schema } from './document.ts'
import { createGenerator, HOSTILE, pick } from './generate.ts'
import type { FuzzWorld } from './world.ts'

export type Finding = { kind: 'serverError' | 'hang' | 'schemaBreak'; route: string; status: number; what: string }
export type FuzzReport = {
  requests: number
  serverErrors: number
  hangs: number
  schemaBreaks: number
  /** How many were accepted, refused as the caller's error, and asked about nothing that is there. */
  accepted: number
  refused: number
  findings: Finding[]
}

const HANG_MS = 15_000
const PARALLEL = 16
const FINDINGS_MAX = 20
const JSON_TYPES = ['application/json', 'application/problem+json']
const METHODS_WITH_BODY = ['post', 'put', 'patch']

/** A share of each kind: valid as far as the schema says, one or two values wrong, and anything at all. */
const WILDNESS = [0, 0, 0.04, 0.3]

/**
 * Sends requests that are generated from the OpenAPI document, as each of the world's members and as nobody, and judges
 * every answer: no 5xx (but 503, which is an answer to overload), none that takes too long, none that its own schema in
 * the document does not describe. The same seed sends the same requests.
 */
export const runFuzz = async (
  app: FastifyInstance,
  world: FuzzWorld,
  options: { requests: number; seed: number },
): Promise<FuzzReport> => {
  const document = readDocument()
  const random = createRandom(options.seed)
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  )
  const build = createBuilder(document, random, world)
  const judge = createJudge(document)
  const report: FuzzReport = {
    requests: 0,
    serverErrors: 0,
    hangs: 0,
    schemaBreaks: 0,
    accepted: 0,
    refused: 0,
    findings: [],
  }
  const note = (finding: Finding | undefined) => {
    if (!finding) return
    report[`${finding.kind}s`] += 1
    if (report.findings.length < FINDINGS_MAX) report.findings.push(finding)
  }
  const send = async (request: Built) => {
    report.requests += 1
    const answer = await withTimeout(app.inject(request.options))
    const route = `${request.method.toUpperCase()} ${request.path}`
    if (!answer) return note({ kind: 'hang', route, status: 0, what: 'no answer in time' })
    if (answer.statusCode < 400) report.accepted += 1
    else report.refused += 1
    note(judge(request, answer))
  }
  const lane = async () => {
    while (report.requests < options.requests) {
      const operation = pick(random, operations)
      if (operation) await send(build(operation))
    }
  }
  await Promise.all(Array.from({ length: PARALLEL }, lane))
  return report
}

type Target = { path: string; method: string; operation: Operation }
type Built = Target & {
  /** The address was made wrong on purpose, so that another route, or none, may be the one that answers. */
  isAstray: boolean
  options: { method: 'GET'; url: string; headers: Record<string, string>; payload?: string }
}

const createBuilder = (document: Document, random: Random, world: FuzzWorld) => {
  const { value } = createGenerator(document, random, world.known)
  const chance = (share: number) => random() < share
  const asText = (given: unknown): string => (typeof given === 'string' ? given : (JSON.stringify(given) ?? ''))
  const encode = (text: string) => encodeURIComponent(text.toWellFormed().slice(0, 2_000))
  return (target: Target): Built => {
    const wildness = pick(random, WILDNESS) ?? 0
    const isAstray = chance(wildness / 3)
    const of = (where: string) => target.operation.parameters?.filter(parameter => parameter.in === where) ?? []
    const path = target.path.replace(/\{(\w+)\}/g, (_, name: string) => {
      if (isAstray) return encode(asText(pick(random, HOSTILE)))
      const schema = of('path').find(parameter => parameter.name === name)?.schema
      return encode(asText(chance(0.7) ? (world.known[name] ?? value(schema ?? {}, 0)) : value(schema ?? {}, 0)))
    })
    const query = of('query')
      .filter(() => chance(0.4))
      .map(({ name, schema }) => `${name}=${encode(asText(value(schema, wildness)))}`)
    const headers: Record<string, string> = {}
    if (chance(0.9)) headers['authorization'] = `Bearer ${pick(random, world.keys) ?? ''}`
    for (const { name, schema } of of('header')) if (chance(0.6)) headers[name] = headerText(value(schema, wildness))
    if (chance(0.3)) headers['accept-language'] = pick(random, ['en', 'zh-CN', ';q=,,', '*']) ?? ''
    const body = target.operation.requestBody?.content['application/json']?.schema
    const sends = METHODS_WITH_BODY.includes(target.method) && (body !== undefined || chance(wildness))
    if (sends) headers['content-type'] = chance(wildness / 4) ? 'text/plain' : 'application/json'
    const text = JSON.stringify(value(body ?? {}, wildness)) ?? ''
    const payload = chance(wildness / 4) ? text.slice(0, Math.floor(text.length / 2)) : text
    const url = query.length > 0 ? `${path}?${query.join('&')}` : path
    return {
      ...target,
      isAstray,
      options: { method: target.method.toUpperCase() as 'GET', url, headers, ...(sends ? { payload } : {}) },
    }
  }
}

/** What a header can carry at all: the client would refuse to send anything else. */
const headerText = (given: unknown): string =>
  (typeof given === 'string' ? given : JSON.stringify(given)).replace(/[^\x20-\x7e]/g, '?').slice(0, 1_000)

type Answer = { statusCode: number; headers: OutgoingHttpHeaders; body: string; json: () => unknown }

const createJudge = (document: Document) => {
  const checkers = new Map<string, z.ZodType | undefined>()
  const schemaOf = (operation: Operation, status: string, type: string): Schema | undefined => {
    const named = operation.responses[status]
    const response = named?.$ref ? document.components.responses[named.$ref.split('/').at(-1) ?? ''] : named
    return response?.content?.[type]?.schema
  }
  const checkerOf = (operation: Operation, status: string, type: string): z.ZodType | undefined => {
    const key = `${operation.operationId} ${status} ${type}`
    if (!checkers.has(key)) {
      const schema = schemaOf(operation, status, type)
      checkers.set(key, schema && z.fromJSONSchema(selfContained(schema, document)))
    }
    return checkers.get(key)
  }
  return (request: Built, answer: Answer): Finding | undefined => {
    const { statusCode: status } = answer
    const found = (kind: Finding['kind'], what: string): Finding => ({
      kind,
      route: `${request.method.toUpperCase()} ${request.path}`,
      status,
      what,
    })
    if (status >= 500 && status !== 503)
      return found('serverError', `${request.options.url} ${answer.body.slice(0, 200)}`)
    if (request.isAstray) return undefined
    if (request.operation.responses[String(status)] === undefined)
      return found('schemaBreak', 'this status is not documented')
    const type = answer.headers['content-type']?.toString().split(';')[0] ?? ''
    if (answer.body === '' || !JSON_TYPES.includes(type)) return undefined
    const checker = checkerOf(request.operation, String(status), type)
    if (!checker) return found('schemaBreak', `${type} is not documented`)
    const parsed = checker.safeParse(answer.json())
    return parsed.success ? undefined : found('schemaBreak', parsed.error.message.slice(0, 300))
  }
}

/** A schema of the document with everything that it refers to, as a schema of its own. */
const selfContained = (schema: Schema, document: Document): Schema => {
  const text = JSON.stringify({ ...schema, $defs: document.components.schemas })
  return JSON.parse(text.replaceAll('#/components/schemas/', '#/$defs/')) as Schema
}

const withTimeout = async <T>(work: Promise<T>): Promise<T | undefined> => {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<undefined>(resolve => {
    timer = setTimeout(() => resolve(undefined), HANG_MS)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}

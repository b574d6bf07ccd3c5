import { fileURLToPath } from 'node:url'
import { runMigrations } from 'bullmq'
import { drizzle } from 'drizzle-orm/postgres-js'
import { migrate } from 'drizzle-orm/postgres-js/migrator'
import pg from 'pg'
import postgres from 'postgres'

const MIGRATIONS = fileURLToPath(new URL('../../migrations', import.meta.url))
// Any number of ours will do; it must only be the same in every process.
const LOCK = 0x64_75_69_6a

/**
 * Brings roles, tables, policies and the queue's own schema up to date. Safe to call from many processes at once: all
 * but the first wait at an advisory lock. Needs a login that owns the database and may create roles.
 * @throws Error when the database cannot tell Chinese letters apart (locale C), with what to do
 */
export const migrateDatabase = async (url: string): Promise<void> => {
  const admin = postgres(url, { max: 1, onnotice: () => {} })
  try {
    await admin`select pg_advisory_lock(${LOCK})`
    await prepareRoles(admin)
    await migrateAsOwner(url)
    await migrateQueue(url)
    await admin.unsafe(QUEUE_GRANTS)
    await refuseBlindLocale(admin)
  } finally {
    await admin.end({ timeout: 5 })
  }
}

const prepareRoles = async (admin: postgres.Sql) => {
  for (const role of ['duijie_owner', 'duijie_app', 'duijie_worker']) {
    // Roles belong to the whole server: two databases being migrated at once may both try.
    await admin.unsafe(`DO $$ BEGIN
      IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = '${role}') THEN CREATE ROLE ${role} NOLOGIN; END IF;
    EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$`)
    await admin.unsafe(`DO $$ BEGIN
      IF NOT pg_has_role(current_user, '${role}', CASE WHEN current_setting('server_version_num')::int >= 160000
        THEN 'SET' ELSE 'MEMBER' END) THEN GRANT ${role} TO CURRENT_USER; END IF;
    EXCEPTION WHEN unique_violation THEN NULL; END $$`)
  }
  await admin.unsafe(`DO $$ BEGIN
    EXECUTE format('GRANT CREATE ON DATABASE %I TO duijie_owner', current_database());
    GRANT CREATE, USAGE ON SCHEMA public TO duijie_owner;
  END $$`)
}

const migrateAsOwner = async (url: string) => {
  const owner = postgres(url, { max: 1, onnotice: () => {}, connection: { role: 'duijie_owner' } })
  try {
    await migrate(drizzle(owner, { casing: 'snake_case' }), { migrationsFolder: MIGRATIONS })
  } finally {
    await owner.end({ timeout: 5 })
  }
}

/** The schema in which BullMQ keeps its jobs when there is no Redis. It is made in either case, so that the choice can change. */
const migrateQueue = async (url: string) => {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await runMigrations(client)
  } finally {
    await client.end()
  }
}

const QUEUE_GRANTS = `
  GRANT USAGE, CREATE ON SCHEMA bullmq TO duijie_worker; -- each queue makes a sequence of its own
  GRANT ALL ON ALL TABLES IN SCHEMA bullmq TO duijie_worker;
  GRANT ALL ON ALL SEQUENCES IN SCHEMA bullmq TO duijie_worker;
  GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA bullmq TO duijie_worker;`

const refuseBlindLocale = async (admin: postgres.Sql) => {
  const [row] = await admin<{ trigrams: string[] }[]>`select show_trgm('数据') as trigrams`
  if (!row || row.trigrams.length === 0)
    throw new Error(
      "this database cannot see Chinese letters (its locale is C): create it with LOCALE_PROVIDER builtin or a UTF-8 LC_CTYPE, e.g. CREATE DATABASE duijie LC_COLLATE 'C.UTF-8' LC_CTYPE 'C.UTF-8' TEMPLATE template0",
    )
}

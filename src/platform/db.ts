import { sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/postgres-js'
import postgres from 'postgres'
import { isOperator, mayEdit, type Actor } from './actor.ts'
import { surviveLostConnections } from './transactions.ts'

export type Tx = Parameters<Parameters<Pool['db']['transaction']>[0]>[0]

/** Two pools, each born in its role: a query outside `transaction` has no actor and sees nothing. */
export type Database = { app: Pool; worker: Pool; url: string; close: () => Promise<void> }
type Pool = { db: ReturnType<typeof drizzle>; end: () => Promise<void> }

/** No transaction of ours lives longer: the readers of the feed wait for the oldest writer of the whole server. */
const TRANSACTION_MS_MAX = 5_000
const CLOSE_TIMEOUT_S = 5

export const openDatabase = (url: string, poolMax = 10): Database => {
  const app = openPool(url, 'duijie_app', poolMax)
  const worker = openPool(url, 'duijie_worker', poolMax)
  return {
    app,
    worker,
    url,
    close: async () => {
      await Promise.all([app.end(), worker.end()])
    },
  }
}

const openPool = (url: string, role: string, max: number): Pool => {
  const client = postgres(url, {
    max,
    onnotice: () => {},
    connection: {
      role,
      application_name: role,
      statement_timeout: TRANSACTION_MS_MAX,
      idle_in_transaction_session_timeout: TRANSACTION_MS_MAX,
    },
  })
  return {
    db: drizzle(surviveLostConnections(client), { casing: 'snake_case' }),
    end: () => client.end({ timeout: CLOSE_TIMEOUT_S }),
  }
}

/**
 * Runs `work` in one transaction as the actor. Members and strangers use the application's role with row-level security
 * by their settings; the worker uses the worker's role.
 */
export const transaction = async <T>(
  deps: { db: Database },
  actor: Actor,
  work: (tx: Tx) => Promise<T>,
): Promise<T> => {
  if (actor.kind === 'worker') return deps.db.worker.db.transaction(work)
  return deps.db.app.db.transaction(async tx => {
    if (actor.kind === 'member') await tx.execute(actorSettings(actor))
    return work(tx)
  })
}

const actorSettings = (actor: Actor & { kind: 'member' }) => sql`select
  set_config('app.org', ${actor.organisationId}, true),
  set_config('app.parks', ${actor.parkIds.join(',')}, true),
  set_config('app.admin_parks', ${actor.adminParkIds.join(',')}, true),
  set_config('app.editor', ${mayEdit(actor) ? 'on' : ''}, true),
  set_config('app.operator', ${isOperator(actor) ? 'on' : ''}, true),
  set_config('app.owner', ${actor.role === 'owner' ? 'on' : ''}, true),
  set_config('app.person', ${actor.personId ?? ''}, true)`

/** SQLSTATE and constraint of a failed query: drizzle wraps the driver's error. */
export const sqlState = (error: unknown): { code?: string; constraint?: string } => {
  const cause = error instanceof Error && error.cause instanceof postgres.PostgresError ? error.cause : error
  if (!(cause instanceof postgres.PostgresError)) return {}
  return { code: cause.code, ...(cause.constraint_name ? { constraint: cause.constraint_name } : {}) }
}

/** Rows of a raw query, typed by the caller: the driver answers an array. */
export const rowsOf = <Row>(result: unknown): Row[] => (Array.isArray(result) ? (result as Row[]) : [])

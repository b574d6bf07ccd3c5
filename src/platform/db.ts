import { type SQL, sql } from 'drizzle-orm'
import { drizzle, PostgresJsSession } from 'drizzle-orm/postgres-js'
import postgres from 'postgres'
import { isOperator, mayEdit, type Actor } from './actor.ts'
import { askTwice, surviveLostConnections } from './transactions.ts'

type Drizzle = ReturnType<typeof drizzle>
export type Tx = Parameters<Parameters<Drizzle['transaction']>[0]>[0]

/** Two pools, each born in its role: a query outside `transaction` has no actor and sees nothing. */
export type Database = { app: Pool; worker: Pool; url: string; close: () => Promise<void> }
type Pool = {
  db: Drizzle
  /** Runs `work` in a transaction whose first statement is `first`. */
  begin: <T>(first: Statement | undefined, work: (tx: Tx) => Promise<T>) => Promise<T>
  /** One statement outside of a transaction, in the pool's role and with no actor. */
  ask: (statement: Statement) => Promise<unknown>
  end: () => Promise<void>
}
type Statement = { text: string; parameters: string[] }

/** No transaction of ours lives longer: the readers of the feed wait for the oldest writer of the whole server. */
const TRANSACTION_MS_MAX = 5_000
const CLOSE_TIMEOUT_S = 5
const RECONNECT_S_MAX = 0.5
/** What is asked before there is an actor is one look at an index. */
const ASKERS_MAX = 4
/** An option of the driver that its types leave out: how many queries may follow one that is under way. */
const ONE_AT_A_TIME = { max_pipeline: 0 }

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

/**
 * In seconds. The driver's own rule triples the wait with each connection that breaks: ten of them broken at once by one
 * restart of the server would let everybody wait for twenty seconds when it is long back.
 */
const waitToReconnectS = (failures: number): number => Math.min(2 ** failures / 100, RECONNECT_S_MAX)

const openPool = (url: string, role: string, max: number): Pool => {
  const options = {
    onnotice: () => {},
    backoff: waitToReconnectS,
    connection: {
      role,
      application_name: role,
      statement_timeout: TRANSACTION_MS_MAX,
      idle_in_transaction_session_timeout: TRANSACTION_MS_MAX,
    },
  }
  const client = postgres(url, { ...options, max })
  // Connects with the first question. Of its own, since a query that stands alone would share its connection with others
  // that are under way, and one of those that comes while the server hangs up is never answered.
  const asker = postgres(url, { ...options, ...ONE_AT_A_TIME, max: ASKERS_MAX })
  const db = drizzle(surviveLostConnections(client), { casing: 'snake_case' })
  return {
    db,
    begin: (first, work) =>
      db.transaction(async tx => {
        if (!first) return work(tx)
        // Not waited for at once: it travels with the first query of the work. Where it fails, the transaction has
        // failed, and with it each query that travels behind.
        const isDone = sessionOf(tx).queryObjects(first.text, first.parameters)
        const result = await work(tx)
        await isDone
        return result
      }),
    ask: ({ text, parameters }) => askTwice(asker, text, parameters),
    end: async () => {
      await Promise.all([client.end({ timeout: CLOSE_TIMEOUT_S }), asker.end({ timeout: CLOSE_TIMEOUT_S })])
    },
  }
}

const sessionOf = (tx: Tx) => {
  const { session } = tx._
  if (!(session instanceof PostgresJsSession)) throw new Error('the transaction has no session of this driver')
  return session
}

/**
 * A query that is built once and run in many transactions: drizzle otherwise makes the same text anew each time, which for
 * a join of five tables costs more than asking it. What drizzle prepares belongs to the transaction that it was prepared
 * in; all of it but the connection is the same for the next.
 */
export const buildOnce = <Prepared extends object>(build: (tx: Tx) => Prepared): ((tx: Tx) => Prepared) => {
  let built: Prepared | undefined
  return tx => {
    built ??= build(tx)
    return Object.create(built, { client: { value: sessionOf(tx).client } }) as Prepared
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
  if (actor.kind === 'worker') return deps.db.worker.begin(undefined, work)
  return deps.db.app.begin(actor.kind === 'member' ? actorSettings(actor) : undefined, work)
}

/**
 * Asks one thing before there is an actor, as the application's role and outside of a transaction: what row-level security
 * guards is not there for it. Asked again where the connection turns out to be gone, so it must bear being done twice.
 */
export const askAsNobody = async (deps: { db: Database }, text: string, parameters: string[]): Promise<unknown> =>
  deps.db.app.ask({ text, parameters })

// Written out, since it goes before everything: the text is the same each time and prepared once for each connection.
const SETTINGS = ['org', 'parks', 'admin_parks', 'editor', 'operator', 'owner', 'person']
const SET_ACTOR = `select ${SETTINGS.map((name, i) => `set_config('app.${name}', $${i + 1}, true)`).join(', ')}`

const actorSettings = (actor: Actor & { kind: 'member' }): Statement => ({
  text: SET_ACTOR,
  parameters: [
    actor.organisationId,
    actor.parkIds.join(','),
    actor.adminParkIds.join(','),
    mayEdit(actor) ? 'on' : '',
    isOperator(actor) ? 'on' : '',
    actor.role === 'owner' ? 'on' : '',
    actor.personId ?? '',
  ],
})

/** SQLSTATE and constraint of a failed query: drizzle wraps the driver's error. */
export const sqlState = (error: unknown): { code?: string; constraint?: string } => {
  const cause = error instanceof Error && error.cause instanceof postgres.PostgresError ? error.cause : error
  if (!(cause instanceof postgres.PostgresError)) return {}
  return { code: cause.code, ...(cause.constraint_name ? { constraint: cause.constraint_name } : {}) }
}

type ArrayItem = string | number | null

/**
 * An array as one parameter, in PostgreSQL's own notation: drizzle would spread it into a list of as many parameters, and
 * each length of it would be planned anew. The elements are texts of the given type.
 */
export const arrayOf = (values: readonly ArrayItem[], type: 'text' | 'int' | 'timestamptz' | 'jsonb'): SQL =>
  sql`${`{${values.map(quote).join(',')}}`}::${sql.raw(type)}[]`

const quote = (value: ArrayItem): string =>
  typeof value === 'string' ? `"${/["\\]/.test(value) ? value.replace(/["\\]/g, '\\$&') : value}"` : String(value)

/** Rows of a raw query, typed by the caller: the driver answers an array. */
export const rowsOf = <Row>(result: unknown): Row[] => (Array.isArray(result) ? (result as Row[]) : [])

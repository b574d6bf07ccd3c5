import postgres from 'postgres'

/**
 * The same client, whose transactions survive the loss of their connection. postgres.js rejects the transaction then, but
 * lets its queries, and its own rollback, still write to the closed connection: that throws outside of any promise and
 * would end the process (porsager/postgres#1208). Here a transaction that has lost its connection writes nothing more.
 * And the first that uses the connection anew does not fail by the last words that the server said on the old one.
 * A query that is made after the end of its transaction is refused: it would run in that of another actor.
 */
export const surviveLostConnections = (client: postgres.Sql): postgres.Sql =>
  new Proxy(client, {
    get: (target, name) =>
      name === 'begin' ? (work: Work) => beginTwice(target, work) : (Reflect.get(target, name) as unknown),
  })

/**
 * Up to so many parameters a query is prepared once for each connection: then it takes one way to the server and back and
 * not two, is not planned each time, and several that are begun together travel together. A longer one is most likely a
 * list, which comes in too many lengths to be kept.
 */
const PREPARED_PARAMETERS_MAX = 40

type Work = (sql: postgres.TransactionSql) => unknown
/** `isOver`: its end is being written, so that a query that comes later would be somebody else's. */
type Fate = { hasBegun: boolean; isLost: boolean; isOver: boolean }

/** One statement outside of a transaction, prepared, and once more where the connection was gone before it was there. */
export const askTwice = async (client: postgres.Sql, text: string, parameters: string[]): Promise<unknown> => {
  const ask = () => client.unsafe(text, parameters, { prepare: true })
  try {
    return await ask()
  } catch (error) {
    if (!endsConnection(error)) throw error
    return ask()
  }
}

const beginTwice = async (client: postgres.Sql, work: Work): Promise<unknown> => {
  const fate: Fate = { hasBegun: false, isLost: false, isOver: false }
  try {
    return await begin(client, work, fate)
  } catch (error) {
    if (fate.hasBegun || !endsConnection(error)) throw error
    return begin(client, work, { hasBegun: false, isLost: false, isOver: false })
  }
}

const begin = (client: postgres.Sql, work: Work, fate: Fate): Promise<unknown> =>
  new Promise((resolve, reject) => {
    client
      .begin(async sql => {
        fate.hasBegun = true
        try {
          return await work(watch(sql, fate))
        } catch (error) {
          // The caller is told here, since the driver does not always tell him.
          if (fate.isLost) reject(error)
          throw error
        } finally {
          fate.isOver = true
          if (fate.isLost) {
            reject(new Error('the connection of this transaction is lost'))
            // If this came to an end, the driver would write to a connection that is closed.
            await new Promise<never>(() => {})
          }
        }
      })
      .then(resolve, (error: unknown) => {
        // From here on a connection that was lost while nothing was asked of it is known too.
        fate.isLost = true
        reject(error)
      })
  })

/** Notices by the answers to its queries that the connection is lost, and lets no query through afterwards. */
const watch = (sql: postgres.TransactionSql, fate: Fate): postgres.TransactionSql =>
  new Proxy(sql, {
    get: (target, name) => {
      if (name === 'savepoint') return (nested: Work) => target.savepoint(inner => nested(watch(inner, fate)))
      if (name !== 'unsafe') return Reflect.get(target, name) as unknown
      return (...[text, parameters = [], options = {}]: Parameters<postgres.TransactionSql['unsafe']>) => {
        if (fate.isLost) throw new Error('the connection of this transaction is lost')
        if (fate.isOver) throw new Error('the transaction is over')
        const prepare = parameters.length > 0 && parameters.length <= PREPARED_PARAMETERS_MAX
        const pending = target.unsafe(text, parameters, { ...options, prepare })
        pending.catch((error: unknown) => {
          fate.isLost ||= endsConnection(error)
        })
        return pending
      }
    },
  })

/** Whether a failure was that of the connection, so that asking again may do. Knows drizzle's errors by their cause. */
export const isConnectionLoss = (error: unknown): boolean =>
  isLoss(error) || (error instanceof Error && isLoss(error.cause))

const isLoss = (error: unknown): boolean =>
  error instanceof postgres.PostgresError
    ? endsConnection(error)
    : error instanceof Error && 'code' in error && /^(CONNECTION_|ECONN|EPIPE)/.test(String(error.code))

/** The server says so with FATAL before it hangs up; everything with an `errno` is about the socket. */
const endsConnection = (error: unknown): boolean => {
  if (error instanceof postgres.PostgresError) return error.severity === 'FATAL' || error.severity === 'PANIC'
  return error instanceof Error && 'errno' in error
}
